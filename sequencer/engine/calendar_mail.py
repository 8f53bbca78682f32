"""Meetings that a calendar mail tells of: a prospect's, a booking tool's, or our own.

Whatever else the mail may be, an accepted invitation is no answer of a person.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sequencer.domain.booking import CALENDAR, BookingEvent, BookingKind
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.event import Stopped
from sequencer.domain.task import TaskKind
from sequencer.engine.answered import ANOTHER_TIME
from sequencer.engine.bookings import take_in
from sequencer.engine.calendar_mail_words import subject_of, times_of
from sequencer.engine.calendar_meaning import Follows, Meaning, Question, meaning_of
from sequencer.engine.calendar_parties import parties_of
from sequencer.engine.colleagues import tell_colleagues
from sequencer.engine.desk import Desk
from sequencer.engine.handover import rep_answered
from sequencer.engine.matter import bring_up
from sequencer.engine.meeting_certain import ask_for_certainty
from sequencer.engine.react import stop_person
from sequencer.engine.tasks import Matter
from sequencer.mail.calendar_event import CalendarEvent
from sequencer.mail.verdict import Verdict
from sequencer.store import bookings, meetings, prospects
from sequencer.store.database import Connection
from sequencer.store.prospects import StoredProspect

CLOCKS_APART: Final = timedelta(days=1)  # a stamp further ahead of us is no time that anybody knows


@dataclass(frozen=True, slots=True)
class CalendarMail:
    """A calendar mail, and what is known of where it came from.

    Attributes:
        mailbox: where it was seen; by its zone times count that name none.
        number: of the message as it is stored; None for a copy in Sent.
        person: whom it belongs to for certain, by the thread that it is in.
    """

    desk: Desk
    mailbox: str
    verdict: Verdict
    now: datetime
    number: int | None = None
    person: StoredProspect | None = None


def take_in_mail(connection: Connection, mail: CalendarMail) -> Follows:
    """What is left to be done about the mail: to ask a person, or nothing."""
    left = [_take_in(connection, mail, event) for event in mail.verdict.events]
    if Follows.MEETING in left:
        return Follows.MEETING
    return next((each for each in (Follows.DOUBTFUL, Follows.ASK) if each in left), Follows.NOTHING)


def _take_in(connection: Connection, mail: CalendarMail, event: CalendarEvent) -> Follows:
    incoming, desk = mail.verdict.incoming, mail.desk
    event = _in_zone(event, _tz(mail))
    parties = parties_of(connection, desk.policy, incoming, event)
    meaning = meaning_of(Question(event, parties, mail.person, _known(connection, event)))
    if meaning.follows is Follows.REP:
        was_ours = rep_answered(
            connection, desk, event.uid, meaning.answer, mail.now, event.revision
        )
        return Follows.NOTHING if was_ours else Follows.ASK
    if meaning.kind is BookingKind.OTHER:
        return meaning.follows
    _take_in_meeting(connection, mail, event, meaning)
    return Follows.MEETING


def _take_in_meeting(
    connection: Connection, mail: CalendarMail, event: CalendarEvent, meaning: Meaning
) -> None:
    told = booking_event(event, meaning, mail)
    who = meaning.who
    if meaning.follows is Follows.COUNTER and who is not None and not _is_known(connection, told):
        _answer(connection, mail, event, who)
    meeting = take_in(connection, mail.desk, told, mail.now)
    if meeting is not None and who is not None and meaning.follows is Follows.MAYBE:
        ask_for_certainty(connection, meeting, who, mail.number, mail.now)


def booking_event(event: CalendarEvent, meaning: Meaning, mail: CalendarMail) -> BookingEvent:
    """The same in the form in which everything is told of meetings."""
    stamped_at = event.stamped_at or mail.verdict.incoming.date
    at = min(stamped_at or mail.now, mail.now + CLOCKS_APART).astimezone(UTC)
    is_counter = meaning.kind is BookingKind.ASKED_AGAIN
    # Programs send an unchanged invitation again and again, and keep silent about who has accepted:
    # of one revision, ours comes before every answer to it.
    is_ours = meaning.by_us and meaning.kind is BookingKind.REQUESTED
    words = (f"{at:%Y%m%dT%H%M%S}", event.method, str(event.revision), str(event.starts_at))
    return BookingEvent(
        kind=meaning.kind,
        source=CALENDAR,
        delivery_key=" ".join((*words, meaning.answer)),
        meeting_key=event.key,
        email=meaning.email,
        name=meaning.name,
        guests=meaning.guests,
        hosts=meaning.hosts,
        starts_at=None if is_counter else event.starts_at,
        ends_at=None if is_counter else event.ends_at,
        tz=event.tz if meaning.tells_zone else "",
        title=subject_of(event),
        link=event.link,
        place=event.place,
        uid=event.key,
        revision=event.revision,
        cancelled_by=meaning.cancelled_by,
        cancel_reason=_reason(event, meaning, _tz(mail)),
        occurred_at=None if is_ours else at,
    )


def _reason(event: CalendarEvent, meaning: Meaning, tz: ZoneInfo) -> str:
    """What was said with a refusal; for another time, which."""
    if meaning.kind is BookingKind.ASKED_AGAIN:
        return "; ".join(filter(None, (times_of(event, tz), event.comment)))
    return event.comment if meaning.kind in _FALLS else ""


_FALLS = frozenset({BookingKind.CANCELLED, BookingKind.REJECTED})


def _answer(
    connection: Connection, mail: CalendarMail, event: CalendarEvent, who: StoredProspect
) -> None:
    """Whoever proposes another time has answered: a person goes on with them."""
    detail = f"{who.prospect.email} proposes another time: {times_of(event, _tz(mail))}"
    stop = Stopped(FinishReason.REPLIED)
    stop_person(connection, mail.desk, who.id, stop, detail, mail.now)
    tell_colleagues(connection, mail.desk, [who.id], detail, mail.now)
    about = ". ".join(filter(None, (detail, event.comment)))
    matter = Matter(TaskKind.REPLY, ANOTHER_TIME, about, inbound_id=mail.number)
    bring_up(connection, who.id, matter, mail.now)


def _is_known(connection: Connection, told: BookingEvent) -> bool:
    bookings.lock(connection)
    return bookings.is_known(connection, told)


def _known(connection: Connection, event: CalendarEvent) -> StoredProspect | None:
    """Whose meeting it is, as was told of it before."""
    for uid in dict.fromkeys((event.key, event.uid)):
        for number in bookings.meetings_with_uid(connection, uid) if uid else ():
            meeting = meetings.get(connection, number)
            if meeting is not None and meeting.prospect_id is not None:
                return prospects.get(connection, meeting.prospect_id)
    return None


def _tz(mail: CalendarMail) -> ZoneInfo:
    policy = mail.desk.policy
    mailbox = policy.mailboxes.get(mail.mailbox)
    return (mailbox.tz if mailbox is not None else None) or policy.tz


def _in_zone(event: CalendarEvent, tz: ZoneInfo) -> CalendarEvent:
    """Times without a zone are by the clock of whoever reads them."""
    if not event.is_floating:
        return event
    starts_at, ends_at = (
        at.replace(tzinfo=tz).astimezone(UTC) if at is not None else None
        for at in (event.starts_at, event.ends_at)
    )
    return replace(event, starts_at=starts_at, ends_at=ends_at, is_floating=False)
