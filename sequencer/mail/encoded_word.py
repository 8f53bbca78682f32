"""How text that is not plain ASCII is written in a header: as RFC 2047 encoded words.

An encoded word is ASCII of at most 75 characters that stands for some UTF-8, in one of two ways: Q,
which leaves ASCII letters readable, and B, which is base64. Between two neighbouring words white
space does not count, so text is encoded as a whole, its spaces included, and comes back exactly.
"""

import base64
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import accumulate

MAX_WORD = 75  # RFC 2047 section 2
MAX_LINE = 76  # of a line that holds an encoded word, RFC 2047 section 2
_FRAME = len("=?utf-8?q?") + len("?=")
# RFC 2047 section 5 (3): what Q may leave as it is in a phrase, and so everywhere.
_LEFT_BY_Q = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


def encoded_words(text: str, first: int) -> list[str]:
    """Encoded words that stand for `text`: in Q, unless B is shorter by a third.

    So what is written in Latin letters stays readable to whoever looks at the bytes, and filters do
    not wonder what it hides.

    Args:
        text: any text without lone surrogates, not empty.
        first: room on the line of the first word, at least 24; each further word has 75 characters
            (and, with the space before it, a line of its own).
    """
    room, first_room = MAX_WORD - _FRAME, min(first, MAX_WORD) - _FRAME
    as_b, as_q = -(-len(text.encode()) // 3) * 4, _q(text)
    if len(as_q) <= as_b * 3 // 2:
        if len(as_q) <= first_room:
            return [f"=?utf-8?q?{as_q}?="]
        return [f"=?utf-8?q?{_q(part)}?=" for part in _parts(text, _q_length, first_room, room)]
    # Base64 spends four characters on three bytes, so a part is a whole number of those.
    parts = _parts(text, _utf8_length, first_room // 4 * 3, room // 4 * 3)
    return [f"=?utf-8?b?{base64.b64encode(part.encode()).decode()}?=" for part in parts]


def _parts(text: str, weigh: Callable[[str], int], first: int, rest: int) -> Iterator[str]:
    """Cuts between characters, never inside one (RFC 2047 section 5); at a space if there is one.

    Some readers, Python's among them, show a space between two words where there is none. Beside a
    space it does least harm.
    """
    weights = [0, *accumulate(map(weigh, text))]  # of all before each character
    start, room = 0, first
    while weights[-1] - weights[start] > room:
        at = bisect_right(weights, weights[start] + room) - 1
        space = text.rfind(" ", start + 1, at)
        cut = at if space < 0 else space
        yield text[start:cut]
        start, room = cut, rest
    yield text[start:]


def _q(text: str) -> str:
    return "".join(map(_q_char, text))


@lru_cache(maxsize=4096)
def _q_char(char: str) -> str:
    if char in _LEFT_BY_Q:
        return char
    return "_" if char == " " else "".join(f"={byte:02X}" for byte in char.encode())


@lru_cache(maxsize=4096)
def _q_length(char: str) -> int:
    return len(_q_char(char))


def _utf8_length(char: str) -> int:
    return len(char.encode())
