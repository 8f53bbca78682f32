"""Which words does a text consist of, and where in it does each stand?

Words are compared case-folded and without accents. Japanese, which writes no spaces, is taken
character by character; a mark that ends a clause is a word of its own, so that no phrase is found
across it. One pass, each word folded by itself: nothing here depends on more than a word's length.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from sequencer.mail.folded_text import folded

MAX_TEXT = 20_000  # characters; who has something to say does not begin that late
MAX_WORDS = 4_000
STOP = "."
_JAPANESE = "\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff\uff66-\uff9f"
_MARKS = "\u0300-\u036f\u3099\u309a"
_QUOTES = "'`\u2018\u2019\u00b4"
_TOKEN = re.compile(
    rf"[{_JAPANESE}][\u3099\u309a]?"
    r"|e-mail[^\W\d_]{0,10}"
    rf"|[^\W_{_JAPANESE}][^\W_{_JAPANESE}{_MARKS}]{{0,50}}(?:[{_MARKS}]+[^\W_{_JAPANESE}]{{0,20}}){{0,9}}"
    rf"(?:[{_QUOTES}](?:t|m|d|s|ll|re|ve|ing)(?![^\W_]))?"
    r"|[.:](?![^\W_])|[!?;()\[\]\u3002\uff01\uff1f\uff1b\uff1a\uff08\uff09]|\n[ \t\r>]*\n",
    re.IGNORECASE,
)
# `don't`, `we're` and `cc'ing` are one word each, `l'entreprise` is two.
_ENDS = re.compile(r"\W")
_DROPPED = dict.fromkeys(map(ord, f"-{_QUOTES}"))


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a text in order; `starts` and `ends` are offsets into the text."""

    text: str
    tokens: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]

    def written(self, first: int, last: int) -> str:
        """The words from one to another as they stand in the text, on one line."""
        return " ".join(self.text[self.starts[first] : self.ends[last]].split())


def words_in(text: str, limit: int = MAX_TEXT) -> Words:
    """Words of the first `limit` characters, as many as anybody reads."""
    found = list(islice(_TOKEN.finditer(text, 0, limit), MAX_WORDS))
    tokens = [_folded(match[0]) for match in found]
    return Words(text, tokens, [match.start() for match in found], [match.end() for match in found])


def tokens_of(text: str) -> tuple[str, ...]:
    """The words alone."""
    return tuple(words_in(text).tokens)


@lru_cache(maxsize=8_192)
def _folded(token: str) -> str:
    if _ENDS.match(token):
        return STOP
    return folded(token.translate(_DROPPED))
