"""What an enrollment follows: its cadence, its own changes to it, and the facts for guards."""

from sequencer.domain.admission import NO_STAGE
from sequencer.domain.cadence import Step
from sequencer.domain.decide import Course
from sequencer.domain.disposition import CONNECTED
from sequencer.domain.guard import DONE, SENT, Facts
from sequencer.domain.overrides import Overrides, overrides_from_json
from sequencer.domain.send import SendState
from sequencer.domain.task import TaskKind, TaskState
from sequencer.engine.desk import Case
from sequencer.store import sends, tasks
from sequencer.store.database import Connection
from sequencer.store.tasks import StoredTask


def course_of(connection: Connection, case: Case) -> Course:
    """The course of an enrollment; facts are gathered only where a guard may ask for them."""
    cadence, overrides = case.version.cadence, overrides_from_json(case.stored.overrides)
    if not overrides.guards and not any(step.when for step in cadence.steps):
        return Course(cadence, overrides=overrides)
    return Course(cadence, facts_of(connection, case, overrides), overrides)


def is_for(connection: Connection, case: Case, step: Step) -> bool:
    """Whether the guard of a step lets it happen, as far as is known now."""
    free = not step.when and not case.stored.overrides.get("guards")
    return free or course_of(connection, case).is_for(step)


def guard_of(case: Case, step: Step) -> str:
    """What has to hold for a step to happen to this person."""
    return Course(
        case.version.cadence, overrides=overrides_from_json(case.stored.overrides)
    ).guard_of(step)


def facts_of(connection: Connection, case: Case, overrides: Overrides) -> Facts:
    """What is known about a person and the steps so far."""
    ends: dict[str, set[str]] = {}
    for send in sends.of_enrollment(connection, case.stored.id):
        if send.state is SendState.SENT:
            ends.setdefault(send.step_id, set()).add(SENT)
    own = tasks.of_enrollment(connection, case.stored.id)
    for task in own:
        if task.state is TaskState.DONE and task.step_id is not None:
            words = {DONE} | ({task.disposition} if task.disposition else set())
            ends.setdefault(task.step_id, set()).update(words)
    logged = tasks.calls_since(connection, case.person.id, case.stored.enrolled_at)
    return Facts(
        fields={"stage": NO_STAGE, **case.person.prospect.variables(), **overrides.variables},
        ends={step_id: frozenset(words) for step_id, words in ends.items()},
        connected=any(_has_connected(task) for task in (*own, *logged)),
    )


def _has_connected(task: StoredTask) -> bool:
    done = task.state is TaskState.DONE
    return done and task.kind is TaskKind.CALL and task.outcome == CONNECTED
