"""What goes into one SMTP transaction, and what can come of it.

How far a transaction came decides whether a mail may be sent again: everything before the final dot
is certainly not accepted, and only an answer to the dot tells what became of the rest (RFC 5321
section 4.1.1.4, RFC 1047).
"""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """How far an SMTP transaction had come when it ended."""

    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"


class OutcomeKind(StrEnum):
    """What one SMTP transaction came to."""

    ACCEPTED = "accepted"  # 2xx after the final dot
    DEFERRED = "deferred"  # certainly not accepted, may be tried again later
    REJECTED = "rejected"  # certainly not accepted, and never will be
    UNKNOWN = "unknown"  # the dot went out and no answer was read
    WITHHELD = "withheld"  # `hand` said no: no dot was written


class Blame(StrEnum):
    """Whose trouble a refusal is."""

    RECIPIENT = "recipient"
    MAILBOX = "mailbox"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message for one recipient; `data` is the whole message with CRLF, not yet dot-stuffed."""

    sender: str
    recipient: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of one SMTP transaction: the server's words where there were any."""

    kind: OutcomeKind
    phase: Phase
    code: int | None = None
    enhanced: str = ""
    text: str = ""
    blame: Blame = Blame.RECIPIENT
