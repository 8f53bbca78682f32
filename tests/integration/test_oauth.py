"""A mailbox that signs in by OAuth: real mail servers ask the provider whose each token is."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fakes.token_provider import TokenProvider
from servers.child import wait_until
from servers.dovecot import Dovecot, dovecot
from servers.postfix import postfix
from servers.token_server import token_server

pytestmark = pytest.mark.real_server

ANA, ZOE = "ana@seller.example", "zoe@buyer.example"
CADENCE = """\
cadence: slow
title: Two mails
schedule: {window: {mon-sun: ["00:00-24:00"]}, timezone: workspace, jitter_minutes: 0}
from: {mailboxes: [ana]}
steps:
  - {id: one, email: one.md}
  - {id: two, wait: 2 days, email: one.md}
"""
SETTINGS = """\
sending: {{poll_s: 5}}
limits: {{per_domain: null, per_person_day: null, per_person_week: null}}
web: {{port: 0, public_url: "https://go.seller.example"}}
oauth:
  google: {{client_id: cid}}
mailboxes:
  ana:
    address: ana@seller.example
    name: Ana Ruiz
    rep: Ana
    provider: google_workspace
    auth: xoauth2
    oauth:
      token_url: {tokens}/token
      authorize_url: {tokens}/authorize
      device_url: {tokens}/device
      scope: https://mail.example/ openid
    smtp: {{host: localhost, port: {smtp}, tls: starttls}}
    imap: {{host: localhost, port: {imaps}, tls: tls}}
    ca_file: {ca}
    above_ceiling: true
    gap_s: 0
    keeps_sent_copy: false
