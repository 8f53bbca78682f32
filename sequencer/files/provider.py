"""What is known of the big mail providers: where their servers are, and what they do by themselves.

Hosts and the copy in Sent: the providers' own documentation. Both want OAuth; Google also takes app
passwords, Microsoft plain ones only until it switches them off for a tenant.
"""

from dataclasses import dataclass
from enum import StrEnum

from sequencer.mail.server import Security


class Provider(StrEnum):
    """Who runs the mailbox."""

    GMAIL = "gmail"
    MICROSOFT = "microsoft"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int
    tls: Security


@dataclass(frozen=True, slots=True)
class TokenServer:
    """Where access tokens are refreshed, and what for."""

    url: str
    scope: str


@dataclass(frozen=True, slots=True)
class Preset:
    """What a mailbox of a provider needs not say.

    Attributes:
        keeps_sent_copy: whether a mail sent by SMTP appears in Sent by itself.
    """

    smtp: Address
    imap: Address
    oauth: TokenServer
    keeps_sent_copy: bool


PRESETS = {
    Provider.GMAIL: Preset(
        smtp=Address("smtp.gmail.com", 587, Security.STARTTLS),
        imap=Address("imap.gmail.com", 993, Security.TLS),
        oauth=TokenServer("https://oauth2.googleapis.com/token", "https://mail.google.com/"),
        keeps_sent_copy=True,
    ),
    Provider.MICROSOFT: Preset(
        smtp=Address("smtp.office365.com", 587, Security.STARTTLS),
        imap=Address("outlook.office365.com", 993, Security.TLS),
        oauth=TokenServer(
            "https://login.microsoftonline.com/common/oauth2/v2.0/token",
            "https://outlook.office.com/IMAP.AccessAsUser.All "
            "https://outlook.office.com/SMTP.Send offline_access",
        ),
        keeps_sent_copy=True,
    ),
}

SMTP_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.PLAIN: 25}
IMAP_PORTS = {Security.STARTTLS: 143, Security.TLS: 993, Security.PLAIN: 143}
