"""On which dates does something take place that repeats (RFC 5545 section 3.3.10)?

As much of the rules as calendars of people make. Each question has a bound: a rule can name no end
and match nothing, and it comes from outside.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MOST_PERIODS = 40_000  # that are counted through: every day of a hundred years
MOST_INTERVAL = 10_000
MOST_VALUES = 400  # in one part of a rule
MOST_LENGTH = 2_000

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBER = re.compile(r"[+-]?\d{1,6}")
_A_DAY = timedelta(days=1)


class Frequency(StrEnum):
    """How often; what repeats within a day is nothing that people plan."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


_DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.MONTHLY: 31, Frequency.YEARLY: 366}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; `until` is as it was written.

    Attributes:
        weekdays: 0 for Monday, each with the how-manieth it is in its month or year; 0 for each.
        positions: which of the dates of a period count, from its end where negative.
    """

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: str = ""
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    weekdays: tuple[tuple[int, int], ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0


def rule_of(text: str) -> Rule:
    """The rule that a text is.

    Raises:
        ValueError: it is none, or one that is not understood.
    """
    parts = dict(_part(each) for each in text[:MOST_LENGTH].upper().split(";") if each)
    known = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"}
    if others := parts.keys() - known - {"WKST"}:
        raise ValueError(f"{min(others)} is not understood")
    frequency = parts.get("FREQ", "")
    if frequency not in list(Frequency):
        raise ValueError(f"it repeats {frequency or 'without a frequency'}")
    (interval,) = _numbers(parts.get("INTERVAL", "1"), 1, MOST_INTERVAL)
    count = _numbers(parts["COUNT"], 1, 999_999)[0] if "COUNT" in parts else None
    weekdays = tuple(_weekday(each) for each in _values(parts.get("BYDAY", "")))
    month_days = _numbers(parts.get("BYMONTHDAY", ""), -31, 31)
    if month_days and frequency == Frequency.WEEKLY:
        raise ValueError("a weekly rule has no BYMONTHDAY")
    return Rule(
        Frequency(frequency),
        interval,
        count,
        parts.get("UNTIL", ""),
        _numbers(parts.get("BYMONTH", ""), 1, 12),
        month_days,
        weekdays,
        _numbers(parts.get("BYSETPOS", ""), -366, 366),
        _weekday(parts.get("WKST", "MO"))[1],
    )


@dataclass(slots=True)
class Patience:
    """How much work is left for all rules of a calendar together: days that are looked at."""

    left: int = 200_000

    def spend(self, rule: Rule) -> bool:
        """Whether there is enough left for a period of that rule."""
        self.left -= _DAYS[rule.frequency]
        return self.left >= 0


def dates(
    rule: Rule, first: date, since: date, until: date, patience: Patience | None = None
) -> Iterator[date]:
    """The dates of the rule from `since` up to `until`, those days included, in their order.

    Args:
        rule: what repeats.
        first: when it begins.
        since: the first day that is of interest.
        until: the last one.
        patience: once it is at its end, there are no more dates; and a rule that has to be counted
            through for longer than MOST_PERIODS ends there.
    """
    patience = patience or Patience(MOST_PERIODS * _DAYS[rule.frequency])
    number = 0 if rule.count is not None else _period_of(rule, first, since)
    counted = 0
    for begin in _periods(rule, first, number, patience):
        if begin > until:
            return
        for each in _chosen(rule, _candidates(rule, first, begin)):
            if each < first:
                continue
            counted += 1
            if each > until or (rule.count is not None and counted > rule.count):
                return
            if each >= since:
                yield each


def _periods(rule: Rule, first: date, number: int, patience: Patience) -> Iterator[date]:
    """First days of the periods from that one on, as long as there are any, and patience."""
    for index in range(number, number + MOST_PERIODS):
        if not patience.spend(rule):
            return
        try:
            yield _begin(rule, first, index)
        except (ValueError, OverflowError):  # after the last year that there is
            return


def _part(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _values(text: str) -> list[str]:
    return [each.strip() for each in text.split(",")[:MOST_VALUES] if each.strip()]


def _numbers(text: str, least: int, most: int) -> tuple[int, ...]:
    found = []
    for each in _values(text):
        number = int(each) if _NUMBER.fullmatch(each) else 0
        if not number or not least <= number <= most:
            raise ValueError(f"{each[:20]!r} is no number from {least} to {most}")
        found.append(number)
    return tuple(found)


def _weekday(text: str) -> tuple[int, int]:
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:20]!r} is no day of the week")
    return int(found[1] or 0), _WEEKDAYS.index(found[2])


def _week_of(rule: Rule, day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=(day.weekday() - rule.week_start) % 7)


def _period_of(rule: Rule, first: date, since: date) -> int:
    """Number of the last period that begins no later than `since`, or the one before."""
    days = (since - first).days
    passed = {
        Frequency.DAILY: days,
        Frequency.WEEKLY: days // 7,
        Frequency.MONTHLY: (since.year - first.year) * 12 + since.month - first.month,
        Frequency.YEARLY: since.year - first.year,
    }[rule.frequency]
    return max(0, passed // rule.interval - 1)


def _begin(rule: Rule, first: date, index: int) -> date:
    """First day of a period."""
    steps = index * rule.interval
    if rule.frequency is Frequency.DAILY:
        return first + timedelta(days=steps)
    if rule.frequency is Frequency.WEEKLY:
        return _week_of(rule, first) + timedelta(days=7 * steps)
    if rule.frequency is Frequency.MONTHLY:
        year, month = divmod(first.year * 12 + first.month - 1 + steps, 12)
        return date(year, month + 1, 1)
    return date(first.year + steps, 1, 1)


def _candidates(rule: Rule, first: date, begin: date) -> list[date]:
    """The dates of a period that the rule names, in their order."""
    if rule.frequency is Frequency.DAILY:
        days = [begin] if _is_day(rule, begin) else []
    elif rule.frequency is Frequency.WEEKLY:
        wanted = {day for _, day in rule.weekdays} or {first.weekday()}
        week = [begin + timedelta(days=number) for number in range(7) if _fits(begin, number)]
        days = [each for each in week if each.weekday() in wanted and _in_month(rule, each)]
    elif rule.frequency is Frequency.MONTHLY:
        days = _of_month(rule, first, begin.year, begin.month) if _in_month(rule, begin) else []
    elif rule.weekdays and not rule.months:
        days = _of_year(rule, begin.year)
    else:
        months = rule.months or (range(1, 13) if rule.month_days else (first.month,))
        by_month = [_of_month(rule, first, begin.year, each) for each in sorted(set(months))]
        days = [day for month in by_month for day in month]
    return days


def _fits(day: date, number: int) -> bool:
    return date.max - day >= number * _A_DAY


def _is_day(rule: Rule, day: date) -> bool:
    wanted = {each for _, each in rule.weekdays}
    in_week = not wanted or day.weekday() in wanted
    return in_week and _in_month(rule, day) and _is_month_day(rule, day)


def _in_month(rule: Rule, day: date) -> bool:
    return not rule.months or day.month in rule.months


def _is_month_day(rule: Rule, day: date) -> bool:
    last = monthrange(day.year, day.month)[1]
    return not rule.month_days or bool({day.day, day.day - last - 1} & set(rule.month_days))


def _of_month(rule: Rule, first: date, year: int, month: int) -> list[date]:
    last = monthrange(year, month)[1]
    days = [date(year, month, number) for number in range(1, last + 1)]
    if not rule.weekdays and not rule.month_days:
        return [each for each in days if each.day == first.day]
    named = set(_of_weekdays(rule, days)) if rule.weekdays else set(days)
    return [each for each in days if each in named and _is_month_day(rule, each)]


def _of_year(rule: Rule, year: int) -> list[date]:
    last = date(year, 12, 31).timetuple().tm_yday
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(last)]
    named = set(_of_weekdays(rule, days))
    return [each for each in days if each in named and _is_month_day(rule, each)]


def _of_weekdays(rule: Rule, days: list[date]) -> Iterator[date]:
    """Those of a month's or a year's days that are the named ones of their kind."""
    for number, weekday in rule.weekdays:
        of_kind = [each for each in days if each.weekday() == weekday]
        if number == 0:
            yield from of_kind
        elif abs(number) <= len(of_kind):
            yield of_kind[number - 1 if number > 0 else number]


def _chosen(rule: Rule, days: list[date]) -> list[date]:
    if not rule.positions:
        return days
    indexes = {each - 1 if each > 0 else len(days) + each for each in rule.positions}
    return [day for index, day in enumerate(days) if index in indexes]
