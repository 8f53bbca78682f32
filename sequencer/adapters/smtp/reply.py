"""What has the server said? Its replies, put together from octets as they come in.

RFC 5321 section 4.2: three figures, and a hyphen behind them in every line but the last.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

# No server needs as much; one that has no end to its words must not fill our memory.
MAX_OCTETS = 32_768
MAX_LINES = 200
START_INPUT = 354


class GarbageError(ValueError):
    """What came is no reply."""


class Reply(NamedTuple):
    """A whole reply; its lines without their codes, with LF between them."""

    code: int
    text: str

    @property
    def is_positive(self) -> bool:
        """Whether the server did what it was asked to do."""
        return 200 <= self.code < 300

    @property
    def is_refusal(self) -> bool:
        """Whether the server said no in so many words."""
        return 400 <= self.code < 600


class ReplyReader:
    """Puts replies together, of which any part may come at any time."""

    def __init__(self) -> None:
        self._tail = b""
        self._code = b""
        self._lines: list[bytes] = []
        self._octets = 0

    @property
    def has_begun(self) -> bool:
        """Whether a part of a reply is there, and the rest of it is not."""
        return bool(self._tail or self._lines)

    def feed(self, data: bytes) -> Iterator[Reply]:
        """Replies that these octets complete.

        Raises:
            GarbageError: they are no reply, or one without an end; nothing can be read after that.
        """
        *lines, self._tail = (self._tail + data).split(b"\n")
        for line in lines:
            self._octets += len(line)
            self._limit(0)
            if (reply := self._read(line)) is not None:
                self._octets = 0
                yield reply
        self._limit(len(self._tail))

    def _limit(self, more: int) -> None:
        if self._octets + more > MAX_OCTETS or len(self._lines) > MAX_LINES:
            raise GarbageError("The server's reply has no end.")

    def _read(self, line: bytes) -> Reply | None:
        """The reply whose last line this is, None if there are lines to come."""
        if not self._lines and line[3:4] == b" ":
            return _alone(line)
        code, separator = _code(line), line[3:4]
        if self._lines and code != self._code:
            raise GarbageError(f"The server's reply has two codes: {line[:80]!r}")
        self._code = code
        self._lines.append(line[4:].strip())
        if separator == b"-":
            return None
        text = b"\n".join(self._lines).decode("utf-8", "replace")
        self._lines.clear()
        return Reply(int(code), text)


@lru_cache(maxsize=32)  # the same few words for every mail, until its end
def _alone(line: bytes) -> Reply:
    """The reply that is no more than this line."""
    return Reply(int(_code(line)), line[4:].strip().decode("utf-8", "replace"))


def _code(line: bytes) -> bytes:
    code = line[:3]
    if len(code) != 3 or not code.isdigit() or line[3:4] not in b" -\r":
        raise GarbageError(f"The server's reply makes no sense: {line[:80]!r}")
    return code
