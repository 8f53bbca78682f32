import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from itertools import cycle, islice

import pytest
import sqlalchemy as sa
from builders import NOON
from rows import add_send
from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from sequencer.domain.mailbox import MailboxState
from sequencer.store import mailboxes, prospects
from sequencer.store.columns import TEXT_LIMIT, cut, is_storable
from sequencer.store.database import Connection, Database, DatabaseError, database_now
from sequencer.store.tables import MailboxRow

THREADS = 4
ROUNDS = 25


def synced_at(connection: Connection) -> datetime | None:
    return mailboxes.get(connection, "ana").health.synced_at


def raise_fence(connection: Connection, name: str) -> None:
    query = sa.select(MailboxRow.fence).where(MailboxRow.name == name)
    fence = connection.execute(query.with_for_update()).scalar_one()
    change = sa.update(MailboxRow).where(MailboxRow.name == name).values(fence=fence + 1)
    connection.execute(change)


def test_an_exception_rolls_back(database: Database) -> None:
    """What a transaction did before it failed is gone."""

    def fail(connection: Connection) -> None:
        mailboxes.ensure(connection, ["ana"])
        add_send(connection, 999)

    with pytest.raises(IntegrityError):
        database.transact(fail)
    with database.read() as connection:
        assert mailboxes.listed(connection) == []


def test_nothing_is_lost_between_writers(database: Database) -> None:
    """Whoever reads, decides and writes in one transaction overwrites no other, nor fails."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
    url = database.url.render_as_string(hide_password=False)
    others = [Database(url) for _ in range(THREADS - 1)]  # as other processes have them
    everybody = cycle([database, *others])

    def count_up(one: Database) -> None:
        with one.write() as connection:
            fence = mailboxes.get(connection, "ana").fence if one.is_sqlite else None
            raise_fence(connection, "ana")
            if fence is not None:
                assert mailboxes.get(connection, "ana").fence == fence + 1

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(count_up, islice(everybody, THREADS * ROUNDS)))
    for other in others:
        other.dispose()
    with database.read() as connection:
        assert mailboxes.get(connection, "ana").fence == THREADS * ROUNDS


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    """A read during an open writing transaction returns, and shows what was committed."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
    with database.write() as writer:
        mailboxes.mark_synced(writer, "ana", NOON)
        with ThreadPoolExecutor(1) as pool:

            def read() -> datetime | None:
                with database.read() as reader:
                    return synced_at(reader)

            assert pool.submit(read).result(timeout=10) is None
    with database.read() as reader:
        assert synced_at(reader) == NOON


def test_a_reader_keeps_its_snapshot(database: Database) -> None:
    """Two reads in one reading transaction agree, whatever is committed between them."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
    with database.read() as reader:
        before = synced_at(reader)
        with database.write() as writer:
            mailboxes.mark_synced(writer, "ana", NOON)
        assert synced_at(reader) == before


def test_a_reader_cannot_write(database: Database) -> None:
    """A reading transaction refuses to change anything."""
    with pytest.raises(DBAPIError), database.read() as reader:
        mailboxes.ensure(reader, ["ana"])


def test_a_deadlock_is_tried_again(database: Database) -> None:
    """Two transactions that wait for each other both end, and neither of them with an error."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana", "luis"])
    both_hold_one = threading.Barrier(2)

    def hold_both(first: str, second: str) -> None:
        tries: list[int] = []

        def work(connection: Connection) -> None:
            raise_fence(connection, first)
            if not database.is_sqlite and not tries:
                both_hold_one.wait(timeout=10)
            tries.append(1)
            raise_fence(connection, second)

        database.transact(work)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(hold_both, ["ana", "luis"], ["luis", "ana"]))
    with database.read() as connection:
        assert [each.fence for each in mailboxes.listed(connection)] == [2, 2]


def test_a_naive_instant_is_refused(database: Database) -> None:
    """An instant without a zone never reaches a row."""
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(StatementError, match="without a zone"), database.write() as connection:
        mailboxes.mark_synced(connection, "ana", naive)


@pytest.mark.parametrize(
    "instant",
    [
        NOON + timedelta(microseconds=123_457),
        NOON.astimezone(timezone(timedelta(hours=5, minutes=30))),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2099, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
def test_instants_come_back_exactly(database: Database, instant: datetime) -> None:
    """An instant keeps its microseconds, and comes back in UTC."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
        mailboxes.mark_synced(connection, "ana", instant)
    with database.read() as connection:
        found = synced_at(connection)
    assert found == instant
    assert found is not None
    assert found.tzinfo is UTC


def test_the_database_has_a_clock(database: Database) -> None:
    """Its clock is aware, and goes on to the millisecond while a transaction is open."""
    with database.read() as connection:
        first = database_now(connection)
        ticks = {database_now(connection) for _ in range(1_000)}
    assert first.tzinfo is UTC
    assert len({tick.microsecond for tick in ticks}) > 1
    assert min(ticks) >= first
    assert max(ticks) - first < timedelta(minutes=1)


def test_errors_keep_secrets(database: Database) -> None:
    """The text of an error holds the statement, but no value of a person."""
    query = sa.text("SELECT nothing FROM nowhere WHERE x = :x")
    with pytest.raises(DBAPIError) as caught, database.write() as connection:
        connection.execute(query, {"x": "secret"})
    assert "nowhere" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_only_sqlite_has_a_file(sqlite_database: Database, postgres_database: Database) -> None:
    """The path is that of the file, and None for a server."""
    assert sqlite_database.path is not None
    assert sqlite_database.path.is_file()
    assert postgres_database.path is None


def test_sqlite_keeps_what_was_committed(sqlite_database: Database) -> None:
    """Writers wait for the disk, readers cannot write, and keys are checked on both."""
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15_000}
    with sqlite_database.write() as writer, sqlite_database.read() as reader:
        for connection, query_only in ((writer, 0), (reader, 1)):
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected
            }
            assert found == expected
            assert connection.exec_driver_sql("PRAGMA query_only").scalar() == query_only


@pytest.mark.parametrize("text", ["a\x00b", "half \ud83d", "\udc80", "x" * 5_000, "naïve 🙂"])
def test_any_text_can_be_cut(database: Database, text: str) -> None:
    """What is cut to fit can be stored and comes back; a question after the rest finds nobody."""
    assert len(cut(text)) <= TEXT_LIMIT
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
        mailboxes.set_health(connection, "ana", MailboxState.FAILING, text)
        assert mailboxes.get(connection, "ana").health.reason == cut(text)
        assert prospects.find(connection, f"{text}@bank.example") is None


@pytest.mark.parametrize(
    ("text", "storable"), [("naïve 🙂", True), ("", True), ("a\x00b", False), ("\ud83d", False)]
)
def test_storable(text: str, *, storable: bool) -> None:
    """NUL and half a surrogate pair cannot be stored; everything else can."""
    assert is_storable(text) == storable


@pytest.mark.parametrize(
    ("raised", "is_its_trouble"),
    [
        (exc.OperationalError, True),
        (exc.InterfaceError, True),
        (exc.InternalError, True),
        (exc.IntegrityError, False),
        (exc.DataError, False),
        (exc.ProgrammingError, False),
    ],
)
def test_trouble_of_the_database(raised: type[DBAPIError], *, is_its_trouble: bool) -> None:
    """A database that is away or broken is told apart from a row that it does not take."""
    assert issubclass(raised, DatabaseError) is is_its_trouble


def test_a_pool_without_a_free_connection_is_trouble_of_the_database() -> None:
    """Waiting in vain for a connection says nothing about a row."""
    assert issubclass(exc.TimeoutError, DatabaseError)
