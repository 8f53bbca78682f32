"""What is read of a mail that is too large to be read whole? Its headers and the begin of its text.

Programs put the text behind attachments as they like, so that the first octets of a mail need not
hold any of it. The server tells of which parts the mail consists, and those that may hold words are
asked for one by one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sequencer.adapters.imap.session import HEADER, WHOLE, Session

_MOST_PARTS = 20  # that are asked for; a text behind more of them is not found
_DEEPEST = 50
_HEAD_OF_PART = 16_384
_WORDLESS = {b"image", b"audio", b"video", b"font", b"model", b"application"}


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts that may hold words, as IMAP numbers them, and the boundary between parts."""

    sections: Sequence[str]
    boundary: bytes


def head_and_text(session: Session, uid: int, octets: int) -> bytes | None:
    """The headers, and so many octets of text, as a mail; None if the mail is not there any more.

    Where the server does not tell the parts, or there is only one, it is the begin of the mail.
    """
    parts = _parts_of(session.structure(uid))
    if parts is None:
        return session.parts([uid], f"{WHOLE}<0.{octets}>").get(uid)
    head = session.parts([uid], f"{HEADER}<0.{octets}>").get(uid)
    if head is None:
        return None
    return b"".join([head, *_bodies(session, uid, parts, octets)])


def _bodies(session: Session, uid: int, parts: _Parts, octets: int) -> Iterator[bytes]:
    left = octets
    for section in parts.sections:
        if left <= 0:
            break
        mime = session.parts([uid], f"BODY.PEEK[{section}.MIME]<0.{_HEAD_OF_PART}>").get(uid, b"")
        body = session.parts([uid], f"BODY.PEEK[{section}]<0.{left}>").get(uid, b"")
        left -= len(body)
        yield b"".join([b"--", parts.boundary, b"\r\n", mime, body, b"\r\n"])
    yield b"".join([b"--", parts.boundary, b"--\r\n"])


def _parts_of(structure: Any) -> _Parts | None:
    """None for a mail of one part, and for a structure that makes no sense."""
    try:
        if structure is None or not structure.is_multipart:
            return None
        boundary = _parameter(structure[2], b"boundary")
        sections = list(_sections(structure[0], "", 1))[:_MOST_PARTS]
    except (AttributeError, IndexError, TypeError, ValueError):
        return None
    return _Parts(sections, boundary) if boundary else None


def _parameter(pairs: Sequence[bytes], name: bytes) -> bytes:
    found = dict(zip(map(bytes.lower, pairs[::2]), pairs[1::2], strict=False))
    return bytes(found.get(name, b""))


def _sections(parts: Sequence[Any], prefix: str, depth: int) -> Iterator[str]:
    for number, part in enumerate(parts, 1):
        section = f"{prefix}{number}"
        if part.is_multipart:
            if depth < _DEEPEST:
                yield from _sections(part[0], f"{section}.", depth + 1)
        elif bytes(part[0]).lower() not in _WORDLESS:
            yield section
