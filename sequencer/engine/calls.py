"""A call that no task asked for: somebody rang, or a rep rang of their own accord.

It is a human touch, and its disposition decides: one that finishes ends every cadence of the
person; any other ends the call task that is open, and else only makes itself known.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sequencer.domain.disposition import Action, Disposition
from sequencer.domain.event import Stopped
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.task import TaskEvent, TaskKind, TaskState
from sequencer.engine.desk import Desk
from sequencer.engine.react import stop_person
from sequencer.engine.stop import UnknownProspectError
from sequencer.engine.tasks import Ending, disposition_of, done, stop_as
from sequencer.store import enrollments, ledger, prospects, tasks, touches
from sequencer.store.database import Connection
from sequencer.store.tasks import NewTask, StoredTask
from sequencer.store.touches import Contact

IN, OUT = "in", "out"


@dataclass(frozen=True, slots=True)
class Call:
    """A call as a rep tells of it."""

    address: str
    inbound: bool
    ending: Ending


@dataclass(frozen=True, slots=True)
class Logged:
    """What came of a call: call tasks that ended with it, enrollments that it finished.

    Attributes:
        number: of the task that stands for the call, by which it can be taken back.
    """

    tasks: int
    finished: int
    number: int = field(default=0, compare=False)


def log_call(connection: Connection, desk: Desk, call: Call, now: datetime) -> Logged:
    """Note a call, and do what its disposition says.

    Raises:
        UnknownProspectError: nobody has that address.
        TaskError: the disposition is missing or unknown.
    """
    person = prospects.find(connection, call.address)
    if person is None:
        raise UnknownProspectError(call.address)
    disposition = disposition_of(desk, TaskKind.CALL, call.ending.disposition)
    live = enrollments.live_of(connection, [person.id])
    number = _note(connection, person.id, call, disposition, now)
    direction = IN if call.inbound else OUT
    contact = Contact(now, TaskKind.CALL, direction, person.id, f"task {number}")
    touches.add_contact(connection, contact)
    if disposition is not None and disposition.action is Action.FINISH:
        event, cause = Stopped(disposition.finish_as), f"call {direction}: {disposition.name}"
        stop_as(connection, desk, person.id, event, cause, now)
        stop_person(connection, desk, person.id, event, cause, now)
        ids = {stored.id for stored in live}
        left = {each.id for each in enrollments.live_of(connection, [person.id])}
        return Logged(0, len(ids - left), number)
    waiting = [task for stored in live for task in _open_calls(connection, stored.id)]
    for task in waiting:
        done(connection, desk, task.id, call.ending, now)
    return Logged(len(waiting), 0, number)


def _note(
    connection: Connection,
    prospect_id: int,
    call: Call,
    disposition: Disposition | None,
    now: datetime,
) -> int:
    """Number of a task that is done as soon as it is there: guards ask for calls of any kind."""
    title = "Call came in" if call.inbound else "Call"
    number = tasks.add(
        connection, NewTask(prospect_id, TaskKind.CALL, call.ending.by, title, now), now
    )
    tasks.move(
        connection,
        number,
        TaskEvent.DO,
        disposition=disposition.name if disposition else None,
        outcome=disposition.outcome if disposition else None,
        note=call.ending.note,
        ended_at=now,
        ended_by=call.ending.by,
    )
    said = f": {disposition.name}" if disposition else ""
    note = f" ({call.ending.note})" if call.ending.note else ""
    detail = f"{title.lower()}{said}, told by {call.ending.by}{note}"
    ledger.write(connection, Entry(now, Kind.CALLED, detail, prospect_id))
    return number


def _open_calls(connection: Connection, enrollment_id: int) -> list[StoredTask]:
    return [
        task
        for task in tasks.of_enrollment(connection, enrollment_id)
        if task.kind is TaskKind.CALL and task.state is TaskState.OPEN
    ]
