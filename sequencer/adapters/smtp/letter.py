"""Is this message fit for this server? Asked before anything is said about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sequencer.adapters.smtp.verdict import on_unsendable
from sequencer.adapters.smtp.wire import UnsendableError, normalised, path
from sequencer.mail.transaction import Blame, Envelope, Outcome, Phase


@dataclass(frozen=True, slots=True)
class Letter:
    """An envelope as it goes over the wire; `lines` is the message before dot-stuffing."""

    sender: str
    recipient: str
    lines: bytes

    @property
    def needs_utf8(self) -> bool:
        """Whether an address cannot be written in ASCII (RFC 6531)."""
        return not (self.sender.isascii() and self.recipient.isascii())


def letter_from(envelope: Envelope) -> Letter | Outcome:
    """The envelope ready for the wire, or the outcome if it can never be."""
    try:
        sender = _sender(envelope.sender)
    except UnsendableError as error:
        return on_unsendable(error, Blame.MAILBOX)
    try:
        return Letter(sender, path(envelope.recipient), normalised(envelope.data))
    except UnsendableError as error:
        return on_unsendable(error)


_sender = lru_cache(maxsize=64)(path)  # a mailbox has one address for all its mails


def options(letter: Letter, extensions: Mapping[str, str]) -> list[str] | Outcome:
    """Parameters for MAIL at a server with these extensions, or why it cannot take the message."""
    chosen = []
    size, limit = len(letter.lines), extensions.get("size", "").strip()
    if "size" in extensions:
        chosen.append(f"SIZE={size}")  # RFC 1870; a limit of 0 or none at all means no limit
    if limit.isdecimal() and len(limit) < 19 and 0 < int(limit) < size:
        text = f"The message has {size} octets, the server takes {limit}."
        return on_unsendable(UnsendableError(text, "5.3.4"))
    if letter.needs_utf8:
        if "smtputf8" not in extensions:
            text = "The server does not take addresses in other than ASCII letters."
            return on_unsendable(UnsendableError(text, "5.6.7"), _owner(letter))
        chosen.append("SMTPUTF8")
    if not letter.lines.isascii():
        if "8bitmime" not in extensions:
            return on_unsendable(UnsendableError("The server takes ASCII only.", "5.6.3"))
        chosen.append("BODY=8BITMIME")
    return chosen


def commands(letter: Letter, parameters: list[str]) -> dict[Phase, bytes]:
    """What is said before the body, in order."""
    mail = " ".join((f"MAIL FROM:<{letter.sender}>", *parameters))
    return {
        Phase.MAIL: f"{mail}\r\n".encode(),
        Phase.RCPT: f"RCPT TO:<{letter.recipient}>\r\n".encode(),
        Phase.DATA: b"DATA\r\n",
    }


def _owner(letter: Letter) -> Blame:
    return Blame.RECIPIENT if letter.sender.isascii() else Blame.MAILBOX
