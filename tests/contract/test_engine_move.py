from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import holding
import pytest
import sqlalchemy as sa
from builders import NOON
from full_tables import ROWS, fill, shown
from rows import add_enrollment, add_person
from servers.databases import Databases
from stage import DAY, Stage

from sequencer.domain.meeting import MeetingState
from sequencer.domain.moved import MOVED, held_before
from sequencer.engine.move import Moved, MoveError, move, survey
from sequencer.store import daemons, epoch, mailboxes, meetings, schema, transfer
from sequencer.store.database import Connection, Database, database_now
from sequencer.store.meetings import Meeting
from sequencer.store.tables import DaemonRow, MailboxRow, ProspectRow

pytestmark = pytest.mark.postgres  # one of the two databases is on a server, whichever it is


def new_key() -> str:
    return "a new history"


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
    return move(source, target, new_key, NOON, lambda _: None)


def nobody_lives(connection: Connection) -> None:
    """As if all daemons had been stopped."""
    connection.execute(sa.update(MailboxRow).values(holder=None, lease_until=None))
    connection.execute(sa.update(DaemonRow).values(seen_at=NOON - 10_000 * DAY))


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
        nobody_lives(connection)
    with database.read() as connection:
        before, empty = shown(connection), nulls(connection)
    steps: list[int] = []
    result = move(database, other, new_key, NOON, steps.append)
    with other.read() as connection:
        assert shown(connection) == before
        assert nulls(connection) == empty
    assert result.rows == ROWS * len(transfer.TABLES)
    assert sum(steps) == 2 * result.rows
    assert all(each.rows == ROWS for each in result.tables.values())


def test_a_meeting_that_leads_to_a_later_one(database: Database, other: Database) -> None:
    """What was cancelled leads to what was booked afterwards, wherever both are carried."""
    with database.write() as connection:
        none = None
        state = MeetingState.CANCELLED
        rows = [Meeting("tool", key, "", state, "", none, none) for key in ("old", "new")]
        old, new = (meetings.add(connection, row, NOON) for row in rows)
        meetings.link(connection, old, new)
    moved(database, other)
    with other.read() as connection:
        found = meetings.get(connection, old)
        assert found is not None
        assert found.moved_to == new


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
    assert before.clean
    each_stage.write(nobody_lives)
    moved(each_stage.database, other)
    each_stage.database = other
    each_stage.restart()
    assert each_stage.verify() == before
    await each_stage.work(after=4 * DAY)
    assert len(each_stage.mails("zoe@bank.example")) == 2
    assert each_stage.verify().clean


async def test_nothing_leaves_from_where_it_was(each_stage: Stage, other: Database) -> None:
    """A daemon on the old database sends nothing, one on the new one goes on."""
    each_stage.begin("zoe@bank.example")
    old = each_stage.database
    moved(old, other)
    await each_stage.work()
    assert each_stage.mails("zoe@bank.example") == []
    assert f"moved to {transfer.told(other)}" in each_stage.read(epoch.why_held)
    each_stage.database = other
    assert each_stage.read(epoch.why_held) == ""
    each_stage.restart()
    await each_stage.work()
    assert len(each_stage.mails("zoe@bank.example")) == 1


def refused(source: Database, target: Database) -> str:
    """Why the move is refused; the source is as it was, and it was told before anything began."""
    with source.read() as connection:
        before = shown(connection)
    with pytest.raises(MoveError) as asked:
        survey(source, target)
    with pytest.raises(MoveError) as tried:
        moved(source, target)
    with source.read() as connection:
        assert shown(connection) == before
    assert str(asked.value) == str(tried.value)
    return str(tried.value)


def test_a_target_that_is_not_empty(database: Database, other: Database) -> None:
    """Two databases are never mixed."""
    schema.upgrade(other)
    with other.write() as connection:
        add_person(connection)
    assert "is not empty (prospect)" in refused(database, other)


@pytest.mark.parametrize("revision", ["0000", "9999"])
def test_a_target_with_another_schema(database: Database, other: Database, revision: str) -> None:
    """Neither the tables of an older program nor those of a newer one are written to."""
    schema.upgrade(other)
    with other.write() as connection:
        version = sa.table("alembic_version", sa.column("version_num"))
        connection.execute(sa.update(version).values(version_num=revision))
    assert f"has schema {revision}" in refused(database, other)


