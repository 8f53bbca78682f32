from datetime import UTC, datetime, timedelta, timezone

import pytest

from sequencer.mail.compose_error import ComposeError
from sequencer.mail.header import date_header, text_header, token_header

NAIVE = datetime(2026, 11, 23, 9, 5, 7, tzinfo=UTC).replace(tzinfo=None)


def test_plain_subject() -> None:
    """Plain ASCII stays readable in the bytes."""
    assert text_header("Subject", "A question, Ana?") == "Subject: A question, Ana?"


def test_empty_subject() -> None:
    """An empty value leaves no space at the end of the line."""
    assert text_header("Subject", "") == "Subject:"


def test_long_subject() -> None:
    """A long line is folded before a space, and unfolding gives it back as it was."""
    subject = "twelve  chars " * 10 + "end"
    folded = text_header("Subject", subject)
    assert max(map(len, folded.split("\r\n"))) <= 78
    assert folded.replace("\r\n", "") == f"Subject: {subject}"
    assert "=?" not in folded


@pytest.mark.parametrize("length", [69, 70])
def test_full_line(length: int) -> None:
    """A line of 78 characters is not folded, one of 79 is."""
    subject = "x" * (length - 2) + " y"
    assert ("\r\n" in text_header("Subject", subject)) == (length > 69)


@pytest.mark.parametrize(
    ("subject", "line"),
    [
        ("¿Qué tal, Ana", "=?utf-8?q?=C2=BFQu=C3=A9_tal=2C_Ana?="),
        (" a", "=?utf-8?q?_a?="),
        ("a ", "=?utf-8?q?a_?="),
        ("=?", "=?utf-8?q?=3D=3F?="),
        ("你好", "=?utf-8?b?5L2g5aW9?="),
    ],
)
def test_encoded_subject(subject: str, line: str) -> None:
    """What would not come back as it is, is encoded, Latin letters readably."""
    assert text_header("Subject", subject) == f"Subject: {line}"


def test_word_without_end() -> None:
    """A word that no line holds is encoded, so that it can be cut."""
    lines = text_header("Subject", f"see {'x' * 100}").split("\r\n")
    assert max(map(len, lines)) <= 76
    assert lines[0].startswith("Subject: =?utf-8?q?see")


@pytest.mark.parametrize(
    "char", ["\r", "\n", "\t", "\0", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\u2066", "\ud800"]
)
def test_forbidden(char: str) -> None:
    """Controls, line ends, marks that turn text around and half characters are refused by name."""
    with pytest.raises(ComposeError, match=rf"^Subject: holds U\+{ord(char):04X}") as caught:
        text_header("Subject", f"a{char}b")
    assert caught.value.header == "Subject"


def test_joiners() -> None:
    """Joiners and marks of direction that scripts and emoji need are no controls."""
    assert "=?utf-8?" in text_header("Subject", "👩‍💻 می‌خواهم \u200f")


def test_tokens_on_one_line() -> None:
    """Tokens that fit stay on the line of the name."""
    assert token_header("References", ["<a@b>", "<c@d>"]) == "References: <a@b> <c@d>"


def test_tokens_folded() -> None:
    """Long tokens stay whole, each on a line of its own, the first behind the name."""
    tokens = ["<" + letter * 200 + "@x>" for letter in "ab"]
    assert token_header("References", tokens) == f"References: {tokens[0]}\r\n {tokens[1]}"


@pytest.mark.parametrize("token", ["", "a b", "é", "a\r\nb", "a\x7f", "=?utf-8?q?a?="])
def test_unwritable_token(token: str) -> None:
    """What could only be written encoded is refused, since nobody would decode it."""
    with pytest.raises(ComposeError, match=r"^References: "):
        token_header("References", ["<a@b>", token])


@pytest.mark.parametrize(("length", "refused"), [(986, False), (987, True)])
def test_hard_limit(length: int, *, refused: bool) -> None:
    """A line holds 998 characters; a token that does not fit is refused, not cut."""
    token = "x" * length
    if refused:
        with pytest.raises(ComposeError, match="998"):
            token_header("References", [token])
    else:
        assert len(token_header("References", [token, token])) == 998 + 2 + 987


@pytest.mark.parametrize(
    ("offset", "written"),
    [
        (timedelta(), "Mon, 02 Nov 2026 09:05:07 +0000"),
        (timedelta(hours=5, minutes=45), "Mon, 02 Nov 2026 09:05:07 +0545"),
        (timedelta(hours=-3, minutes=-30), "Mon, 02 Nov 2026 09:05:07 -0330"),
        (timedelta(seconds=-75), "Mon, 02 Nov 2026 09:06:22 +0000"),
    ],
)
def test_date(offset: timedelta, written: str) -> None:
    """The date keeps its own zone as a number; one that is no whole minute becomes UTC."""
    at = datetime(2026, 11, 2, 9, 5, 7, tzinfo=timezone(offset))
    assert date_header(at) == f"Date: {written}"


def test_naive_date() -> None:
    """A date without a zone is refused."""
    with pytest.raises(ComposeError, match=r"^Date: "):
        date_header(NAIVE)
