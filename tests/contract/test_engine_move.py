from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from builders import NOON
from full_tables import ROWS, fill, shown
from rows import add_enrollment, add_person
from servers.databases import Databases
from stage import Stage

from sequencer.engine.move import MoveError, Moved, move, survey
from sequencer.store import schema, transfer
from sequencer.store.database import Connection, Database, database_now
from sequencer.store.tables import DaemonRow, MailboxRow, ProspectRow

Fresh = Callable[[], Database]


@pytest.fixture
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of the other kind than the one that is moved."""
    database: Database = request.getfixturevalue("database")
    if database.is_sqlite:
        server: Databases = request.getfixturevalue("postgres_server")
        url = server.new()
        empty = Database(url)
        yield empty
        empty.dispose()
        server.drop(url)
        return
    empty = Database(f"sqlite:///{tmp_path}/other.db")
    yield empty
    empty.dispose()


def moved(source: Database, target: Database) -> Moved:
    return move(source, target, NOON, lambda _: None)


def nulls(connection: Connection) -> dict[str, int]:
    """How many rows have no value at all, by column."""
    return {
        f"{table.name}.{column.name}": connection.execute(
            sa.select(sa.func.count()).where(column.is_(sa.null()))
        ).scalar_one()
        for table in transfer.TABLES
        for column in table.columns
    }


def test_every_value_arrives(database: Database, other: Database) -> None:
    """Each value of each table is there as it was, on the way to PostgreSQL and on the way back."""
    with database.write() as connection:
        fill(connection)
    with database.read() as connection:
        before, empty = shown(connection), nulls(connection)
    steps: list[int] = []
    result = move(database, other, NOON, steps.append)
    with other.read() as connection:
        assert shown(connection) == before
        assert nulls(connection) == empty
    assert result.rows == ROWS * len(transfer.TABLES)
    assert sum(steps) == 2 * result.rows
    assert all(each.rows == ROWS for each in result.tables.values())


def test_new_rows_are_numbered_on(database: Database, other: Database) -> None:
    """What is added after a move gets a number that nothing had before."""
    with database.write() as connection:
        numbers = [add_person(connection) for _ in range(5)]
    moved(database, other)
    with other.write() as connection:
        assert add_person(connection) == numbers[-1] + 1
        assert add_enrollment(connection).id == 1


async def test_the_same_is_proved(each_stage: Stage, other: Database) -> None:
    """What `verify` finds is the same before and after, and work goes on there."""
    each_stage.begin("zoe@bank.example", "ada@fund.example")
    await each_stage.work()
    before = each_stage.verify()
    each_stage.write(lambda connection: connection.execute(sa.update(MailboxRow).values(FREE)))
    moved(each_stage.database, other)
    each_stage.database = other
    each_stage.restart()
    assert each_stage.verify() == before
    await each_stage.work(after=transfer_days(4))
    assert len(each_stage.mails("zoe@bank.example")) == 2
