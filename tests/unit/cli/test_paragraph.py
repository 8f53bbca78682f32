import pytest

from sequencer.cli.paragraph import Line, broken


@pytest.mark.parametrize(
    ("line", "width", "parts"),
    [
        (Line("one two three", "- "), 10, ["- one two", "  three"]),
        (Line("one two three", "- "), None, ["- one two three"]),
        (Line("<a-name-longer@than.the.line>", "  "), 10, ["  <a-name-longer@than.the.line>"]),
        (Line("one twenty-two", ""), 12, ["one", "twenty-two"]),
        (Line(), 10, [""]),
        (Line("", "  12:00  sent  "), 40, ["  12:00  sent"]),
        (Line("  0-5 s   7  ███"), 80, ["  0-5 s   7  ███"]),
        (Line("550 \x1b[31mno\r\nsuch", "  "), None, ["  550 \ufffd[31mno\ufffd\ufffdsuch"]),
    ],
)
def test_lines_are_broken(line: Line, width: int | None, parts: list[str]) -> None:
    """What does not fit goes on under the text; a word is never broken, nor is a pipe's line."""
    assert list(broken(line, width)) == parts
