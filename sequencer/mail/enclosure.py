"""A file that goes with a mail: of which types, under which name, and how it is written.

A mail with files is multipart/mixed (RFC 2046 section 5.1.3): first what is read, then each file in
Base64. A name beyond plain ASCII is written as RFC 2231 wants it, never as an encoded word, which
has no place in a parameter.
"""

import re
from base64 import encodebytes
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import quote

from sequencer.mail.body import boundary
from sequencer.mail.compose_error import ComposeError
from sequencer.mail.draft import Enclosure
from sequencer.mail.header import refuse_forbidden

MAX_NAME = 120  # characters
KEPT = 8  # files whose encoded form is kept: the same ones go with many mails
_OFFICE = "application/vnd.openxmlformats-officedocument"
# What people send to people at work, and nothing that runs.
TYPES: Mapping[str, str] = MappingProxyType(
    {
        "csv": "text/csv",
        "docx": f"{_OFFICE}.wordprocessingml.document",
        "ics": "text/calendar",
        "jpeg": "image/jpeg",
        "jpg": "image/jpeg",
        "odp": "application/vnd.oasis.opendocument.presentation",
        "ods": "application/vnd.oasis.opendocument.spreadsheet",
        "odt": "application/vnd.oasis.opendocument.text",
        "pdf": "application/pdf",
        "png": "image/png",
        "pptx": f"{_OFFICE}.presentationml.presentation",
        "txt": "text/plain",
        "vcf": "text/vcard",
        "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    }
)
_PLACE = "Content-Disposition"
_QUOTABLE = re.compile(r"[ !#-\[\]-~]{1,60}")
_PIECE = 50  # characters of one piece of a name


def media_type(name: str) -> str | None:
    """The type of a file of that name; None for one that no mail takes along."""
    stem, _, ending = name.rpartition(".")
    return TYPES.get(ending.lower()) if stem else None


def mixed(seed: str, body: bytes, enclosures: Sequence[Enclosure]) -> bytes:
    """The body, from its content headers on, with files behind it; content headers first.

    The seed, which should be particular to the mail, makes the boundary so.

    Raises:
        ComposeError: a file has a name or a type that cannot be written.
    """
    mark = boundary(b"mixed " + seed.encode() + body, body)  # Base64 has no underscore
    begin = b"\r\n--%b\r\n" % mark
    written = [b'Content-Type: multipart/mixed;\r\n boundary="%b"\r\n' % mark, begin, body]
    for each in enclosures:
        written += (begin, "\r\n".join(_fields(each)).encode(), b"\r\n\r\n", _base64(each.content))
    return b"".join((*written, b"\r\n--%b--\r\n" % mark))


def encoded_size(length: int) -> int:
    """How many bytes a file of that length takes up in a mail."""
    lines = -(-length // 57)
    return -(-length // 3) * 4 + 2 * lines


def _fields(enclosure: Enclosure) -> Iterator[str]:
    name = enclosure.name
    kind = media_type(name)
    refuse_forbidden(_PLACE, name)
    if kind is None or len(name) > MAX_NAME or "/" in name or "\\" in name:
        raise ComposeError(_PLACE, "has a file name of a form that no mail takes along")
    charset = '; charset="utf-8"' if kind.startswith("text/") else ""
    yield f"Content-Type: {kind}{charset}"
    yield f"{_PLACE}: attachment;"
    yield ";\r\n".join(_named(name))
    yield "Content-Transfer-Encoding: base64"


def _named(name: str) -> Iterator[str]:
    """The parameter with the name, in as many pieces as it takes (RFC 2231 sections 3 and 4)."""
    if _QUOTABLE.fullmatch(name):
        yield f' filename="{name}"'
        return
    pieces = [""]
    for each in (quote(character, safe="") for character in name):  # some readers decode piecewise
        if len(pieces[-1]) + len(each) > _PIECE:
            pieces.append("")
        pieces[-1] += each
    for number, piece in enumerate(pieces):
        part = f"*{number}" if len(pieces) > 1 else ""
        charset = "" if number else "utf-8''"
        yield f" filename{part}*={charset}{piece}"


@lru_cache(KEPT)
def _base64(content: bytes) -> bytes:
    return encodebytes(content).replace(b"\n", b"\r\n")
