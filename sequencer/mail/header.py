"""How one header field is written: what it may hold, and where its lines are folded.

There are two kinds. Text for people (Subject) is encoded where it has to be. Text for machines
(identifiers, URIs) never is: an encoded word there is not decoded by anybody, breaks threads and
one-click opt-outs, and is refused by Gmail. All functions give the field without its last CRLF.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sequencer.mail.compose_error import ComposeError
from sequencer.mail.encoded_word import MAX_LINE, encoded_words

SOFT_LIMIT = 78  # characters of a line, RFC 5322 section 2.1.1
HARD_LIMIT = 998
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Controls, what ends a line or a paragraph, what turns the direction of reading around so that a
# name or a subject reads as another one, and halves of characters.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_WORD = re.compile(r" *[^ ]+")
_TOKEN = re.compile(r"[!-~]+")
_MINUTE = timedelta(minutes=1)


def refuse_forbidden(name: str, text: str) -> None:
    """Return if a person's header may hold the text, raise ComposeError otherwise."""
    found = None if text.isprintable() else _FORBIDDEN.search(text)
    if found is not None:
        raise ComposeError(name, f"holds U+{ord(found[0]):04X}, which no header may hold")


def is_plain(text: str) -> bool:
    """Whether the text comes back as it is without being encoded: ASCII, and no stray spaces."""
    return text.isascii() and "=?" not in text and text == text.strip(" ")


def text_header(name: str, text: str) -> str:
    """Field of free text, in lines of at most 78 characters."""
    refuse_forbidden(name, text)
    if is_plain(text):
        plain = f"{name}: {text}" if text else f"{name}:"
        if len(plain) <= SOFT_LIMIT:
            return plain
        first, *rest = _WORD.findall(text)
        folded = fold(f"{name}: {first}", rest)
        if max(map(len, folded.split("\r\n"))) <= SOFT_LIMIT:
            return folded
    return f"{name}: " + "\r\n ".join(encoded_words(text, MAX_LINE - len(name) - 2))


def token_header(name: str, tokens: Sequence[str]) -> str:
    """Field for machines: tokens apart by a space, each whole, whatever its length up to 998.

    The first token stays on the line of the name, since some readers lose a value that begins on
    the line after.

    Raises:
        ComposeError: a token is empty, holds a space, anything but printable ASCII or what looks
            like an encoded word, or does not fit on a line.
    """
    for token in tokens:
        if not _TOKEN.fullmatch(token) or "=?" in token:
            raise ComposeError(name, "holds something that cannot be written unencoded")
    return header_of_tokens(name, tokens)


def header_of_tokens(name: str, tokens: Sequence[str]) -> str:
    """The same of what is known to be tokens.

    Raises:
        ComposeError: one does not fit on a line.
    """
    first, *rest = tokens
    folded = f"{name}: {first}"
    if rest:
        folded = fold(folded, [f" {token}" for token in rest])
    if len(folded) > HARD_LIMIT and max(map(len, folded.split("\r\n"))) > HARD_LIMIT:
        raise ComposeError(name, f"does not fit on a line of {HARD_LIMIT} characters")
    return folded


def date_header(at: datetime) -> str:
    """The Date field, RFC 5322 section 3.3: English names in any locale, numeric zone.

    Raises:
        ComposeError: `at` is not aware.
    """
    offset = at.utcoffset()
    if offset is None:
        raise ComposeError("Date", "has no zone")
    return _date(at, offset)


# Mails that are claimed together bear one date. The offset is there because two instants of a clock
# that was put back, or one instant in two zones, are the same to a comparison.
@lru_cache(64)
def _date(at: datetime, offset: timedelta) -> str:
    if offset % _MINUTE:  # a zone in the time before standard time
        at, offset = at.astimezone(UTC), timedelta()
    minutes = offset // _MINUTE
    hour, minute = divmod(abs(minutes), 60)
    return (
        f"Date: {_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at.year:04}"
        f" {at.hour:02}:{at.minute:02}:{at.second:02}"
        f" {'-' if minutes < 0 else '+'}{hour:02}{minute:02}"
    )


def fold(line: str, pieces: Iterable[str]) -> str:
    """Line with the pieces behind it, folded before those that would cross the soft limit.

    Each piece begins with a space, so that taking the line breaks out gives the value back.
    """
    lines = []
    for piece in pieces:
        if len(line) + len(piece) > SOFT_LIMIT:
            lines.append(line)
            line = piece
        else:
            line += piece
    lines.append(line)
    return "\r\n".join(lines)
