"""What follows from an event: the enrollment's next state, and the commands that carry it out.

Pure: the same inputs give the same decision. The engine applies the commands in the transaction
that stores the new state. An event that the state does not know changes nothing: a second reply
after the first, a booking after an opt-out, a resume of what runs already.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from sequencer.domain.cadence import Cadence, Step, StepKind
from sequencer.domain.delay import NO_DELAY, Delay
from sequencer.domain.enrollment import (
    REOPENABLE,
    TRANSITIONS,
    Enrollment,
    EnrollmentEvent,
    EnrollmentState,
    FinishReason,
    PauseReason,
)
from sequencer.domain.event import (
    Enrolled,
    Event,
    Held,
    Reopened,
    Resumed,
    StepEnded,
    StepSkipped,
    Stopped,
    TakenBack,
)
from sequencer.domain.guard import NO_FACTS, Facts, holds
from sequencer.domain.overrides import NO_OVERRIDES, Overrides
from sequencer.domain.transition import after

# Holds that somebody's mail asked for.
_HEARD = frozenset({PauseReason.AUTO_REPLY, PauseReason.COLLEAGUE_REPLIED})


@dataclass(frozen=True, slots=True)
class QueueStep:
    """Queue the send of a step, `wait` after now.

    Attributes:
        again: it was cancelled when the enrollment was stopped; the due time it had still counts.
    """

    step_id: str
    wait: Delay
    again: bool = False


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Open the task of a step, due `wait` after now; `again` as for a send."""

    step_id: str
    wait: Delay
    again: bool = False


