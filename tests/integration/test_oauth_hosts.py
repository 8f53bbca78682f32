"""Processes of many hosts use one mailbox, whose provider ends what is used twice."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.token_provider import TokenProvider
from servers import token_asker
from servers.token_asker import ANA, KEY
from servers.token_server import token_server

from sequencer.adapters.seal import KeySealer
from sequencer.engine.kept_token import Pair, sealed_pair, tokens_of
from sequencer.mail.sign_in import Grant
from sequencer.store import schema, sign_ins
from sequencer.store.database import Database, database_now

PROCESSES = 4
TIMES = 25


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/sequencer.db"
        return
    server = request.getfixturevalue("postgres_server")
    fresh: str = server.new()
    yield fresh
    server.drop(fresh)


def test_nothing_is_used_twice(url: str) -> None:
    """All get tokens, all the time, and no refresh token is ever used a second time."""
    provider = TokenProvider()
    provider.refresh["first"] = ANA
    database = Database(url)
    schema.upgrade(database)
    sealed = sealed_pair(KeySealer([KEY]), "ana", Pair("first", "over"))
    with database.write() as connection:
        now = database_now(connection)
        tokens = replace(tokens_of(Grant("over", "first", 0.0), sealed, now), expires_at=now)
        sign_ins.put(connection, "ana", ANA, tokens)
    database.dispose()
    with token_server(provider) as tokens_url:
        argv = [sys.executable, token_asker.__file__, url, tokens_url, str(TIMES)]
        processes = [
            subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(PROCESSES)
        ]
        told = [process.communicate(timeout=100) for process in processes]
    assert [process.returncode for process in processes] == [0] * PROCESSES, told
    each = [printed.split() for printed, _ in told]
    assert [len(lines) for lines in each] == [TIMES] * PROCESSES
    spent = [form["refresh_token"] for form in provider.forms]
    assert len(spent) == len(set(spent))
    given = {token for lines in each for token in lines}
    assert given <= provider.access.keys()
    # Whoever is second takes what the first was given, so that the provider is asked less often.
    assert TIMES <= len(spent) < PROCESSES * TIMES
