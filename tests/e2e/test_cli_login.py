"""Signing in to a mailbox at the terminal, with a provider on loopback and no mail server."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from fakes.token_provider import TokenProvider
from servers.child import free_port
from servers.token_server import token_server

ANA = "ana@seller.example"
SETTINGS = """\
oauth:
  google: {{client_id: cid}}
mailboxes:
  ana:
    address: ana@seller.example
    name: Ana Ruiz
    provider: google_workspace
    auth: xoauth2
    oauth: {{token_url: {tokens}/token, authorize_url: {tokens}/authorize}}
    smtp: {{host: 127.0.0.1, port: {closed}, tls: plain}}
    imap: {{host: 127.0.0.1, port: {closed}, tls: plain}}
  luis: {{address: luis@seller.example, name: Luis, provider: zoho}}
"""


class Terminal:
    """A workspace, its provider, and a person in front of a terminal."""

    def __init__(self, root: Path, provider: TokenProvider) -> None:
        self.root = root
        self.provider = provider

    def command(self, *arguments: str) -> "subprocess.Popen[str]":
        """A command that has begun."""
        environ = {name: each for name, each in os.environ.items() if "DISPLAY" not in name}
        return subprocess.Popen(
            [sys.executable, "-m", "sequencer", "-w", str(self.root), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**environ, "SEQUENCER_MAILBOXES__LUIS__PASSWORD": "any"},
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """A command that has ended: its exit code and what it said."""
        done = self.command(*arguments)
        said = done.communicate(timeout=60)
        return done.returncode, *said

    def log_in(self, *options: str) -> tuple[int, str, str]:
        """Sign in: open the address that is shown, with a browser that goes where it is sent."""
        login = self.command("mailbox", "login", ANA, *options)
        assert login.stderr is not None
        told = ""
        for line in login.stderr:
            told += line
            if found := re.fullmatch(r"(http://\S+)\n", line):
                httpx2.get(found[1], follow_redirects=True, timeout=10)
                break
        printed, rest = login.communicate(timeout=60)
        return login.returncode, printed, told + rest


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A new workspace with a mailbox that nobody has signed in to."""
    provider = TokenProvider()
    with token_server(provider) as tokens:
        (tmp_path / "config").mkdir()
        text = SETTINGS.format(tokens=tokens, closed=free_port())
        (tmp_path / "config/sequencer.yaml").write_text(text)
        (tmp_path / ".sequencer").mkdir()
        (tmp_path / ".sequencer/secret.key").write_text("0123456789abcdef0123456789abcdef\n")
        yield Terminal(tmp_path, provider)


def test_stored_although_the_servers_are_away(terminal: Terminal) -> None:
    """Who is known to be the right one is let in, and what is wrong with the servers is told."""
    terminal.provider.ends_s = 604_799
    terminal.provider.granted = "https://mail.google.com/ openid"
    code, printed, told = terminal.log_in("--json")
    assert code == 1
    assert f"Sign in as {ANA}" in told
    answer = json.loads(printed)
    assert (answer["accounts"], answer["smtp"]["ok"]) == ([ANA], False)
    assert answer["ends_at"]
    _, printed, _ = terminal.run("mailbox", "check", "ana", "--no-probe", "--json")
    (found,) = json.loads(printed)
    assert found["sign_in_ends_at"] == answer["ends_at"]
    assert "Nobody has signed in" not in printed


def test_somebody_else(terminal: Terminal) -> None:
    """Another account is refused in one sentence."""
    terminal.provider.signs_in = "eva@seller.example"
    code, printed, told = terminal.log_in()
    assert (code, printed) == (1, "")
    assert "eva@seller.example has signed in, and ana@seller.example was expected" in told
    assert "Traceback" not in told


def test_no_code_for_devices(terminal: Terminal) -> None:
    """Google has none for mail."""
    code, _, told = terminal.run("mailbox", "login", "ana", "--device")
    assert (code, "use the browser" in told) == (1, True)


def test_no_oauth(terminal: Terminal) -> None:
    """A mailbox with a password says what it would need."""
    code, _, told = terminal.run("mailbox", "login", "luis@seller.example")
    assert (code, "auth: xoauth2" in told) == (1, True)
