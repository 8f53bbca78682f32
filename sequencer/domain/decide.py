"""What follows from an event: the enrollment's next state, and the commands that carry it out.

Pure: the same inputs give the same decision. The engine applies the commands in the transaction
that stores the new state. An event that the state does not know changes nothing: a second reply
after the first, a booking after an opt-out, a resume of what runs already.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from sequencer.domain.cadence import Cadence
from sequencer.domain.delay import Delay
from sequencer.domain.enrollment import (
    TRANSITIONS,
    Enrollment,
    EnrollmentEvent,
    EnrollmentState,
    FinishReason,
    PauseReason,
)
from sequencer.domain.event import Enrolled, Event, Held, Resumed, StepEnded, Stopped


@dataclass(frozen=True, slots=True)
class QueueStep:
    """Queue the send of a step, `wait` after now."""

    step_id: str
    wait: Delay


@dataclass(frozen=True, slots=True)
class CancelSends:
    """Cancel every send of the enrollment that has not been handed over."""

    reason: FinishReason


@dataclass(frozen=True, slots=True)
class Reschedule:
    """Move the open send to `remaining` after now, and then into its window."""

    remaining: timedelta


Command = QueueStep | CancelSends | Reschedule


@dataclass(frozen=True, slots=True)
class Decision:
    """The enrollment after the event, and what to do about it."""

    enrollment: Enrollment
    commands: tuple[Command, ...] = ()

    def changes(self, before: Enrollment) -> bool:
        """Whether anything follows at all."""
        return bool(self.commands) or self.enrollment != before


def decide(enrollment: Enrollment, event: Event, cadence: Cadence, now: datetime) -> Decision:
    """Decision for one event at the instant `now` (UTC)."""
    match event:
        case Enrolled():
            return _enrolled(enrollment, cadence)
        case StepEnded():
            return _step_ended(enrollment, event, cadence)
        case Stopped():
            return _stopped(enrollment, event)
        case Held():
            return _held(enrollment, event, now)
        case Resumed():
            return _resumed(enrollment)
        case _ as never:
            assert_never(never)


def _following(enrollment: Enrollment, event: EnrollmentEvent) -> EnrollmentState | None:
    return TRANSITIONS[enrollment.state][event]


def _enrolled(enrollment: Enrollment, cadence: Cadence) -> Decision:
    state = _following(enrollment, EnrollmentEvent.ACTIVATE)
    if state is None:
        return Decision(enrollment)
    first = cadence.steps[0]
    running = replace(enrollment, state=state, step=first.id)
    return Decision(running, (QueueStep(first.id, first.wait),))


def _step_ended(enrollment: Enrollment, event: StepEnded, cadence: Cadence) -> Decision:
    state = _following(enrollment, EnrollmentEvent.ADVANCE)
    if state is None or enrollment.step != event.step_id:
        return Decision(enrollment)
    following = cadence.step_after(event.step_id)
    # What remained belonged to the step that has just ended.
    step = following.id if following is not None else None
    moved = replace(enrollment, state=state, step=step, remaining=None)
    if following is None:
        return _finished(moved, FinishReason.COMPLETED)
    return Decision(moved, (QueueStep(following.id, following.wait),))


def _stopped(enrollment: Enrollment, event: Stopped) -> Decision:
    if _following(enrollment, EnrollmentEvent.FINISH) is None:
        return Decision(enrollment)
    return _finished(enrollment, event.reason)


def _finished(enrollment: Enrollment, reason: FinishReason) -> Decision:
    ended = replace(
        enrollment,
        state=EnrollmentState.FINISHED,
        finish_reason=reason,
        pause_reason=None,
        resume_at=None,
        remaining=None,
    )
    return Decision(ended, (CancelSends(reason),))


def _held(enrollment: Enrollment, event: Held, now: datetime) -> Decision:
    state = _following(enrollment, EnrollmentEvent.PAUSE)
    if state is None or _is_weaker(enrollment, event):
        return Decision(enrollment)
    remaining = enrollment.remaining
    if remaining is None and event.due_at is not None:
        remaining = max(event.due_at - now, timedelta(0))
    return Decision(
        replace(
            enrollment,
            state=state,
            pause_reason=event.reason,
            resume_at=event.resume_at,
            remaining=remaining,
        )
    )


def _is_weaker(enrollment: Enrollment, event: Held) -> bool:
    """Whether a pause holds for longer than what is asked for now.

    An absence notice must not end a hold that waits for a person. Of two notices the later return
    counts: the second may name no date, or be a ticket number that another machine gives. One that
    corrects its date to an earlier one is not believed either, which only costs days.
    """
    if enrollment.state is not EnrollmentState.PAUSED or event.resume_at is None:
        return False
    if enrollment.resume_at is None:
        return True
    return event.reason is PauseReason.AUTO_REPLY and event.resume_at <= enrollment.resume_at


def _resumed(enrollment: Enrollment) -> Decision:
    state = _following(enrollment, EnrollmentEvent.RESUME)
    if state is None:
        return Decision(enrollment)
    running = replace(enrollment, state=state, pause_reason=None, resume_at=None, remaining=None)
    if enrollment.remaining is None:
        # No send was open when the hold came. What was queued since has its own due time, and
        # moving that would send a follow-up on the heels of the mail it follows.
        return Decision(running)
    return Decision(running, (Reschedule(enrollment.remaining),))
