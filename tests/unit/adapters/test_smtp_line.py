"""What wakes whoever waits for a reply, and what does not."""

import asyncio
from typing import Any

import pytest

from sequencer.adapters.smtp.line import Line, LineError


class SlowTransport(asyncio.Transport):
    """Takes nothing until it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.line: Any = None

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Whom to tell."""
        self.line = protocol

    def is_closing(self) -> bool:
        """Never."""
        return False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """It is full with anything."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Nothing is known."""
        del name
        return default

    def write(self, data: object) -> None:
        """Keep it back."""
        del data
        self.line.pause_writing()

    def abort(self) -> None:
        """Nothing to end."""


def hear(line: Line, words: bytes) -> None:
    line.get_buffer(0)[: len(words)] = words
    line.buffer_updated(len(words))


async def test_an_empty_buffer_is_no_answer() -> None:
    """A dot that could not be written at once is waited for like any other."""
    line = Line(SlowTransport())
    line.say(b".\r\n")
    waiting = asyncio.create_task(line.reply(5.0))
    loop = asyncio.get_running_loop()
    loop.call_soon(line.resume_writing)
    loop.call_soon(lambda: loop.call_soon(hear, line, b"250 ok\r\n"))
    assert (await waiting).code == 250
    assert line.is_open


async def test_the_begin_of_words_that_nobody_asked_for() -> None:
    """Octets behind the last reply end the line: they would be taken for the next answer."""
    line = Line(SlowTransport())
    line.say(b"DATA\r\n")
    hear(line, b"354 go on\r\n250 que")
    assert (await line.reply(5.0)).code == 354
    assert not line.is_open
    with pytest.raises(LineError):
        line.say(b".\r\n")