def test_a_target_of_somebody_else(database: Database, other: Database) -> None:
    """A database in which something else lives is left alone."""
    with other.write() as connection:
        connection.execute(sa.text("CREATE TABLE invoices (id INTEGER)"))
    assert "tables of something else" in refused(database, other)
    with other.read() as connection:
        assert sa.inspect(connection).get_table_names() == ["invoices"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql+psycopg://me:geheim@host/db", "postgresql://me@host/db"),
        (
            "postgresql+psycopg://me@/db?host=a:1&host=b:2",
            "postgresql://me@/db?host=a%3A1&host=b%3A2",
        ),
        (
            "postgresql+psycopg://host/db?password=geheim&sslmode=require",
            "postgresql://host/db?sslmode=require",
        ),
        ("postgresql+psycopg://host/db?sslpassword=geheim", "postgresql://host/db"),
    ],
)
def test_how_a_database_is_called(url: str, words: str) -> None:
    """By its whole address, which may be used as it stands, but without any password."""
    database = Database(url)
    assert transfer.told(database) == words
    database.dispose()


def test_the_database_itself(database: Database) -> None:
    """A database cannot be moved to where it is."""
    with pytest.raises(MoveError, match="in use already"):
        survey(database, database)
    with pytest.raises(MoveError, match="in use already"):
        moved(database, database)


@pytest.mark.parametrize("by", ["lease", "sign of life"])
def test_a_daemon_that_lives(postgres_database: Database, tmp_path: Path, by: str) -> None:
    """What a daemon does meanwhile would be lost: it has to be stopped first."""
    with postgres_database.write() as connection:
        now = database_now(connection)
        if by == "lease":
            mailboxes.ensure(connection, ["ana"])
            holding.take(connection, "ana", "daemon 7", DAY)
        else:
            daemons.sign(connection, "daemon 7", now)
    target = Database(f"sqlite:///{tmp_path}/other.db")
    assert "daemon 7. Stop them first." in refused(postgres_database, target)
    with postgres_database.write() as connection:
        nobody_lives(connection)
    assert moved(postgres_database, target).rows
    target.dispose()


def test_what_postgresql_cannot_hold(sqlite_database: Database, postgres_server: Databases) -> None:
    """A value that only SQLite takes is told with its place, before anything is copied."""
    with sqlite_database.write() as connection:
        person = add_person(connection)
        changes = {"email": "x\x00y@bank.example", "domain_key": "d" * 400}
        connection.execute(sa.update(ProspectRow).values(changes))
        mailboxes.ensure(connection, ["ana"])
        connection.execute(sa.update(MailboxRow).values(fence=2**31))
    target = Database(postgres_server.new())
    assert refused(sqlite_database, target).splitlines()[1:] == [
        "mailbox ana: fence has a number beyond 31 bits",
        f"prospect {person}: email has a NUL character",
        f"prospect {person}: domain_key has more than 320 characters",
    ]
    target.dispose()


SPOIL = {
    "sqlite": """\
CREATE TRIGGER spoil AFTER INSERT ON prospect
BEGIN UPDATE prospect SET email = 'other' WHERE id = new.id; END
""",
    "postgresql": """\
CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN new.email = 'other'; RETURN new; END$$;
CREATE TRIGGER spoil BEFORE INSERT ON prospect FOR EACH ROW EXECUTE FUNCTION spoil()
""",
}


def test_a_target_that_changes_what_it_gets(database: Database, other: Database) -> None:
    """What arrives is read again, and one value that is not the same takes all of it back."""
    with database.write() as connection:
        add_person(connection)
    schema.upgrade(other)
    with other.write() as connection:
        connection.exec_driver_sql(SPOIL[connection.dialect.name])
    with pytest.raises(MoveError, match="prospect did not arrive"):
        moved(database, other)
    assert_nothing(other)


