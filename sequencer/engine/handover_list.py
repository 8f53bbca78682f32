"""Handovers as people and programs are shown them; a client is shown its own alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sequencer.domain.assignment import Choice
from sequencer.domain.handover import HandoverState
from sequencer.domain.handover_record import from_json, others_of
from sequencer.domain.meeting import MeetingState
from sequencer.domain.visibility import OURSELVES, may_see
from sequencer.engine.desk import Desk
from sequencer.engine.handover_answer import (
    HandoverError,
    HandoverView,
    UnknownHandoverError,
    find,
    view_of,
)
from sequencer.engine.handover_mail import end_key, request_key
from sequencer.engine.handover_offer import held, offer_next, offer_to, withdraw
from sequencer.engine.handover_story import client_of_meeting
from sequencer.files.nearest import did_you_mean
from sequencer.mail.handover_letter import News
from sequencer.store import bookings, handovers, meetings, notices
from sequencer.store.database import Connection
from sequencer.store.handovers import Handover
from sequencer.store.meetings import Meeting
from sequencer.store.notices import Fate

__all__ = [
    "Fate",
    "HandoverLine",
    "HandoverPage",
    "handover_lines",
    "handover_page",
    "offer_meeting",
]

MOST_LISTED: Final = 1_000


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """One handover in a list.

    Attributes:
        meeting: number of the meeting; `meeting_state` is where it stands now.
        person: who is met, with `company`.
        client: for whom the cadence runs; empty for ourselves.
    """

    number: int
    meeting: int
    meeting_state: MeetingState
    rep: str
    state: HandoverState
    person: str
    company: str
    client: str
    starts_at: datetime | None
    tz: str
    offered_at: datetime
    answer_by_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """A handover with what became of the mails about it, and why no other rep was asked."""

    handover: HandoverView
    mails: tuple[Fate, ...]
    passed_over: tuple[tuple[str, str], ...] = ()


def handover_lines(
    connection: Connection,
    *,
    rep: str | None = None,
    client: str = OURSELVES,
    only_open: bool = False,
) -> list[HandoverLine]:
    """The newest handovers, the newest first; what that client may see alone."""
    found: list[HandoverLine] = []
    before: int | None = None
    while len(found) < MOST_LISTED:
        some = handovers.listed(connection, rep=rep, only_open=only_open, before=before)
        if not some:
            break
        before = some[-1].id
        lines = (_line(connection, each) for each in some)
        found += [each for each in lines if may_see(client, each.client)]
    return found[:MOST_LISTED]


def handover_page(
    connection: Connection, desk: Desk, number: int, now: datetime, client: str = OURSELVES
) -> HandoverPage:
    """One handover, whatever its state.

    Raises:
        UnknownHandoverError: there is none of that number, or it is not for that client to see.
    """
    handover = find(connection, number)
    shown = view_of(connection, desk, handover, now)
    if not may_see(client, shown.record.client):
        raise UnknownHandoverError(f"There is no handover {number}.")
    keys = [request_key(handover, each) for each in range(handover.revision + 1)]
    fates = notices.fates(connection, [*keys, end_key(handover)])
    others = others_of(handover.record) if client == OURSELVES else ()
    return HandoverPage(shown, tuple(fates), others)


def offer_meeting(
    connection: Connection, desk: Desk, meeting_id: int, rep: str, by: str, now: datetime
) -> HandoverView:
    """Offer a meeting to that rep, or to whom the settings find; whoever has it loses it.

    Raises:
        HandoverError: there is no such meeting or rep, or it cannot be handed over.
    """
    bookings.lock(connection)  # nobody else gives or calls off a meeting meanwhile
    meeting = _offerable(connection, desk, meeting_id, now)
    if rep and rep not in desk.policy.reps:
        hint = did_you_mean(rep, desk.policy.reps)
        raise HandoverError(f"There is no rep {rep}. {hint}".rstrip())
    if rep:
        _refuse_a_stranger(connection, desk, meeting, rep)
    had = held(connection, meeting.id)
    for each in had:
        if each.rep == rep:
            raise HandoverError(f"{rep} has this meeting: it is handover {each.id}.")
        withdraw(connection, desk, each, News.PASSED_ON, f"given to somebody else by {by}", now)
    if rep:
        choice = Choice(desk.policy.reps[rep], f"{rep}: chosen by {by}")
        offered = offer_to(connection, desk, meeting, choice, now)
        return view_of(connection, desk, offered, now)
    if not offer_next(connection, desk, meeting, now, {each.rep for each in had}):
        raise HandoverError("Nobody was found. Name a rep: --rep NAME.")
    [offered] = held(connection, meeting.id)
    return view_of(connection, desk, offered, now)


def _line(connection: Connection, handover: Handover) -> HandoverLine:
    record, meeting = from_json(handover.record), meetings.get(connection, handover.meeting_id)
    return HandoverLine(
        number=handover.id,
        meeting=handover.meeting_id,
        meeting_state=meeting.state if meeting else MeetingState.CANCELLED,
        rep=handover.rep,
        state=handover.state,
        person=record.person or record.email,
        company=record.company,
        client=record.client,
        starts_at=record.starts_at,
        tz=record.rep_tz,
        offered_at=handover.offered_at,
        answer_by_at=handover.answer_by_at if handover.state is HandoverState.OFFERED else None,
        note=handover.note,
    )


def _offerable(connection: Connection, desk: Desk, meeting_id: int, now: datetime) -> Meeting:
    meeting = meetings.get(connection, meeting_id)
    if meeting is None:
        raise HandoverError(
            f"There is no meeting {meeting_id}: `sequencer meeting list` shows what there is."
        )
    if meeting.state is not MeetingState.BOOKED:
        raise HandoverError(f"Meeting {meeting_id} is {meeting.state}: nobody can take it.")
    if not meeting.verified:
        raise HandoverError(
            f"Only a mail has told of meeting {meeting_id}: `sequencer meeting confirm "
            f"{meeting_id}` says that it is on."
        )
    if meeting.prospect_id is None:
        raise HandoverError(f"Nobody knows with whom meeting {meeting_id} is.")
    if meeting.starts_at is not None and meeting.starts_at <= now:
        raise HandoverError(f"Meeting {meeting_id} has begun already.")
    if not desk.policy.reps:
        raise HandoverError("There are no `reps:` in the settings.")
    return meeting


def _refuse_a_stranger(connection: Connection, desk: Desk, meeting: Meeting, rep: str) -> None:
    """Give nobody a meeting of a client for whom they do not work."""
    client, own = (
        client_of_meeting(connection, desk, meeting) or OURSELVES,
        desk.policy.reps[rep].client,
    )
    if own != (client or OURSELVES):
        raise HandoverError(
            f"{rep} works for {own or 'ourselves'}; the meeting is for {client or 'ourselves'}."
        )
