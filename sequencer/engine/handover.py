"""A meeting is given to a rep: offered, taken or refused, moved, called off.

What stands is decided by where the meeting stands now, and not by what was told last, so that to be
told the same again changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sequencer.domain.assignment import Choice
from sequencer.domain.handover import WITH_SOMEBODY, HandoverEvent, HandoverState
from sequencer.domain.handover_record import from_json
from sequencer.domain.meeting import MeetingState
from sequencer.engine.desk import Desk
from sequencer.engine.handover_mail import end_key, has_heard
from sequencer.engine.handover_offer import (
    NOBODY,
    clear,
    held,
    is_wanted,
    note,
    offer_next,
    offer_to,
    settle_asking,
    tell_change,
    withdraw,
)
from sequencer.engine.handover_reply import Refusal, give_back, take
from sequencer.engine.handover_story import client_of_meeting
from sequencer.engine.handover_trouble import TITLE
from sequencer.engine.meeting_change import MeetingChange
from sequencer.mail.handover_letter import News
from sequencer.store import handovers, meetings, notices
from sequencer.store.database import Connection
from sequencer.store.handovers import Handover
from sequencer.store.meetings import Meeting

_OVER: Final = frozenset({MeetingState.HELD, MeetingState.NO_SHOW})
_ENDS: Final = {
    MeetingState.CANCELLED: "the meeting was cancelled",
    MeetingState.REJECTED: "the meeting was refused",
    MeetingState.ASKED_AGAIN: "the meeting needs another time",
    MeetingState.REQUESTED: "the meeting has to be confirmed again",
}
_MOVED: Final = "the meeting was moved"


def follow_meeting(
    connection: Connection, desk: Desk, change: MeetingChange, now: datetime
) -> None:
    """Offer a meeting that stands to a rep; tell whoever has it what has become of it."""
    meeting = change.meeting
    if change.instead_of is not None:
        _carry_over(connection, desk, change.instead_of, meeting, now)
    if meeting.moved_to is not None or meeting.state in _OVER:
        return  # who has it keeps it: it goes on elsewhere, or is what it was
    first = _one_who_has_it(connection, desk, change, now)
    if meeting.state in _ENDS or meeting.left_out:
        _end(connection, desk, meeting, first, now)
    elif first is not None:
        tell_change(connection, desk, first, meeting, now)
    elif is_wanted(desk, meeting, now) and not _was_passed_on(connection, meeting):
        offer_next(connection, desk, meeting, now)


def _one_who_has_it(
    connection: Connection, desk: Desk, change: MeetingChange, now: datetime
) -> Handover | None:
    """The handover that stands; it is taken back from everybody else."""
    present = held(connection, change.meeting.id)
    if _is_of_another(connection, desk, change, present):
        for each in present:
            withdraw(connection, desk, each, News.CALLED_OFF, "it is somebody else's meeting", now)
        return None
    for each in present[1:]:  # two meetings that turned out to be one
        withdraw(connection, desk, each, News.PASSED_ON, "somebody else has it", now)
    return present[0] if present else None


def rep_answered(
    connection: Connection,
    desk: Desk,
    uid: str,
    answer: str,
    now: datetime,
    revision: int | None = None,
) -> bool:
    """Whether a rep's answer to an invitation of ours was taken; `answer` is a PARTSTAT.

    The UID is as good as a link: nobody knows it who has not had the mail. An answer to an earlier
    revision says nothing about the meeting as it is now.
    """
    handover = handovers.by_uid(connection, uid)
    if handover is None:
        return False
    stale = revision is not None and revision < handover.revision
    if stale or handover.state not in WITH_SOMEBODY:
        return True
    by = f"{handover.rep}'s calendar"
    if answer.upper() == "ACCEPTED" and handover.state is HandoverState.OFFERED:
        take(connection, handover, by, now)
    elif answer.upper() == "DECLINED":
        refusal = Refusal(by, "declined in the calendar", knows=True)
        give_back(connection, desk, handover, refusal, now)
    elif answer.upper() == "TENTATIVE":
        meeting = meetings.get(connection, handover.meeting_id)
        if meeting is not None:
            note(connection, meeting, f"perhaps, says {by}", now)
    return True


def _end(
    connection: Connection, desk: Desk, meeting: Meeting, first: Handover | None, now: datetime
) -> None:
    why = _ENDS.get(meeting.state, "the meeting is none of ours")
    # First, and the same told again leaves it: what follows may ask a person to tell the rep.
    titles = (NOBODY, TITLE) if first is not None else (NOBODY,)
    settle_asking(connection, meeting, why, now, titles)
    if first is not None and withdraw(connection, desk, first, News.CALLED_OFF, why, now):
        note(connection, meeting, f"taken back from {first.rep}: {why}", now)
    every = handovers.of_meeting(connection, meeting.id)
    clear(connection, desk, every, News.CALLED_OFF, why, now)


def _is_of_another(
    connection: Connection, desk: Desk, change: MeetingChange, present: Sequence[Handover]
) -> bool:
    """Whether the meeting was credited to another person, or to a client that the rep is not for.

    Whoever has it knows the wrong one.
    """
    was, meeting = change.was, change.meeting
    if not present or was is None:
        return False
    if was.prospect_id != meeting.prospect_id:
        return True
    rep = desk.policy.reps.get(present[0].rep)
    if rep is None or was.enrollment_id == meeting.enrollment_id:
        return False
    return client_of_meeting(connection, desk, meeting) not in (None, rep.client)


def _was_passed_on(connection: Connection, meeting: Meeting) -> bool:
    """Whether everybody has been asked about the meeting as it is: a person has to decide."""
    every = handovers.of_meeting(connection, meeting.id)
    if not every or every[-1].state is HandoverState.WITHDRAWN:
        return False
    return from_json(every[-1].record).starts_at == meeting.starts_at


def _carry_over(
    connection: Connection, desk: Desk, old: Meeting, new: Meeting, now: datetime
) -> None:
    """Let whoever had a meeting have the one that was booked in its place, as a move of it.

    Not where somebody has taken the new one already, or it is not to be handed over.
    """
    every = handovers.of_meeting(connection, old.id)
    clear(connection, desk, every, News.CALLED_OFF, _MOVED, now)
    last = every[-1] if every else None
    if last is None or last.state not in {*WITH_SOMEBODY, HandoverState.WITHDRAWN}:
        return
    rep, present = desk.policy.reps.get(last.rep), held(connection, new.id)
    settled = any(each.rep == last.rep or each.state is HandoverState.ACCEPTED for each in present)
    if rep is None or settled or not is_wanted(desk, new, now):
        withdraw(connection, desk, last, News.CALLED_OFF, _MOVED, now)
        return
    knows = has_heard(connection, last)
    handovers.move(connection, last.id, HandoverEvent.WITHDRAW, note=_MOVED)
    notices.withdraw(connection, end_key(last))
    for each in present:
        withdraw(connection, desk, each, News.PASSED_ON, "another rep had it before", now)
    choice = Choice(rep, f"{rep.name}: has had the meeting in whose place it was booked")
    offer_to(connection, desk, new, choice, now, after=last if knows else None)