@pytest.mark.parametrize("share", [0, 0.4, 0.9])
def test_it_is_cut_off(database: Database, other: Database, share: float) -> None:
    """Whenever somebody loses patience: the target is empty, the source as it was, and it can be
    begun again.
    """
    with database.write() as connection:
        fill(connection)
        nobody_lives(connection)
    with database.read() as connection:
        before = shown(connection)
    ahead = survey(database, other).work * share
    done = 0

    def lose_patience(rows: int) -> None:
        nonlocal done
        done += rows
        if done > ahead:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move(database, other, new_key, NOON, lose_patience)
    assert_nothing(other)
    with database.read() as connection:
        assert shown(connection) == before
    assert moved(database, other).rows


def test_nobody_changes_what_is_being_moved(database: Database, other: Database) -> None:
    """Whoever would write to the source waits: what came after its copy would be lost."""
    with database.write() as connection:
        add_person(connection)
    tried = 0

    def write_meanwhile(_rows: int) -> None:
        nonlocal tried
        tried += 1
        assert not is_writable(database)

    move(database, other, new_key, NOON, write_meanwhile)
    assert tried
    assert is_writable(database)


def test_a_large_table_takes_its_time(postgres_database: Database) -> None:
    """The server does not take a connection that waits for the other database for a dead one."""
    with postgres_database.write() as connection:
        transfer.keep_writers_out(connection)
        shown_as = connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout")
        assert shown_as.scalar_one() == "0"


class Failing(Database):
    """A database that finds no room when it is to commit."""

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with super().write() as connection:
            yield connection
            raise sa.exc.OperationalError("COMMIT", {}, Exception("no room"))


def test_the_source_fails_at_its_end(database: Database, other: Database) -> None:
    """Nothing is at the target, the source goes on, and the move can be made again."""
    with database.write() as connection:
        add_person(connection)
    failing = Failing(str(database.url.render_as_string(hide_password=False)))
    with pytest.raises(MoveError, match=r"cut off: no room\n.*Move again"):
        moved(failing, other)
    failing.dispose()
    assert_nothing(other)
    with database.read() as connection:
        assert epoch.why_held(connection) == ""
    assert moved(database, other).rows


@pytest.mark.parametrize("before", ["", "a backup was put back"])
def test_the_target_fails_at_its_end(database: Database, other: Database, before: str) -> None:
    """The source is held, so never may both send; to move again ends it, as if nothing had been."""
    with database.write() as connection:
        add_person(connection)
        if before:
            epoch.hold(connection, before, NOON, NOON)
    failing = Failing(str(other.url.render_as_string(hide_password=False)))
    with pytest.raises(MoveError, match=r"cut off: no room\n.*Move again"):
        moved(database, failing)
    failing.dispose()
    assert_nothing(other)
    with database.read() as connection:
        assert epoch.why_held(connection).startswith(
            f"everything was moved to {transfer.told(other)}"
        )
    assert moved(database, other).rows
    with other.read() as connection:
        assert epoch.why_held(connection) == before
    with database.read() as connection:
        assert epoch.why_held(connection).startswith(MOVED)
        assert held_before(epoch.why_held(connection)) == before


def test_what_was_moved_goes_nowhere_else(
    database: Database, other: Database, tmp_path: Path
) -> None:
    """A third database made of the first one would send what the second one has sent."""
    moved(database, other)
    third = Database(f"sqlite:///{tmp_path}/third.db")
    assert f"was moved to {transfer.told(other)} already" in refused(database, third)
    third.dispose()


def is_writable(database: Database) -> bool:
    """Whether a writer would get in at once."""
    engine = sa.create_engine(database.url)
    try:
        with engine.connect() as connection:
            if database.is_sqlite:
                connection.exec_driver_sql("PRAGMA busy_timeout = 0")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                lock = "LOCK TABLE prospect IN ROW EXCLUSIVE MODE NOWAIT"
                connection.exec_driver_sql(lock)
    except sa.exc.OperationalError:
        return False
    finally:
        engine.dispose()
    return True


def assert_nothing(database: Database) -> None:
    """The database holds no row of ours."""
    with database.read() as connection:
        assert not any(transfer.count(connection, table) for table in transfer.TABLES)
