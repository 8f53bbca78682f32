"""I4, second half: no mailbox sent faster than it may, nobody got more mails than they may.

Only the settings of today are known. So the figures are reported beside the violations: a cap that
was lowered since makes a violation of what was right then, and the figures show it. Mails by hand
and the ramp of a new mailbox are left out, which errs to the side of silence.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sequencer.domain.free_mail import is_free_mail
from sequencer.domain.rolling import DAY, HOUR, WEEK
from sequencer.engine.policy import MailboxPolicy
from sequencer.engine.proof.finding import MailboxPace
from sequencer.engine.proof.meter import Meter
from sequencer.engine.proof.promise import Books, Promise
from sequencer.engine.proof.stop import handed_count
from sequencer.engine.proof.window import outside_window
from sequencer.store import send_proof

PORTION = 1_000  # mails between two reports of progress


def _too_fast(books: Books) -> Iterator[str]:
    mails = send_proof.handed_by_mailbox(books.connection)
    for mailbox, instants in _grouped(mails):
        policy = books.desk.policy.mailboxes.get(mailbox)
        pace = MailboxPace(mailbox)
        if policy is not None:
            pace.per_day, pace.least_gap = policy.pace.per_day, policy.pace.gap
        books.paces.append(pace)
        yield from _along(books, pace, _further_meters(policy), instants)


def _further_meters(policy: MailboxPolicy | None) -> list[Meter]:
    """What is counted beside the 24 hours of which the figures are reported."""
    if policy is None:
        return []
    return [Meter(HOUR, policy.pace.hourly(()).most), Meter(WEEK, policy.pace.per_week)]


def _along(
    books: Books, pace: MailboxPace, further: list[Meter], instants: Iterable[datetime]
) -> Iterator[str]:
    """Go along a mailbox's mails with the periods that end at each of them."""
    day, before, who = Meter(DAY, pace.per_day), None, f"from {pace.mailbox}"
    for at in instants:
        if before is not None:
            yield from _gap(pace, before, at)
        yield from day.excess(who, at)
        for meter in further:
            yield from meter.excess(who, at)
        before, pace.mails = at, pace.mails + 1
        if day.number > pace.most:
            pace.most, pace.most_at = day.number, at
        if pace.mails % PORTION == 0:
            books.advance(PORTION)
    books.advance(pace.mails % PORTION)


def _gap(pace: MailboxPace, before: datetime, at: datetime) -> Iterator[str]:
    gap = at - before
    if pace.gap is None or gap < pace.gap:
        pace.gap = gap
    if pace.least_gap is not None and gap < pace.least_gap:
        least = f"{pace.least_gap.total_seconds():.0f} s are the least"
        when = f"{gap.total_seconds():.0f} s apart at {at:%Y-%m-%d %H:%M:%S} UTC"
        yield f"two mails from {pace.mailbox} {when}, {least}"


def _too_many_to_a_person(books: Books) -> Iterator[str]:
    limits = books.desk.policy.limits
    caps = {DAY: limits.per_person_day, WEEK: limits.per_person_week}
    if any(most is not None for most in caps.values()):
        for person, instants in _grouped(send_proof.handed_by_person(books.connection)):
            meters = [Meter(period, most) for period, most in caps.items()]
            for at in instants:
                for meter in meters:
                    yield from meter.excess(f"to prospect {person}", at)


def _too_many_to_a_company(books: Books) -> Iterator[str]:
    most = books.desk.policy.limits.per_domain
    if most is not None:
        for domain, instants in _grouped(send_proof.handed_by_domain(books.connection)):
            meter = Meter(DAY, None if is_free_mail(domain) else most)
            for at in instants:
                yield from meter.excess(f"to {domain}", at)


def _grouped(mails: Iterable[tuple[Any, datetime]]) -> Iterator[tuple[Any, Iterator[datetime]]]:
    for key, group in groupby(mails, key=itemgetter(0)):
        yield key, (at for _, at in group)


PACE = Promise(
    "I4",
    "Every mail leaves inside its window, and no faster than the settings allow.",
    "mail",
    handed_count,
    asks=(_too_fast, _too_many_to_a_person, _too_many_to_a_company),
    examines=(outside_window,),
)
