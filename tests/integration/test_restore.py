"""A backup that is put back under a real daemon, with a real Postfix and a real Dovecot."""

import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from os import environ
from pathlib import Path
from typing import Any

import pytest
from servers.child import free_port, wait_until
from servers.dovecot import Dovecot, dovecot
from servers.postfix import postfix

pytestmark = pytest.mark.real_server

ANA = "ana@seller.example"
PEOPLE = [f"p{number:02}@buyer.example" for number in range(50)]
LATE = "late@buyer.example"
PASSWORDS = dict.fromkeys([ANA, LATE, *PEOPLE], "a password")
STEPS = 2
CADENCE = """\
cadence: quick
title: Two mails
schedule: {window: {mon-sun: ["00:00-24:00"]}, timezone: workspace, jitter_minutes: 0}
audience: {exclusive: none, max_active_per_account: null}
from: {mailboxes: [ana]}
steps:
  - {id: one, email: one.md}
  - {id: two, wait: 0 minutes, email: two.md}
"""
SETTINGS = """\
sending: {{poll_s: 5, probe: false}}
limits: {{per_domain: null, per_person_day: null, per_person_week: null}}
web: {{port: {web}, public_url: "https://go.seller.example"}}
mailboxes:
  ana:
    address: ana@seller.example
    name: Ana Ruiz
    provider: other
    smtp: {{host: localhost, port: {smtp}, tls: starttls}}
    imap: {{host: localhost, port: {imaps}, tls: tls}}
    ca_file: {ca}
    gap_s: 0
    per_day: 1000
    per_hour: 1000
"""


@dataclass(frozen=True)
class Office:
    """A workspace on real servers."""

    root: Path
    dovecot: Dovecot
    web: int

    @property
    def database(self) -> Path:
        """The file that is backed up."""
        return self.root / ".sequencer/sequencer.db"

    def command(self, *arguments: str) -> list[str]:
        """A command line in the workspace."""
        return [sys.executable, "-m", "sequencer", "--workspace", str(self.root), *arguments]

    def run(self, *arguments: str, code: int = 0) -> str:
        """What a command prints that ends with that code."""
        command = self.command(*arguments)
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=variables())
        assert done.returncode == code, done.stderr
        return done.stdout

    def answer(self, *arguments: str) -> Any:
        """The JSON that a command prints."""
        return json.loads(self.run(*arguments, "--json"))

    def enrol(self, *addresses: str) -> None:
        """Import people, each with an account of their own, and enrol them."""
        people = self.root / "people.csv"
        rows = [f"{each},{each.partition('@')[0].title()},{each}\n" for each in addresses]
        people.write_text("email,first_name,account\n" + "".join(rows))
        self.run("import", str(people))
        self.run("enroll", "quick", *addresses)

    def mails(self, address: str) -> list[Path]:
        """What the servers have delivered to somebody: the judge, outside of the engine."""
        folder = self.dovecot.folder / "mail" / address
        return [path for where in ("new", "cur") for path in (folder / where).glob("*")]

    def delivered(self) -> int:
        """How many mails the people have got together."""
        return sum(len(self.mails(each)) for each in PEOPLE)

    def read_at(self) -> str | None:
        """When the mailbox was read last."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as line:
            row = line.execute("SELECT synced_at FROM mailbox").fetchone()
        at: str | None = row[0] if row is not None else None
        return at


def variables() -> dict[str, str]:
    """The environment of every command."""
    return {**environ, "SEQUENCER_MAILBOXES__ANA__PASSWORD": PASSWORDS[ANA]}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Real servers, and a workspace whose mailbox is on them."""
    with dovecot(PASSWORDS) as store, postfix(store, list(PASSWORDS)) as relay:
        (tmp_path / "config/cadences").mkdir(parents=True)
        (tmp_path / "config/cadences/quick.yaml").write_text(CADENCE)
        (tmp_path / "templates/quick").mkdir(parents=True)
        for name in ("one", "two"):
            text = f"---\nsubject: Mail {name}\n---\nHello {{{{ first_name }}}}.\n"
            (tmp_path / f"templates/quick/{name}.md").write_text(text)
        ports = {"web": free_port(), "smtp": relay.smtp, "imaps": store.imaps}
        settings = SETTINGS.format(**ports, ca=store.folder / "ca.pem")
        (tmp_path / "config/sequencer.yaml").write_text(settings)
        (tmp_path / ".sequencer").mkdir()
        (tmp_path / ".sequencer/secret.key").write_text("0123456789abcdef0123456789abcdef\n")
        made = Office(tmp_path, store, ports["web"])
        made.run("apply")
        yield made