"""
LOGIN = ("mailbox", "login", ANA)


@dataclass(frozen=True)
class Office:
    """A workspace whose mailbox is on the real servers, and the provider of its tokens."""

    root: Path
    dovecot: Dovecot
    provider: TokenProvider

    def command(self, *arguments: str) -> list[str]:
        """A command line in the workspace."""
        return [sys.executable, "-m", "sequencer", "--workspace", str(self.root), *arguments]

    @property
    def environ(self) -> dict[str, str]:
        """The environment of every command: no screen, so that no browser opens."""
        return {name: each for name, each in os.environ.items() if "DISPLAY" not in name}

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            self.command(*arguments),
            capture_output=True,
            text=True,
            env=self.environ,
            check=False,
            timeout=60,
        )

    def answer(self, *arguments: str) -> Any:
        """The JSON that a command prints."""
        done = self.run(*arguments, "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def log_in(self, *options: str) -> tuple[int, str, str]:
        """Sign in as a person does who follows the address on the terminal."""
        login = subprocess.Popen(
            self.command(*LOGIN, *options),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environ,
        )
        assert login.stderr is not None
        told = []
        for line in login.stderr:
            told.append(line)
            if found := re.match(r"http://\S+", line):
                httpx2.get(found[0], follow_redirects=True, timeout=10)
                break
        printed, rest = login.communicate(timeout=60)
        return login.returncode, printed, "".join(told) + rest

    def enrol(self, *addresses: str) -> None:
        """Import people and enrol them."""
        rows = "".join(f"{each},{each.partition('@')[0].title()},{each}\n" for each in addresses)
        (self.root / "people.csv").write_text("email,first_name,account\n" + rows)
        assert self.run("import", str(self.root / "people.csv")).returncode == 0
        done = self.run("enroll", "slow", *addresses)
        assert done.returncode == 0, done.stderr

    def state(self, address: str) -> tuple[str, str | None]:
        """State of a person's enrollment, and why it is over."""
        query = (
            "SELECT e.state, e.finish_reason FROM enrollment e"
            " JOIN prospect p ON p.id = e.prospect_id WHERE p.email = ?"
        )
        (row,) = self.rows(query, address)
        return row[0], row[1]

    def kinds(self, address: str) -> list[str]:
        """What happened to a person, oldest first."""
        query = (
            "SELECT l.kind FROM ledger l JOIN prospect p ON p.id = l.prospect_id"
            " WHERE p.email = ? ORDER BY l.id"
        )
        return [kind for (kind,) in self.rows(query, address)]

    def requests(self) -> list[tuple[str, str]]:
        """The open tasks about a mailbox: their titles, and whose they are."""
        query = "SELECT title, assignee FROM task WHERE kind = 'mailbox' AND state = 'open'"
        return [(title, assignee) for title, assignee in self.rows(query)]

    def mailbox(self) -> tuple[str, str]:
        """State of the mailbox, and its reason."""
        (row,) = self.rows("SELECT state, reason FROM mailbox")
        return row

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """What the database holds."""
        line = sqlite3.connect(f"file:{self.root}/.sequencer/sequencer.db?mode=ro", uri=True)
        found = line.execute(query, values).fetchall()
        line.close()
        return found

    def answer_mail(self, address: str, number: int) -> None:
        """Somebody writes back."""
        reply = EmailMessage()
        reply["From"], reply["To"] = address, ANA
        reply["Subject"], reply["Message-ID"] = "Re: Hello", f"<answer-{number}@buyer.example>"
        query = "SELECT message_id FROM send WHERE recipient = ? AND message_id IS NOT NULL"
        reply["In-Reply-To"] = self.rows(query, address)[0][0]
        reply.set_content("Sounds good, let us talk.\n")
        self.dovecot.deliver(ANA, reply.as_bytes(), address)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Real mail servers, a provider that rotates, and a workspace in which nobody signed in."""
    root = tmp_path_factory.mktemp("office")
    provider = TokenProvider(once=True)
    with (
        token_server(provider) as tokens,
        dovecot({ANA: "", ZOE: "zoe's"}, f"{tokens}/introspect") as store,
        postfix(store, [ANA, ZOE]) as relay,
    ):
        (root / "config/cadences").mkdir(parents=True)
        (root / "config/cadences/slow.yaml").write_text(CADENCE)
        (root / "templates/slow").mkdir(parents=True)
        text = "---\nsubject: Hello\n---\nDear {{ first_name }}\n"
        (root / "templates/slow/one.md").write_text(text)
        settings = SETTINGS.format(
            tokens=tokens, smtp=relay.smtp, imaps=store.imaps, ca=store.folder / "ca.pem"
        )
        (root / "config/sequencer.yaml").write_text(settings)
        (root / ".sequencer").mkdir()
        (root / ".sequencer/secret.key").write_text("0123456789abcdef0123456789abcdef\n")
        made = Office(root, store, provider)
        done = made.run("apply")
        assert done.returncode == 0, done.stderr
        yield made


@contextmanager
def running(office: Office) -> Iterator[None]:
    """The daemon, ready; it must end with 0 within seconds of SIGTERM."""
    log = office.root / "daemon.log"
    with log.open("ab") as output:
        start = log.stat().st_size
        daemon = subprocess.Popen(office.command("run"), stderr=output, env=office.environ)
    try:
        wait_until("the daemon's start", lambda: b"ready" in log.read_bytes()[start:])
        yield
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(20) == 0, log.read_text()
    finally:
        daemon.kill()
        daemon.wait()


def test_another_account(office: Office) -> None:
    """Who signs in as somebody else is told so, and nothing is stored."""
    office.provider.signs_in = ZOE
    code, _, told = office.log_in()
    assert code == 1
    assert f"{ZOE} has signed in, and {ANA} was expected" in told
    assert office.rows("SELECT * FROM sign_in") == []
    office.provider.signs_in = ANA


def test_says_no(office: Office) -> None:
    """Who says no has changed nothing."""
    office.provider.signs_in = ""
    code, _, told = office.log_in()
    assert (code, "said no" in told) == (1, True)
    office.provider.signs_in = ANA


def test_unknown_mailbox(office: Office) -> None:
    """A mailbox that is not there is answered with those that are."""
    done = office.run("mailbox", "login", "eva@seller.example")
    assert (done.returncode, ANA in done.stderr) == (2, True)


def test_first_sign_in(office: Office) -> None:
    """A mailbox that nobody has signed in to waits; once somebody has, its mail leaves."""
    office.enrol("first@void.example")
    with running(office):
        wait_until("the need", lambda: office.mailbox()[0] == "needs_sign_in")
        code, printed, told = office.log_in("--json")
        assert code == 0, told
        answer = json.loads(printed)
        assert answer["accounts"] == [ANA]
        assert (answer["smtp"]["ok"], answer["imap"]["ok"]) == (True, True)
        wait_until("the first mail", lambda: "sent" in office.kinds("first@void.example"), 40)


def test_renewed(office: Office) -> None:
    """Tokens that are over are renewed, for sending and for reading; refresh tokens rotate."""
    office.provider.expire(ANA)
    office.enrol("second@void.example")
    with running(office):
        wait_until("the mail", lambda: "sent" in office.kinds("second@void.example"), 40)
        office.answer_mail("first@void.example", 1)
        replied = ("finished", "replied")
        wait_until("the reply", lambda: office.state("first@void.example") == replied, 40)
    assert len(office.provider.spent) == 1
    assert list(office.provider.refresh.values()).count(ANA) == 1


def test_lost_and_signed_in_anew(office: Office) -> None:
    """A sign-in that was revoked is told to the rep, and mail waits until there is a new one."""
    office.provider.revoke(ANA)
    office.enrol("third@void.example")
    with running(office):
        wait_until("the loss", lambda: office.mailbox()[0] == "needs_sign_in", 40)
        assert "AADSTS50173" in office.mailbox()[1]
        assert f"sequencer mailbox login {ANA}" in office.mailbox()[1]
        wait_until("the task", lambda: bool(office.requests()), 40)
        assert office.requests() == [("Sign in to the mailbox ana", "Ana")]
        assert office.state("third@void.example")[0] == "active"
        asked = len(office.provider.forms)
        assert office.log_in()[0] == 0
        assert office.requests() == []
        wait_until("the mail", lambda: "sent" in office.kinds("third@void.example"), 40)
        assert office.mailbox() == ("ok", "")
        assert len(office.provider.forms) == asked + 1  # the code of the new sign-in


def test_device(office: Office) -> None:
    """A code for another device is shown where the provider has that, and waited for."""
    office.provider.once = False
    done = office.run(*LOGIN, "--device", "--wait", "60")
    assert done.returncode == 0, done.stderr
    assert "Enter the code ABCD-1234 on https://id.example/device" in done.stderr
    assert f"is signed in as {ANA}" in done.stdout


def test_two_at_once(office: Office) -> None:
    """Two commands that need a new token at the same moment do not use one refresh token twice."""
    assert office.run(*LOGIN, "--device").returncode == 0
    office.provider.expire(ANA)
    before = len(office.provider.forms)
    results: list[int] = []

    def check() -> None:
        results.append(office.run("mailbox", "check", "--no-probe").returncode)

    checks = [threading.Thread(target=check) for _ in range(3)]
    for each in checks:
        each.start()
    for each in checks:
        each.join()
    assert results == [0, 0, 0]
    assert len(office.provider.forms) == before + 1


def test_nothing_in_the_clear(office: Office) -> None:
    """No token is in the database, its journal, a log or an answer."""
    kept = [each for each in office.root.rglob("*") if each.is_file()]
    assert any(each.name == "daemon.log" for each in kept)
    for each in kept:
        assert b"-SECRET" not in each.read_bytes(), each
    shown = json.dumps([office.answer("status"), office.answer("mailbox", "check", "--no-probe")])
    assert "-SECRET" not in shown


def test_nothing_was_broken(office: Office) -> None:
    """After all of it the ledger proves every promise."""
    findings = office.answer("verify")
    assert findings["details"] == []
