"""A rep takes a meeting or does not: by the link of a mail, or by its number.

The link's token was signed by us and tells which handover is meant; it is good for as long as the
meeting and thirty days more. To look at it changes nothing, as programs look at every link.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sequencer.domain.handover import WITH_SOMEBODY, HandoverState
from sequencer.domain.handover_record import Record, from_json
from sequencer.domain.meeting import MeetingState
from sequencer.engine.desk import Desk
from sequencer.engine.handover_reply import Refusal, give_back, take
from sequencer.mail.handover_link import read_handover_token
from sequencer.store import handovers, meetings
from sequencer.store.database import Connection
from sequencer.store.handovers import Handover

GOOD_FOR: Final = timedelta(days=30)  # after the meeting
MOST_SAID: Final = 500  # characters of a reason
_SAID: Final = {
    HandoverState.REFUSED: "it was given back already",
    HandoverState.LAPSED: "nobody answered in time, and somebody else was asked",
    HandoverState.WITHDRAWN: "it was taken back",
}


class HandoverError(Exception):
    """Something that cannot be done with a handover; the sentence is for whoever asked."""


class UnknownHandoverError(HandoverError):
    """There is no such handover, or its link holds no more."""


@dataclass(frozen=True, slots=True)
class HandoverView:
    """A handover as its rep may see it.

    Attributes:
        number: of the handover; `meeting` is that of the meeting.
        rep: short name of the rep, `person` their name as people say it.
        because: why this rep.
        record: who, when, where, and what has been said so far.
        meeting_state: where the meeting stands now.
        may_accept: whether they can take it, still.
        may_refuse: whether they can give it back, still.
        answer_by_at: when the next rep is asked; None for never.
        note: what was said with the answer, or why it ended.
        good_until: how long the link works.
    """

    number: int
    meeting: int
    rep: str
    person: str
    state: HandoverState
    because: str
    record: Record
    meeting_state: MeetingState
    may_accept: bool
    may_refuse: bool
    offered_at: datetime
    answer_by_at: datetime | None
    answered_at: datetime | None
    note: str
    good_until: datetime


def view(connection: Connection, desk: Desk, token: str, now: datetime) -> HandoverView:
    """What the link of a rep shows.

    Raises:
        UnknownHandoverError: we did not sign the token, or it is good no more.
    """
    return view_of(connection, desk, _by_token(connection, desk, token, now), now)


def accept(connection: Connection, desk: Desk, token: str, by: str, now: datetime) -> HandoverView:
    """A rep takes a meeting by the link; to take it again changes nothing.

    Raises:
        HandoverError: the link holds no more, or the meeting is somebody else's by now.
    """
    number = _by_token(connection, desk, token, now).id
    accept_number(connection, number, by, now)
    return view_of(connection, desk, find(connection, number), now)


def refuse(
    connection: Connection, desk: Desk, token: str, by: str, now: datetime, because: str = ""
) -> HandoverView:
    """A rep does not take a meeting; the next one is asked.

    Raises:
        HandoverError: the link holds no more, or the meeting is somebody else's by now.
    """
    number = _by_token(connection, desk, token, now).id
    refuse_number(connection, desk, number, by, now, because)
    return view_of(connection, desk, find(connection, number), now)


def accept_number(connection: Connection, number: int, by: str, now: datetime) -> None:
    """Take the meeting of a handover for its rep; to take it again changes nothing.

    Raises:
        HandoverError: there is no such handover, or it is over.
    """
    handover = find(connection, number)
    if handover.state is HandoverState.ACCEPTED:
        return
    _refuse_what_is_over(connection, handover, now)
    if not take(connection, handover, by, now):
        raise HandoverError(f"Handover {number} has changed meanwhile: look again.")


def refuse_number(
    connection: Connection, desk: Desk, number: int, by: str, now: datetime, because: str = ""
) -> None:
    """Give the meeting of a handover back; the next rep is asked. To do it again changes nothing.

    Raises:
        HandoverError: there is no such handover, or it is over.
    """
    handover = find(connection, number)
    if handover.state is HandoverState.REFUSED:
        return
    _refuse_what_is_over(connection, handover, now)
    said = " ".join(because[:MOST_SAID].split())
    if not give_back(connection, desk, handover, Refusal(by, said), now):
        raise HandoverError(f"Handover {number} has changed meanwhile: look again.")


def find(connection: Connection, number: int) -> Handover:
    """The handover of that number.

    Raises:
        UnknownHandoverError: there is none.
    """
    found = handovers.find(connection, number)
    if found is None:
        raise UnknownHandoverError(
            f"There is no handover {number}: `sequencer handover list` shows what there is."
        )
    return found


def view_of(connection: Connection, desk: Desk, handover: Handover, now: datetime) -> HandoverView:
    """A handover with the meeting as it is now."""
    meeting = meetings.get(connection, handover.meeting_id)
    rep = desk.policy.reps.get(handover.rep)
    state = meeting.state if meeting else MeetingState.CANCELLED
    comes = handover.state in WITH_SOMEBODY and not _is_over(connection, handover, now)
    return HandoverView(
        number=handover.id,
        meeting=handover.meeting_id,
        rep=handover.rep,
        person=rep.person if rep else handover.rep,
        state=handover.state,
        because=handover.because,
        record=from_json(handover.record),
        meeting_state=state,
        may_accept=comes and handover.state is HandoverState.OFFERED,
        may_refuse=comes,
        offered_at=handover.offered_at,
        answer_by_at=handover.answer_by_at if handover.state is HandoverState.OFFERED else None,
        answered_at=handover.answered_at,
        note=handover.note,
        good_until=_good_until(handover),
    )


def _by_token(connection: Connection, desk: Desk, token: str, now: datetime) -> Handover:
    key = read_handover_token(token, desk.policy.keys)
    handover = handovers.by_key(connection, key) if key else None
    if handover is None or now > _good_until(handover):
        raise UnknownHandoverError("This link holds no more: ask whoever sent it.")
    return handover


def _good_until(handover: Handover) -> datetime:
    record = from_json(handover.record)
    return (record.ends_at or record.starts_at or handover.offered_at) + GOOD_FOR


def _refuse_what_is_over(connection: Connection, handover: Handover, now: datetime) -> None:
    if why := _SAID.get(handover.state):
        raise HandoverError(f"This meeting is not yours any more: {why}.")
    if _is_over(connection, handover, now):
        raise HandoverError("This meeting is over.")


def _is_over(connection: Connection, handover: Handover, now: datetime) -> bool:
    meeting = meetings.get(connection, handover.meeting_id)
    end = (meeting.ends_at or meeting.starts_at) if meeting else None
    return end is not None and end <= now
