"""Which dates are written in a text, and where? One walk over its words, whatever the language."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from sequencer.mail.folded_text import composed, folded

MAX_TEXT = 20_000  # characters; an absence is told at the top
_JAPANESE = "\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(rf"[0-9]{{1,8}}|[{_JAPANESE}]|[^\W\d_{_JAPANESE}]{{1,40}}|\n[ \t\r]*\n|[^\w\s]")
_ORDINALS = frozenset("st nd rd th er re e o a".split())
_OF = frozenset("of de del di do da den the".split())
_YEAR, _MONTH, _DAY = "\u5e74", "\u6708", "\u65e5"  # signs behind the numbers in Japanese
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF0D, 0xFF1B)}  # wide digits, dots, slashes
_folded = lru_cache(maxsize=8_192)(folded)
_MARKS = frozenset("./-")
_DASHES = frozenset("-\N{EN DASH}\N{EM DASH}")


@dataclass(frozen=True, slots=True)
class Written:
    """A date as it was written: the tokens it covers, its day and month in one or two readings.

    `year` is None where none was written.
    """

    first: int
    last: int
    readings: tuple[tuple[int, int], ...]
    year: int | None
    pair: tuple[int, int] | None = None  # two numbers of which either may be the month

    def read(self, *, day_first: bool) -> "Written":
        """The same in one order of day and month, where that is a date."""
        if self.pair is None or len(self.readings) == 1:
            return self
        day, month = self.pair if day_first else self.pair[::-1]
        return replace(self, readings=((day, month),))

    def dates(self, sent_on: date) -> Iterator[date]:
        """What it can mean in a mail of that day; without a year its next occurrence."""
        for day, month in self.readings:
            years = (self.year,) if self.year else (sent_on.year, sent_on.year + 1)
            found = (_date(year, month, day) for year in years)
            yield from [one for one in found if one and (self.year or one >= sent_on)][:1]


def words_of(text: str) -> tuple[str, ...]:
    """Numbers, words (case-folded, without accents), marks, and empty lines as two line ends."""
    said = composed(text[:MAX_TEXT]).translate(_NARROW)
    return tuple(
        _folded(token) if not token.isspace() else "\n\n" for token in _TOKEN.findall(said)
    )


def written_dates(tokens: Sequence[str], months: Mapping[str, int]) -> tuple[Written, ...]:
    """Dates in order; none overlaps another. `months` has the number of each name."""
    found: list[Written] = []
    at = 0
    while at < len(tokens):
        written = (
            _numeric(tokens, at)
            or _japanese(tokens, at)
            or _japanese_day(tokens, at, found)
            or _day_first(tokens, at, months)
            or _month_first(tokens, at, months)
        )
        if written:
            found.append(written)
        at = written.last + 1 if written else at + 1
    return tuple(found)


def agreed(written: Sequence[Written]) -> tuple[Written, ...]:
    """Dates, each in one reading, if one of them shows whether the month or the day comes first."""
    pairs = [each.pair for each in written if each.pair]
    if any(first > 12 for first, _ in pairs):
        return tuple(each.read(day_first=True) for each in written)
    if any(second > 12 for _, second in pairs):
        return tuple(each.read(day_first=False) for each in written)
    return tuple(written)


def day_number(token: str) -> int:
    """Day of the month that a token can be, or 0."""
    return int(token) if token.isdecimal() and len(token) <= 2 and 1 <= int(token) <= 31 else 0


def _numeric(tokens: Sequence[str], at: int) -> Written | None:
    """`2027-03-03`, `03.03.2027`, `3.3.`, `03/03/27`, `3-3-2027`."""
    window = [*tokens[at : at + 5], "", "", "", "", ""]
    first, mark, second, again, third = window[:5]
    if mark not in _MARKS or not (first.isdecimal() and second.isdecimal()):
        return None
    if len(first) == 4:
        iso = again == mark and third.isdecimal() and len(third) <= 2
        reading = (int(third), int(second)) if iso else (0, 0)
        return _written((at, at + 4), (reading,), int(first))
    if len(first) > 2 or len(second) > 2:
        return None
    day_first, month_first = (int(first), int(second)), (int(second), int(first))
    readings = (day_first, month_first) if mark == "/" else (day_first,)
    pair = day_first if mark == "/" else None
    if again == mark and third.isdecimal() and len(third) in {2, 4}:
        year = int(third) + (2_000 if len(third) == 2 else 0)
        return _written((at, at + 4), readings, year, pair)
    if mark == "-" or (first, mark, second) == ("24", "/", "7"):
        return None  # a span of something; always
    return _written((at, at + 2), readings, None, pair)


def _japanese(tokens: Sequence[str], at: int) -> Written | None:
    """Year, month and day, each with its sign behind it; the year may be missing."""
    window = (*tokens[at : at + 6], "", "", "", "", "", "")
    year = int(window[0]) if window[1] == _YEAR and len(window[0]) == 4 else None
    skipped = 2 if year else 0
    month, sign, day, end = window[skipped : skipped + 4]
    if sign != _MONTH or end != _DAY or not month.isdecimal() or not day_number(day):
        return None
    return _written((at, at + skipped + 3), ((int(day), int(month)),), year)


def _japanese_day(tokens: Sequence[str], at: int, before: Sequence[Written]) -> Written | None:
    """A day with its sign, of the month that was named before."""
    day = day_number(tokens[at])
    if not day or _token(tokens, at + 1) != _DAY or not before:
        return None
    _, month = before[-1].readings[0]
    return _written((at, at + 1), ((day, month),), before[-1].year)


def _day_first(tokens: Sequence[str], at: int, months: Mapping[str, int]) -> Written | None:
    """`3 March`, `3rd of March 2027`, `3. März`, `3 de marzo de 2027`, `1er mars`."""
    day = day_number(tokens[at])
    month_at = at + 1
    for passed in ({"."} | _ORDINALS, {"\N{DEGREE SIGN}"}, _OF, _OF):
        month_at += _token(tokens, month_at) in passed
    month = months.get(_token(tokens, month_at), 0)
    if not day or not month:
        return None
    return _with_year(tokens, at, month_at, (day, month))


def _month_first(tokens: Sequence[str], at: int, months: Mapping[str, int]) -> Written | None:
    """`March 3`, `March 3rd, 2027`, `Mar. 3`."""
    month = months.get(tokens[at], 0)
    day_at = at + 1 + (_token(tokens, at + 1) == ".")
    day_at += _token(tokens, day_at) == "the"
    day = day_number(_token(tokens, day_at))
    if not day or not month:
        return None
    last = day_at + (_token(tokens, day_at + 1) in _ORDINALS)
    # `July 10-31`: the second number is the day that counts.
    if _token(tokens, last + 1) in _DASHES and (end := day_number(_token(tokens, last + 2))):
        day, last = end, last + 2
    return _with_year(tokens, at, last, (day, month))


def _with_year(
    tokens: Sequence[str], first: int, last: int, reading: tuple[int, int]
) -> Written | None:
    """The date with the year behind it, if one is."""
    at = last + 1
    at += _token(tokens, at) in {",", "."}
    at += _token(tokens, at) in _OF
    year = _token(tokens, at)
    if year.isdecimal() and len(year) == 4:
        return _written((first, at), (reading,), int(year))
    return _written((first, last), (reading,), None)


def _written(
    span: tuple[int, int],
    readings: tuple[tuple[int, int], ...],
    year: int | None,
    pair: tuple[int, int] | None = None,
) -> Written | None:
    """The date, with those readings that a calendar has."""
    real = tuple(reading for reading in readings if _date(year or 2_000, reading[1], reading[0]))
    return Written(*span, tuple(dict.fromkeys(real)), year, pair) if real else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _token(tokens: Sequence[str], at: int) -> str:
    return tokens[at] if at < len(tokens) else ""
