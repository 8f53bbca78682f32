from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from builders import NOON
from rows import add_enrollment, add_send
from sqlalchemy.engine.interfaces import ReflectedIndex

from sequencer.store import due, schema, sends
from sequencer.store.database import Connection, Database, StoreError
from sequencer.store.every_table import METADATA

NEWER = sa.text("UPDATE alembic_version SET version_num = '9999'")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new/folder/sequencer.db"
        return
    server = request.getfixturevalue("postgres_server")
    fresh: str = server.new()
    yield fresh
    server.drop(fresh)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An empty database of each kind."""
    database = Database(url)
    yield database
    database.dispose()


Shape = dict[str, object]


def told(index: ReflectedIndex) -> str:
    """An index in words: the condition of a partial one is an object, which differs each time."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return f"{index['name']} {index['column_names']} {bool(index['unique'])} {options}"


def shape(connection: Connection) -> Shape:
    """Everything about the tables that the database itself tells, whatever its order."""
    inspector = sa.inspect(connection)
    return {
        name: (
            sorted((each["name"], str(each["type"]), each["nullable"]) for each in columns),
            inspector.get_pk_constraint(name),
            sorted(map(str, inspector.get_foreign_keys(name))),
            sorted(map(str, inspector.get_unique_constraints(name))),
            sorted(map(told, inspector.get_indexes(name))),
        )
        for name, columns in (
            (name, inspector.get_columns(name))
            for name in inspector.get_table_names()
            if name != "alembic_version"
        )
    }


def migrated(database: Database) -> Shape:
    schema.upgrade(database)
    with database.read() as connection:
        return shape(connection)


def test_migrations_lead_to_the_tables(database: Database) -> None:
    """The schema by migrations is the schema from scratch, to the last index."""
    by_migrations = migrated(database)
    with database.write() as connection:
        assert schema.drift(connection) == []
        METADATA.drop_all(connection)
        assert shape(connection) == {}
        METADATA.create_all(connection)
        assert shape(connection) == by_migrations


def test_drift_is_seen(database: Database) -> None:
    """A column that the migrations forgot would be found."""
    schema.upgrade(database)
    with database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE hook DROP COLUMN problem")
        [found] = schema.drift(connection)
    assert "add_column" in str(found)


def test_head_is_the_newest_migration(database: Database) -> None:
    """The revision that the program expects is the one that the migrations end in."""
    with database.read() as connection:
        assert schema.current_revision(connection) is None
    schema.upgrade(database)
    with database.read() as connection:
        assert schema.current_revision(connection) == schema.HEAD


def test_upgrading_again_changes_nothing(database: Database) -> None:
    """A database that is current keeps everything, and needs no writing."""
    schema.upgrade(database)
    with database.write() as connection:
        number = add_send(connection).id
        before = sends.get(connection, number)
    schema.upgrade(database)
    with database.read() as connection:
        assert sends.get(connection, number) == before


def test_a_newer_database_is_refused(database: Database) -> None:
    """A program never touches a database that a newer one has written."""
    schema.upgrade(database)
    with database.write() as connection:
        connection.execute(NEWER)
    with pytest.raises(StoreError, match=f"schema 9999, this program knows {schema.HEAD}"):
        schema.upgrade(database)


def test_programs_that_start_together(url: str) -> None:
    """Of several that find an empty database one migrates it, and the others wait."""
    databases = [Database(url) for _ in range(3)]
    with ThreadPoolExecutor(len(databases)) as pool:
        list(pool.map(schema.upgrade, databases))
    with databases[0].read() as connection:
        assert schema.current_revision(connection) == schema.HEAD
    for database in databases:
        database.dispose()


def test_a_new_file_is_opened_by_many(tmp_path: Path) -> None:
    """The first words to a new file change how it is written: whoever is second waits for that."""

    def look(path: Path) -> str | None:
        database = Database(f"sqlite:///{path}")
        with database.read() as connection:
            found = schema.current_revision(connection)
        database.dispose()
        return found

    with ThreadPoolExecutor(8) as pool:
        for number in range(100):
            assert set(pool.map(look, [tmp_path / f"{number}.db"] * 8)) == {None}


def test_downgrade_leaves_nothing(database: Database) -> None:
    """The first step can be taken back."""
    schema.upgrade(database)
    with database.migration() as connection:
        command.downgrade(schema._config(connection), "base")
        assert shape(connection) == {}


def test_rebuilding_a_table_keeps_the_rows_that_refer_to_it(tmp_path: Path) -> None:
    """A migration of SQLite drops and renames a table without its children going with it."""
    database = Database(f"sqlite:///{tmp_path}/sequencer.db")
    schema.upgrade(database)
    with database.write() as connection:
        enrollment = add_enrollment(connection)
        add_send(connection, enrollment.id)
    with database.migration() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("enrollment", recreate="always") as batch:
            batch.add_column(sa.Column("note", sa.String(10)))
        schema._check_foreign_keys(connection)
        assert len(sends.of_enrollment(connection, enrollment.id)) == 1
    database.dispose()


def test_lost_parents_are_found(tmp_path: Path) -> None:
    """A migration that would leave rows without their parent is refused."""
    database = Database(f"sqlite:///{tmp_path}/sequencer.db")
    schema.upgrade(database)
    with database.write() as connection:
        add_send(connection)

    def lose(connection: Connection) -> None:
        connection.exec_driver_sql("DELETE FROM enrollment")
        schema._check_foreign_keys(connection)

    refused = pytest.raises(StoreError, match="1 rows without their parent")
    with refused, database.migration() as connection:
        lose(connection)
    with database.read() as connection:
        assert due.next_due(connection, "ana", NOON, 9, follow_up=False) != []
    database.dispose()


@pytest.mark.parametrize("content", [b"no database, but long enough to look at" * 99, b"SQLite"])
def test_what_is_no_database(tmp_path: Path, content: bytes) -> None:
    """A file that is something else is named as such, and not touched."""
    path = tmp_path / "sequencer.db"
    path.write_bytes(content)
    database = Database(f"sqlite:///{path}")
    with pytest.raises(StoreError, match="cannot use the database"):
        schema.upgrade(database)
    database.dispose()
    assert path.read_bytes() == content


def test_a_server_that_is_not_there() -> None:
    """A server that does not answer is an error in one line, without the password."""
    database = Database("postgresql+psycopg://ana:geheim@127.0.0.1:1/x")
    with pytest.raises(StoreError, match="cannot use the database") as caught:
        schema.upgrade(database)
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)
    database.dispose()
