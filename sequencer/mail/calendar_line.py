"""Which content lines does an iCalendar object have (RFC 5545 section 3.1), whatever the bytes are?

Lines are joined as bytes, because a fold may stand in the middle of a character.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sequencer.mail.charset import text_in_charset

MAX_OBJECT = 1_048_576  # bytes that are looked at
MAX_LINES = 20_000
MAX_LINE = 16_384  # bytes of one line that are kept
_FOLD = re.compile(rb"\n[ \t]")
_BEGIN = re.compile(rb"(?i)begin:v")
_IS_LINE = re.compile(rb"[A-Za-z0-9-]{1,64}[;:]")
_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
_PARAM = re.compile(r';\s{0,8}([A-Za-z0-9-]{1,64})\s{0,8}(?:=((?:"[^"]*"|[^";:])*))?')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CARETS = {"^n": "\n", "^'": '"', "^^": "^"}  # RFC 6868
_CARET = re.compile(r"\^[n'^]")
_CONTROLS = dict.fromkeys({*range(32), *range(127, 160)} - {9, 10}, " ")


@dataclass(frozen=True, slots=True)
class ContentLine:
    """One property; its name and those of its parameters are in upper case."""

    name: str
    params: Mapping[str, str]
    value: str

    def text(self, limit: int) -> str:
        """The value without its escapes (section 3.3.11), no longer than that."""
        return _ESCAPED.sub(_meant, self.value)[:limit].strip()


def content_lines(content: bytes, charset: str) -> list[ContentLine]:
    """Every line that can be read, in order; what is beyond the limits is left out."""
    octets = _ascii_based(content[:MAX_OBJECT], charset)
    octets = octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    found = [_line(_decoded(each, charset)) for each in _unfolded(octets)]
    return [each for each in found if each is not None]


def _ascii_based(content: bytes, charset: str) -> bytes:
    """The same in UTF-8 where its charset is not one in which line ends can be told."""
    if _BEGIN.search(content):
        return content
    return text_in_charset(content, charset).text.lstrip("\ufeff").encode("utf-8", "replace")


def _unfolded(octets: bytes) -> list[bytes]:
    """Lines; one that is no property belongs to the one before: gateways strip the folding."""
    joined: list[list[bytes]] = []
    for line in _FOLD.sub(b"", octets).split(b"\n", MAX_LINES)[:MAX_LINES]:
        if _IS_LINE.match(line) or not joined:
            joined.append([line])
        else:
            joined[-1].append(line)
    return [b"".join(pieces) for pieces in joined]


def _decoded(line: bytes, charset: str) -> str:
    if len(line) > MAX_LINE:
        return line[:MAX_LINE].decode("utf-8", "ignore").translate(_CONTROLS)
    try:
        return line.decode("utf-8").translate(_CONTROLS)
    except UnicodeDecodeError:
        return text_in_charset(line, charset).text.translate(_CONTROLS)


def _line(text: str) -> ContentLine | None:
    name = _NAME.match(text)
    if name is None:
        return None
    params: dict[str, str] = {}
    at = name.end()
    while found := _PARAM.match(text, at):
        params.setdefault(found[1].upper(), _plain(found[2] or ""))
        at = found.end()
    return ContentLine(name[0].upper(), params, text[at:].partition(":")[2].strip())


def _plain(value: str) -> str:
    return _CARET.sub(lambda found: _CARETS[found[0]], value.replace('"', "")).strip()


def _meant(found: re.Match[str]) -> str:
    return "\n" if found[1] in {"n", "N"} else found[1]
