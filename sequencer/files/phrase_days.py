"""The days that a phrase may name: counted from the enrolment, or by their date."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from sequencer.domain.cadence_test import Day
from sequencer.files.phrase_form import Trace, Word

MOST_DAYS = 400
MOST_AHEAD = timedelta(days=275)  # of a date without a year: what is later was meant to be before
MOST_AWAY = timedelta(days=2 * 365)  # of any date from the begin of the test, before it or after
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)
_ORDINAL = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?", re.ASCII)
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_DAY = "a day, such as `day 4`, `business day 4` or `24 Apr`"


def counted(words: Sequence[Word], at: int, trace: Trace) -> tuple[Day, int] | None:
    """`day 4`, `business day 4`."""
    is_business = at < len(words) and words[at].folded == "business"
    at += is_business
    if at >= len(words) or words[at].folded != "day":
        trace.miss(at, "`day`" if is_business else _DAY)
        return None
    number = words[at + 1].text if at + 1 < len(words) else ""
    if not _NUMBER.fullmatch(number) or not 1 <= int(number) <= MOST_DAYS:
        trace.miss(at + 1, f"a number from 1 to {MOST_DAYS}", "day 1 is that of the enrolment")
        return None
    return Day(number=int(number), is_business=is_business), at + 2


def dated(words: Sequence[Word], at: int, trace: Trace, begin: date) -> tuple[Day, int] | None:
    """`24 Apr`, `24 April 2026`, `Fri 24 Apr`, `2026-04-24`."""
    weekday = _position(words, at, WEEKDAYS)
    start = at
    at += weekday is not None
    found = _iso(words, at) or _spoken(words, at, begin)
    if found is None:
        trace.miss(at, _DAY)
        return None
    parts, end = found
    day = _day(parts, at, begin, trace)
    if day is None:
        return None
    if end == at + 2 and day - begin > MOST_AHEAD:
        hint = f"the first from the begin on would be {day.day} {day:%B %Y}"
        trace.miss(end, "the year", hint)
        return None
    if weekday is not None and day.weekday() != weekday:
        actual = WEEKDAYS[day.weekday()].title()
        hint = f"{day.day} {day:%B %Y} is a {actual}"
        trace.miss(start, "the weekday of that date", hint)
        return None
    return Day(on=day), end


def _day(parts: tuple[int, int, int], at: int, begin: date, trace: Trace) -> date | None:
    try:
        day = date(*parts)
    except ValueError:
        trace.miss(at, "a day that the calendar has")
        return None
    if abs(day - begin) > MOST_AWAY:
        trace.miss(at, "a day within two years of the begin")
        return None
    return day


def _iso(words: Sequence[Word], at: int) -> tuple[tuple[int, int, int], int] | None:
    found = _ISO.fullmatch(words[at].text) if at < len(words) else None
    return ((int(found[1]), int(found[2]), int(found[3])), at + 1) if found else None


def _spoken(words: Sequence[Word], at: int, begin: date) -> tuple[tuple[int, int, int], int] | None:
    found = _ORDINAL.fullmatch(words[at].text) if at < len(words) else None
    month = _position(words, at + 1, MONTHS)
    if found is None or month is None:
        return None
    day = int(found[1])
    year = words[at + 2].text if at + 2 < len(words) else ""
    if len(year) == 4 and _NUMBER.fullmatch(year):
        return (int(year), month + 1, day), at + 3
    passed = (month + 1, day) < (begin.month, begin.day)
    return (begin.year + passed, month + 1, day), at + 2


def _position(words: Sequence[Word], at: int, names: Sequence[str]) -> int | None:
    """Which of the names a word begins, with three letters at least."""
    word = words[at].folded.rstrip(".") if at < len(words) else ""
    if len(word) < 3:
        return None
    return next((number for number, name in enumerate(names) if name.startswith(word)), None)
