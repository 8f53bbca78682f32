"""How text is written so that words in it can be compared: small letters, no accents."""

import unicodedata


def folded(text: str) -> str:
    """Case-folded text without accents and other marks that combine with a letter."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
