"""Which due times did the engine store for each mail, one after the other, and why?

A row keeps its last due time alone. In a database in memory a trigger notes each of them as it is
written, so that nothing has to be read out of sentences afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.columns import UtcDateTime
from sequencer.store.database import Connection
from sequencer.store.memory import MemoryDatabase

_NOW = "clock_of_notes"
_AT = UtcDateTime()
_NOTE = sa.table(
    "due_note",
    sa.column("number", sa.Integer),
    sa.column("send_id", sa.Integer),
    sa.column("at", _AT),
    sa.column("was_at", _AT),
    sa.column("due_at", _AT),
    sa.column("why", sa.Text),
)
_TABLE = """
CREATE TEMP TABLE due_note (
  number INTEGER PRIMARY KEY, send_id INTEGER, at TEXT, was_at TEXT, due_at TEXT, why TEXT
)
"""
_COLUMNS = "INSERT INTO due_note (send_id, at, was_at, due_at, why) VALUES"
_TRIGGERS = (
    f"""
CREATE TEMP TRIGGER note_first_due AFTER INSERT ON main.send BEGIN
  {_COLUMNS} (new.id, {_NOW}(), NULL, new.due_at, new.why); END
""",
    f"""
CREATE TEMP TRIGGER note_later_due AFTER UPDATE OF due_at ON main.send
WHEN new.due_at <> old.due_at BEGIN
  {_COLUMNS} (new.id, {_NOW}(), old.due_at, new.due_at, new.why); END
""",
)


@dataclass(frozen=True, slots=True)
class DueNote:
    """A due time that was stored.

    Attributes:
        at: when it was stored.
        was_at: the due time before, None for the first one.
        why: as it stands beside the due time.
    """

    send_id: int
    at: datetime
    was_at: datetime | None
    due_at: datetime
    why: str


def note_due_times(database: MemoryDatabase) -> None:
    """Note from now on every due time that is stored in a database in memory."""
    turn = _AT.bind_processor(sa.create_mock_engine("sqlite://", lambda *_: None).dialect)
    database.define(_NOW, lambda: str(turn(database.clock())))
    with database.write() as connection:
        for statement in (_TABLE, *_TRIGGERS):
            connection.exec_driver_sql(statement)


def noted(connection: Connection) -> Iterator[DueNote]:
    """All of them, in the order in which they were stored."""
    columns = [each for each in _NOTE.c if each.name != "number"]
    for row in connection.execute(sa.select(*columns).order_by(_NOTE.c.number)):
        yield DueNote(row.send_id, row.at, row.was_at, row.due_at, row.why)
