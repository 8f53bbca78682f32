import re

import pytest

from sequencer.mail.compose_error import ComposeError
from sequencer.mail.message_id import is_message_id, make_message_id, make_ref

KEYS = [("k1", "intro", "s"), ("k2", "intro", "s"), ("k1", "bump", "s"), ("k1", "intro", "t")]


def test_shape() -> None:
    """A Message-ID looks like those of common mail programs and carries the sender's domain."""
    message_id = make_message_id("key", "intro", "salt", "Sender.Example")
    assert re.fullmatch(r"<[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}@Sender\.Example>", message_id)
    assert is_message_id(message_id)


def test_stability() -> None:
    """The values of a release stay, or a retry after an upgrade would carry another Message-ID."""
    assert (
        make_message_id("key", "intro", "salt", "b.example")
        == "<7447760f-7741-0081-5aa2-15faa3e29aae@b.example>"
    )
    assert make_ref("key", "intro", "salt") == "8dc03b1d76511b6f88013da3"


def test_distinct() -> None:
    """Each of key, step and salt makes another Message-ID and another mark."""
    assert len({make_message_id(*keys, "b.example") for keys in KEYS}) == 4
    assert len({make_ref(*keys) for keys in KEYS}) == 4


def test_no_run_together() -> None:
    """Keys are told apart from one another, not only from their sum."""
    assert make_ref("ab", "c", "d") != make_ref("a", "bc", "d")
    assert make_ref("a", "b2:cd", "") != make_ref("a2:b", "cd", "")


def test_marks_are_apart() -> None:
    """Who knows the Message-ID does not know the mark."""
    assert make_ref("key", "intro", "salt")[:8] not in make_message_id("key", "intro", "salt", "b")


def test_domains() -> None:
    """The domain is written as A-labels; one that is none is refused."""
    assert make_message_id("k", "i", "s", "bücher.example").endswith("@xn--bcher-kva.example>")
    with pytest.raises(ComposeError, match="Message-ID"):
        make_message_id("k", "i", "s", "b.example>\r\nBcc: x")


@pytest.mark.parametrize(
    "text", ["<a@b>", "<a..b@c>", "<a@b@c>", '<"a"@[192.0.2.1]>', f"<{'x' * 896}@y>"]
)
def test_ids(text: str) -> None:
    """What other programs make up is an id too, so that their mails can be answered."""
    assert is_message_id(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "a@b", "<a@b", "a@b>", "<ab>", "<@b>", "<a@>", "<a b@c>", "<a@b> <c@d>", "<a@b>\n"),
        *(
            "<a@b\r\n>",
            "<é@b>",
            "<a<@b>",
            "<=?utf-8?q?a?=@b>",
            f"<{'x' * 897}@y>",
            "<" + "@" * 9999,
        ),
    ],
)
def test_no_ids(text: str) -> None:
    """What would break our own header is no id."""
    assert not is_message_id(text)
