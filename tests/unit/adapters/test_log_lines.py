"""What a line of the log looks like, whatever it has to tell."""

import json
from typing import Any

import pytest

from sequencer.adapters.log_lines import logfmt


def line(**event: Any) -> str:
    return logfmt(None, "info", {"event": "e", **event, "level": "info", "timestamp": "t"})


def test_the_instant_comes_first() -> None:
    """When, how bad, and what, before everything else in its own order."""
    found = line(mailbox="ana", send=7, code=None, late=True, again=False)
    assert found == "timestamp=t level=info event=e mailbox=ana send=7 code= late again=false"


@pytest.mark.parametrize("text", ["two words", "a=b", 'a "b"', "a\\b", "", "café au lait", "tab\t"])
def test_a_value_of_several_words(text: str) -> None:
    """It is in quotes where it would be misread, and can be read back."""
    found = line(error=text).partition(" error=")[2]
    assert (json.loads(found) if found.startswith('"') else found) == text


@pytest.mark.parametrize(
    "text", ["a\nb", "a\r\nlevel=info", "\x1b[31m", "\x9b1m", "a\u2028b", "\0"]
)
def test_no_control_characters(text: str) -> None:
    """An event stays on its line, and sets no colours on a terminal."""
    found = line(error=text)
    assert found.isprintable()
    assert json.loads(found.partition(" error=")[2]) == text


def test_a_traceback() -> None:
    """It is there, on the same line."""
    assert line(exception="Traceback:\n  oh").endswith(r'exception="Traceback:\n  oh"')
