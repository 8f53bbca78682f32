"""Which header fields does a block of foreign bytes hold, and where does its body begin?

One pass over lines that end in LF, with caps; nothing in it can fail. A line that is no field and
no continuation ends the block: the empty line before the body was forgotten.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

MAX_BLOCK = 131_072  # bytes of one header block; real ones stay below 64 kB
MAX_FIELD = 16_384  # bytes of one field
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
    """Fields of the block that begins at `start`."""
    lines: list[list[bytes]] = []
    at, problems = start, []
    for line, end in _lines(raw, start):
        if at - start > MAX_BLOCK:
            problems.append(BLOCK_CUT)
            return Block(_fields(lines, problems), _body_after(raw, at), tuple(problems))
        if not line.strip():
            at = end
            break
        if line[:1] in b" \t":
            lines[-1:] = [[*lines[-1], line]] if lines else []
        elif _is_field(line):
            lines.append([line])
        elif not _is_envelope(line):
            break
        at = end
    return Block(_fields(lines, problems), at, tuple(problems))


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
    name = line.partition(b":")[0].rstrip(b" \t")
    # A name that begins with a dash is the delimiter of a body part whose boundary has a colon.
    return 0 < len(name) < len(line) and name[:1] != b"-" and _NAME.issuperset(name)


def _is_envelope(line: bytes) -> bool:
    """Whether the line is one that mailbox files put among the headers."""
    return line.startswith((b"From ", b">From "))


def _body_after(raw: bytes, at: int) -> int:
    empty = raw.find(b"\n\n", at)
    return len(raw) if empty < 0 else empty + 2


def _fields(lines: list[list[bytes]], problems: list[str]) -> tuple[tuple[str, str], ...]:
    fields = []
    for field in lines:
        name, _, value = b" ".join(field).partition(b":")
        if len(value) > MAX_FIELD:
            value = value[:MAX_FIELD]
            problems.append(FIELD_CUT)
        fields.append((name.strip().decode("ascii", "replace").lower(), _text(value)))
    return tuple(fields)


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8").strip()
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace").strip()
