"""What did they mean? The nearest known word to one that nobody knows."""

from collections.abc import Iterable
from difflib import get_close_matches

LISTED = 12  # known words are listed in full up to here


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like it, whatever its case; None if none comes near."""
    by_folded = {each.casefold(): each for each in sorted(known)}
    found = get_close_matches(word[:100].casefold(), by_folded, 1)
    return by_folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question with the nearest word, else the list of what there is, else nothing."""
    words = sorted(known)
    near = nearest(word, words)
    if near is not None:
        return f"did you mean `{near}`?"
    if not words or len(words) > LISTED:
        return ""
    return f"known here: {', '.join(words)}"
