"""Databases to test against: an SQLite file and a PostgreSQL server, with the schema in place."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.postgres import Postgres

from sequencer.store import schema
from sequencer.store.database import Database


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> str:
    """Name of a migrated, empty database, to be copied."""
    name = postgres_server.new_database()
    database = Database(postgres_server.url(name))
    schema.upgrade(database)
    database.dispose()
    return name


@pytest.fixture
def sqlite_database(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    """A fresh SQLite database in a file."""
    path = tmp_path / "sequencer.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture
def postgres_database(postgres_server: Postgres, postgres_template: str) -> Iterator[Database]:
    """A fresh database of the server."""
    name = postgres_server.new_database(postgres_template)
    database = Database(postgres_server.url(name))
    yield database
    database.dispose()
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """Each kind of database in turn."""
    fresh: Database = request.getfixturevalue(f"{request.param}_database")
    return fresh
