"""A meeting for whoever takes care of it: where it stands, and everything that was told of it."""

from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.booking import BookingEvent
from sequencer.domain.meeting import meeting_now
from sequencer.engine.desk import Desk
from sequencer.engine.follow_up_list import FollowUpView, of_meeting
from sequencer.engine.meeting_by_hand import find
from sequencer.engine.meeting_view import Meeting, MeetingView, Viewer
from sequencer.engine.why import known
from sequencer.store import aliases, bookings, meetings
from sequencer.store.database import Connection

__all__ = ["Meeting", "MeetingPage", "MeetingView", "Word", "meeting_page", "meetings_of"]


@dataclass(frozen=True, slots=True)
class Word:
    """Something that was told.

    Attributes:
        at: when it happened; when it came, where nobody told that.
        counts: whether it still does, beside what else was told.
    """

    at: datetime
    event: BookingEvent
    counts: bool = True


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """Everything about one meeting.

    Attributes:
        told: in the order it happened.
        in_place_of: numbers of meetings that were cancelled and go on as this one.
        aliases: other addresses of its prospect.
        follow_ups: what follows from it by a rule, or by default.
    """

    view: MeetingView
    told: tuple[Word, ...]
    in_place_of: tuple[int, ...]
    aliases: tuple[str, ...]
    follow_ups: tuple[FollowUpView, ...] = ()


def meeting_page(connection: Connection, desk: Desk, number: int) -> MeetingPage:
    """One meeting, whatever has become of it.

    Raises:
        UnknownMeetingError: there is none of that number.
    """
    whose = find(connection, number).prospect_id
    return MeetingPage(
        view=Viewer(desk).see(connection, number),
        told=tuple(_told(connection, number)),
        in_place_of=tuple(each.id for each in meetings.in_place_of(connection, number)),
        aliases=tuple(aliases.of_person(connection, whose)) if whose else (),
        follow_ups=tuple(of_meeting(connection, number)),
    )


def meetings_of(connection: Connection, desk: Desk, address: str) -> list[MeetingView]:
    """Every meeting of a prospect, the newest first.

    Raises:
        UnknownProspectError: nobody has that address.
    """
    person = known(connection, address)
    return [
        Viewer(desk).see(connection, each.id) for each in meetings.of_person(connection, person.id)
    ]


def _told(connection: Connection, number: int) -> list[Word]:
    came = bookings.told_when(connection, number)
    at = {event: event.occurred_at or stored_at for event, stored_at in came}
    whole = meeting_now(at)
    counts = set(whole.told) if whole is not None else set()
    in_order = whole.told if whole is not None else ()
    # What counts no more stands where it happened; the rest keeps the order in which it counts.
    words = [Word(at[each], each) for each in in_order]
    old = [Word(at[each], each, counts=False) for each in at if each not in counts]
    return sorted([*words, *old], key=lambda each: each.at)
