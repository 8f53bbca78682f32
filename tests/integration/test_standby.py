"""A server that only reads is refused: what it shows is the past."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from servers.child import free_port
from servers.fleet import Fleet
from servers.postgres import Server, postgres_server
from servers.seller import Box

from sequencer.store import schema
from sequencer.store.database import Database, StoreError
from sequencer.store.postgresql import READ_ONLY

pytestmark = pytest.mark.real_server


@pytest.fixture(scope="module")
def primary() -> Iterator[Server]:
    """The server that takes writes."""
    with postgres_server() as running:
        yield running


@pytest.fixture(scope="module")
def standby(primary: Server) -> Iterator[Server]:
    """A server that follows it."""
    if not (primary.binaries / "pg_basebackup").exists():
        pytest.skip("these PostgreSQL binaries have no pg_basebackup")
    database = Database(primary.url)
    schema.upgrade(database)
    database.dispose()
    data = primary.data.parent / "standby" / "data"
    data.parent.mkdir()
    if "user" in primary.who:
        os.chown(data.parent, primary.who["user"], primary.who["group"])
    primary.copy_to(data)
    follower = replace(primary, data=data, port=free_port(), _running=None)
    follower.start()
    yield follower
    follower.stop()


def run(tmp_path: Path, url: str) -> subprocess.CompletedProcess[str]:
    office = Fleet(tmp_path, [Box("ana", 1, 1)], url)
    office.write()
    command = [sys.executable, "-m", "sequencer", "--workspace", str(tmp_path), "run"]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=office.environ, timeout=60
    )


def test_a_standby_is_refused(standby: Server, tmp_path: Path) -> None:
    """A daemon that is given a standby ends with a sentence that says what to do."""
    done = run(tmp_path, standby.url)
    assert done.returncode == 1
    assert done.stderr.strip() == f"cannot use the database: {READ_ONLY}"


def test_the_one_that_writes_is_found(primary: Server, standby: Server) -> None:
    """Of several hosts in the address the primary is used, wherever it stands."""
    hosts = [f"127.0.0.1:{standby.port}", f"127.0.0.1:{primary.port}"]
    url = sa.make_url(primary.url).set(host=None, port=None, query={"host": tuple(hosts)})
    database = Database(url.render_as_string(hide_password=False))
    with database.write() as connection:
        assert connection.scalar(sa.text("SELECT pg_is_in_recovery()")) is False
        assert connection.scalar(sa.text("SELECT inet_server_port()")) == primary.port
    database.dispose()


def test_it_is_refused_on_each_connection(standby: Server) -> None:
    """Whoever asks for any server all the same is told by the server itself."""
    url = sa.make_url(standby.url).update_query_dict({"target_session_attrs": "any"})
    database = Database(url.render_as_string(hide_password=False))
    with pytest.raises(StoreError, match="the server only reads"):
        schema.upgrade(database)
    database.dispose()


def test_a_database_set_to_read_only(primary: Server) -> None:
    """A server that was told to take no writes is refused in the same words."""
    engine = sa.create_engine(primary.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE resting")
        connection.exec_driver_sql("ALTER DATABASE resting SET default_transaction_read_only = on")
    engine.dispose()
    url = sa.make_url(primary.url).set(database="resting")
    database = Database(url.render_as_string(hide_password=False))
    with pytest.raises(StoreError, match="the server only reads"):
        schema.upgrade(database)
    database.dispose()
