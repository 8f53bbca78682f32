"""A workspace whose mailboxes are on servers of a test, and the real daemon that works in it."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from servers.child import START_S
from servers.settings_text import SCHEDULE, MailboxText, address_of, settings_text

from sequencer import bootstrap
from sequencer.domain.prospect import Prospect
from sequencer.engine.apply import apply_cadences
from sequencer.engine.enroll import Enrolment, enroll
from sequencer.store import prospects

PASSWORD = "sandbox"
CADENCE = f"""\
cadence: {{name}}
title: One mail
schedule: {SCHEDULE.replace("{", "{{").replace("}", "}}")}
from: {{{{mailboxes: [{{name}}]}}}}
steps:
  - {{{{id: one, email: one.md}}}}
"""


@dataclass(frozen=True)
class Box:
    """A mailbox of the workspace, and a cadence of the same name that is sent from it."""

    name: str
    smtp: int
    imap: int
    gap_s: int = 0
    per_hour: int = 1_000
    per_day: int = 10_000

    @property
    def address(self) -> str:
        """Its address, and the name that it signs in with."""
        return address_of(self.name)


@dataclass(frozen=True)
class Seller:
    """A workspace with mailboxes in it."""

    root: Path
    boxes: Sequence[Box]

    @property
    def environ(self) -> dict[str, str]:
        """What a daemon needs of the environment."""
        passwords = {
            f"SEQUENCER_MAILBOXES__{box.name.upper()}__PASSWORD": PASSWORD for box in self.boxes
        }
        return {**os.environ, "SEQUENCER_SECRET_KEYS": "0123456789abcdef" * 2, **passwords}

    @property
    def path(self) -> Path:
        """The database."""
        return self.root / ".sequencer/sequencer.db"

    def write(self) -> None:
        """Write the files."""
        (self.root / "config/cadences").mkdir(parents=True)
        mailboxes = [MailboxText(**vars(box)) for box in self.boxes]
        settings = settings_text(mailboxes, "sending: {poll_s: 5}\n")
        (self.root / "config/sequencer.yaml").write_text(settings)
        for box in self.boxes:
            cadence = CADENCE.format(name=box.name)
            (self.root / f"config/cadences/{box.name}.yaml").write_text(cadence)
            (self.root / f"templates/{box.name}").mkdir(parents=True)
            text = "---\nsubject: Hello\n---\nDear {{ first_name }}\n"
            (self.root / f"templates/{box.name}/one.md").write_text(text)

    def enrol(self, box: str, addresses: Sequence[str], ago: timedelta = timedelta(0)) -> None:
        """Apply the cadences, and enrol these people in that of a mailbox, so long ago."""
        workspace = bootstrap.open_workspace(self.root, self.environ)
        now = workspace.clock.now() - ago
        apply_cadences(workspace.database, bootstrap.check(self.root, self.environ).cadences, now)
        with workspace.database.write() as connection:
            people = [Prospect(address, first_name="Zoe") for address in addresses]
            prospects.upsert(connection, people, now)
        wanted = Enrolment(box, addresses, "test")
        answers = enroll(workspace.database, workspace.desk, wanted, workspace.new_key, now)
        assert all(answer.enrolled for answer in answers), answers
        workspace.close()

    def states(self) -> dict[str, str]:
        """The state of each person's mail, as it lies in the database."""
        line = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        rows = line.execute(
            "SELECT p.email, s.state FROM send s JOIN enrollment e ON e.id = s.enrollment_id"
            " JOIN prospect p ON p.id = e.prospect_id"
        ).fetchall()
        line.close()
        return dict(rows)

    def synced_at(self, box: str) -> datetime | None:
        """When a mailbox was read last, by the clock of the daemon."""
        line = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        row = line.execute("SELECT synced_at FROM mailbox WHERE name = ?", (box,)).fetchone()
        line.close()
        if row is None or row[0] is None:
            return None
        return datetime.fromisoformat(row[0]).replace(tzinfo=UTC)


@dataclass
class Daemon:
    """The running daemon and what it says."""

    process: subprocess.Popen[bytes]
    log: Path

    def said(self, words: str) -> int:
        """How often it has said these words."""
        return self.log.read_text("utf-8", "replace").count(words)

    def events(self, name: str) -> list[dict[str, object]]:
        """What it has logged under that name."""
        found = []
        for line in self.log.read_text("utf-8", "replace").splitlines():
            with suppress(ValueError):
                event = json.loads(line)
                if event.get("event") == name:
                    found.append(event)
        return found

    async def end(self, seconds: float) -> int:
        """Its exit code, once it has ended; fails after so many seconds."""
        await until("the end of the daemon", lambda: self.process.poll() is not None, seconds)
        return int(self.process.returncode)


@contextmanager
def running(seller: Seller, log: Path, *command: str) -> Iterator[Daemon]:
    """`sequencer run` as a process, or another command; killed at the end if it has not ended."""
    usual = ("-m", "sequencer", "--workspace", str(seller.root), "run", "--log-json")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *(command or usual)],
            stdout=output,
            stderr=output,
            env=seller.environ,
        )
    try:
        yield Daemon(process, log)
    finally:
        process.kill()
        process.wait()


async def until(what: str, happened: Callable[[], bool], seconds: float = START_S) -> None:
    """Return as soon as something has happened, while servers of this process go on."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not happened():
        if loop.time() > deadline:
            pytest.fail(f"{what} did not happen within {seconds:g} seconds")
        await asyncio.sleep(0.02)
