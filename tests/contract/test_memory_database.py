from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import holding
import pytest

from sequencer.domain.opt_out import OptOut
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.store import mailboxes, schema, suppressions
from sequencer.store.database import Connection, DatabaseError, database_now
from sequencer.store.memory import MemoryDatabase

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)


@pytest.fixture(scope="module")
def template() -> Iterator[MemoryDatabase]:
    template = MemoryDatabase()
    schema.upgrade(template)
    yield template
    template.dispose()


@pytest.fixture
def memory(template: MemoryDatabase) -> Iterator[MemoryDatabase]:
    memory = MemoryDatabase()
    memory.copy_from(template)
    yield memory
    memory.dispose()


def add(connection: Connection, name: str = "ana") -> None:
    mailboxes.ensure(connection, [name])


def names(database: MemoryDatabase) -> list[str]:
    with database.read() as connection:
        return [each.name for each in mailboxes.listed(connection)]


def test_its_schema_is_the_current_one(memory: MemoryDatabase) -> None:
    """What was copied is a migrated database, as any other."""
    with memory.read() as connection:
        assert schema.drift(connection) == []


def test_a_copy_forgets_everything(memory: MemoryDatabase, template: MemoryDatabase) -> None:
    """Whatever a database held is gone once the template is copied into it."""
    memory.transact(add)
    assert names(memory) == ["ana"]
    memory.copy_from(template)
    assert names(memory) == []


def test_a_full_disk_keeps_nothing(memory: MemoryDatabase) -> None:
    """A commit without room is an error of the database, and all of it is rolled back."""
    memory.is_full = True
    with pytest.raises(DatabaseError):
        memory.transact(add)
    memory.is_full = False
    assert names(memory) == []
    memory.transact(add)
    assert names(memory) == ["ana"]


def test_opt_outs_are_told(memory: MemoryDatabase) -> None:
    """Once they are committed, and only then."""
    told: list[OptOut] = []
    memory.tell = told.extend
    entry = Suppression(SuppressionKind.ADDRESS, "zoe@bank.example", SuppressionReason.OPTED_OUT)
    memory.is_full = True
    with pytest.raises(DatabaseError):
        memory.transact(lambda connection: suppressions.add(connection, entry, "link", NOON))
    assert told == []
    memory.is_full = False
    memory.transact(lambda connection: suppressions.add(connection, entry, "link", NOON))
    assert told == [OptOut(NOON, entry)]


def test_its_clock_is_given(memory: MemoryDatabase) -> None:
    """Leases run out by the clock that the database was given."""
    memory.clock = lambda: NOON
    memory.transact(add)
    with memory.write() as connection:
        assert database_now(connection) == NOON
        assert holding.take(connection, "ana", "one", LEASE) == 1
        assert holding.take(connection, "ana", "two", LEASE) is None
    memory.clock = lambda: NOON + LEASE
    with memory.write() as connection:
        assert holding.take(connection, "ana", "two", LEASE) == 2
