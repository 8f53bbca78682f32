"""Public holidays by country and subdivision, in plain English; the library's data, our words.

Whole days on which work rests, and nothing else: half days and days of remembrance are left out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from sequencer.domain.workdays import SATURDAY_AND_SUNDAY
from sequencer.files.nearest import did_you_mean

if TYPE_CHECKING:
    from holidays import HolidayBase

KEPT = 2_000  # years of a calendar that are remembered
_AMERICAN = frozenset({"AS", "GU", "MP", "PR", "UM", "US", "VI"})  # where Labor Day is spelt so
_MARK = re.compile(r"(.+?) \(([^()]*)\)")
_SUBSTITUTED = re.compile(r"substituted from (\d\d)/(\d\d)/(\d{4})")
_MOVED = ("observed", "in lieu", "substitute day")
_ESTIMATED = "estimated"
_NEAR_DAYS = 14  # between a holiday and the day to which it is moved


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """The holidays of one place, each with its words; a place that is not known has none.

    Attributes:
        country: two letters of ISO 3166.
        subdivision: the rest of the code of ISO 3166-2, the empty string for the country alone.
    """

    country: str
    subdivision: str = ""

    def get(self, day: date, /) -> str | None:
        """`Labour Day, ES`, with `, moved from Saturday` where it is kept on another day."""
        return _year(self.country, self.subdivision, day.year).get(day)

    @property
    def weekend(self) -> frozenset[int]:
        """The weekdays (0 is Monday) on which people rest there."""
        return _weekend(self.country, self.subdivision)

    @property
    def place(self) -> str:
        """Whose holidays these really are, as `ES` or `ES-MD`; the empty string for nobody's."""
        return _place(self.country, self.subdivision)


def load_calendars() -> None:
    """Have the library's data in memory: a fifth of a second, better spent before mails are due."""
    _weekend("ES", "")


def subdivision_of(country: str, text: str) -> str:
    """The code of a part of a country: `MD` for `md`, `ES-MD` or the name that the part has.

    Raises:
        ValueError: the country has no such part, or none with holidays of its own.
    """
    code = text.strip().upper().removeprefix(f"{country}-")
    calendar = _calendar(country, "", ())
    if calendar is None:
        raise ValueError(f"no holidays are known for the country {country or 'that is not named'}")
    named = {name.casefold(): code for name, code in calendar.subdivisions_aliases.items()}
    named.update({each.casefold(): each for each in calendar.subdivisions})
    found = named.get(code.casefold()) or named.get(text.strip().casefold())
    if found is not None:
        return found
    parts = sorted(calendar.subdivisions)
    if not parts:
        raise ValueError(f"{country} has no subdivisions with holidays of their own")
    hint = did_you_mean(code, parts) or f"one of {', '.join(parts)}"
    raise ValueError(f"`{text}` is no subdivision of {country}: {hint}")


def _calendar(country: str, subdivision: str, years: tuple[int, ...]) -> "HolidayBase | None":
    """The library's calendar, None where it does not know the place."""
    import holidays

    try:
        plain = holidays.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError:
        return None
    if not years:
        return plain
    spoken = plain.supported_languages or ()
    wanted = ("en_GB", f"en_{country}", "en_US")
    language = next((each for each in wanted if each in spoken), None)
    return holidays.country_holidays(
        country, subdiv=subdivision or None, years=years, language=language
    )


@lru_cache(maxsize=KEPT)
def _place(country: str, subdivision: str) -> str:
    if _calendar(country, subdivision, ()) is None:
        return _place(country, "") if subdivision else ""
    return f"{country}-{subdivision}" if subdivision else country


@lru_cache(maxsize=KEPT)
def _weekend(country: str, subdivision: str) -> frozenset[int]:
    calendar = _calendar(country, subdivision, ())
    return SATURDAY_AND_SUNDAY if calendar is None else frozenset(calendar.weekend)


@lru_cache(maxsize=KEPT)
def _year(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    """The holidays of one year, with their words."""
    # A holiday of January may be kept in December.
    calendar = _calendar(country, subdivision, (year - 1, year, year + 1))
    if calendar is None:
        return _year(country, "", year) if subdivision else {}
    everywhere: Mapping[date, str] = _year(country, "", year) if subdivision else {}
    words = {}
    for day in sorted(calendar):
        if day.year == year:
            part = f"-{subdivision}" if subdivision and day not in everywhere else ""
            told = [_spelt(name, country, part) + moved for name, moved in _marked(calendar, day)]
            words[day] = "; ".join(told)
    return words


def _spelt(name: str, country: str, part: str) -> str:
    spelt = name if country in _AMERICAN else name.replace("Labor", "Labour")
    return f"{spelt}, {country}{part}"


def _marked(calendar: "HolidayBase", day: date) -> Iterator[tuple[str, str]]:
    """The names of a day without the library's marks, each with the day it was moved from."""
    for name in calendar[day].split("; "):
        found = _MARK.fullmatch(name)
        bare, mark = (found[1], found[2]) if found else (name, "")
        if swapped := _SUBSTITUTED.fullmatch(mark):
            month, day_of_month, year = map(int, swapped.groups())
            yield bare, f", moved from {date(year, month, day_of_month):%A}"
        elif mark.startswith(_MOVED):
            yield bare, f", moved{_from(calendar, day, bare)}"
        else:
            yield (bare if mark == _ESTIMATED else name), ""


def _from(calendar: "HolidayBase", day: date, name: str) -> str:
    """The weekday that a holiday was moved from, as far as that is plain."""
    around = [day + timedelta(days=ahead) for ahead in range(-_NEAR_DAYS, _NEAR_DAYS + 1)]
    same = (name, f"{name} ({_ESTIMATED})")
    called = [each for each in around if any(n in same for n in calendar.get(each, "").split("; "))]
    resting = [each for each in called if each.weekday() in calendar.weekend]
    weekdays = {f"{each:%A}" for each in resting or called}
    if len(weekdays) == 1:
        return f" from {weekdays.pop()}"
    return " from the weekend" if resting else ""
