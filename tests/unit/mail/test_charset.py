import pytest

from sequencer.mail.charset import text_in_charset


@pytest.mark.parametrize(
    ("content", "label", "text"),
    [
        (b"caf\xc3\xa9", "utf-8", "café"),
        (b"caf\xc3\xa9", "", "café"),
        (b"caf\xe9", "iso-8859-1", "café"),
        (b"\x93hi\x94", "ISO-8859-1", "\u201chi\u201d"),
        (b"\x93hi\x94", "us-ascii", "\u201chi\u201d"),
        (b"\xc4\xe3\xba\xc3", "gb2312", "你好"),
        (b"\x83e\x83X\x83g", "x-sjis", "テスト"),
        (b"\xbe\xc8", "ks_c_5601-1987", "안"),
        (b"\xff\xff", "euc-jp", "\ufffd\ufffd"),
        (b"h\x00i\x00", "'UTF-16LE'", "hi"),
    ],
)
def test_known_labels(content: bytes, label: str, text: str) -> None:
    """A label of the list gives its text, and the narrow ones that of their wider twins."""
    assert text_in_charset(content, label) == (text, True)


@pytest.mark.parametrize(
    "label",
    ["x-unknown", "punycode", "idna", "hex", "rot13", "unicode_escape", "utf-7", "\x00", "a" * 999],
)
def test_other_codecs_are_not_used(label: str) -> None:
    """What is no charset of the list is read as a guess, and UTF-8 is no guess."""
    assert text_in_charset(b"caf\xe9", label) == ("café", False)
    assert text_in_charset(b"caf\xc3\xa9 \\x41", label) == ("café \\x41", True)