@contextmanager
def running(office: Office) -> Iterator[Path]:
    """The log of a daemon that is ready; it must end with 0 within seconds of SIGTERM."""
    log = office.root / "daemon.log"
    with log.open("wb") as output:
        daemon = subprocess.Popen(office.command("run"), stderr=output, env=variables())
    try:
        wait_until("the daemon's start", lambda: b"ready" in log.read_bytes())
        yield log
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(20) == 0, log.read_text()
    finally:
        daemon.kill()
        daemon.wait()


def opt_out(office: Office, address: str) -> int:
    """Ask not to be written to, as a mail program does; the status of the answer."""
    text = office.mails(address)[0].read_text().replace("\n ", "")
    token = re.search(r"/u/([\w-]+)>", text)
    assert token is not None
    url = f"http://127.0.0.1:{office.web}/u/{token[1]}"
    with urllib.request.urlopen(urllib.request.Request(url, data=b"", method="POST")) as answer:
        status: int = answer.status
        return status


def back_up(office: Office) -> Path:
    """A copy of the database, made as an operator makes it."""
    backup = office.root / "backup.db"
    with (
        closing(sqlite3.connect(office.database)) as source,
        closing(sqlite3.connect(backup)) as target,
    ):
        source.backup(target)
    return backup


def put_back(office: Office, backup: Path) -> None:
    """Let the database be the copy."""
    for tail in ("", "-wal", "-shm"):
        office.database.with_name(office.database.name + tail).unlink(missing_ok=True)
    shutil.copy(backup, office.database)


def reconciled(office: Office) -> None:
    """See to it that nothing leaves, then let all be compared."""
    looked_at = office.read_at()
    wait_until("another look", lambda: office.read_at() != looked_at)
    assert office.answer("status")["held"]
    assert office.delivered() == STEPS * len(PEOPLE)
    report = office.answer("reconcile", "--yes")
    assert report["released"]
    found = {(each["recipient"], each["step_id"]) for each in report["differences"]}
    assert found == {(each, step) for each in PEOPLE for step in ("one", "two")}
    assert report["opt_outs"]["new"] == 1


@pytest.mark.timeout(300)
@pytest.mark.parametrize("marker", ["kept", "lost"])
def test_nothing_is_doubled(office: Office, marker: str) -> None:
    """Fifty people, two mails each since the backup: nothing leaves, all is known again.

    Without the file of what this host has seen, the mails in Sent tell.
    """
    with running(office):
        wait_until("the first look", lambda: office.read_at() is not None)
    office.enrol(*PEOPLE)
    backup = back_up(office)
    with running(office):
        wait_until("all mails", lambda: office.delivered() == STEPS * len(PEOPLE), 120)
        assert opt_out(office, PEOPLE[0]) == 200
    put_back(office, backup)
    if marker == "lost":
        (office.root / ".sequencer/history.json").unlink()
    with running(office) as log:
        wait_until("the hold", lambda: b"nothing_leaves" in log.read_bytes())
        reconciled(office)
        office.enrol(LATE)
        wait_until("a new mail", lambda: len(office.mails(LATE)) == STEPS, 60)
    assert [len(office.mails(each)) for each in PEOPLE] == [STEPS] * len(PEOPLE)
    listed = office.answer("suppress", "list")
    assert [each["suppression"]["key"] for each in listed] == [PEOPLE[0]]
    assert office.answer("verify")["details"] == []
    assert office.answer("verify", "--against-sent")["clean"]
