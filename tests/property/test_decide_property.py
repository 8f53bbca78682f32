from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from builders import NOON, a_cadence, a_step
from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.cadence import Cadence, StepKind
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
from sequencer.domain.delay import Delay, Unit
from sequencer.domain.enrollment import (
    REOPENABLE,
    TRANSITIONS,
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

IDS = ("a", "b", "c", "d", "e")
GUARDS = ("", "", "call.connected", "not call.connected", "phone", "a.sent", "not b.skipped")
AHEAD = st.integers(-2_000, 20_000).map(lambda minutes: NOON + timedelta(minutes=minutes))
HOLDS = st.builds(Held, st.sampled_from(PauseReason), st.none() | AHEAD, due_at=st.none() | AHEAD)
STOPS = st.sampled_from(FinishReason).map(Stopped)
WAITS = st.integers(0, 9).map(lambda days: Delay(days, Unit.DAYS))
ORDINARY = st.one_of(
    st.just(Enrolled()),
    st.builds(StepEnded, st.sampled_from(IDS), st.none() | st.sampled_from(IDS), st.none() | WAITS),
    st.builds(StepSkipped, st.sampled_from(IDS), st.booleans()),
    HOLDS,
    st.just(Resumed()),
)
RARE = st.one_of(STOPS, st.just(Reopened()), st.sampled_from(IDS).map(TakenBack))
FACTS = st.builds(
    Facts,
    fields=st.sampled_from([{}, {"phone": "+34"}]),
    ends=st.dictionaries(st.sampled_from(IDS), st.just(frozenset({"sent"})), max_size=2),
    connected=st.booleans(),
)


@st.composite
def cadences(draw: st.DrawFn) -> Cadence:
    """Five steps of any kind, some with guards and jumps, a few of which lead back."""
    steps = [
        a_step(
            id=step_id,
            kind=draw(st.sampled_from(StepKind)),
            wait=draw(WAITS),
            when=draw(st.sampled_from(GUARDS)),
            goto=draw(st.sampled_from((None, None, *IDS))),
        )
        for step_id in IDS
    ]
    return a_cadence(steps=tuple(steps))


OVERRIDES = st.builds(
    Overrides,
    start_at=st.none() | st.sampled_from(IDS),
    waits=st.dictionaries(st.sampled_from(IDS), WAITS, max_size=2),
    skip=st.frozensets(st.sampled_from(IDS), max_size=2),
)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """One in ten is a stop or the like: uniform draws would end each story too soon."""
    return draw(RARE if draw(st.integers(0, 9)) == 9 else ORDINARY)


@dataclass
class Story:
    """What happened to one enrollment, and the sends and tasks that follow from it."""

    course: Course
    enrollment: Enrollment = field(default_factory=lambda: Enrollment("k1"))
    open: set[str] = field(default_factory=set)
    over: set[str] = field(default_factory=set)
    told: list[tuple[Enrollment, Event, Decision]] = field(default_factory=list)

    def hear(self, event: Event, facts: Facts, now: datetime) -> Decision:
        """Let an event happen as the engine would: what is open ends, the last is undone."""
        before = self.enrollment
        if isinstance(event, StepEnded | StepSkipped):
            if event.step_id not in self.open:
                return Decision(before)
            self.open.discard(event.step_id)
            self.over.add(event.step_id)
        if isinstance(event, TakenBack) and event.step_id != max(self.over, default=""):
            return Decision(before)
        if isinstance(event, Reopened):
            event = Reopened(over=before.step in self.over)
        decision = decide(before, event, replace(self.course, facts=facts), now)
        self.told.append((before, event, decision))
        self.enrollment = decision.enrollment
        taken_back = isinstance(event, TakenBack) and decision.changes(before)
        if isinstance(event, TakenBack) and taken_back:
            self.over.discard(event.step_id)
        for command in decision.commands:
            self.carry_out(command)
        if isinstance(event, TakenBack) and taken_back:
            self.open.add(event.step_id)
        return decision

    def carry_out(self, command: Command) -> None:
        """What a command does to the rows."""
        if isinstance(command, QueueStep | OpenTask):
            assert command.step_id not in self.open | self.over, "queued twice"
            self.open.add(command.step_id)
        elif isinstance(command, CancelSends):
            self.open.clear()
        elif isinstance(command, Withdraw):
            assert command.step_id in self.open
            self.open.discard(command.step_id)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A whole life: events in any order, facts that change in between."""
    story, now = Story(Course(draw(cadences()), overrides=draw(OVERRIDES))), NOON
    for event in draw(st.lists(events(), max_size=40)):
        story.hear(event, draw(FACTS), now)
        now += timedelta(minutes=7)
    return story


@given(stories())
def test_one_terminal_reason(story: Story) -> None:
    """Once finished, an enrollment keeps its reason, unless a person takes it back."""
    for before, event, decision in story.told:
        after = decision.enrollment
        if before.finish_reason is not None and after.finish_reason != before.finish_reason:
            assert isinstance(event, Reopened | TakenBack)
            ends = REOPENABLE if isinstance(event, Reopened) else {FinishReason.COMPLETED}
            assert before.finish_reason in ends
            assert after.finish_reason is None


@given(stories())
def test_nothing_is_queued_after_the_end(story: Story) -> None:
    """No command follows the end but by re-opening, and the end itself leaves nothing open."""
    for before, event, decision in story.told:
        if before.state is EnrollmentState.FINISHED and not isinstance(event, Reopened):
            assert decision == Decision(before)
        if decision.enrollment.state is EnrollmentState.FINISHED:
            assert not [
                each for each in decision.commands if isinstance(each, QueueStep | OpenTask)
            ]
    if story.enrollment.state is EnrollmentState.FINISHED:
        assert not story.open


@given(stories())
def test_there_is_something_to_wait_for(story: Story) -> None:
    """What runs or is held after its begin waits for exactly one step: nothing gets stuck."""
    if story.enrollment.state is EnrollmentState.ACTIVE or (
        story.enrollment.state is EnrollmentState.PAUSED and story.enrollment.step
    ):
        assert story.open == {story.enrollment.step}
    else:
        assert not story.open


@given(stories())
def test_only_ever_forward(story: Story) -> None:
    """Neither guards nor jumps lead back: only a person does, and then to a step that is over."""
    for before, event, decision in story.told:
        after = decision.enrollment
        if before.step is None or after.step is None or isinstance(event, TakenBack):
            continue
        assert IDS.index(after.step) >= IDS.index(before.step)
        skipped = [each.step_id for each in decision.commands if isinstance(each, SkipStep)]
        assert skipped == sorted(skipped)
        assert len(set(skipped)) == len(skipped)


@given(stories())
def test_state_and_fields_agree(story: Story) -> None:
    """Only what is paused has a pause; only what is finished has a finish; the table is obeyed."""
    for before, _, decision in story.told:
        after = decision.enrollment
        paused = after.state is EnrollmentState.PAUSED
        assert (after.pause_reason is not None) == paused
        assert paused or (after.resume_at, after.remaining) == (None, None)
        assert (after.finish_reason is not None) == (after.state is EnrollmentState.FINISHED)
        allowed = set(TRANSITIONS[before.state].values()) | {before.state, EnrollmentState.FINISHED}
        assert after.state in allowed
        assert after.key == before.key


@given(stories())
def test_the_rest_of_a_wait_is_never_negative(story: Story) -> None:
    """A resume never asks for an instant in the past."""
    moves = [
        each
        for _, _, decision in story.told
        for each in decision.commands
        if isinstance(each, Reschedule)
    ]
    assert all(each.remaining >= timedelta(0) for each in moves)


@given(stories())
def test_no_machine_brings_a_return_forward(story: Story) -> None:
    """After an automatic answer a pause lasts at least as long as before."""
    for before, event, decision in story.told:
        paused = before.state is EnrollmentState.PAUSED
        if paused and isinstance(event, Held) and event.reason is PauseReason.AUTO_REPLY:
            after = decision.enrollment.resume_at
            assert after is None or (before.resume_at is not None and after >= before.resume_at)


@given(stories(), events(), FACTS, st.integers(0, 10**6))
def test_twice_is_once(story: Story, event: Event, facts: Facts, later_s: int) -> None:
    """An event that is delivered again queues nothing again."""
    course = replace(story.course, facts=facts)
    first = decide(story.enrollment, event, course, NOON)
    second = decide(first.enrollment, event, course, NOON + timedelta(seconds=later_s))
    assert not [each for each in second.commands if isinstance(each, QueueStep | OpenTask)]
    assert second.enrollment.step == first.enrollment.step
