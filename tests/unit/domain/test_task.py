import pytest
from builders import a_step

from sequencer.domain.cadence import Step, StepKind, TaskType
from sequencer.domain.task import TRANSITIONS, TaskEvent, TaskKind, TaskState
from sequencer.domain.task_of_step import kind_of

S, E = TaskState, TaskEvent


def test_total() -> None:
    """Every pair of state and event has an entry."""
    assert set(TRANSITIONS) == set(S)
    assert all(set(row) == set(E) for row in TRANSITIONS.values())


def test_put_off_and_passed_on_is_still_open() -> None:
    """Neither ends a task, and neither happens to one that has ended."""
    for event in (E.SNOOZE, E.ASSIGN):
        assert [state for state in S if TRANSITIONS[state][event]] == [S.OPEN]
        assert TRANSITIONS[S.OPEN][event] is S.OPEN


def test_it_ends_once() -> None:
    """Only what is open ends, and only what has ended is opened again."""
    for state in (S.DONE, S.SKIPPED):
        assert {event for event in E if TRANSITIONS[state][event]} == {E.REOPEN}
    assert TRANSITIONS[S.OPEN][E.REOPEN] is None


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (a_step(kind=StepKind.CALL), TaskKind.CALL),
        (a_step(kind=StepKind.MANUAL_EMAIL), TaskKind.MANUAL_EMAIL),
        (a_step(kind=StepKind.TASK), TaskKind.OTHER),
        (a_step(kind=StepKind.TASK, task_type=TaskType.LETTER), TaskKind.LETTER),
        (a_step(kind=StepKind.TASK, task_type=TaskType.SOCIAL), TaskKind.SOCIAL),
    ],
)
def test_kind_of(step: Step, kind: TaskKind) -> None:
    """Each step that a person does has its kind of task."""
    assert kind_of(step) is kind


def test_a_mail_is_no_task() -> None:
    """What the engine sends itself asks nobody to do anything."""
    with pytest.raises(ValueError, match="email"):
        kind_of(a_step())
