from datetime import timedelta

import pytest
from builders import NOON, a_cadence, an_enrollment

from sequencer.domain.decide import (
    CancelSends,
    Command,
    Decision,
    QueueStep,
    Reschedule,
    decide,
)
from sequencer.domain.delay import Delay, Unit
from sequencer.domain.enrollment import (
    Enrollment,
    EnrollmentState,
    FinishReason,
    PauseReason,
)
from sequencer.domain.event import Enrolled, Event, Held, Resumed, StepEnded, Stopped

CADENCE = a_cadence()
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
AWAY = Held(PauseReason.AUTO_REPLY, resume_at=NOON + 14 * DAY, due_at=NOON + 2 * DAY)


def after(enrollment: Enrollment, *events: Event) -> tuple[Enrollment, list[Command]]:
    commands: list[Command] = []
    for event in events:
        decision = decide(enrollment, event, CADENCE, NOON)
        enrollment = decision.enrollment
        commands.extend(decision.commands)
    return enrollment, commands


def test_enrolled() -> None:
    """The gate's yes activates the enrollment and queues the first step with its wait."""
    enrollment, commands = after(Enrollment(key="k1"), Enrolled())
    assert enrollment.state is EnrollmentState.ACTIVE
    assert commands == [QueueStep("intro", Delay(0, Unit.MINUTES))]


def test_enrolled_twice() -> None:
    """The second yes queues nothing."""
    _, commands = after(Enrollment(key="k1"), Enrolled(), Enrolled())
    assert len(commands) == 1


def test_step_ended() -> None:
    """The end of a step queues the next one."""
    enrollment, commands = after(an_enrollment(), StepEnded("intro"))
    assert enrollment.step == "bump"
    assert commands == [QueueStep("bump", Delay(3, Unit.BUSINESS_DAYS))]


def test_last_step_ended() -> None:
    """The end of the last step completes the enrollment."""
    enrollment, commands = after(an_enrollment(step="last-mail"), StepEnded("last-mail"))
    assert enrollment.state is EnrollmentState.FINISHED
    assert enrollment.finish_reason is FinishReason.COMPLETED
    assert enrollment.step is None
    assert commands == [CancelSends(FinishReason.COMPLETED)]


def test_changes() -> None:
    """A new state changes something, and so do commands alone."""
    before = an_enrollment()
    assert decide(before, Held(PauseReason.MANUAL), CADENCE, NOON).changes(before)
    assert Decision(before, (Reschedule(HOUR),)).changes(before)
    assert not Decision(before).changes(before)


@pytest.mark.parametrize("step_id", ["intro", "last-mail", "nothing"])
def test_step_out_of_turn(step_id: str) -> None:
    """An end that was told already, came too early or belongs elsewhere changes nothing."""
    before = an_enrollment(step="bump")
    decision = decide(before, StepEnded(step_id), CADENCE, NOON)
    assert decision == Decision(before)
    assert not decision.changes(before)


def test_nothing_after_the_last_step() -> None:
    """An enrollment past its last step, still open for whatever reason, queues nothing more."""
    before = an_enrollment(step=None)
    assert decide(before, StepEnded("last-mail"), CADENCE, NOON) == Decision(before)


@pytest.mark.parametrize("reason", list(FinishReason))
@pytest.mark.parametrize(
    "state", [EnrollmentState.PENDING, EnrollmentState.ACTIVE, EnrollmentState.PAUSED]
)
def test_stopped(state: EnrollmentState, reason: FinishReason) -> None:
    """Any stop ends any enrollment that has not ended, and cancels what is queued."""
    before = an_enrollment(
        state=state, pause_reason=PauseReason.MANUAL, resume_at=NOON, remaining=HOUR
    )
    decision = decide(before, Stopped(reason), CADENCE, NOON)
    ended = decision.enrollment
    assert (ended.state, ended.finish_reason) == (EnrollmentState.FINISHED, reason)
    assert (ended.pause_reason, ended.resume_at, ended.remaining) == (None, None, None)
    assert decision.commands == (CancelSends(reason),)
    assert decision.changes(before)


@pytest.mark.parametrize(
    "event",
    [Enrolled(), StepEnded("intro"), Stopped(FinishReason.MEETING_BOOKED), AWAY, Resumed()],
)
def test_finished_is_final(event: Event) -> None:
    """Whatever comes after the end, the first reason stays and nothing follows."""
    ended = an_enrollment(state=EnrollmentState.FINISHED, finish_reason=FinishReason.REPLIED)
    assert decide(ended, event, CADENCE, NOON) == Decision(ended)


