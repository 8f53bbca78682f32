"""What a message and an address look like on the wire, or why they may not go there.

Line ends are the whole defence against smuggling a second message out: some servers take `LF . LF`
or `CR . CR` for the end of a message, so that no lone CR or LF may ever be written.
"""

import re

from aiosmtplib.email import parse_address

from sequencer.domain.address import domain_key

MAX_LINE = 998  # octets without CRLF, RFC 5321 section 4.5.3.1.6
_LONE_LF = re.compile(rb"(?<!\r)\n")
_LINE_START_DOT = re.compile(rb"^\.", re.MULTILINE)
# RFC 5321 section 4.1.2, with letters of all scripts (RFC 6531 section 3.3).
_ATOMS = r"[^\s\x00-\x1f\x7f<>()\[\]\\,;:@\"]+"
_QUOTED = r'"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])+"'
_ADDRESS = re.compile(rf"(?:{_ATOMS}|{_QUOTED})@{_ATOMS}")


class UnsendableError(ValueError):
    """The message or an address cannot be put on the wire; `enhanced` is a code of RFC 3463."""

    def __init__(self, message: str, enhanced: str) -> None:
        super().__init__(message)
        self.enhanced = enhanced


def normalised(data: bytes) -> bytes:
    """The message with CRLF as its only line end, and one at its very end.

    Raises:
        UnsendableError: there is a NUL, a CR without LF, or a line that is too long.
    """
    if (nul := data.find(b"\0")) >= 0:
        raise UnsendableError(f"The message has a NUL at octet {nul}.", "5.6.0")
    if (lone := re.search(rb"\r(?!\n)", data)) is not None:
        raise UnsendableError(f"The message has a CR without LF at octet {lone.start()}.", "5.6.0")
    lines = _LONE_LF.sub(b"\r\n", data)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    if any(len(line) > MAX_LINE for line in lines.split(b"\r\n")):
        raise UnsendableError(f"The message has a line of more than {MAX_LINE} octets.", "5.6.0")
    return lines


def stuffed(lines: bytes) -> bytes:
    """The message as it is written after DATA, without the final dot (RFC 5321 section 4.5.2)."""
    return _LINE_START_DOT.sub(b"..", lines)


def path(address: str) -> str:
    """The address as MAIL and RCPT take it: its domain in ASCII, its local part as it is.

    Raises:
        UnsendableError: it is not exactly one address.
    """
    if not _is_whole(address):
        raise UnsendableError(f"{address!r} is not one e-mail address.", "5.1.3")
    local, _, domain = address.rpartition("@")
    wire_domain = domain if domain.isascii() else domain_key(domain)
    if not wire_domain.isascii():
        raise UnsendableError(f"{domain!r} is not a domain.", "5.1.2")
    return f"{local}@{wire_domain}"


def _is_whole(address: str) -> bool:
    """Whether this is an address, and the client library would write exactly this address.

    Depending on the version of Python it cuts "a@x,b@x" down to one, or lets both pass.
    """
    try:
        address.encode("utf-8")
        return _ADDRESS.fullmatch(address) is not None and parse_address(address) == address
    except ValueError:
        return False
