import pytest

from sequencer.files.problem import SHOWN, ConfigError, Problem, Severity


def test_render() -> None:
    """Place and message, the source line, a caret below the column, the hint."""
    problem = Problem("a.yaml", 3, 5, "unknown key `wiat`", "did you mean `wait`?", "    wiat: 1")
    assert problem.render().split("\n") == [
        "a.yaml:3:5: unknown key `wiat`",
        "        wiat: 1",
        "        ^",
        "hint: did you mean `wait`?",
    ]


def test_without_a_place() -> None:
    """What is not known is left out of the place, and there is no excerpt without a line."""
    assert Problem("a.yaml", None, None, "gone").render() == "a.yaml: gone"
    assert Problem("a.yaml", 2, None, "bad", "", "x: 1").render() == "a.yaml:2: bad\n    x: 1"


def test_warning_says_so() -> None:
    """A warning cannot be mistaken for an error."""
    warned = Problem("a.md", 1, None, "no fallback", severity=Severity.WARNING)
    assert warned.render() == "a.md:1: warning: no fallback"
    assert warned.severity == "warning"


def test_long_line_is_cut_around_the_column() -> None:
    """A very long line shows what is near the column, with the caret below the right character."""
    line = "x" * 5_000 + "!" + "y" * 5_000
    _, shown, caret = Problem("a", 1, 5_001, "bad", "", line).render().split("\n")
    assert len(shown) == SHOWN + 4
    assert shown[caret.index("^")] == "!"


def test_caret_under_wide_characters() -> None:
    """Before the caret every wide character counts for two columns."""
    _, _, caret = Problem("a", 1, 3, "bad", "", "日本x").render().split("\n")
    assert caret == "    " + " " * 4 + "^"


def test_caret_behind_the_end_of_the_line() -> None:
    """A column behind the line, where something is missing, gets its caret too."""
    _, _, caret = Problem("a", 1, 6, "missing", "", "ab:").render().split("\n")
    assert caret == "         ^"


def test_terminal_is_safe() -> None:
    """No escape sequence of a file reaches the terminal."""
    text = Problem("a", 1, 2, "bad \x1b[2J", "h\x07", "\x1b]0;title\x07\tx").render()
    assert "\x1b" not in text
    assert "\x07" not in text


def test_error_carries_its_problems_in_order() -> None:
    """Problems come sorted by place, and the text of the error holds all of them."""
    late, early = Problem("a", 9, 1, "second"), Problem("a", 2, 1, "first")
    error = ConfigError([late, early])
    assert error.problems == (early, late)
    assert str(error) == "a:2:1: first\na:9:1: second"


def test_error_without_a_problem() -> None:
    """An error that names no problem would be one that nobody can mend."""
    with pytest.raises(ValueError, match="without a problem"):
        ConfigError([])
