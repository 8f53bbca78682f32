"""The settings of a workspace whose mailboxes are on servers of this host."""

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = """\
limits: {per_domain: null, per_person_day: null, per_person_week: null}
web: {port: 0, public_url: "https://go.seller.example"}
"""
SCHEDULE = '{window: {mon-sun: ["00:00-24:00"]}, timezone: workspace, jitter_minutes: 0}'


@dataclass(frozen=True)
class MailboxText:
    """A mailbox as the settings have it.

    Attributes:
        kept: whether the provider files what is sent in Sent.
    """

    name: str
    smtp: int
    imap: int
    per_day: int
    per_hour: int
    gap_s: int
    kept: bool = True

    def __str__(self) -> str:
        """Its part of the settings."""
        return f"""\
  {self.name}:
    address: {address_of(self.name)}
    name: Ana Ruiz
    provider: other
    smtp: {{host: 127.0.0.1, port: {self.smtp}, tls: plain}}
    imap: {{host: 127.0.0.1, port: {self.imap}, tls: plain}}
    per_day: {self.per_day}
    per_hour: {self.per_hour}
    gap_s: {self.gap_s}
    keeps_sent_copy: {str(self.kept).lower()}
"""


def address_of(mailbox: str) -> str:
    """The address of a mailbox, and the name that it signs in with."""
    return f"{mailbox}@seller.example"


def settings_text(mailboxes: Sequence[MailboxText], more: str = "") -> str:
    """The whole file; `more` is put before the mailboxes."""
    return f"{HEAD}{more}mailboxes:\n{''.join(map(str, mailboxes))}"
