"""Which header fields does a block of foreign bytes hold, and where does its body begin?

One pass over lines that end in LF, with caps; nothing in it can fail. A line that is no field and
no continuation ends the block: the empty line before the body was forgotten.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sequencer.mail.foreign_word import without_controls

MAX_BLOCK = 131_072  # bytes of one header block; real ones stay below 64 kB
MAX_FIELD = 16_384  # bytes of one field
MAX_SEARCH = 1_048_576  # bytes in which the vital fields of an endless block are looked for
_VITAL = (b"from:", b"sender:", b"message-id:", b"in-reply-to:", b"references:", b"return-path:")
_ENVELOPE = (b"From ", b">From ")  # lines that mailbox files put among the headers
_NAME = frozenset(range(33, 127)) - {ord(":")}

BLOCK_CUT = "headers over 128 kB"
FIELD_CUT = "a header over 16 kB"


@dataclass(frozen=True, slots=True)
class Block:
    """Fields in their order (lower-case name, undecoded value) and the offset of the body."""

    fields: tuple[tuple[str, str], ...]
    body_at: int
    problems: tuple[str, ...] = ()

    def all(self, name: str) -> tuple[str, ...]:
        """Undecoded values of every field of that lower-case name."""
        return tuple(value for key, value in self.fields if key == name)

    def first(self, name: str) -> str:
        """Undecoded value of the first such field, or the empty string."""
        return next((value for key, value in self.fields if key == name), "")


def read_block(raw: bytes, start: int = 0) -> Block:
    """Fields of the block that begins at `start`.

    Beyond the cap only those are kept that tell who wrote and what is answered.
    """
    fields: list[list[bytes]] = []
    at, full = start, False
    for line, end in _lines(raw, start):
        if not line.strip():
            return _block(fields, end, cut=full)
        if at - start > MAX_SEARCH:
            return _block(fields, _body_after(raw, at), cut=True)
        full = full or at - start > MAX_BLOCK
        if not _take(fields, line, only_vital=full):
            break
        at = end
    return _block(fields, at, cut=full)


def _take(fields: list[list[bytes]], line: bytes, *, only_vital: bool) -> bool:
    """Add a line to the fields; False where it can be no part of a header."""
    if line[:1] in b" \t":
        if fields:
            fields[-1].append(line)
        return True
    if not _is_field(line):
        return line.startswith(_ENVELOPE)
    if not only_vital or line.lower().startswith(_VITAL):
        fields.append([line])
    return True


def group_fields(fields: tuple[tuple[str, str], ...]) -> Mapping[str, tuple[str, ...]]:
    """Values by name, in their order."""
    grouped: dict[str, list[str]] = {}
    for name, value in fields:
        grouped.setdefault(name, []).append(value)
    return MappingProxyType({name: tuple(values) for name, values in grouped.items()})


def _lines(raw: bytes, start: int) -> Iterator[tuple[bytes, int]]:
    """Lines without their end, each with the offset of the next one."""
    while start < len(raw):
        end = raw.find(b"\n", start)
        end = len(raw) if end < 0 else end
        yield raw[start:end], end + 1
        start = end + 1


def _is_field(line: bytes) -> bool:
    name, colon, _ = line.partition(b":")
    name = name.rstrip(b" \t")
    # A name that begins with a dash is the delimiter of a body part whose boundary has a colon.
    return bool(colon and name) and name[:1] != b"-" and _NAME.issuperset(name)


def _body_after(raw: bytes, at: int) -> int:
    empty = raw.find(b"\n\n", at)
    return len(raw) if empty < 0 else empty + 2


def _block(fields: list[list[bytes]], body_at: int, *, cut: bool) -> Block:
    read: list[tuple[str, str]] = []
    problems = {BLOCK_CUT: None} if cut else {}
    for lines in fields:
        name, _, value = b" ".join(lines).partition(b":")
        if len(value) > MAX_FIELD:
            value = value[:MAX_FIELD]
            problems[FIELD_CUT] = None
        read.append((name.strip().decode("ascii", "replace").lower(), _text(value)))
    return Block(tuple(read), body_at, tuple(problems))


def _text(value: bytes) -> str:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("cp1252", "replace")
    return without_controls(text).strip()
