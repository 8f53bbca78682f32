import re
from email.header import decode_header, make_header

import pytest

from sequencer.mail.encoded_word import encoded_words


@pytest.mark.parametrize(
    "text", ["é" * 200, "👩‍💻" * 50, "a" * 300, "李" * 100 + "x" * 100, "é x " * 40]
)
@pytest.mark.parametrize("room", [24, 40, 67, 100])
def test_lengths(text: str, room: int) -> None:
    """The first word fits its room, the others 75 characters, and together they say the text."""
    first, *rest = encoded_words(text, room)
    assert len(first) <= min(room, 75)
    assert max(map(len, rest)) <= 75
    assert str(make_header(decode_header("\r\n ".join([first, *rest])))) == text


def test_whole_characters() -> None:
    """Each word decodes by itself: no character is cut in two."""
    for word in encoded_words("é李👩" * 60, 67):
        ((octets, charset),) = decode_header(word)
        assert charset == "utf-8"
        assert isinstance(octets, bytes)
        assert octets.decode()


def test_cut_at_a_space() -> None:
    """Words are cut before a space where there is one, the space being part of the next word."""
    first, second = encoded_words("Ünïcode name " + "x" * 41, 75)
    assert first == "=?utf-8?q?=C3=9Cn=C3=AFcode_name?="
    assert second == f"=?utf-8?q?_{'x' * 41}?="


def test_cut_again() -> None:
    """If what follows the space is too long in its turn, it is cut as well."""
    words = encoded_words("é " + "x" * 61 + "ééé", 75)
    assert [len(word) for word in words] == [18, 74, 30]


@pytest.mark.parametrize("text", ["é", "Zoë Ünal", 'a?=_"(),.:;<>@[]\\é'])
def test_letters_of_a_phrase(text: str) -> None:
    """Q leaves only what a display name may hold (RFC 2047 section 5)."""
    for word in encoded_words(text, 75):
        assert re.fullmatch(r"=\?utf-8\?(q\?[A-Za-z0-9!*+/=_-]+|b\?[A-Za-z0-9+/=]+)\?=", word)
