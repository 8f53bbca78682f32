from datetime import timedelta
from typing import Any

import pytest
from builders import NOON, a_cadence, a_step, an_enrollment

from sequencer.domain.cadence import StepKind
from sequencer.domain.decide import (
    CancelSends,
    Command,
    Course,
    Decision,
    OpenTask,
    QueueStep,
    Reschedule,
    SkipStep,
    Withdraw,
    decide,
)
from sequencer.domain.delay import NO_DELAY, Delay, Unit
from sequencer.domain.enrollment import (
    Enrollment,
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
from sequencer.domain.guard import Facts
from sequencer.domain.overrides import Overrides

COURSE = Course(a_cadence())
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
AWAY = Held(PauseReason.AUTO_REPLY, resume_at=NOON + 14 * DAY, due_at=NOON + 2 * DAY)


def after(enrollment: Enrollment, *events: Event) -> tuple[Enrollment, list[Command]]:
    commands: list[Command] = []
    for event in events:
        decision = decide(enrollment, event, COURSE, NOON)
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
    assert decide(before, Held(PauseReason.MANUAL), COURSE, NOON).changes(before)
    assert Decision(before, (Reschedule(HOUR),)).changes(before)
    assert not Decision(before).changes(before)


@pytest.mark.parametrize("step_id", ["intro", "last-mail", "nothing"])
def test_step_out_of_turn(step_id: str) -> None:
    """An end that was told already, came too early or belongs elsewhere changes nothing."""
    before = an_enrollment(step="bump")
    decision = decide(before, StepEnded(step_id), COURSE, NOON)
    assert decision == Decision(before)
    assert not decision.changes(before)


def test_nothing_after_the_last_step() -> None:
    """An enrollment past its last step, still open for whatever reason, queues nothing more."""
    before = an_enrollment(step=None)
    assert decide(before, StepEnded("last-mail"), COURSE, NOON) == Decision(before)


@pytest.mark.parametrize("reason", list(FinishReason))
@pytest.mark.parametrize(
    "state", [EnrollmentState.PENDING, EnrollmentState.ACTIVE, EnrollmentState.PAUSED]
)
def test_stopped(state: EnrollmentState, reason: FinishReason) -> None:
    """Any stop ends any enrollment that has not ended, and cancels what is queued."""
    before = an_enrollment(
        state=state, pause_reason=PauseReason.MANUAL, resume_at=NOON, remaining=HOUR
    )
    decision = decide(before, Stopped(reason), COURSE, NOON)
    ended = decision.enrollment
    assert (ended.state, ended.finish_reason) == (EnrollmentState.FINISHED, reason)
    assert (ended.pause_reason, ended.resume_at, ended.remaining) == (None, None, None)
    assert decision.commands == (CancelSends(reason),)
    assert decision.changes(before)


@pytest.mark.parametrize(
    "event",
    [
        Enrolled(),
        StepEnded("intro"),
        StepSkipped("intro"),
        Stopped(FinishReason.MEETING_BOOKED),
        AWAY,
        Resumed(),
        TakenBack("intro"),
    ],
)
def test_finished_is_final(event: Event) -> None:
    """Whatever comes after the end, the first reason stays and nothing follows."""
    ended = an_enrollment(state=EnrollmentState.FINISHED, finish_reason=FinishReason.REPLIED)
    assert decide(ended, event, COURSE, NOON) == Decision(ended)


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
    assert decide(away, sooner, COURSE, NOON) == Decision(away)


def test_dated_hold_by_hand_may_be_shorter_than_an_absence() -> None:
    """A person who names an earlier date knows better than a notice."""
    enrollment, _ = after(an_enrollment(), AWAY, Held(PauseReason.MANUAL, NOON + DAY))
    assert enrollment.pause_reason is PauseReason.MANUAL
    assert enrollment.resume_at == NOON + DAY


def test_absence_does_not_end_a_hold_by_hand() -> None:
    """A hold that waits for a person gets no date from a machine."""
    held, _ = after(an_enrollment(), Held(PauseReason.MANUAL, due_at=NOON + HOUR))
    assert decide(held, AWAY, COURSE, NOON) == Decision(held)


def test_hold_by_hand_replaces_an_absence() -> None:
    """A person who holds what an absence notice held takes its date away."""
    enrollment, _ = after(an_enrollment(), AWAY, Held(PauseReason.MANUAL))
    assert enrollment.pause_reason is PauseReason.MANUAL
    assert enrollment.resume_at is None


@pytest.mark.parametrize("event", [Resumed(), StepEnded("intro"), StepSkipped("intro")])
def test_pending_waits_for_the_gate(event: Event) -> None:
    """Before the gate's yes there is nothing to resume or advance."""
    fresh = Enrollment(key="k1")
    assert decide(fresh, event, COURSE, NOON) == Decision(fresh)


def test_pending_may_be_held() -> None:
    """Who is held before they begin does not begin, and waits for their turn again afterwards."""
    held, _ = after(Enrollment(key="k1"), Held(PauseReason.MANUAL))
    assert held.state is EnrollmentState.PAUSED
    assert after(held, Enrolled())[1] == []
    waiting, commands = after(held, Resumed())
    assert waiting == Enrollment(key="k1")
    assert commands == []


def test_resume_of_what_runs() -> None:
    """Resuming what was not paused changes nothing."""
    assert decide(an_enrollment(), Resumed(), COURSE, NOON) == Decision(an_enrollment())


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


DAYS = {number: Delay(number, Unit.DAYS) for number in range(1, 6)}
MIXED = a_cadence(
    steps=(
        a_step(id="write"),
        a_step(id="call", kind=StepKind.CALL, wait=DAYS[1]),
        a_step(id="again", kind=StepKind.CALL, wait=DAYS[2], when="not call.connected"),
        a_step(id="vip", wait=DAYS[3], when='stage == "customer"', goto="end"),
        a_step(id="plain", wait=DAYS[4], when="again.skipped or again.done"),
        a_step(id="end", wait=DAYS[5]),
    )
)


def decided(
    step: str | None, event: Event, facts: Facts | None = None, **overrides: Any
) -> Decision:
    course = Course(MIXED, facts or Facts(), Overrides(**overrides))
    return decide(an_enrollment(step=step), event, course, NOON)


def test_a_call_opens_a_task() -> None:
    """What a person does is opened as a task, with the delay of its step."""
    decision = decided("write", StepEnded("write"))
    assert decision.enrollment.step == "call"
    assert decision.commands == (OpenTask("call", DAYS[1]),)


def test_a_guard_passes_over() -> None:
    """Whom a step is not for gets the next; its own delay counts from now, and it says why."""
    decision = decided("call", StepEnded("call"), Facts(connected=True))
    assert [type(each) for each in decision.commands] == [SkipStep, SkipStep, QueueStep]
    assert decision.commands[0] == SkipStep("again", "not for this prospect: not call.connected")
    assert decision.commands[-1] == QueueStep("plain", DAYS[4])
    assert decision.enrollment.step == "plain"


def test_a_guard_that_holds() -> None:
    """Whom a step is for gets it, whatever came before."""
    assert decided("call", StepEnded("call")).commands == (OpenTask("again", DAYS[2]),)


def test_goto() -> None:
    """A step that happened goes on where its `goto` points, one that was not for them does not."""
    assert decided("vip", StepEnded("vip")).enrollment.step == "end"
    assert decided("vip", StepSkipped("vip")).enrollment.step == "end"
    assert decided("vip", StepSkipped("vip", by_guard=True)).enrollment.step == "plain"


def test_goto_of_a_disposition() -> None:
    """A disposition jumps further down, and its delay replaces that of the step it leads to."""
    jump = StepEnded("call", goto="end", wait=DAYS[2])
    assert decided("call", jump).commands == (QueueStep("end", DAYS[2]),)
    back = StepEnded("call", goto="write", wait=DAYS[3])
    assert decided("call", back).commands == (OpenTask("again", DAYS[3]),)


def test_the_delay_of_a_disposition_belongs_to_the_next_step() -> None:
    """Where the next step is passed over, the one after it has its own delay."""
    ended = StepEnded("call", wait=DAYS[5])
    decision = decided("call", ended, Facts(connected=True))
    assert decision.commands[-1] == QueueStep("plain", DAYS[4])


def test_nothing_is_left_for_them() -> None:
    """Where no step is left that is for the person, the enrollment is complete."""
    course = Course(a_cadence(steps=(a_step(), a_step(id="bump", when="phone"))))
    decision = decide(an_enrollment(), StepEnded("intro"), course, NOON)
    assert decision.enrollment.finish_reason is FinishReason.COMPLETED
    assert decision.enrollment.step is None
    assert [type(each) for each in decision.commands] == [SkipStep, CancelSends]


def test_start_at_a_later_step() -> None:
    """Who begins in the middle begins at once; a delay of their own is waited all the same."""
    fresh = Enrollment(key="k1")
    course = Course(MIXED, overrides=Overrides(start_at="plain"))
    decision = decide(fresh, Enrolled(), course, NOON)
    assert decision.commands == (QueueStep("plain", NO_DELAY),)
    course = Course(MIXED, overrides=Overrides(start_at="plain", waits={"plain": DAYS[2]}))
    assert decide(fresh, Enrolled(), course, NOON).commands == (QueueStep("plain", DAYS[2]),)


def test_start_at_the_first_step() -> None:
    """The first step keeps its own delay, even where somebody names it."""
    cadence = a_cadence(steps=(a_step(wait=DAYS[1]),))
    for start_at in (None, "intro"):
        course = Course(cadence, overrides=Overrides(start_at=start_at))
        commands = decide(Enrollment(key="k1"), Enrolled(), course, NOON).commands
        assert commands == (QueueStep("intro", DAYS[1]),)


def test_left_out_and_other_waits() -> None:
    """Steps may be left out for one person, and waits be others; their `goto` still counts."""
    decision = decided("write", StepEnded("write"), skip=frozenset({"call"}))
    assert decision.commands[0] == SkipStep("call", "left out for this prospect")
    assert decision.commands[1] == OpenTask("again", DAYS[2])
    decision = decided("write", StepEnded("write"), waits={"call": DAYS[5]})
    assert decision.commands == (OpenTask("call", DAYS[5]),)
    decision = decided("again", StepEnded("again"), skip=frozenset({"vip"}))
    assert decision.commands[-1] == QueueStep("end", DAYS[5])


def ended_at(step: str | None, reason: FinishReason = FinishReason.REPLIED) -> Enrollment:
    return an_enrollment(state=EnrollmentState.FINISHED, finish_reason=reason, step=step)


def reopened(before: Enrollment, event: Reopened, facts: Facts | None = None) -> Decision:
    return decide(before, event, Course(MIXED, facts or Facts()), NOON)


@pytest.mark.parametrize(
    ("step", "command"),
    [
        ("write", QueueStep("write", NO_DELAY, again=True)),
        ("call", OpenTask("call", NO_DELAY, again=True)),
    ],
)
def test_reopened(step: str, command: Command) -> None:
    """It goes on with the step that was cancelled, no sooner than that was due."""
    decision = reopened(ended_at(step), Reopened())
    assert decision.commands == (command,)
    assert decision.enrollment == an_enrollment(step=step)


def test_reopened_when_the_step_is_over() -> None:
    """A step that happened in spite of the stop is not repeated: the next one comes."""
    decision = reopened(ended_at("write"), Reopened(over=True))
    assert decision.commands == (OpenTask("call", DAYS[1]),)


def test_reopened_when_the_step_is_under_way() -> None:
    """What is on its way is waited for."""
    decision = reopened(ended_at("write"), Reopened(under_way=True))
    assert decision.commands == ()
    assert decision.enrollment == an_enrollment(step="write")


def test_reopened_at_a_step_that_is_not_for_them_any_more() -> None:
    """Its guard is asked again."""
    decision = reopened(ended_at("again"), Reopened(), Facts(connected=True))
    assert decision.enrollment.step == "plain"
    assert decision.commands[-1] == QueueStep("plain", DAYS[4])


def test_reopened_before_it_began() -> None:
    """What never began waits for its turn."""
    decision = reopened(ended_at(None, FinishReason.REMOVED), Reopened())
    assert decision.enrollment.state is EnrollmentState.PENDING
    assert decision.commands == ()


@pytest.mark.parametrize(
    "reason",
    [
        FinishReason.COMPLETED,
        FinishReason.OPTED_OUT,
        FinishReason.BOUNCED,
        FinishReason.COMPLAINED,
        FinishReason.SUPPRESSED,
    ],
)
def test_never_reopened(reason: FinishReason) -> None:
    """What the recipient or a server said stays said."""
    before = ended_at("write", reason)
    assert reopened(before, Reopened()) == Decision(before)


def test_what_runs_is_not_reopened() -> None:
    """Only what has ended is."""
    assert decided("write", Reopened()) == Decision(an_enrollment(step="write"))


def test_taken_back() -> None:
    """It stands at the step again that a person had ended, and what followed is withdrawn."""
    decision = decided("again", TakenBack("call"))
    assert decision.enrollment == an_enrollment(step="call")
    assert decision.commands == (Withdraw("again"),)


@pytest.mark.parametrize(("step", "taken"), [("call", "call"), ("call", "end"), (None, "call")])
def test_nothing_to_take_back(step: str | None, taken: str) -> None:
    """Only a step that lies behind can be taken back."""
    assert decided(step, TakenBack(taken)) == Decision(an_enrollment(step=step))


def test_reopened_with_nothing_left() -> None:
    """Where no step is left it stays as it ended: another end would be a second reason."""
    before = ended_at(MIXED.steps[-1].id)
    assert reopened(before, Reopened(over=True)) == Decision(before)


def test_the_last_step_taken_back() -> None:
    """Who has completed the cadence stands at its last task again."""
    before = ended_at(None, FinishReason.COMPLETED)
    decision = decide(before, TakenBack("call"), Course(MIXED), NOON)
    assert decision == Decision(an_enrollment(step="call"))


@pytest.mark.parametrize(
    ("event", "days"),
    [
        (Held(PauseReason.COLLEAGUE_REPLIED, NOON + 5 * DAY), 10),
        (Held(PauseReason.AUTO_REPLY, NOON + 14 * DAY), 14),
        (Held(PauseReason.REP_AWAY, NOON + 5 * DAY), 5),
        (Held(PauseReason.MANUAL), None),
    ],
)
def test_held_while_the_rep_is_away(event: Held, days: int | None) -> None:
    """What was heard meanwhile holds in its own right, and not before the rep is back."""
    away = Held(PauseReason.REP_AWAY, NOON + 10 * DAY)
    enrollment, _ = after(an_enrollment(step="bump"), away, event)
    assert enrollment.pause_reason is event.reason
    assert enrollment.resume_at == (None if days is None else NOON + days * DAY)


def later(days: int) -> Delay:
    """So many business days."""
    return Delay(days, Unit.BUSINESS_DAYS)


BY_DAYS = a_cadence(
    steps=(
        a_step(id="a", day=3, wait=later(2)),
        a_step(id="b", day=5, wait=later(2), when="phone"),
        a_step(id="c", day=8, wait=later(3)),
        a_step(id="d", day=8),
    )
)


@pytest.mark.parametrize(
    ("step", "event", "overrides", "command"),
    [
        (None, Enrolled(), {}, QueueStep("a", later(2))),
        (None, Enrolled(), {"skip": {"a"}}, QueueStep("c", later(7))),
        (None, Enrolled(), {"start_at": "a", "skip": {"a"}}, QueueStep("c", later(7))),
        (None, Enrolled(), {"start_at": "b"}, QueueStep("c", later(3))),
        ("a", StepEnded("a"), {}, QueueStep("c", later(5))),
        ("a", StepEnded("a", goto="d"), {}, QueueStep("d", later(5))),
        ("a", StepEnded("a", goto="d", wait=DAYS[1]), {}, QueueStep("d", DAYS[1])),
        ("a", StepEnded("a", wait=DAYS[1]), {}, QueueStep("c", later(5))),
        ("a", StepEnded("a"), {"waits": {"c": DAYS[4]}}, QueueStep("c", DAYS[4])),
        ("a", StepEnded("a"), {"waits": {"b": DAYS[4]}}, QueueStep("c", later(5))),
        ("b", StepSkipped("b", by_guard=True), {}, QueueStep("c", later(3))),
        ("c", StepEnded("c"), {}, QueueStep("d", NO_DELAY)),
    ],
)
def test_days(
    step: str | None, event: Event, overrides: dict[str, Any], command: QueueStep
) -> None:
    """Between two steps lie the days between theirs, whoever is spared a step in between."""
    state = EnrollmentState.ACTIVE if step else EnrollmentState.PENDING
    before = Enrollment(key="k1", state=state, step=step)
    course = Course(BY_DAYS, overrides=Overrides(**overrides))
    assert decide(before, event, course, NOON).commands[-1] == command


def test_reopened_where_a_step_with_a_day_is_passed_over() -> None:
    """The step it stopped at was reached, so the days count from there."""
    decision = decide(ended_at("b"), Reopened(), Course(BY_DAYS), NOON)
    assert decision.commands[-1] == QueueStep("c", later(3))


def test_guard_of_an_earlier_version_holds_on() -> None:
    """Both the guard of the step and the one that the person brought along must hold."""
    cadence = a_cadence(steps=(a_step(), a_step(id="bump", when="phone")))
    course = Course(cadence, overrides=Overrides(guards={"bump": ("fax",)}))
    step = cadence.step("bump")
    for fields, is_for in (({"phone": "1"}, False), ({"phone": "1", "fax": "2"}, True)):
        assert Course(cadence, Facts(fields), course.overrides).is_for(step) is is_for
    assert course.why_not(step) == "not for this prospect: phone and fax"
