from datetime import datetime, timedelta

from builders import NOON, a_cadence
from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.decide import Command, Decision, QueueStep, Reschedule, decide
from sequencer.domain.enrollment import (
    TRANSITIONS,
    Enrollment,
    EnrollmentState,
    FinishReason,
    PauseReason,
)
from sequencer.domain.event import Enrolled, Event, Held, Resumed, StepEnded, Stopped

CADENCE = a_cadence()
IDS = [step.id for step in CADENCE.steps]
AHEAD = st.integers(-2_000, 20_000).map(lambda minutes: NOON + timedelta(minutes=minutes))
HOLDS = st.builds(Held, st.sampled_from(PauseReason), st.none() | AHEAD, due_at=st.none() | AHEAD)
STOPS = st.sampled_from(FinishReason).map(Stopped)
ORDINARY = st.one_of(
    st.just(Enrolled()), st.sampled_from(IDS).map(StepEnded), HOLDS, st.just(Resumed())
)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """One in ten is a stop: uniform draws would end each story before it gets interesting."""
    return draw(STOPS if draw(st.integers(0, 9)) == 9 else ORDINARY)


STORIES = st.lists(events(), max_size=40)


def told(story: list[Event]) -> list[tuple[Enrollment, Decision]]:
    enrollment, now, told = Enrollment(key="k1"), NOON, []
    for event in story:
        decision = decide(enrollment, event, CADENCE, now)
        told.append((enrollment, decision))
        enrollment, now = decision.enrollment, now + timedelta(minutes=7)
    return told


def commands_of(story: list[Event]) -> list[Command]:
    return [command for _, decision in told(story) for command in decision.commands]


@given(STORIES)
def test_one_terminal_reason(story: list[Event]) -> None:
    """Once finished, an enrollment keeps its reason and its state for ever."""
    reasons = [decision.enrollment.finish_reason for _, decision in told(story)]
    given_reasons = [reason for reason in reasons if reason is not None]
    assert len(set(given_reasons)) <= 1
    assert reasons[len(reasons) - len(given_reasons) :] == given_reasons


@given(STORIES)
def test_nothing_is_queued_after_the_end(story: list[Event]) -> None:
    """No command follows the end, and the end itself queues nothing."""
    for before, decision in told(story):
        if before.state is EnrollmentState.FINISHED:
            assert decision == Decision(before)
        if decision.enrollment.state is EnrollmentState.FINISHED:
            assert not [each for each in decision.commands if isinstance(each, QueueStep)]


@given(STORIES)
def test_each_step_is_queued_once_and_in_order(story: list[Event]) -> None:
    """Whatever happens in between, the steps are queued one after the other, none of them twice."""
    queued = [each.step_id for each in commands_of(story) if isinstance(each, QueueStep)]
    assert queued == IDS[: len(queued)]


@given(STORIES)
def test_state_and_fields_agree(story: list[Event]) -> None:
    """Only what is paused has a pause; only what is finished has a finish; the table is obeyed."""
    for before, decision in told(story):
        after = decision.enrollment
        paused = after.state is EnrollmentState.PAUSED
        assert (after.pause_reason is not None) == paused
        assert paused or (after.resume_at, after.remaining) == (None, None)
        assert (after.finish_reason is not None) == (after.state is EnrollmentState.FINISHED)
        allowed = set(TRANSITIONS[before.state].values()) | {before.state}
        assert after.state in allowed
        assert after.key == before.key


@given(STORIES)
def test_the_rest_of_a_wait_is_never_negative(story: list[Event]) -> None:
    """A resume never asks for an instant in the past."""
    moves = [each for each in commands_of(story) if isinstance(each, Reschedule)]
    assert all(each.remaining >= timedelta(0) for each in moves)


@given(STORIES)
def test_no_machine_brings_a_return_forward(story: list[Event]) -> None:
    """After an automatic answer a pause lasts at least as long as before."""
    for (before, decision), event in zip(told(story), story, strict=True):
        paused = before.state is EnrollmentState.PAUSED
        if paused and isinstance(event, Held) and event.reason is PauseReason.AUTO_REPLY:
            after = decision.enrollment.resume_at
            assert after is None or (before.resume_at is not None and after >= before.resume_at)


@given(STORIES, events(), st.integers(0, 10**6))
def test_twice_is_once(story: list[Event], event: Event, later_s: int) -> None:
    """An event that is delivered again queues nothing again."""
    enrollment = (told(story) or [(Enrollment("k1"), Decision(Enrollment("k1")))])[-1][1].enrollment
    first = decide(enrollment, event, CADENCE, NOON)
    second = decide(first.enrollment, event, CADENCE, later(later_s))
    assert not [each for each in second.commands if isinstance(each, QueueStep)]
    assert second.enrollment.step == first.enrollment.step


def later(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)
