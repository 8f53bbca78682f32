"""How text is written so that words in it can be compared: small letters, no accents."""

import re
import unicodedata

_APART = re.compile("[^\\W\\d_][\u0300-\u036f\u3099\u309a]{1,4}")

_STRUCK = str.maketrans("\u0142\u00f8\u0111\u0131", "lodi")  # which no mark was added to


def folded(text: str) -> str:
    """Case-folded text without accents and other marks that combine with a letter.

    For single words: of thousands of marks in a row, each is compared with each.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_STRUCK))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def composed(text: str) -> str:
    """Text in which a letter and the marks behind it are one character, as most programs write."""
    return _APART.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)
