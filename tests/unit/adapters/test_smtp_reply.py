"""Replies of a server, however they come in."""

from itertools import chain

import pytest

from sequencer.adapters.smtp.reply import MAX_LINES, MAX_OCTETS, GarbageError, Reply, ReplyReader

SEVERAL = b"250-2.1.0 a\r\n250 2.1.0 b\r\n354\r\n550 \xff no\n"
EXPECTED = [Reply(250, "2.1.0 a\n2.1.0 b"), Reply(354, ""), Reply(550, "\ufffd no")]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_in_pieces(size: int) -> None:
    """The same replies come of the same octets, wherever they are cut."""
    reader = ReplyReader()
    pieces = [SEVERAL[start : start + size] for start in range(0, len(SEVERAL), size)]
    assert [reply for piece in pieces for reply in reader.feed(piece)] == EXPECTED


@pytest.mark.parametrize(
    "line", [b"", b"hello", b"25", b"25x ok", b"250ok", b"250_ok", b"+50 ok", b"\xb2\xb2\xb2 ok"]
)
def test_garbage(line: bytes) -> None:
    """What has no three figures with a blank or a hyphen behind them is no reply."""
    with pytest.raises(GarbageError):
        list(ReplyReader().feed(line + b"\r\n"))


def test_two_codes() -> None:
    """A reply whose lines contradict each other is none."""
    with pytest.raises(GarbageError, match="two codes"):
        list(ReplyReader().feed(b"250-fine\r\n550 not fine\r\n"))


def test_what_came_before_garbage() -> None:
    """A whole reply counts, whatever comes behind it."""
    replies = ReplyReader().feed(b"250 a\r\nwhat\r\n")
    assert next(replies) == Reply(250, "a")
    with pytest.raises(GarbageError):
        next(replies)


@pytest.mark.parametrize(
    "endless",
    [b"2", b"250 " + b"x" * MAX_OCTETS, b"250-x\r\n" * MAX_LINES, b"250-" + b"x" * 500 + b"\r\n"],
)
def test_no_end(endless: bytes) -> None:
    """However a server draws it out, a reply ends before it fills the memory."""
    reader = ReplyReader()
    replies = chain.from_iterable(reader.feed(endless) for _ in range(MAX_OCTETS + 1))
    with pytest.raises(GarbageError, match="has no end"):
        next(replies)


def test_long_but_not_endless() -> None:
    """Long lines and many of them are read as long as there is an end."""
    reader = ReplyReader()
    for _ in range(3):
        [reply] = reader.feed((b"250-" + b"x" * 2_000 + b"\r\n") * 9 + b"250 y\n")
        assert len(reply.text) == 9 * 2_001 + 1
