"""Which tags and which text does foreign HTML consist of?

One pass that only goes forward. The parser of the standard library (3.11) takes half a minute for
64 kB of `<a `, and raises on `<![x[` and on character references with thousands of digits.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_MARK = re.compile(r"[>\"']")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9:-]*", re.ASCII)
_TOKEN = re.compile(r"\"[^\"]*\"|'[^']*'|=|[^\s=\"'<>/][^\s=\"'>]*")
_RAW = {  # elements whose text is no text
    name: re.compile(rf"</{name}", re.IGNORECASE | re.ASCII)
    for name in ("script", "style", "title", "noscript", "template", "svg", "select")
}
MAX_TAG = 4_096  # characters of one tag that are looked at for attributes


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag; `source` is all of it, brackets included."""

    name: str
    closing: bool
    source: str

    def attributes(self) -> Mapping[str, str]:
        """Attributes by lower-case name, their values lower-case too."""
        tokens = _TOKEN.findall(self.source[:MAX_TAG])
        return {
            name.lower(): value.strip("\"'").lower()
            for name, equals, value in zip(tokens, tokens[1:], tokens[2:], strict=False)
            if equals == "=" and name != "=" and value != "="
        }


def read_html(source: str) -> Iterator[Tag | str]:
    """Tags and text between them in order; comments, declarations and raw elements left out."""
    at = 0
    while at < len(source):
        start = source.find("<", at)
        start = len(source) if start < 0 else start
        if start > at:
            yield _unescaped(source[at:start])
        token, at = _after_bracket(source, start)
        if token:
            yield token
        if isinstance(token, Tag) and not token.closing and token.name in _RAW:
            closing = _RAW[token.name].search(source, at)
            at = closing.start() if closing else len(source)


def _after_bracket(source: str, start: int) -> tuple[Tag | str, int]:
    """What the `<` at `start` begins, and where it ends; no end means the end of the source."""
    following = source[start + 1 : start + 2]
    closing = following == "/"
    name = _NAME.match(source, start + 1 + closing)
    if name is not None:
        end = _end_of_tag(source, name.end())
        return Tag(name[0].lower(), closing, source[start:end]), end
    if source.startswith("<!--", start):
        return "", _end_of(source, "-->", start + 2)
    if following in {"!", "?", "/"}:
        return "", _end_of(source, ">", start + 1)
    return source[start : start + 1], start + 1


def _end_of(source: str, mark: str, at: int) -> int:
    found = source.find(mark, at)
    return len(source) if found < 0 else found + len(mark)


def _end_of_tag(source: str, at: int) -> int:
    """Offset behind the `>` of a tag; one inside a quoted value does not count.

    A quote that is never closed quotes nothing; since none follows it, that costs one walk in all.
    """
    while mark := _MARK.search(source, at):
        at = mark.end()
        if mark[0] == ">":
            return at
        if _opens_value(source, mark.start()):
            at = source.find(mark[0], at) + 1 or at
    return len(source)


def _opens_value(source: str, at: int) -> bool:
    return source[max(at - 2, 0) : at].rstrip().endswith("=")


def _unescaped(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:  # a reference of more digits than int() takes
        return text
