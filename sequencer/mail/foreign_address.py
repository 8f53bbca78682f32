"""Which people does a foreign address header name?

One pass, character by character, over the undecoded value: encoded words are decoded only when
their place is known, since a name may hold a comma or a bracket. The parser of the standard library
recurses on `((((` and is quadratic in the number of addresses.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from sequencer.mail.foreign_word import header_text

MAX_ADDRESSES = 1_000
_UNCLOSED = frozenset('"()')  # what swallows the rest of the line where its end was forgotten
_BRACKETS = frozenset("<>()")
_CLOSES = {'"': '"', "<": ">", "[": "]"}


class ForeignAddress(NamedTuple):
    """Name ('' where none is given) and address as they were written."""

    name: str
    address: str


def read_addresses(value: str) -> tuple[ForeignAddress, ...]:
    """Everybody in the header, in order; what has no address is left out."""
    found = _read(value)
    if not found and "=?" in value:
        found = _read(header_text(value))  # some mailers encode the address with the name
    if not found and not _UNCLOSED.isdisjoint(value):
        found = _read("".join(" " if character in _UNCLOSED else character for character in value))
    return found


def _read(value: str) -> tuple[ForeignAddress, ...]:
    reader = _Reader()
    for character in value:
        reader.take(character)
        if len(reader.found) >= MAX_ADDRESSES:
            break
    reader.end()
    return tuple(reader.found)


@dataclass(slots=True)
class _Reader:
    """Text seen since the last comma, by where it stood."""

    found: list[ForeignAddress] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    angle: list[str] = field(default_factory=list)
    comment: list[str] = field(default_factory=list)
    before: str = ""  # words of a name that held an unquoted comma: `Smith, John <j@x.example>`
    depth: int = 0  # of comments
    within: str = ""  # what closes the quotes or brackets we are in
    escaped: bool = False

    def take(self, character: str) -> None:
        """Go one character on."""
        if self.escaped:
            self.escaped = False
            self._keep(character)
        elif character == "\\" and (self.depth or self.within == '"'):
            self.escaped = True
        elif self.depth:
            self._in_comment(character)
        elif self.within:
            self._in_brackets(character)
        else:
            self._outside(character)

    def end(self) -> None:
        """The header, or one address of it, is over."""
        address = _address("".join(self.angle))
        words = "".join(self.words)
        name = header_text(self.before + words)
        if not address and not self.angle:
            address = next(filter(None, map(_address, [*words.split(), words])), "")
            name = header_text(self.before) if address else name
        name = name or header_text("".join(self.comment))
        if address:
            self.found.append(ForeignAddress(name, address))
        self.before = "" if address or not words.strip() else f"{self.before}{words.strip()}, "
        self.words, self.angle, self.comment = [], [], []

    def _keep(self, character: str) -> None:
        if self.depth:
            self.comment.append(character)
        elif self.within == ">":
            self.angle.append(character)
        else:
            self.words.append(character)

    def _in_comment(self, character: str) -> None:
        self.depth += {"(": 1, ")": -1}.get(character, 0)
        if self.depth:
            self.comment.append(character)

    def _in_brackets(self, character: str) -> None:
        if character == self.within:
            self.within = ""
            if character == "]":
                self.words.append(character)
        else:
            self._keep(character)

    def _outside(self, character: str) -> None:
        match character:
            case "(":
                self.depth = 1
            case '"' | "<":
                self.within = _CLOSES[character]
            case "[":
                self.within = _CLOSES[character]
                self.words.append(character)
            case ",":
                self.end()
            case ";":
                self.end()
                self.before = ""
            case ":":  # what stood before was the name of a group
                self.words, self.before = [], ""
            case _:
                self.words.append(character)


def _address(text: str) -> str:
    """The address in `text`, without a source route (RFC 5321 section 4.1.1.3), or ''."""
    if text.lstrip().startswith("@"):
        text = text.rpartition(":")[2]
    text = "".join(text.split()).removeprefix("mailto:")
    local, at, domain = text.rpartition("@")
    usable = at and local and domain and text.isprintable() and _BRACKETS.isdisjoint(text)
    return text if usable else ""
