"""What is needed to read one mailbox."""

from dataclasses import dataclass, field

from sequencer.mail.server import Server
from sequencer.mail.sign_in import TokenSource


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """An IMAP server and how to sign in there; with a `token` source the password is not used."""

    server: Server
    username: str
    password: str = field(default="", repr=False)
    token: TokenSource | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ImapLimits:
    """How long to wait, in seconds, and how much to read, in octets and messages."""

    connect_s: float = 30.0
    command_s: float = 60.0
    cut_s: float = 2.0  # how long to see a thread off whose connection was cut
    renew_idle_s: float = 9 * 60.0  # servers hang up after 29 minutes (RFC 2177), routers sooner
    whole: int = 10_000_000  # above this a message is not read whole
    head: int = 262_144  # octets of its text that are read instead, beside its headers
    batch: int = 50
    portion: int = 100  # messages that a scan of a folder brings at most
    portion_octets: int = 16_000_000
    batch_octets: int = 16_000_000
    overlap: int = 500  # UIDs below the newest in which latecomers are looked for
