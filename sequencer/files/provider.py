"""What is known of the big mail providers: where their servers are, what they do, what they allow.

Hosts and the copy in Sent: the providers' own documentation. Google and Microsoft want OAuth;
Google also takes app passwords, Microsoft plain ones only until it switches them off for a tenant.
"""

from dataclasses import dataclass
from enum import StrEnum

from sequencer.mail.server import Security


class Provider(StrEnum):
    """Who runs the mailbox."""

    GOOGLE_WORKSPACE = "google_workspace"
    GOOGLE_FREE = "google_free"
    MICROSOFT_365 = "microsoft_365"
    OUTLOOK_COM = "outlook_com"
    ZOHO = "zoho"
    FASTMAIL = "fastmail"
    ICLOUD = "icloud"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int
    tls: Security


@dataclass(frozen=True, slots=True)
class TokenServer:
    """Where people sign in, where access tokens come from, and what for.

    Attributes:
        vendor: by which its ways are known.
        redirect_host: what this machine is called in the address that a browser comes back to; a
            client registered for one name is refused with the other.
        device_url: where a device asks for a code; empty where that is not to be had for mail.
    """

    vendor: str
    url: str
    authorize_url: str
    scope: str
    redirect_host: str
    device_url: str = ""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What a provider takes before it blocks an account; None where nothing is known.

    What belongs to a plan is the least of its plans, so that nobody is blocked by a default.

    Attributes:
        per_day: recipients in any 24 hours.
        per_minute: mails in a minute.
        connections: SMTP connections at the same time.
    """

    per_day: int | None = None
    per_minute: int | None = None
    connections: int | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """What a mailbox of a provider needs not say.

    Attributes:
        title: its name for people.
        per_day: what outreach does well to keep to; far below what is possible.
        keeps_sent_copy: whether a mail sent by SMTP appears in Sent by itself, as the provider
            says; None where it says nothing.
    """

    title: str
    ceiling: Ceiling
    per_day: int = 50
    smtp: Address | None = None
    imap: Address | None = None
    oauth: TokenServer | None = None
    keeps_sent_copy: bool | None = None


_GOOGLE_SMTP = Address("smtp.gmail.com", 587, Security.STARTTLS)
_GOOGLE_IMAP = Address("imap.gmail.com", 993, Security.TLS)
_GOOGLE_TOKENS = TokenServer(
    vendor="google",
    url="https://oauth2.googleapis.com/token",
    authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
    scope="https://mail.google.com/ openid email",
    redirect_host="127.0.0.1",
)
_MICROSOFT_IMAP = Address("outlook.office365.com", 993, Security.TLS)


def _microsoft(tenant: str) -> TokenServer:
    """Tokens for accounts of any organisation (`common`), or for those of people (`consumers`)."""
    base = f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
    return TokenServer(
        vendor="microsoft",
        url=f"{base}/token",
        authorize_url=f"{base}/authorize",
        device_url=f"{base}/devicecode",
        scope="https://outlook.office.com/IMAP.AccessAsUser.All "
        "https://outlook.office.com/SMTP.Send offline_access openid profile",
        redirect_host="localhost",
    )


_PERSONAL_PER_DAY = 20  # an account for private letters is blocked sooner

PRESETS = {
    Provider.GOOGLE_WORKSPACE: Preset(
        title="Google Workspace",
        ceiling=Ceiling(per_day=2_000),
        smtp=_GOOGLE_SMTP,
        imap=_GOOGLE_IMAP,
        oauth=_GOOGLE_TOKENS,
        keeps_sent_copy=True,
    ),
    Provider.GOOGLE_FREE: Preset(
        title="Gmail without Workspace",
        ceiling=Ceiling(per_day=500),
        per_day=_PERSONAL_PER_DAY,
        smtp=_GOOGLE_SMTP,
        imap=_GOOGLE_IMAP,
        oauth=_GOOGLE_TOKENS,
        keeps_sent_copy=True,
    ),
    Provider.MICROSOFT_365: Preset(
        title="Microsoft 365",
        ceiling=Ceiling(per_day=10_000, per_minute=30, connections=3),
        smtp=Address("smtp.office365.com", 587, Security.STARTTLS),
        imap=_MICROSOFT_IMAP,
        oauth=_microsoft("common"),
        keeps_sent_copy=True,
    ),
    Provider.OUTLOOK_COM: Preset(
        title="Outlook.com",
        ceiling=Ceiling(per_day=300, per_minute=30, connections=3),
        per_day=_PERSONAL_PER_DAY,
        smtp=Address("smtp-mail.outlook.com", 587, Security.STARTTLS),
        imap=_MICROSOFT_IMAP,
        oauth=_microsoft("consumers"),
        keeps_sent_copy=True,
    ),
    Provider.ZOHO: Preset(
        title="Zoho Mail",
        ceiling=Ceiling(per_day=300),
        smtp=Address("smtp.zoho.com", 465, Security.TLS),
        imap=Address("imap.zoho.com", 993, Security.TLS),
    ),
    Provider.FASTMAIL: Preset(
        title="Fastmail",
        ceiling=Ceiling(per_day=2_000),
        smtp=Address("smtp.fastmail.com", 465, Security.TLS),
        imap=Address("imap.fastmail.com", 993, Security.TLS),
    ),
    Provider.ICLOUD: Preset(
        title="iCloud Mail",
        ceiling=Ceiling(per_day=1_000),
        per_day=_PERSONAL_PER_DAY,
        smtp=Address("smtp.mail.me.com", 587, Security.STARTTLS),
        imap=Address("imap.mail.me.com", 993, Security.TLS),
    ),
    Provider.OTHER: Preset(title="any other", ceiling=Ceiling()),
}

SMTP_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.PLAIN: 25}
IMAP_PORTS = {Security.STARTTLS: 143, Security.TLS: 993, Security.PLAIN: 143}
