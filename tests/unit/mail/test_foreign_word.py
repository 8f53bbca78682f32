import pytest

from sequencer.mail.foreign_word import MAX_WORD, decode_words, header_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?Zo=C3=AB_M?=", "Zoë M"),
        ("=?UTF-8?B?Wm/Dqw==?=", "Zoë"),
        ("=?utf-8*de?q?M=C3=A4rz?=", "März"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= =?iso-8859-1?q?=E9?=", "aé"),
        ("=?utf-8?q?a?= and =?utf-8?q?b?=", "a and b"),
        ("=?utf-8?b?w6k=?=\r\n =?utf-8?b?w6k=?=", "éé"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é"),
        ("=?x-unknown?q?caf=E9?=", "café"),
        ("=?utf-8?x?a?=", "=?utf-8?x?a?="),
        ("=?utf-8?q?never closed", "=?utf-8?q?never closed"),
        ("=?utf-8", "=?utf-8"),
        ("=?utf-8?", "=?utf-8?"),
        ("a =?utf-8?x?b?= =?utf-8?q?c?=", "a =?utf-8?x?b?= c"),
        ("=?utf-8?q?a?= =? =?utf-8?q?b?=", "a =? b"),
    ],
)
def test_decode_words(value: str, text: str) -> None:
    """Words are decoded and joined; what only looks like one stays as it is."""
    assert decode_words(value) == text


def test_word_is_bounded() -> None:
    """A word longer than any mailer writes is none."""
    value = f"=?utf-8?q?{'a' * MAX_WORD}?="
    assert decode_words(value) == value


def test_header_text_is_one_line() -> None:
    """Control characters, encoded ones too, cannot begin a line or reach a terminal."""
    assert header_text("a\t b =?utf-8?q?=1B=5B31m=0Ac=00?=") == "a b [31m c"
