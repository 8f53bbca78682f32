"""When does the writer of an automatic reply come back?

Only a date beside words such as `until` or `back on` counts. Of several the latest does, so that of
two languages, or of `from A to B`, the end is taken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, pairwise

from sequencer.mail.date_words import Written, agreed, day_number, words_of, written_dates
from sequencer.mail.rules import Group, Rules, Vocabulary
from sequencer.mail.spoken_date import Spoken, spoken_days
from sequencer.mail.words import words_in

MAX_DAYS = 400  # further away it is no absence, or no date of return
MAX_DAYS_WITHOUT_YEAR = 270  # a date without a year that is further away has just passed
AMBIGUOUS_REACH = timedelta(days=180)  # of a date that can be read in two ways
MAX_DATES = 100  # of one mail that are looked at
REACH = 9  # words between a date and what makes it one
ENGLISH = frozenset({"en"})  # in which 3/4 may be the fourth of March
_TIGHT = frozenset("./-'\N{RIGHT SINGLE QUOTATION MARK}")
_STOPS = frozenset({"!", "?", "\n\n", "\N{IDEOGRAPHIC FULL STOP}"})
_BETWEEN = frozenset({".", ",", "the", "le", "el", "den", "il"})
_DASHES = frozenset({"-", "\N{EN DASH}", "\N{EM DASH}", "\N{WAVE DASH}", "~"})


@dataclass(frozen=True, slots=True)
class ReturnDate:
    """First day after the absence, and the words that tell it (case-folded).

    `resume_on` is the first day to write again: somebody just back has a full inbox.
    """

    return_on: date
    resume_on: date
    words: str


@dataclass(frozen=True, slots=True)
class _Text:
    """Words of a mail, and the languages that they are in."""

    tokens: Sequence[str]
    rules: Rules
    codes: frozenset[str]
    written: tuple[Written, ...]

    def spaced(self, group: Group) -> tuple[str, ...]:
        return self.rules.spaced(group, self.codes)


def return_date(text: str, sent_on: date, rules: Rules) -> ReturnDate | None:
    """The date of return in a mail sent on that day, or None."""
    tokens = words_of(text)
    written = agreed(written_dates(tokens, rules.months))
    said = _Text(tokens, rules, rules.languages_in(tokens), written)
    found = [each for one in written[:MAX_DATES] for each in _of_written(said, one, sent_on)]
    if not found:
        spoken = islice(spoken_days(tokens, written, sent_on, rules), MAX_DATES)
        found = [each for one in spoken for each in _of_spoken(said, one, sent_on)]
    return max(found, key=lambda one: one.return_on, default=None)


def within_reach(
    day: date, sent_on: date, words: str, *, is_last: bool, reach: int = MAX_DAYS
) -> ReturnDate | None:
    """The return that a day means, the last one away or the first one back, if it is to come."""
    if not sent_on <= day <= sent_on + timedelta(days=reach):
        return None
    following = day + timedelta(days=1)
    return ReturnDate(following if is_last else day, following, words)


def _of_written(said: _Text, written: Written, sent_on: date) -> Iterator[ReturnDate]:
    is_last = _is_last(said, written.first, written.last)
    if is_last is None and _ends_span(said, written):
        before = f" {' '.join(_before(said, written.first))} "
        is_last = True if any(each in before for each in said.spaced(Group.SPAN)) else None
    if is_last is None:
        return
    shown = _shown(said.tokens[max(written.first - 4, 0) : written.last + 1])
    dates = list(
        written.dates(sent_on) if said.codes & ENGLISH else islice(written.dates(sent_on), 1)
    )
    reach = MAX_DAYS if written.year else MAX_DAYS_WITHOUT_YEAR
    for day in dates:
        found = within_reach(day, sent_on, shown, is_last=is_last, reach=reach)
        if found is not None and (len(dates) == 1 or day <= sent_on + AMBIGUOUS_REACH):
            yield found


def _of_spoken(said: _Text, spoken: Spoken, sent_on: date) -> Iterator[ReturnDate]:
    is_last = _is_last(said, spoken.first, spoken.last)
    if spoken.is_next and is_last is not False:
        is_last = False if _is_absence(said, spoken) else None
    if is_last is None or (is_last and spoken.is_span):
        return
    shown = _shown(said.tokens[max(spoken.first - 4, 0) : spoken.last + 1])
    found = within_reach(spoken.day, sent_on, shown, is_last=is_last)
    if found is not None:
        yield found


def _is_absence(said: _Text, spoken: Spoken) -> bool:
    """Whether the sentence tells of one."""
    around = (*_before(said, spoken.first), *_after(said, spoken.last + 1))
    return said.rules.finder(Group.ABSENCE).first(words_in(" ".join(around))) is not None


def _shown(tokens: Sequence[str]) -> str:
    """Tokens as a person would write them."""
    return "".join(
        token if token in _TIGHT or before in _TIGHT else f" {token}"
        for before, token in pairwise(("", *tokens))
    ).strip()


def _is_last(said: _Text, first: int, last: int) -> bool | None:
    """Whether words beside a date make it the last day away, or the first day back, or neither."""
    start = max((each.last + 1 for each in said.written if each.last < first), default=0)
    before = f" {' '.join(_before(said, first, start))} "
    until, since = (_nearest(before, said, group) for group in (Group.LAST_DAY, Group.FIRST_DAY))
    if max(until, since) > (0, 0):
        return until > since
    after = f" {' '.join(_after(said, last + 1))} "
    until_at = _earliest(after, said, Group.LAST_DAY_BEHIND)
    since_at = _earliest(after, said, Group.FIRST_DAY_BEHIND)
    return until_at < since_at if min(until_at, since_at) < len(after) else None


def _nearest(before: str, said: _Text, group: Group) -> tuple[int, int]:
    """Where the last phrase of a group ends in the words before a date, and its length."""
    found = ((before.rfind(each), len(each)) for each in said.spaced(group) if each in before)
    return max(((at + length, length) for at, length in found), default=(0, 0))


def _earliest(after: str, said: _Text, group: Group) -> int:
    """Where the first phrase of a group begins in the words behind a date."""
    found = (after.find(each) for each in said.spaced(group) if each in after)
    return min(found, default=len(after))


def _before(said: _Text, at: int, start: int = 0) -> tuple[str, ...]:
    """Words of the same sentence in front of a token, as many as reach, from `start` on."""
    words: list[str] = []
    for number in range(at - 1, max(at - 3 * REACH, start - 1, -1), -1):
        if _ends_sentence(said, number) or len(words) >= REACH:
            break
        words += [said.tokens[number]] if said.tokens[number].isalnum() else []
    return tuple(reversed(words))


def _after(said: _Text, at: int) -> tuple[str, ...]:
    words: list[str] = []
    for number in range(at, min(at + 2 * REACH, len(said.tokens))):
        if _ends_sentence(said, number) or len(words) >= REACH:
            break
        words += [said.tokens[number]] if said.tokens[number].isalnum() else []
    return tuple(words)


def _ends_sentence(said: _Text, at: int) -> bool:
    """Whether a sentence ends here; a dot behind a number or an abbreviation ends none."""
    mark, last = said.tokens[at], said.tokens[at - 1] if at else ""
    following = said.tokens[at + 1] if at + 1 < len(said.tokens) else ""
    if mark in _STOPS:
        return True
    whole = last.isalpha() and len(last) > 4 and last not in said.rules.weekdays
    return mark == "." and whole and following not in said.rules.weekdays


def _ends_span(said: _Text, written: Written) -> bool:
    """Whether the date is the second of two: behind `to`, with a day in front of that."""
    tokens, rules = said.tokens, said.rules
    own = tokens[written.first : written.last]
    if not rules.months.keys().isdisjoint(own) and not _DASHES.isdisjoint(own):
        return True  # `July 10-31`, both of which are one date by now
    at = written.first - 1
    while at > 0 and (tokens[at] in rules.weekdays or tokens[at] in _BETWEEN):
        at -= 1
    joined = at > 0 and (tokens[at] in rules.words(Vocabulary.JOIN) or tokens[at] in _DASHES)
    return joined and any(map(day_number, tokens[max(at - 5, 0) : at]))
