"""What is needed to send through one mailbox."""

from dataclasses import dataclass, field

from sequencer.mail.server import Server
from sequencer.mail.sign_in import TokenSource


@dataclass(frozen=True, slots=True)
class SmtpAccount:
    """A submission server and how to sign in there.

    Attributes:
        token: source of tokens for XOAUTH2; without one, `password` is used.
        hello: name given in EHLO; a client without a name of its own gives an address (RFC 5321
            section 4.1.4), and one that says nothing about the machine.

    With an empty `username` nobody signs in.
    """

    server: Server
    username: str = ""
    password: str = field(default="", repr=False)
    token: TokenSource | None = field(default=None, repr=False)
    hello: str = "[127.0.0.1]"


@dataclass(frozen=True, slots=True)
class SmtpLimits:
    """How long to wait for each answer, in seconds, and what connections there are.

    A command that takes too long costs nothing but another try. After the final dot, hanging up
    early is what makes duplicates: RFC 5321 section 4.5.3.2.6 asks for ten minutes.
    """

    connect_s: float = 30.0
    command_s: float = 120.0
    body_s: float = 180.0
    dot_s: float = 600.0
    quit_s: float = 5.0
    connections: int = 2  # Microsoft lets a mailbox have three, its owner's own one among them
    one_only_s: float = 3_600.0  # after a server asked for less
    keep_idle_s: float = 60.0
    keep_mails: int = 50