@dataclass(frozen=True, slots=True)
class SkipStep:
    """Note that a step is passed over; it has neither a send nor a task that is open."""

    step_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Cancel the open send of a step, or close its open task: it is not its turn yet."""

    step_id: str


@dataclass(frozen=True, slots=True)
class CancelSends:
    """Cancel every send that has not been handed over, and close every task of the enrollment."""

    reason: FinishReason


@dataclass(frozen=True, slots=True)
class Reschedule:
    """Move the open send or task to `remaining` after now, and then into its window."""

    remaining: timedelta


Command = QueueStep | OpenTask | SkipStep | Withdraw | CancelSends | Reschedule


@dataclass(frozen=True, slots=True)
class Decision:
    """The enrollment after the event, and what to do about it."""

    enrollment: Enrollment
    commands: tuple[Command, ...] = ()

    def changes(self, before: Enrollment) -> bool:
        """Whether anything follows at all."""
        return bool(self.commands) or self.enrollment != before


@dataclass(frozen=True, slots=True)
class Course:
    """What an enrollment follows: its cadence, its own changes to it, and the facts so far."""

    cadence: Cadence
    facts: Facts = NO_FACTS
    overrides: Overrides = NO_OVERRIDES

    def is_for(self, step: Step) -> bool:
        """Whether the guard of a step lets it happen, as far as is known now."""
        guards = (step.when, *self.overrides.guards.get(step.id, ()))
        if not any(guards):
            return True
        facts = self.facts.passing(self.cadence.ids_before(step.id))
        return all(holds(guard, facts) for guard in guards)

    def why_not(self, step: Step) -> str:
        """Why a step is passed over; the empty string where it is not."""
        if step.id in self.overrides.skip:
            return "left out for this prospect"
        return "" if self.is_for(step) else f"not for this prospect: {self.guard_of(step)}"

    def guard_of(self, step: Step) -> str:
        """What has to hold for a step, in the words of the versions that say so."""
        return " and ".join(filter(None, (step.when, *self.overrides.guards.get(step.id, ()))))

    def wait_of(self, step: Step, before: str | None) -> Delay:
        """The delay of a step after the step of that id, None for the enrolment."""
        begin = self.cadence.step(before) if before is not None else None
        return self.overrides.waits.get(step.id, step.wait_after(begin))


def decide(enrollment: Enrollment, event: Event, course: Course, now: datetime) -> Decision:
    """Decision for one event at the instant `now` (UTC)."""
    match event:
        case Enrolled():
            return _enrolled(enrollment, course)
        case StepEnded() | StepSkipped():
            return _step_over(enrollment, event, course)
        case Stopped():
            return _stopped(enrollment, event)
        case Held():
            return _held(enrollment, event, now)
        case Resumed():
            return _resumed(enrollment)
        case Reopened() | TakenBack():
            return _put_back(enrollment, event, course)
        case _ as never:
            assert_never(never)


def _following(enrollment: Enrollment, event: EnrollmentEvent) -> EnrollmentState | None:
    return TRANSITIONS[enrollment.state][event]


def _enrolled(enrollment: Enrollment, course: Course) -> Decision:
    state = _following(enrollment, EnrollmentEvent.ACTIVATE)
    if state is None:
        return Decision(enrollment)
    return _begun(replace(enrollment, state=state), course)


def _begun(enrollment: Enrollment, course: Course) -> Decision:
    """At the first step, or at the one that was wished for: that waits for no step before it."""
    cadence, start_at = course.cadence, course.overrides.start_at
    if start_at is None or start_at == cadence.steps[0].id:
        return _reach(enrollment, course, cadence.steps[0])
    wait = course.overrides.waits.get(start_at, NO_DELAY)
    return _reach(enrollment, course, cadence.step(start_at), wait, before=start_at)


def _step_over(enrollment: Enrollment, event: StepEnded | StepSkipped, course: Course) -> Decision:
    state = _following(enrollment, EnrollmentEvent.ADVANCE)
    if state is None or enrollment.step != event.step_id:
        return Decision(enrollment)
    cadence, wait = course.cadence, None
    if isinstance(event, StepSkipped):
        next_of = cadence.step_after if event.by_guard else cadence.step_following
        following = next_of(event.step_id)
    elif event.goto is not None and event.goto in cadence.ids_after(event.step_id):
        following, wait = cadence.step(event.goto), event.wait
    else:
        following, wait = cadence.step_following(event.step_id), event.wait
    if enrollment.state is not state or enrollment.remaining is not None:
        # What remained belonged to the step that has just ended.
        enrollment = replace(enrollment, state=state, remaining=None)
    return _reach(enrollment, course, following, wait)


def _reach(
    enrollment: Enrollment,
    course: Course,
    step: Step | None,
    wait: Delay | None = None,
    *,
    before: str | None = None,
) -> Decision:
    """The first step from there on that is for this person, or the end.

    Only ever forward, so it comes to an end. A delay given replaces that of the step given; where
    that one is passed over, the own delay of the next counts from now. That of a step with a day
    spans all that are passed, from the step at which the enrollment is, or else from `before`.
    """
    before = enrollment.step or before
    skipped: list[Command] = []
    while step is not None and (why := course.why_not(step)):
        skipped.append(SkipStep(step.id, why))
        left_out = step.id in course.overrides.skip
        next_of = course.cadence.step_following if left_out else course.cadence.step_after
        step, wait = next_of(step.id), None
    if step is None:
        ended = _finished(replace(enrollment, step=None), FinishReason.COMPLETED)
        return Decision(ended.enrollment, (*skipped, *ended.commands))
    command = _begin(step, course.wait_of(step, before) if wait is None else wait)
    return Decision(replace(enrollment, step=step.id), (*skipped, command))


def _begin(step: Step, wait: Delay, *, again: bool = False) -> Command:
    command = QueueStep if step.kind is StepKind.EMAIL else OpenTask
    return command(step.id, wait, again)


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
            resume_at=_until(enrollment, event),
            remaining=remaining,
        )
    )


def _until(enrollment: Enrollment, event: Held) -> datetime | None:
    """The date of a hold; never before the return of a rep who is away already."""
    is_away = enrollment.pause_reason is PauseReason.REP_AWAY is not event.reason
    back_at = enrollment.resume_at if is_away else None
    if event.resume_at is None or back_at is None:
        return event.resume_at
    return max(event.resume_at, back_at)


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
    if enrollment.pause_reason is PauseReason.REP_AWAY:
        return False  # ends early when the rep comes back early, and what was heard since counts
    return event.reason in _HEARD and event.resume_at <= enrollment.resume_at


def _resumed(enrollment: Enrollment) -> Decision:
    never_began = enrollment.state is EnrollmentState.PAUSED and enrollment.step is None
    event = EnrollmentEvent.WAIT if never_began else EnrollmentEvent.RESUME
    state = _following(enrollment, event)
    if state is None:
        return Decision(enrollment)
    running = replace(enrollment, state=state, pause_reason=None, resume_at=None, remaining=None)
    if enrollment.remaining is None:
        # No send was open when the hold came. What was queued since has its own due time, and
        # moving that would send a follow-up on the heels of the mail it follows.
        return Decision(running)
    return Decision(running, (Reschedule(enrollment.remaining),))


def _put_back(enrollment: Enrollment, event: Reopened | TakenBack, course: Course) -> Decision:
    if isinstance(event, Reopened):
        return _reopened(enrollment, event, course)
    return _taken_back(enrollment, event, course)


def _reopened(enrollment: Enrollment, event: Reopened, course: Course) -> Decision:
    state = _following(enrollment, EnrollmentEvent.REOPEN)
    may_be = event.mistaken or enrollment.finish_reason in REOPENABLE
    if state is None or not may_be:
        return Decision(enrollment)
    if enrollment.step is None:  # it had not begun, and the gate lets it in when it does
        waiting = after(TRANSITIONS, enrollment.state, EnrollmentEvent.WAIT)
        return Decision(replace(enrollment, state=waiting, finish_reason=None))
    step = course.cadence.step(event.at or enrollment.step)
    running = replace(enrollment, state=state, finish_reason=None, step=step.id)
    if event.under_way:
        return Decision(running)
    if not event.over and not course.why_not(step):
        return Decision(running, (_begin(step, NO_DELAY, again=True),))
    following = course.cadence.step_following(step.id) if event.over else step
    going = _reach(running, course, following)
    # With nothing left to go on with it would only end once more, for another reason.
    return Decision(enrollment) if going.enrollment.step is None else going


def _taken_back(enrollment: Enrollment, event: TakenBack, course: Course) -> Decision:
    """Back at a step that a person had ended; what came after it is withdrawn."""
    if enrollment.finish_reason is FinishReason.COMPLETED:  # nothing came after it
        again = after(TRANSITIONS, enrollment.state, EnrollmentEvent.REOPEN)
        return Decision(replace(enrollment, state=again, step=event.step_id, finish_reason=None))
    state = _following(enrollment, EnrollmentEvent.ADVANCE)
    now_at = enrollment.step
    if state is None or now_at is None or event.step_id not in course.cadence.ids_before(now_at):
        return Decision(enrollment)
    back = replace(enrollment, state=state, step=event.step_id, remaining=None)
    return Decision(back, (Withdraw(now_at),))
