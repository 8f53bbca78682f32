"""Databases to test against: an SQLite file and a PostgreSQL server, with the schema in place."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog
from fakes.fast_database import fast_database, laid_anew, used_once
from servers.databases import Databases
from stage import Stage

from sequencer.store import schema
from sequencer.store.database import Database
from sequencer.store.every_table import METADATA


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """Log lines without the values of all variables: those take a second for each traceback."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, renderer])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Databases) -> str:
    """A migrated database of the server; to make one for each test takes half a second."""
    url = postgres_server.new()
    database = Database(url)
    schema.upgrade(database)
    database.dispose()
    return url


@pytest.fixture(scope="session")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """The database that `sqlite_database` lays anew for each test."""
    return Database(f"sqlite:///{tmp_path_factory.mktemp('sqlite')}/sequencer.db")


@pytest.fixture(scope="session")
def fast_engine(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """The same for `stage`."""
    return fast_database(tmp_path_factory.mktemp("fast") / "sequencer.db")


@pytest.fixture(scope="session")
def postgres_engine(postgres_url: str) -> Database:
    """The same for `postgres_database`."""
    return Database(postgres_url)


@pytest.fixture
def sqlite_database(sqlite_engine: Database, sqlite_template: Path) -> Iterator[Database]:
    """A fresh SQLite database in a file."""
    with laid_anew(sqlite_engine, sqlite_template) as database:
        yield database


@pytest.fixture
def postgres_database(postgres_engine: Database) -> Iterator[Database]:
    """The database of the server, emptied and with its numbers beginning anew."""
    names = ", ".join(table.name for table in METADATA.sorted_tables)
    with used_once(postgres_engine) as database:
        with database.write() as connection:
            connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY"))
        yield database


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs PostgreSQL, which costs too much for the quick tests."""
    for item in items:
        given = getattr(item, "callspec", None)
        chosen = given.params.values() if given is not None else ()
        if "postgres" in chosen or "postgres_url" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgres)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """Each kind of database in turn."""
    fresh: Database = request.getfixturevalue(f"{request.param}_database")
    return fresh


@pytest.fixture
def stage(fast_engine: Database, sqlite_template: Path) -> Iterator[Stage]:
    """An engine on fakes, over an SQLite file that does not wait for the disk."""
    with laid_anew(fast_engine, sqlite_template) as database:
        yield Stage(database)


@pytest.fixture
def each_stage(database: Database) -> Stage:
    """An engine on fakes, over each kind of database in turn."""
    return Stage(database)
