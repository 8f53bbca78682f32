"""Databases to test against: an SQLite file and a PostgreSQL server, with the schema in place."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog
from fakes.fast_database import fast_database
from servers.databases import Databases
from stage import Stage

from sequencer.store import schema
from sequencer.store.database import Database
from sequencer.store.tables import Base


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


@pytest.fixture
def sqlite_database(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    """A fresh SQLite database in a file."""
    path = tmp_path / "sequencer.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """The database of the server, emptied and with its numbers beginning anew."""
    database = Database(postgres_url)
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with database.write() as connection:
        connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY"))
    yield database
    database.dispose()


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
def stage(sqlite_template: Path, tmp_path: Path) -> Iterator[Stage]:
    """An engine on fakes, over an SQLite file that does not wait for the disk."""
    path = tmp_path / "sequencer.db"
    shutil.copy(sqlite_template, path)
    database = fast_database(path)
    yield Stage(database)
    database.dispose()


@pytest.fixture
def each_stage(database: Database) -> Stage:
    """An engine on fakes, over each kind of database in turn."""
    return Stage(database)
