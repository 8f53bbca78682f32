"""Which type and parameters does a foreign Content-Type or Content-Disposition name?

RFC 2045 section 5.1 with the continuations and charsets of RFC 2231, read leniently in one pass.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

from sequencer.mail.charset import text_in_charset
from sequencer.mail.foreign_word import without_controls

MAX_PARAMS = 100
_MARKS = re.compile(r'\\.|[";]', re.DOTALL)  # an escaped character is neither


@dataclass(frozen=True, slots=True)
class MediaType:
    """Lower-case value before the first semicolon, and parameters by lower-case name."""

    value: str
    params: Mapping[str, str]


def read_media_type(header: str) -> MediaType:
    """Value and parameters of an undecoded header; what makes no sense is left out."""
    pieces = _pieces(header)
    value = "".join(next(pieces).split()).lower()
    given: dict[str, str] = {}
    for _, piece in zip(range(MAX_PARAMS), pieces, strict=False):
        name, equals, content = piece.partition("=")
        if equals:
            given.setdefault(name.strip().lower(), _unquoted(content.strip()))
    return MediaType(value, MappingProxyType(_joined(given)))


def _pieces(header: str) -> Iterator[str]:
    """Parts between semicolons; one inside quotes parts nothing."""
    start, quoted = 0, False
    for mark in _MARKS.finditer(header):
        if mark[0] == '"':
            quoted = not quoted
        elif mark[0] == ";" and not quoted:
            yield header[start : mark.start()]
            start = mark.end()
    yield header[start:]


def _unquoted(content: str) -> str:
    if content[:1] != '"':
        return content
    inside = content[1:].rpartition('"')[0] or content[1:]
    return inside.replace('\\"', '"').replace("\\\\", "\\")


def _joined(given: Mapping[str, str]) -> dict[str, str]:
    """Parameters with `name*`, `name*0*`, `name*1` put together under `name` (RFC 2231)."""
    params = {name: value for name, value in given.items() if "*" not in name}
    for name in {name.partition("*")[0] for name in given if "*" in name}:
        if extended := _extended(given, name):
            params[name] = extended
    return params


def _extended(given: Mapping[str, str], name: str) -> str:
    content, charset = b"", ""
    for number, value in _segments(given, name):
        if number == 0 and value.encoded:
            charset, _, rest = value.text.partition("'")
            content += unquote_to_bytes(rest.partition("'")[2])
        elif value.encoded:
            content += unquote_to_bytes(value.text)
        else:
            content += value.text.encode("utf-8", "replace")
    return without_controls(text_in_charset(content, charset).text)


@dataclass(frozen=True, slots=True)
class _Segment:
    text: str
    encoded: bool


def _segments(given: Mapping[str, str], name: str) -> Iterator[tuple[int, _Segment]]:
    if f"{name}*" in given:
        yield 0, _Segment(given[f"{name}*"], encoded=True)
        return
    for number in range(MAX_PARAMS):
        for key, encoded in ((f"{name}*{number}*", True), (f"{name}*{number}", False)):
            if key in given:
                yield number, _Segment(given[key], encoded)
                break
        else:
            return
