from datetime import timedelta
from typing import Any

import pytest
from builders import NOON
from rows import add_enrollment, add_person
from sqlalchemy.exc import IntegrityError

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.task import TaskEvent, TaskKind, TaskState
from sequencer.store import at_once, tasks, touches
from sequencer.store.database import Connection, Database
from sequencer.store.tasks import NewTask, OpenCount
from sequencer.store.touches import Contact

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def add_task(connection: Connection, enrollment: Any = None, **changes: Any) -> int:
    """A call that is due; without an enrollment a matter about a person of its own."""
    person = enrollment.prospect_id if enrollment else add_person(connection)
    values: dict[str, Any] = {
        "prospect_id": person,
        "kind": TaskKind.CALL if enrollment else TaskKind.REVIEW,
        "assignee": "ana",
        "title": "Call",
        "due_at": NOON,
        "enrollment_id": enrollment.id if enrollment else None,
        "step_id": "first-call" if enrollment else None,
        **changes,
    }
    return tasks.add(connection, NewTask(**values), NOON)


def test_everything_comes_back(database: Database) -> None:
    """A task is read as it was written, and a number that nobody gave is none."""
    with database.write() as connection:
        enrollment = add_enrollment(connection)
        number = add_task(connection, enrollment, why="closed", skip_at=NOON + DAY)
        found = tasks.find(connection, number)
        assert found is not None
        assert tasks.of_enrollment(connection, enrollment.id) == [found]
        assert (found.kind, found.state, found.why) == (TaskKind.CALL, TaskState.OPEN, "closed")
        assert (found.due_at, found.skip_at, found.created_at) == (NOON, NOON + DAY, NOON)
        assert tasks.find(connection, number + 1) is None


def test_one_step_has_one_task(database: Database) -> None:
    """A second task of a step is refused by the database."""
    with database.write() as connection:
        enrollment = add_enrollment(connection)
        add_task(connection, enrollment)
    with pytest.raises(IntegrityError), database.write() as connection:
        add_task(connection, enrollment)


def test_it_ends_once(database: Database) -> None:
    """Who comes second changes nothing; what cannot be stored is cut or replaced."""
    with database.write() as connection:
        number = add_task(connection)
        note = "x" * 3_000 + "\x00"
        assert tasks.move(connection, number, TaskEvent.DO, note=note, ended_by="e" * 200)
        assert not tasks.move(connection, number, TaskEvent.SKIP, why="too late")
        found = tasks.find(connection, number)
        assert found is not None
        assert found.state is TaskState.DONE
        assert (len(found.note), len(found.ended_by)) == (2_000, 128)


def test_lists(database: Database) -> None:
    """What is due comes first; paused people's tasks are left out, unless they are asked for."""
    with database.write() as connection:
        late = add_task(connection, add_enrollment(connection), due_at=NOON + HOUR)
        early = add_task(connection, assignee="luis", due_at=NOON - HOUR)
        paused = add_enrollment(connection, state=EnrollmentState.PAUSED)
        held = add_task(connection, paused)
        done = add_task(connection)
        tasks.move(connection, done, TaskEvent.DO)

        def listed(**wanted: Any) -> list[int]:
            return [task.id for task in tasks.listed(connection, **wanted)]

        assert listed() == [early, late]
        assert listed(include_held=True) == [early, held, late]
        assert listed(assignee="luis") == [early]
        assert listed(due_by=NOON) == [early]
        assert listed(limit=1) == [early]
        assert tasks.counts(connection, NOON) == [OpenCount("ana", 1, 0), OpenCount("luis", 1, 1)]


def test_what_the_daemon_finds(database: Database) -> None:
    """It looks once at what has become due, and skips what has been overdue for too long."""
    with database.write() as connection:
        assert at_once.ahead(connection, NOON).known == []
        number = add_task(connection, add_enrollment(connection), skip_at=NOON + DAY)
        add_task(connection, due_at=NOON - HOUR)  # a matter by itself is for people alone
        paused = add_enrollment(connection, state=EnrollmentState.PAUSED)
        add_task(connection, paused, skip_at=NOON)
        assert tasks.to_look_at(connection, NOON - HOUR) == []
        assert tasks.to_look_at(connection, NOON) == [number]
        assert min(at_once.ahead(connection, NOON).known) == NOON
        tasks.mark_looked_at(connection, number, NOON)
        assert tasks.to_look_at(connection, NOON) == []
        assert tasks.to_skip(connection, NOON + DAY - HOUR) == []
        assert tasks.to_skip(connection, NOON + DAY) == [number]
        assert min(at_once.ahead(connection, NOON).known) == NOON + DAY
        assert tasks.put_off(connection, number, NOON + 2 * DAY, None, "put off")
        assert tasks.to_skip(connection, NOON + DAY) == []
        assert tasks.to_look_at(connection, NOON + 2 * DAY) == [number]


def test_contacts(database: Database) -> None:
    """A contact is noted once, and can be taken back."""
    with database.write() as connection:
        person = add_person(connection)
        contact = Contact(NOON, "call", "out", person, "task 1")
        assert touches.add_contact(connection, contact)
        assert not touches.add_contact(connection, contact)
        touches.take_back(connection, "task 1")
        assert touches.add_contact(connection, contact)
