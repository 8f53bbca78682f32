"""Which days does a text name without a date: `Monday`, `tomorrow`, `in two weeks`, `week 10`?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sequencer.mail.date_words import Written, day_number
from sequencer.mail.rules import Rules, Vocabulary

NEAR = 4  # words between a weekday and the date that it belongs to
MAX_COUNT = 60
LAST_WEEK = 53
SHORTEST = 3  # letters of an abbreviation, which alone may be another word
OF = 4  # words between `end` and the month
BEGINS = 2  # words between `beginning` and the month, so that `in July` is one too
A_MONTH = 62
_ORDINALS = frozenset({"st", "nd", "rd", "th", "e", "go", "\u65e5"})
_DASHES = frozenset({"-", ":", "."})
_WHICH = "que"  # `the week that comes`
_JAPANESE_TOMORROW = ("\u660e", "\u65e5")
_JAPANESE_END = ("\u6708", "\u672b")
_DAY_OF_WEEK = "\u66dc"  # sign behind the sign of a weekday in Japanese


@dataclass(frozen=True, slots=True)
class Spoken:
    """A day as it was named: the tokens it covers, and what it is on the day of the mail."""

    first: int
    last: int
    day: date
    is_span: bool = False  # `two days`, which end some time but not an absence
    is_next: bool = False  # `the next two days`, which are an absence where one is told


def spoken_days(
    tokens: Sequence[str], written: Sequence[Written], sent_on: date, rules: Rules
) -> Iterator[Spoken]:
    """Days in order. A weekday beside a written date is a part of that."""
    ends = {at for each in written for at in range(each.first - NEAR, each.last + NEAR)}
    for at in range(len(tokens)):
        if at not in ends:
            found = _at(tokens, at, sent_on, rules)
            if found is not None:
                yield found


def _at(tokens: Sequence[str], at: int, sent_on: date, rules: Rules) -> Spoken | None:
    token, following = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else ""
    if token in rules.weekdays and (len(token) > SHORTEST or following == _DAY_OF_WEEK):
        return _on_weekday(tokens, at, sent_on, rules)
    if token in rules.words(Vocabulary.TOMORROW) or (token, following) == _JAPANESE_TOMORROW:
        return Spoken(at, at, sent_on + timedelta(days=1))
    return _in_month(tokens, at, sent_on, rules) or _in_weeks(tokens, at, sent_on, rules)


def _on_weekday(tokens: Sequence[str], at: int, sent_on: date, rules: Rules) -> Spoken:
    """`Monday`, or `Thursday the 16th` where that is a Thursday."""
    weekday = rules.weekdays[tokens[at]]
    number = next(filter(None, map(day_number, tokens[at + 1 : at + 1 + NEAR])), 0)
    named = _next_day(at, number, sent_on)
    if named is not None and named.day.isoweekday() == weekday:
        return named
    ahead = (weekday - sent_on.isoweekday()) % 7 or 7
    return Spoken(at, at, sent_on + timedelta(days=ahead))


def _in_month(tokens: Sequence[str], at: int, sent_on: date, rules: Rules) -> Spoken | None:
    """`the end of July`, `early August`, `the 5th`."""
    before = tokens[max(at - OF, 0) : at]
    if tokens[at] in rules.months:
        return _edge_of_month(at, before, rules.months[tokens[at]], sent_on, rules)
    day = day_number(tokens[at])
    after = (*tokens[at + 1 : at + 3], "", "")
    if day and after[:2] == _JAPANESE_END:
        return Spoken(at, at + 2, _end_of_month(min(day, 12), sent_on))
    marked = after[0] in _ORDINALS or (after[0] in _DASHES and after[1] in _ORDINALS)
    named = bool(before) and before[-1] in rules.words(Vocabulary.ARTICLE)
    counted = rules.words(Vocabulary.WEEK) | rules.words(Vocabulary.DAY)
    if day and (marked or named) and after[0] not in counted:
        return _next_day(at, day, sent_on)
    return None


def _edge_of_month(
    at: int, before: Sequence[str], month: int, sent_on: date, rules: Rules
) -> Spoken | None:
    """Its last or first day, if one of them is meant."""
    last = _end_of_month(month, sent_on)
    if not rules.words(Vocabulary.END).isdisjoint(before):
        return Spoken(at, at, last)
    if not rules.words(Vocabulary.BEGIN).isdisjoint(before[-BEGINS:]):
        return Spoken(at, at, last.replace(day=1))
    return None


def _in_weeks(tokens: Sequence[str], at: int, sent_on: date, rules: Rules) -> Spoken | None:
    """`next week`, `week 10`, `two weeks`."""
    token, following = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else ""
    weeks, nexts = rules.words(Vocabulary.WEEK), rules.words(Vocabulary.NEXT)
    behind = tokens[at + 2] if following == _WHICH and at + 2 < len(tokens) else following
    if (token in nexts and following in weeks) or (token in weeks and behind in nexts):
        return Spoken(at, at + 1, _monday(sent_on) + timedelta(weeks=1))
    if token in weeks and (number := _number(following, rules)):
        return _calendar_week(at, number, sent_on)
    return _counted(tokens, at, sent_on, rules)


def _end_of_month(month: int, sent_on: date) -> date:
    """Its last day, in this year or the next."""
    year = sent_on.year + (month < sent_on.month)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _next_day(at: int, day: int, sent_on: date) -> Spoken | None:
    """The next day of any month that has that number."""
    ahead = (sent_on + timedelta(days=days) for days in range(1, A_MONTH))
    return next((Spoken(at, at, each) for each in ahead if each.day == day), None)


def _counted(tokens: Sequence[str], at: int, sent_on: date, rules: Rules) -> Spoken | None:
    """`two weeks`, `10 days`, `the next two weeks`."""
    number, nexts = _number(tokens[at], rules), rules.words(Vocabulary.NEXT)
    if not number:
        return None
    last = at + 1 + (at + 1 < len(tokens) and tokens[at + 1] in nexts)
    unit = tokens[last] if last < len(tokens) else ""
    days = {Vocabulary.WEEK: 7, Vocabulary.DAY: 1}
    of = next((each for each in days if unit in rules.words(each)), None)
    if of is None:
        return None
    is_next = last > at + 1 or (at > 0 and tokens[at - 1] in nexts)
    day = sent_on + timedelta(days=number * days[of])
    return Spoken(at, last, day, is_span=True, is_next=is_next)


def _calendar_week(at: int, number: int, sent_on: date) -> Spoken | None:
    """Monday of the next week that has that number."""
    for year in (sent_on.year, sent_on.year + 1):
        if number < LAST_WEEK:
            monday = date.fromisocalendar(year, number, 1)
            if monday >= _monday(sent_on):
                return Spoken(at, at + 1, monday)
    return None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _number(token: str, rules: Rules) -> int:
    if token.isdecimal() and len(token) <= 2:
        return int(token) if int(token) <= MAX_COUNT else 0
    return rules.numbers.get(token, 0)
