"""Which text do foreign bytes stand for, under the charset label that came with them?

Only charsets from a fixed list are looked up: Python's registry would import a module for any name
it is given, remember every unknown one for ever, and holds codecs that are no charsets.
"""

from encodings import normalize_encoding
from encodings.aliases import aliases
from typing import NamedTuple

_NAMED = (
    "ascii big5 big5hkscs cp437 cp850 cp852 cp855 cp857 cp858 cp862 cp864 cp866 cp874 cp932 cp949"
    " cp950 cp1006 cp1125 cp1140 euc_jis_2004 euc_jisx0213 euc_jp euc_kr gb18030 gb2312 gbk hz"
    " iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_3 iso2022_jp_2004 iso2022_jp_ext iso2022_kr"
    " johab koi8_r koi8_t koi8_u latin_1 mac_cyrillic mac_greek mac_latin2 mac_roman mac_turkish"
    " shift_jis shift_jis_2004 shift_jisx0213 tis_620 utf_8 utf_16 utf_16_be utf_16_le utf_8_sig"
)
_NUMBERED = [f"iso8859_{number}" for number in range(2, 17)] + [
    f"cp{number}" for number in range(1250, 1259)
]
_CODECS = frozenset(_NAMED.split()) | frozenset(_NUMBERED)

# Labels are often the narrow twin of what was really used (seen in the wild for each of these).
_WIDER = {
    "ascii": "utf_8",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859_9": "cp1254",
    "latin_1": "cp1252",
    "shift_jis": "cp932",
    "tis_620": "cp874",
}


class Decoded(NamedTuple):
    """Text, and whether the label was one that can be trusted to give it."""

    text: str
    certain: bool


def text_in_charset(content: bytes, label: str) -> Decoded:
    """Text of `content`; what the charset cannot hold becomes U+FFFD.

    Without a known label the bytes are UTF-8 if they can be, and Windows-1252 otherwise, which is a
    guess and marked as such.
    """
    codec = _codec(label)
    if codec not in {None, "utf_8"}:
        return Decoded(content.decode(codec or "", "replace"), certain=True)
    try:
        return Decoded(content.decode("utf-8"), certain=True)
    except UnicodeDecodeError:
        return Decoded(content.decode("cp1252", "replace"), certain=codec is not None)


def _codec(label: str) -> str | None:
    """Name of the codec for a label from outside, or None where the list does not have it."""
    name = normalize_encoding(label.strip().strip("\"'").lower()[:64]).removeprefix("x_")
    codec = aliases.get(name, name)
    codec = _WIDER.get(codec, codec)
    return codec if codec in _CODECS else None
