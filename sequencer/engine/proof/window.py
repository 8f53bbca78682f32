"""I4, first half: every mail left inside its window, on the clock that counted when it left."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from sequencer.domain.opening import is_open
from sequencer.domain.prospect import Prospect
from sequencer.domain.reason import Reason
from sequencer.domain.timing import Timing
from sequencer.engine.proof.promise import Books
from sequencer.store.send_proof import Handed

KEPT = 5_000  # calendars that are remembered; people of one country and mailbox share one


def outside_window(books: Books, mails: Sequence[Handed]) -> Iterator[str]:
    """Mails outside the window of the step of the version that they belong to, or on a holiday.

    The zone is the one noted with the mail: the prospect's may be another one today. Whose holidays
    count is as of today, and when the rep was away is left out: it may have been entered after the
    mail had left.
    """
    for mail in mails:
        if mail.tz is None:
            yield f"send {mail.id} left without a zone to read its window in"
            continue
        timing = _calendar(books, mail, mail.tz)
        if not is_open(timing, mail.handed_at):
            local = mail.handed_at.astimezone(timing.tz)
            yield f"send {mail.id} left outside its window: {local:%a %d %b %Y %H:%M} {mail.tz}"


def _calendar(books: Books, mail: Handed, zone: str) -> Timing:
    """The calendar of a mail, made once for all that have the same."""
    place = (mail.timezone, mail.country, mail.subdivision)
    key = (mail.version_hash, mail.step_id, mail.mailbox, zone, *place)
    known = books.calendars.get(key)
    if known is not None:
        return known
    if len(books.calendars) >= KEPT:
        books.calendars.clear()
    cadence = books.desk.versions.get(books.connection, mail.version_hash).cadence
    person = Prospect("", timezone=place[0], country=place[1], subdivision=place[2])
    timing = books.desk.policy.timing(cadence, person, mail.mailbox, mail.step_id)
    off = tuple(each for each in timing.off if each.reason is not Reason.REP_AWAY)
    books.calendars[key] = replace(timing, tz=ZoneInfo(zone), off=off)
    return books.calendars[key]
