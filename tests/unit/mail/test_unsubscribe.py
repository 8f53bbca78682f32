import re

import pytest

from sequencer.mail.compose_error import ComposeError
from sequencer.mail.unsubscribe import (
    claimed_subject,
    make_token,
    read_token,
    tokens_in,
    unsubscribe_mailto,
    unsubscribe_url,
)

SUBJECT = bytes(range(16))
OLD, NEW = b"old key" * 5, b"new key" * 5
TOKEN = make_token(SUBJECT, [NEW, OLD])
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_shape() -> None:
    """A token is short and stands in a URL unescaped."""
    assert re.fullmatch(r"[A-Za-z0-9_-]{36}", TOKEN)


def test_claims() -> None:
    """What a token says it is for can be read without a key, and proves nothing."""
    assert claimed_subject(TOKEN) == SUBJECT
    [forged] = tokens_in(f"/u/{TOKEN[:-1]}A")
    assert claimed_subject(forged) == SUBJECT


def test_stability() -> None:
    """Tokens of an earlier release are read for years: the form does not change."""
    assert TOKEN == "XwABAgMEBQYHCAkKCwwNDg9U6ErsiI_vT4LP"


def test_keys() -> None:
    """The first key signs, and any of the keys is enough to read."""
    assert read_token(TOKEN, [NEW]) == SUBJECT
    assert read_token(TOKEN, [OLD, NEW]) == SUBJECT
    assert read_token(make_token(SUBJECT, [OLD]), [NEW, OLD]) == SUBJECT
    assert read_token(TOKEN, [OLD]) is None
    assert read_token(TOKEN, []) is None


def test_equal_key_ids() -> None:
    """Two keys that happen to share their one-octet id both work."""
    keys = [b"key %d" % number for number in range(300)]
    assert all(read_token(make_token(SUBJECT, [key]), keys) == SUBJECT for key in keys)


@pytest.mark.parametrize("at", range(36))
def test_altered(at: int) -> None:
    """No character of a token can be changed for any other."""
    for char in ALPHABET.replace(TOKEN[at], ""):
        assert read_token(TOKEN[:at] + char + TOKEN[at + 1 :], [NEW, OLD]) is None


@pytest.mark.parametrize(
    "token",
    [
        *("", "x", TOKEN[:-1], TOKEN + "A", TOKEN + "\n", f" {TOKEN}", TOKEN[:-1] + "=", "é" * 36),
        *("\0" * 36, "\ud800" * 36, "+" * 36, "\u0661" * 36, "A" * 36, "A" * 1_000_000),
    ],
)
def test_hostile(token: str) -> None:
    """Anything else is no token, and no error."""
    assert read_token(token, [NEW, OLD]) is None


@pytest.mark.parametrize("subject", [b"", bytes(15), bytes(17)])
def test_wrong_subject(subject: bytes) -> None:
    """A token is for 16 octets."""
    with pytest.raises(ValueError, match="16 octets"):
        make_token(subject, [NEW])


def test_no_key() -> None:
    """Nothing is signed without a key."""
    with pytest.raises(ValueError, match="key"):
        make_token(SUBJECT, [])


@pytest.mark.parametrize("public_url", ["https://go.example.com", "https://go.example.com/"])
def test_url(public_url: str) -> None:
    """The URL stays short enough for every mail program."""
    assert unsubscribe_url(public_url, TOKEN) == f"https://go.example.com/u/{TOKEN}"


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("ana@b.example", "ana@b.example"),
        ("ana+out@b.example", "ana+out@b.example"),
        ("a&b?c%d@b.example", "a%26b%3Fc%25d@b.example"),
        ("josé@bücher.example", "jos%C3%A9@xn--bcher-kva.example"),
    ],
)
def test_mailto(address: str, written: str) -> None:
    """The address is escaped where a URI asks for it (RFC 6068)."""
    assert unsubscribe_mailto(address, TOKEN) == f"mailto:{written}?subject=unsubscribe%20{TOKEN}"


def test_mailto_to_nowhere() -> None:
    """An address without a domain is refused."""
    with pytest.raises(ComposeError, match="List-Unsubscribe"):
        unsubscribe_mailto("ana", TOKEN)


@pytest.mark.parametrize(
    "text",
    [
        f"unsubscribe {TOKEN}",
        f"Re: Unsubscribe: {TOKEN}",
        f"unsubscribe\r\n {TOKEN}",
        f"> https://go.example.com/u/{TOKEN}\n> bye",
        f'<a href="https://go.example.com/u/{TOKEN}">out</a>',
        f"mailto:ana@b.example?subject=unsubscribe%20{TOKEN}",
        f"https://x.safelinks.example/?url=https%3A%2F%2Fgo.example.com%2Fu%2F{TOKEN}&data=1",
        f"https://urldefense.example/v3/__https://go.example.com/u/{TOKEN}__;!!x",
        f"/u/unsubscribe+{TOKEN}",
        f"/u//u/{TOKEN} and /u/{TOKEN} again",
    ],
)
def test_mentions(text: str) -> None:
    """A token is found in a subject, in a quoted link, and in what link scanners make of it."""
    assert tokens_in(text) == [TOKEN]


def test_order() -> None:
    """Several tokens come in their order."""
    other = make_token(bytes(16), [NEW])
    assert tokens_in(f"/u/{other} /u/{TOKEN} /u/{other}") == [other, TOKEN]


def test_hidden_token() -> None:
    """A run of letters in front cannot swallow the place where a real token begins."""
    found = tokens_in(f"/u/xxxxxxxxunsubscribe {TOKEN} /u/aaaaaaaaaaaaaaaaaaaaaaaa/u/{TOKEN}")
    assert found == [TOKEN]


@pytest.mark.parametrize("text", ["", TOKEN, "unsubscribe", f"/u/{TOKEN[:-1]}", "/u/" + "é" * 36])
def test_no_mentions(text: str) -> None:
    """Ordinary words hold no candidates."""
    assert tokens_in(text) == []


def test_too_many() -> None:
    """A hostile mail with endless candidates costs no more than a hundred checks."""
    assert len(tokens_in("".join(f"/u/{number:036}" for number in range(5_000)))) == 100
