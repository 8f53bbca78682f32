"""What a message and an address look like on the wire, or why they may not go there.

Line ends are the whole defence against smuggling a second message out: some servers take `LF . LF`
or `CR . CR` for the end of a message, so that no lone CR or LF may ever be written.
"""

import re

from sequencer.domain.address import domain_key

MAX_LINE = 998  # octets without CRLF, RFC 5321 section 4.5.3.1.6
MAX_ADDRESS = 320  # characters: 64 before the @ and 255 behind it (RFC 5321 section 4.5.3.1)
_LONE_LF = re.compile(rb"(?<!\r)\n")
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
    bare = data.replace(b"\r\n", b"")
    if b"\r" in bare:
        lone = data.replace(b"\r\n", b"  ").find(b"\r")
        raise UnsendableError(f"The message has a CR without LF at octet {lone}.", "5.6.0")
    lines = _LONE_LF.sub(b"\r\n", data) if b"\n" in bare else data
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    if _has_long_line(lines):
        raise UnsendableError(f"The message has a line of more than {MAX_LINE} octets.", "5.6.0")
    return lines


def stuffed(lines: bytes) -> bytes:
    """The message as it is written after DATA, without the final dot (RFC 5321 section 4.5.2).

    Its line ends are CRLF already, so that a dot begins a line where it comes after an LF.
    """
    inner = lines.replace(b"\n.", b"\n..")
    return b"." + inner if inner.startswith(b".") else inner


def _has_long_line(lines: bytes) -> bool:
    """Whether there is one; looks from one line end to the farthest that may be the next."""
    end, last = -1, len(lines) - 1
    while end < last:
        reach = end + 1 + MAX_LINE + len(b"\r\n")
        farthest = lines.rfind(b"\n", end + 1, reach)
        if farthest < 0:
            return True
        end = farthest
    return False


def path(address: str) -> str:
    """The address as MAIL and RCPT take it: its domain in ASCII, its local part as it is.

    Raises:
        UnsendableError: it is not exactly one address.
    """
    if not _is_whole(address):
        raise UnsendableError(f"{address[:MAX_ADDRESS]!r} is not one e-mail address.", "5.1.3")
    if address.isascii():
        return address
    local, _, domain = address.rpartition("@")
    wire_domain = domain if domain.isascii() else domain_key(domain)
    if not wire_domain.isascii():
        raise UnsendableError(f"{domain!r} is not a domain.", "5.1.2")
    return f"{local}@{wire_domain}"


def _is_whole(address: str) -> bool:
    """Whether this is an address, and one that has octets."""
    if len(address) > MAX_ADDRESS or _ADDRESS.fullmatch(address) is None:
        return False
    return address.isascii() or address == address.encode("utf-8", "replace").decode("utf-8")
