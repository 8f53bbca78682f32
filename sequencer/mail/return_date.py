"""When does the writer of an automatic reply come back?

Only a date beside words such as `until` or `back on` counts, and of several the latest, so that of
two languages, or of `from A to B`, the end is taken. Both the last day away and the first day back
resume on the day after: somebody just back has a full inbox.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, pairwise

from sequencer.mail.date_words import Written, day_number, words_of, written_dates
from sequencer.mail.month_names import MONTHS, WEEKDAYS
from sequencer.mail.return_words import AFTER, AWAY, BEFORE, ENGLISH, JOINS

MAX_DAYS = 180  # further away it is no absence, or no date of return
REACH = 9  # words between a date and what makes it one
_TIGHT = frozenset("./-'\N{RIGHT SINGLE QUOTATION MARK}")
_STOPS = frozenset({"!", "?", "\n\n"})
_BETWEEN = frozenset({".", ",", "the", "le", "el", "den"})
_DASHES = frozenset({"-", "\N{EN DASH}", "\N{EM DASH}"})


@dataclass(frozen=True, slots=True)
class ReturnDate:
    """First day to write again, and the words that say so (case-folded)."""

    resume_on: date
    words: str


def return_date(text: str, sent_on: date) -> ReturnDate | None:
    """The date of return in a mail sent on that day, 1 to 180 days ahead, or None."""
    tokens = words_of(text)
    found = [
        candidate
        for written in written_dates(tokens)
        for candidate in _candidates(tokens, written, sent_on)
    ]
    return max(found, key=lambda one: one.resume_on, default=None)


def resume_after(day: date, sent_on: date) -> date | None:
    """Day after `day`, if it lies within reach of a mail sent on `sent_on`."""
    if not sent_on <= day <= sent_on + timedelta(days=MAX_DAYS - 1):
        return None
    return day + timedelta(days=1)


def _candidates(tokens: Sequence[str], written: Written, sent_on: date) -> Iterator[ReturnDate]:
    words = _cue(tokens, written)
    if not words:
        return
    shown = _shown(tokens[max(written.first - 4, 0) : written.last + 1])
    english = not ENGLISH.isdisjoint(words)
    dates = written.dates(sent_on)
    for day in dates if english else islice(dates, 1):
        if resume_on := resume_after(day, sent_on):
            yield ReturnDate(resume_on, shown)


def _shown(tokens: Sequence[str]) -> str:
    """Tokens as a person would write them."""
    return "".join(
        token if token in _TIGHT or before in _TIGHT else f" {token}"
        for before, token in pairwise(("", *tokens))
    ).strip()


def _cue(tokens: Sequence[str], written: Written) -> tuple[str, ...]:
    """Words that make the date one of return; empty where there are none."""
    before = _before(tokens, written.first)
    if _has(before, BEFORE) or (_ends_span(tokens, written) and _has(before, AWAY)):
        return before
    after = _after(tokens, written.last + 1)
    return after if _has(after, AFTER) else ()


def _has(words: Sequence[str], phrases: Sequence[str]) -> bool:
    said = f" {' '.join(words)} "
    return any(f" {phrase} " in said for phrase in phrases)


def _before(tokens: Sequence[str], at: int) -> tuple[str, ...]:
    """Words of the same sentence in front of a token, as many as reach."""
    words: list[str] = []
    for number in range(at - 1, max(at - 3 * REACH, -1), -1):
        if _ends_sentence(tokens, number) or len(words) >= REACH:
            break
        words += [tokens[number]] if tokens[number].isalnum() else []
    return tuple(reversed(words))


def _after(tokens: Sequence[str], at: int) -> tuple[str, ...]:
    words: list[str] = []
    for number in range(at, min(at + 2 * REACH, len(tokens))):
        if _ends_sentence(tokens, number) or len(words) >= REACH:
            break
        words += [tokens[number]] if tokens[number].isalnum() else []
    return tuple(words)


def _ends_sentence(tokens: Sequence[str], at: int) -> bool:
    """Whether a sentence ends here; a dot behind a number or an abbreviation ends none."""
    if tokens[at] in _STOPS:
        return True
    last = tokens[at - 1] if at else ""
    return tokens[at] == "." and last.isalpha() and len(last) > 4 and last not in WEEKDAYS


def _ends_span(tokens: Sequence[str], written: Written) -> bool:
    """Whether the date is the second of two: behind `to`, with a day in front of that."""
    own = tokens[written.first : written.last]
    if not MONTHS.keys().isdisjoint(own) and not _DASHES.isdisjoint(own):
        return True  # `July 10-31`, both of which are one date by now
    at = written.first - 1
    while at > 0 and (tokens[at] in WEEKDAYS or tokens[at] in _BETWEEN):
        at -= 1
    joined = at > 0 and (tokens[at] in JOINS or tokens[at] in _DASHES)
    return joined and any(map(day_number, tokens[max(at - 5, 0) : at]))
