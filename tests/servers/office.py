"""A workspace on real mail servers, with its daemon as a process of its own."""

import email
import email.policy
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from fakes.authority import client_tls
from imapclient import IMAPClient
from servers.child import wait_until
from servers.dovecot import Dovecot


@dataclass(frozen=True)
class Office:
    """A workspace whose mailbox is on the real servers.

    Attributes:
        passwords: of everybody who has a mailbox there, by address.
        secrets: what the environment of every command has beside the usual.
    """

    root: Path
    dovecot: Dovecot
    passwords: Mapping[str, str]
    secrets: Mapping[str, str]

    def command(self, *arguments: str) -> list[str]:
        """A command line in the workspace."""
        return [sys.executable, "-m", "sequencer", "--workspace", str(self.root), *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command that has ended."""
        return subprocess.run(
            self.command(*arguments), capture_output=True, text=True, check=False, env=self.environ
        )

    def answer(self, *arguments: str) -> Any:
        """The JSON that a command prints."""
        done = self.run(*arguments, "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    @property
    def environ(self) -> dict[str, str]:
        """The environment of every command."""
        return {**os.environ, **self.secrets}

    def enrol(self, slug: str, *addresses: str) -> None:
        """Import people with a first name and an account of their own, and enrol them."""
        people = self.root / "people.csv"
        rows = [f"{each},{each.partition('@')[0].title()},{each}\n" for each in addresses]
        people.write_text("email,first_name,account\n" + "".join(rows))
        assert self.run("import", str(people)).returncode == 0
        done = self.run("enroll", slug, *addresses)
        assert done.returncode == 0, done.stderr

    def state(self, address: str) -> tuple[str, str]:
        """State of a person's newest enrollment, and its reason."""
        newest = self.answer("why", address)["enrollments"][0]
        return newest["state"], newest["reason"] or ""

    def inbox(self, address: str) -> list[EmailMessage]:
        """Mails in somebody's INBOX, oldest first."""
        client = IMAPClient("localhost", port=self.dovecot.imaps, ssl_context=client_tls())
        client.login(address, self.passwords[address])
        client.select_folder("INBOX", readonly=True)
        found = client.search()
        mails = client.fetch(found, ["BODY.PEEK[]"]) if found else {}
        client.logout()
        return [
            email.message_from_bytes(mails[uid][b"BODY[]"], policy=email.policy.default)
            for uid in found
        ]

    def kinds(self, address: str) -> list[str]:
        """What happened to a person, oldest first."""
        return [each["kind"] for each in self.answer("log", address)["entries"]]


@contextmanager
def running(office: Office) -> Iterator[None]:
    """The daemon, ready; it must end with 0 within seconds of SIGTERM."""
    log = office.root / "daemon.log"
    with log.open("wb") as output:
        daemon = subprocess.Popen(office.command("run"), stderr=output, env=office.environ)
    try:
        wait_until("the daemon's start", lambda: b"ready" in log.read_bytes())
        yield
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(20) == 0, log.read_text()
    finally:
        daemon.kill()
        daemon.wait()
