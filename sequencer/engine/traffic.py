"""What limits a mail, and what left before it: gathered for one mailbox, person and cadence."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sequencer.domain.address import domain_of
from sequencer.domain.free_mail import is_free_mail
from sequencer.domain.pacing import Pace, Traffic
from sequencer.domain.rolling import DAY, WEEK
from sequencer.domain.spread import Cap
from sequencer.engine.desk import Case, Desk
from sequencer.engine.room import MailboxRoom, boxes_of, new_per_day
from sequencer.store import paused, traffic
from sequencer.store.database import Connection
from sequencer.store.mailboxes import StoredMailbox
from sequencer.store.turn_lock import wait_for_turn


@dataclass(frozen=True, slots=True)
class SharedCap:
    """A limit of an enrollment's next mail besides those of its mailbox.

    Attributes:
        left: what left under it, in order.
        queued: finds when the mails are due that wait under it already.
    """

    cap: Cap
    left: Sequence[datetime]
    queued: Callable[[], Sequence[datetime]]


def mailbox_traffic(connection: Connection, mailbox: str, pace: Pace, now: datetime) -> Traffic:
    """What left a mailbox, as far as its pace needs to know it."""
    return box_with_traffic(connection, mailbox, pace, now)[1]


def box_with_traffic(
    connection: Connection, name: str, pace: Pace, now: datetime
) -> tuple[StoredMailbox, Traffic]:
    """A mailbox, and the same."""
    state = boxes_of(connection, [name], [pace], now)[name]
    return state.mailbox, Traffic(*MailboxRoom(connection, name, pace, state, now).left())


def whole_traffic(connection: Connection, mailbox: str, pace: Pace) -> Traffic:
    """What left a mailbox, as far back as its limits look."""
    mail_days = traffic.mail_days_of(connection, mailbox, pace.mail_days)
    most = max(pace.daily(mail_days).most, pace.hourly(mail_days).most, pace.per_week or 0, 1)
    return Traffic(traffic.newest_of_mailbox(connection, mailbox, most), mail_days)


def wait_for_room(connection: Connection, desk: Desk, cases: Iterable[Case]) -> None:
    """Keep other daemons from counting for the same company, person or cadence side by side.

    Each would find room for one more, and two mails would leave where there is room for one.
    """
    if connection.dialect.name == "sqlite":
        return  # has one writer at a time
    limits, keys, slugs = desk.policy.limits, list[str](), dict[str, Case]()
    for case in cases:
        if limits.per_person_day or limits.per_person_week:
            keys.append(f"person {case.person.id}")
        if limits.per_domain:
            keys.append(f"domain {domain_of(case.person.prospect.email)}")
        slugs.setdefault(case.stored.slug, case)
    keys += [
        f"cadence {slug}" for slug, case in slugs.items() if new_per_day(connection, desk, case)
    ]
    wait_for_turn(connection, keys)


def caps_of(connection: Connection, desk: Desk, case: Case, now: datetime) -> Iterator[SharedCap]:
    """Limits of an enrollment's next mail besides those of its mailbox."""
    limits, slug, person = desk.policy.limits, case.stored.slug, case.person.id
    domain, day = domain_of(case.person.prospect.email), now - DAY
    if limits.per_domain is not None and not is_free_mail(domain):
        most = limits.per_domain
        left = traffic.newest_to_domain(connection, domain, day, most)
        queued = partial(paused.queued_to_domain, connection, domain)
        yield SharedCap(Cap(f"domain {domain}", most, DAY), left, queued)
    of_person = ((limits.per_person_day, DAY), (limits.per_person_week, WEEK))
    known = [(most, period) for most, period in of_person if most is not None]
    if known:
        largest = max(most for most, _ in known)
        left = traffic.newest_to_person(connection, person, now - WEEK, largest)
        queued = partial(paused.queued_to_person, connection, person)
        for most, period in known:
            yield SharedCap(Cap(f"person {person}", most, period), left, queued)
    new = new_per_day(connection, desk, case)
    if new is not None and traffic.is_first_touch(connection, case.stored.id):
        left = traffic.newest_first_touches(connection, slug, day, new)
        queued = partial(paused.queued_first_touches, connection, slug)
        yield SharedCap(Cap(f"cadence {slug}", new, DAY), left, queued)