def test_held() -> None:
    """A hold keeps what is left of the wait, and when it may go on."""
    enrollment, commands = after(an_enrollment(step="bump"), AWAY)
    assert enrollment.state is EnrollmentState.PAUSED
    assert enrollment.pause_reason is PauseReason.AUTO_REPLY
    assert enrollment.resume_at == NOON + 14 * DAY
    assert enrollment.remaining == 2 * DAY
    assert commands == []


def test_resumed() -> None:
    """After the hold the rest of the wait is waited, and no trace of the hold is left."""
    enrollment, commands = after(an_enrollment(step="bump"), AWAY, Resumed())
    assert enrollment == an_enrollment(step="bump")
    assert commands == [Reschedule(2 * DAY)]


def test_held_when_overdue() -> None:
    """A send that was overdue has nothing left to wait, not less than nothing."""
    held = Held(PauseReason.MANUAL, due_at=NOON - HOUR)
    assert after(an_enrollment(), held)[0].remaining == timedelta(0)


def test_later_absence_moves_the_return() -> None:
    """A second absence notice moves the date; what was left of the wait stays as it was."""
    later = Held(PauseReason.AUTO_REPLY, resume_at=NOON + 21 * DAY, due_at=NOON + 9 * DAY)
    enrollment, _ = after(an_enrollment(), AWAY, later)
    assert enrollment.resume_at == NOON + 21 * DAY
    assert enrollment.remaining == 2 * DAY


@pytest.mark.parametrize("days", [1, 13, 14])
def test_earlier_absence_changes_nothing(days: int) -> None:
    """A notice never brings a return forward: it may name no date, or be of another machine."""
    away, _ = after(an_enrollment(), AWAY)
    sooner = Held(PauseReason.AUTO_REPLY, resume_at=NOON + days * DAY, due_at=NOON + 9 * DAY)
    assert decide(away, sooner, CADENCE, NOON) == Decision(away)


def test_dated_hold_by_hand_may_be_shorter_than_an_absence() -> None:
    """A person who names an earlier date knows better than a notice."""
    enrollment, _ = after(an_enrollment(), AWAY, Held(PauseReason.MANUAL, NOON + DAY))
    assert enrollment.pause_reason is PauseReason.MANUAL
    assert enrollment.resume_at == NOON + DAY


def test_absence_does_not_end_a_hold_by_hand() -> None:
    """A hold that waits for a person gets no date from a machine."""
    held, _ = after(an_enrollment(), Held(PauseReason.MANUAL, due_at=NOON + HOUR))
    assert decide(held, AWAY, CADENCE, NOON) == Decision(held)


def test_hold_by_hand_replaces_an_absence() -> None:
    """A person who holds what an absence notice held takes its date away."""
    enrollment, _ = after(an_enrollment(), AWAY, Held(PauseReason.MANUAL))
    assert enrollment.pause_reason is PauseReason.MANUAL
    assert enrollment.resume_at is None


@pytest.mark.parametrize("event", [AWAY, Resumed(), StepEnded("intro")])
def test_pending_waits_for_the_gate(event: Event) -> None:
    """Before the gate's yes there is nothing to hold, resume or advance."""
    fresh = Enrollment(key="k1")
    assert decide(fresh, event, CADENCE, NOON) == Decision(fresh)


def test_resume_of_what_runs() -> None:
    """Resuming what was not paused changes nothing."""
    assert decide(an_enrollment(), Resumed(), CADENCE, NOON) == Decision(an_enrollment())


def test_mail_under_way_when_the_hold_came() -> None:
    """A step that ends during a hold queues the next one, and resuming does not pull it ahead."""
    events = (Held(PauseReason.MANUAL), StepEnded("intro"), Resumed())
    enrollment, commands = after(an_enrollment(), *events)
    assert enrollment == an_enrollment(step="bump")
    assert commands == [QueueStep("bump", Delay(3, Unit.BUSINESS_DAYS))]


def test_step_ended_by_hand_during_a_hold() -> None:
    """What remained of the wait for a step does not shorten the wait for the one after it."""
    enrollment, commands = after(an_enrollment(step="bump"), AWAY, StepEnded("bump"), Resumed())
    assert enrollment == an_enrollment(step="last-mail")
    assert commands == [QueueStep("last-mail", Delay(5, Unit.BUSINESS_DAYS))]


def test_last_step_ended_during_a_hold() -> None:
    """A hold does not keep a cadence open whose last mail is out."""
    enrollment, _ = after(an_enrollment(step="last-mail"), AWAY, StepEnded("last-mail"))
    assert enrollment.finish_reason is FinishReason.COMPLETED
    assert enrollment.pause_reason is None
