"""Do the coming two weeks, or the working days of a window, hardly exist where people live?"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from sequencer.domain.cadence import ZoneFrom
from sequencer.domain.prospect import Prospect
from sequencer.files.check_windows import day_names, open_days, windows_of
from sequencer.files.holiday_book import PublicHolidays
from sequencer.files.inspected import InspectedCadence
from sequencer.files.people_list import PeopleList
from sequencer.files.problem import Problem

AHEAD_DAYS = 14
LEAST_LOST = 0.3  # share of the working days from which a launch is called swallowed
CHRISTMAS, QUIET_FROM = (12, 25), (12, 24)


def holiday_findings(people: PeopleList, on: date) -> Iterator[Problem]:
    """A warning where a launch on that day would meet holidays for most of a list."""
    lost: Counter[str] = Counter()
    hit = 0
    for (country, subdivision), number in _places(people).items():
        found = _days_off(PublicHolidays(country, subdivision), on)
        if found is not None:
            hit += number
            lost.update(dict.fromkeys(found, number))
    if hit * 2 > len(people) > 0:
        last = on + timedelta(days=AHEAD_DAYS - 1)
        told = "; ".join(words for words, _ in lost.most_common(4))
        many = f"many days are off for {hit} of {len(people)} people"
        message = f"until {last.day} {last:%B} {many}: {told}"
        hint = "begin later, or say with `skip_dates` when nothing is to leave"
        yield people.problem(None, "holidays-ahead", message, hint)


def local_windows(cadence: InspectedCadence, people: PeopleList) -> Iterator[Problem]:
    """Windows that are shut on every working day of people of the list."""
    if cadence.cadence.schedule.zone_from is not ZoneFrom.PROSPECT:
        return
    for place in windows_of(cadence):
        days = open_days(place.window)
        shut = {
            where: number
            for where, number in _places(people).items()
            if days <= PublicHolidays(*where).weekend
        }
        if shut:
            countries = ", ".join(sorted({country for country, _ in shut}))
            message = (
                f"open on {day_names(days)} alone, which is the weekend of "
                f"{sum(shut.values())} of {len(people)} people ({countries})"
            )
            hint = "open it on days on which they work"
            yield cadence.source.problem(place.path, message, hint).of_rule("weekend-window")


def _places(people: PeopleList) -> Counter[tuple[str, str]]:
    """How many people live where, as far as their country is known."""
    return Counter(_place(each.prospect) for each in people.people if each.prospect.country)


def _place(prospect: Prospect) -> tuple[str, str]:
    return prospect.country, prospect.subdivision


def _days_off(book: PublicHolidays, on: date) -> list[str] | None:
    """The words of the days off within two weeks; None where they are few."""
    ahead = [on + timedelta(days=number) for number in range(AHEAD_DAYS)]
    working = [day for day in ahead if day.weekday() not in book.weekend]
    off = {day: words for day in working if (words := _why_off(book, day)) is not None}
    if len(off) < LEAST_LOST * len(working):
        return None
    return list(dict.fromkeys(off.values()))


def _why_off(book: PublicHolidays, day: date) -> str | None:
    """Why hardly anybody works on that day there; None where they do."""
    words = book.get(day)
    quiet = (day.month, day.day) >= QUIET_FROM
    if words is None and quiet and book.get(date(day.year, *CHRISTMAS)) is not None:
        return "the days from Christmas to New Year"
    return words
