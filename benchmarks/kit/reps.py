"""A rep's mailbox on a real Dovecot, people who were written to, and the daemon that reads."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from servers.dovecot import Dovecot, dovecot
from servers.seller import PASSWORD, Box, Daemon, Seller, running
from servers.settings_text import address_of

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.sandbox.mail_world import MailWorld

__all__ = ["Daemon", "Dovecot", "Rep", "dovecot_for", "mail_world", "running"]

NAME = "ana"
ADDRESS = address_of(NAME)
_CADENCE = """\
cadence: ana
title: Two mails
schedule: {window: {mon-sun: ["00:00-24:00"]}, timezone: workspace, jitter_minutes: 0}
from: {mailboxes: [ana]}
steps:
  - {id: one, email: one.md}
  - {id: two, wait: 30 days, email: one.md}
"""
_SENT = (
    "SELECT p.email, s.message_id FROM send s JOIN enrollment e ON e.id = s.enrollment_id"
    " JOIN prospect p ON p.id = e.prospect_id WHERE s.state = 'sent'"
)
_ENDED = (
    "SELECT p.email FROM enrollment e JOIN prospect p ON p.id = e.prospect_id"
    " WHERE e.state = 'finished'"
)


@dataclass(frozen=True)
class Rep:
    """A workspace with one mailbox; mails go to the world's server, and replies to Dovecot."""

    seller: Seller

    @classmethod
    def at(cls, root: Path, world: MailWorld, imap: int) -> "Rep":
        """The workspace, written, with a cadence of two mails."""
        box = Box(NAME, world.smtp.port, imap)
        rep = cls(Seller(root, [box]))
        rep.seller.write()
        (root / "config/cadences/ana.yaml").write_text(_CADENCE, "utf-8")
        return rep

    def sent(self) -> dict[str, str]:
        """The Message-ID of what each person has got."""
        return dict(self._rows(_SENT))

    def ended(self) -> set[str]:
        """Those whose enrollment has ended."""
        return {row[0] for row in self._rows(_ENDED)}

    def kinds(self) -> list[tuple[str, str]]:
        """What was made of each mail that came in, and why."""
        return self._rows("SELECT kind, evidence FROM inbound ORDER BY id")

    def _rows(self, query: str) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(f"file:{self.seller.path}?mode=ro", uri=True)) as line:
            return line.execute(query).fetchall()


def mail_world() -> MailWorld:
    """The world that mails are sent to."""
    return MailWorld({ADDRESS: PASSWORD}, SystemClock().now)


@contextmanager
def dovecot_for(*, idles: bool) -> Iterator[Dovecot]:
    """A Dovecot with the rep's mailbox, that offers IDLE or does not."""
    with dovecot({ADDRESS: PASSWORD}, idles=idles) as server:
        yield server
