"""What a person says of a meeting: booked, moved, cancelled, missed, held, confirmed.

It is told like the word of a booking tool, by a source of its own whose word is always verified, so
that the same follows from it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sequencer.domain.booking import BY_HAND, BookingEvent, BookingKind, By
from sequencer.domain.meeting import SAME_TIME, MeetingState
from sequencer.engine.bookings import take_in
from sequencer.engine.desk import Desk
from sequencer.engine.why import known
from sequencer.store import bookings, meetings
from sequencer.store.database import Connection
from sequencer.store.meetings import Meeting

MOST_AHEAD: Final = timedelta(days=2 * 365)
LONGEST: Final = timedelta(days=14)
_A_MOMENT: Final = timedelta(microseconds=1)

_S = MeetingState
_ON = frozenset({_S.REQUESTED, _S.BOOKED, _S.ASKED_AGAIN})
_OVER = frozenset({_S.BOOKED, _S.HELD, _S.NO_SHOW})


class MeetingError(Exception):
    """Something that cannot be said of a meeting; the sentence is for whoever said it."""


class UnknownMeetingError(MeetingError):
    """There is no meeting of that number."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """When and where a meeting is, as a person says it; what is empty stays as it is, or unknown.

    Attributes:
        lasts: how long it takes.
        tz: zone of the prospect, by its IANA name.
        place: an address, for a visit.
        link: where to join it.
        note: what else there is to say; it stands in the timeline.
        event_type: what kind of meeting it is.
        key: of the meeting, by whoever books it; empty for a new one.
        token: of the enrollment that it belongs to, where only those of a client may be told of.
    """

    starts_at: datetime
    lasts: timedelta | None = None
    tz: str = ""
    place: str = ""
    link: str = ""
    note: str = ""
    event_type: str = ""
    key: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class CalledOff:
    """Who cancelled a meeting, `host` or `invitee`, and why."""

    cancelled_by: str
    because: str = ""


def find(connection: Connection, number: int) -> Meeting:
    """The meeting of that number.

    Raises:
        UnknownMeetingError: there is none.
    """
    meeting = meetings.get(connection, number)
    if meeting is None:
        raise UnknownMeetingError(
            f"There is no meeting {number}. `sequencer meeting list` shows those that are on."
        )
    return meeting


def book(
    connection: Connection, desk: Desk, address: str, wanted: Appointment, by: str, now: datetime
) -> Meeting:
    """A meeting that a person agreed upon with a prospect.

    Raises:
        UnknownProspectError: nobody has that address.
        MeetingError: its time is past, or too far away, or the prospect has a meeting then.
    """
    bookings.lock(connection)
    person = known(connection, address)
    _refuse_time(wanted, now)
    for other in meetings.of_person(connection, person.id):
        if other.state in _ON and _at_same_time(other, wanted.starts_at):
            if wanted.token:  # it may be another client's
                raise MeetingError("They have a meeting at that time already.")
            raise MeetingError(
                f"Meeting {other.id} is at that time already ({other.source}, {other.state})."
            )
    email = person.prospect.email
    key = wanted.key or f"{email} {wanted.starts_at.isoformat()} {now.isoformat()}"
    event = replace(
        _appointed(BookingKind.BOOKED, wanted, by, now),
        meeting_key=key,
        email=email,
        token=wanted.token,
        tz=wanted.tz or person.prospect.timezone,
    )
    return _told(take_in(connection, desk, event, now))


def move(
    connection: Connection, desk: Desk, number: int, wanted: Appointment, by: str, now: datetime
) -> Meeting:
    """The meeting at another time; it lasts as long as before where nothing else is said.

    Raises:
        MeetingError: there is none, it was held, or its new time is past or too far away.
    """
    meeting = _locked(connection, number)
    _refuse_time(wanted, now)
    _refuse_state(meeting, frozenset(_S) - {_S.HELD}, "It cannot be moved any more.")
    lasts = wanted.lasts
    if lasts is None and meeting.starts_at and meeting.ends_at:
        lasts = meeting.ends_at - meeting.starts_at
    event = _appointed(BookingKind.RESCHEDULED, replace(wanted, lasts=lasts), by, now)
    return _tell(connection, desk, meeting, event, now)


def cancel(
    connection: Connection, desk: Desk, number: int, said: CalledOff, by: str, now: datetime
) -> Meeting:
    """The meeting, cancelled by the `host` (us) or the `invitee`.

    Raises:
        MeetingError: there is none, or it does not stand.
    """
    meeting = _locked(connection, number)
    if said.cancelled_by not in set(By):
        raise MeetingError("Who cancelled it: `host` (one of us) or `invitee`?")
    _refuse_state(meeting, _ON | {_S.NO_SHOW}, "There is nothing to cancel.")
    event = replace(
        _said(BookingKind.CANCELLED, by, now),
        cancelled_by=said.cancelled_by,
        cancel_reason=said.because,
    )
    return _tell(connection, desk, meeting, event, now)


def no_show(connection: Connection, desk: Desk, number: int, by: str, now: datetime) -> Meeting:
    """The meeting to which the prospect did not come.

    Raises:
        MeetingError: there is none, it has not begun, or it did not stand.
    """
    meeting = _locked(connection, number)
    _refuse_state(meeting, frozenset({_S.BOOKED, _S.HELD}), "Nobody was expected.")
    _refuse_early(meeting, now)
    return _tell(connection, desk, meeting, _said(BookingKind.NO_SHOW, by, now), now)


def came(connection: Connection, desk: Desk, number: int, by: str, now: datetime) -> Meeting:
    """The meeting to which the prospect came after all.

    Raises:
        MeetingError: there is none, or nobody said that they did not come.
    """
    meeting = _locked(connection, number)
    _refuse_state(meeting, frozenset({_S.NO_SHOW}), "Nobody was missing.")
    return _tell(connection, desk, meeting, _said(BookingKind.NO_SHOW_UNDONE, by, now), now)


def held(connection: Connection, desk: Desk, number: int, by: str, now: datetime) -> Meeting:
    """The meeting that took place.

    Raises:
        MeetingError: there is none, it has not begun, or it did not stand.
    """
    meeting = _locked(connection, number)
    if meeting.state is _S.NO_SHOW:
        hint = f"`sequencer meeting came {number}` takes that back."
        raise MeetingError(f"Nobody came to meeting {number}. {hint}")
    _refuse_state(meeting, frozenset({_S.REQUESTED, _S.BOOKED}), "It did not take place.")
    _refuse_early(meeting, now)
    return _tell(connection, desk, meeting, _said(BookingKind.HELD, by, now), now)


def confirm(connection: Connection, desk: Desk, number: int, by: str, now: datetime) -> Meeting:
    """A meeting that is only known from a mail, or only asked for, and is on.

    Raises:
        MeetingError: there is none, or nothing is left to be confirmed.
    """
    meeting = _locked(connection, number)
    if meeting.state is _S.BOOKED and meeting.verified:
        raise MeetingError(f"Meeting {number} is confirmed already.")
    _refuse_state(meeting, _ON, "Only one that is on can be confirmed.")
    return _tell(connection, desk, meeting, _said(BookingKind.BOOKED, by, now), now)


def _locked(connection: Connection, number: int) -> Meeting:
    bookings.lock(connection)
    meeting = find(connection, number)
    if meeting.left_out:
        raise MeetingError(f"Meeting {number} does not count: {meeting.left_out}.")
    return meeting


def _said(kind: BookingKind, by: str, now: datetime, note: str = "") -> BookingEvent:
    return BookingEvent(
        kind=kind,
        source=BY_HAND,
        delivery_key=f"{by} {now.isoformat()}",
        occurred_at=now,
        verified=True,
        note="; ".join(filter(None, (f"by {by}", note))),
    )


def _appointed(kind: BookingKind, wanted: Appointment, by: str, now: datetime) -> BookingEvent:
    ends_at = wanted.starts_at + wanted.lasts if wanted.lasts else None
    said = _said(kind, by, now, wanted.note)
    return replace(
        said,
        delivery_key=f"{said.delivery_key} {wanted.starts_at.isoformat()}",
        starts_at=wanted.starts_at,
        ends_at=ends_at,
        tz=wanted.tz,
        place=wanted.place,
        link=wanted.link,
        event_type=wanted.event_type,
    )


def _tell(
    connection: Connection, desk: Desk, meeting: Meeting, event: BookingEvent, now: datetime
) -> Meeting:
    key = bookings.by_hand_key(connection, meeting.id) or f"{meeting.source}: {meeting.meeting_key}"
    told = (each.occurred_at for each in bookings.told(connection, meeting.id))
    # Who speaks has seen what was told, be it by a clock that is ahead of ours.
    ahead = max((at for at in told if at and at > now), default=None)
    keyed = replace(event, meeting_key=key, occurred_at=ahead + _A_MOMENT if ahead else now)
    return _told(take_in(connection, desk, keyed, now, about=meeting.id))


def _told(meeting: Meeting | None) -> Meeting:
    if meeting is None:
        raise MeetingError("That was said already.")
    return meeting


def _refuse_state(meeting: Meeting, allowed: frozenset[MeetingState], why: str) -> None:
    if meeting.state not in allowed:
        state = meeting.state.replace("_", " ")
        raise MeetingError(f"Meeting {meeting.id} is {state}. {why}")


def _refuse_early(meeting: Meeting, now: datetime) -> None:
    if meeting.starts_at is not None and meeting.starts_at > now:
        hint = f"`sequencer meeting cancel {meeting.id}` calls it off."
        raise MeetingError(f"Meeting {meeting.id} has not begun. {hint}")


def _refuse_time(wanted: Appointment, now: datetime) -> None:
    if wanted.starts_at <= now:
        at = f"{wanted.starts_at:%Y-%m-%d %H:%M} UTC"
        raise MeetingError(f"{at} is past. A meeting is booked for a time that is yet to come.")
    if wanted.starts_at > now + MOST_AHEAD:
        raise MeetingError("That is more than two years away.")
    if wanted.lasts is not None and not timedelta(0) < wanted.lasts <= LONGEST:
        raise MeetingError("A meeting takes from one minute to 14 days.")


def _at_same_time(meeting: Meeting, starts_at: datetime) -> bool:
    return meeting.starts_at is not None and abs(meeting.starts_at - starts_at) <= SAME_TIME
