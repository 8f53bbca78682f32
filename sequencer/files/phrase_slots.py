"""What may stand in the places of a phrase: days, hours, steps, names, and words in quotes."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from sequencer.domain.cadence_test import Hours
from sequencer.domain.delay import Unit, delay_from_text
from sequencer.domain.enrollment import FinishReason, PauseReason
from sequencer.domain.reason import Reason
from sequencer.domain.task import TaskKind
from sequencer.domain.wall_time import MINUTES_PER_DAY
from sequencer.files.nearest import did_you_mean, nearest
from sequencer.files.phrase_days import counted, dated
from sequencer.files.phrase_form import Read, Trace, Values, Word, match
from sequencer.files.region_cell import language_of
from sequencer.files.zone_cell import zone_of

SHOWN = 60  # characters of what was written

_NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})", re.ASCII)
_SPAN = re.compile(r"([0-9]{1,2}:[0-9]{2})[-\u2013]([0-9]{1,2}:[0-9]{2})", re.ASCII)
EVENTS = frozenset(
    {
        "reply",
        "absence",
        "bounce",
        "opt-out",
        "complaint",
        "booking",
        "move",
        "cancellation",
        "no-show",
        "meeting",
        "call",
        "pause",
    }
)

# Places that are read as one of several smaller forms.
RULES: Mapping[str, tuple[str, ...]] = {
    "MOMENT": (
        "on DAY [at TIME]",
        "at DAY TIME",
        "DELAY after ANCHOR [at TIME]",
        "[right] after ANCHOR",
    ),
    "HOURS": ("SPAN [ZONE]", "before END [ZONE]", "after START [ZONE]", "at SHARP [ZONE]"),
    "POINT": ("DAY", "ANCHOR"),
}


@dataclass(frozen=True)
class Vocabulary:
    """The names that a test of one cadence may use.

    Attributes:
        begin_on: the day of the enrolment; a date without a year is the first from there on.
        steps: ids of the steps; those of other cadences with the cadence before a slash.
        others: places for names, by their word in the forms, and what is known there.
    """

    begin_on: date
    slug: str
    steps: Collection[str]
    others: Mapping[str, tuple[str, Collection[str]]] = field(default_factory=dict)

    def slots(self) -> dict[str, Read]:
        """How to read each place."""
        known: dict[str, Read] = {
            "DAY": self._days("day"),
            "UNTIL": self._days("until"),
            "STEP": self._step,
            "STEPS": self._steps,
            "ANCHOR": self._anchor,
        }
        for place, (what, names) in {**_NAMES, **self.others}.items():
            known[place] = _named(what, names)
        found = {**_PLAIN, **known}
        for place, forms in RULES.items():
            found[place] = _one_of(forms, found)
        return found

    def _days(self, key: str) -> Read:
        def read(words: Sequence[Word], at: int, trace: Trace) -> Iterator[tuple[Values, int]]:
            found = counted(words, at, trace) or dated(words, at, trace, self.begin_on)
            if found is not None:
                yield {key: found[0]}, found[1]

        return read

    def _step(
        self, words: Sequence[Word], at: int, trace: Trace
    ) -> Iterator[tuple[dict[str, Any], int]]:
        if at < len(words) and words[at].text in self.steps:
            yield {"step": words[at].text}, at + 1
            return
        word = words[at].text if at < len(words) else ""
        own = [step for step in self.steps if "/" not in step]
        near = did_you_mean(word, self.steps if word else own)
        trace.miss(at, f"a step of {self.slug}", near)

    def _steps(
        self, words: Sequence[Word], at: int, trace: Trace
    ) -> Iterator[tuple[dict[str, Any], int]]:
        """One or more steps; `then` and `and` may stand between them."""
        found: list[str] = []
        while at < len(words) or not found:
            if found and words[at].folded in {"then", "and"}:
                at += 1
            step = next(self._step(words, at, trace), None)
            if step is None:
                return
            found.append(step[0]["step"])
            at = step[1]
        if found:
            yield {"steps": tuple(found)}, at

    def _anchor(
        self, words: Sequence[Word], at: int, trace: Trace
    ) -> Iterator[tuple[dict[str, Any], int]]:
        """A step, or something that was given: `bump`, `the reply`."""
        if at + 1 < len(words) and words[at].folded == "the":
            if words[at + 1].folded in EVENTS:
                yield {"anchor": f"the {words[at + 1].folded}"}, at + 2
            else:
                hint = did_you_mean(words[at + 1].text, EVENTS)
                trace.miss(at + 1, "something that is given", hint)
            return
        for found, end in self._step(words, at, trace):
            yield {"anchor": found["step"]}, end


def _minute(text: str) -> int | None:
    found = _CLOCK.fullmatch(text)
    if found is None or int(found[2]) > 59:
        return None
    minute = int(found[1]) * 60 + int(found[2])
    return minute if minute <= MINUTES_PER_DAY else None


def _clock(key: str) -> Read:
    """A time of the day, kept under that key."""

    def read(words: Sequence[Word], at: int, trace: Trace) -> Iterator[tuple[Values, int]]:
        minute = _minute(words[at].text) if at < len(words) else None
        if minute is None or minute == MINUTES_PER_DAY:
            trace.miss(at, "a time, such as `10:00`")
        else:
            yield {key: minute}, at + 1

    return read


def _hours_from(begins: int | None, ends: int | None) -> Read:
    """A time of the day that bounds hours; None where it is the time itself."""

    def read(words: Sequence[Word], at: int, trace: Trace) -> Iterator[tuple[Values, int]]:
        for values, end in _clock("minute")(words, at, trace):
            minute: int = values["minute"]
            start = minute if begins is None else begins
            over = minute + 1 if ends is None and begins is None else ends or minute
            yield {"hours": Hours(start, over)}, end

    return read


def _span(words: Sequence[Word], at: int, trace: Trace) -> Iterator[tuple[Values, int]]:
    found = _SPAN.fullmatch(words[at].text) if at < len(words) else None
    start, end = (_minute(found[1]), _minute(found[2])) if found else (None, None)
    if start is None or end is None or start >= end:
        trace.miss(at, "hours, such as `08:30-11:30`")
    else:
        yield {"hours": Hours(start, end)}, at + 1


def _zone(words: Sequence[Word], at: int, trace: Trace) -> Iterator[tuple[Values, int]]:
    """`Europe/Madrid`, or only the city, with or without the word `time`."""
    for length in (3, 2, 1):
        said = [word.text for word in words[at : at + length]]
        if len(said) < length:
            continue
        tz = zone_named(" ".join(said))
        if tz:
            end = at + length
            end += end < len(words) and words[end].folded == "time"
            yield {"tz": tz}, end
            return
    trace.miss(at, "a time zone, such as `Madrid`")


def zone_named(text: str) -> str:
    """The zone of that name or of that city; empty for neither."""
    name, _ = zone_of(text)
    if name:
        return name
    return _cities().get(text.strip().casefold().replace(" ", "_"), "")


@cache
def _cities() -> Mapping[str, str]:
    """Zones by the last part of their names; the shortest name where there are several."""
    zones = sorted(available_timezones(), key=lambda name: (-len(name), name))
    return {zone.rpartition("/")[2].casefold(): zone for zone in zones if "/" in zone}


def _delay(words: Sequence[Word], at: int, trace: Trace) -> Iterator[tuple[Values, int]]:
    """`2 days`, `3 business days`, `90 minutes`."""
    for length in (3, 2):
        said = "_".join(word.folded for word in words[at + 1 : at + length])
        number = words[at].text if at < len(words) else ""
        try:
            yield {"delay": delay_from_text(f"{number} {said}")}, at + length
        except ValueError:
            continue
        else:
            return
    trace.miss(at, "a delay, such as `2 days` or `3 business days`", _near_unit(words, at))


def _near_unit(words: Sequence[Word], at: int) -> str:
    """What to do about a unit that is misspelt; empty where no number stands before it."""
    if at >= len(words) or not _NUMBER.fullmatch(words[at].text):
        return ""
    said = (" ".join(word.folded for word in words[at + 1 : at + length]) for length in (3, 2))
    near = next(filter(None, (nearest(each, _UNITS) for each in said)), None)
    return f"did you mean `{near}`?" if near else ""


_UNITS = tuple(unit.replace("_", " ") for unit in Unit)


def _number(words: Sequence[Word], at: int, trace: Trace) -> Iterator[tuple[Values, int]]:
    if at < len(words) and _NUMBER.fullmatch(words[at].text):
        yield {"number": int(words[at].text)}, at + 1
    elif at < len(words) and words[at].folded in {"one", "two", "three", "four", "five"}:
        spelt = ("one", "two", "three", "four", "five").index(words[at].folded) + 1
        yield {"number": spelt}, at + 1
    else:
        trace.miss(at, "a number")


def _text(words: Sequence[Word], at: int, trace: Trace) -> Iterator[tuple[Values, int]]:
    if at < len(words) and len(words[at].text) > 2 and words[at].text[0] in '"\u201c':
        yield {"text": words[at].text[1:-1]}, at + 1
    else:
        said = " ".join(word.text.strip('"\u201c\u201d') for word in words[at:])
        trace.miss(at, "words in quotes", f'such as "{said[:SHOWN]}"' if said else "")


def _rest(words: Sequence[Word], at: int, trace: Trace) -> Iterator[tuple[Values, int]]:
    """All that follows, as it is."""
    if at >= len(words):
        trace.miss(at, "a reason in a few words")
        return
    yield {"text": " ".join(word.text.strip('"\u201c\u201d') for word in words[at:])}, len(words)


def _language(words: Sequence[Word], at: int, trace: Trace) -> Iterator[tuple[Values, int]]:
    """A code or an English name."""
    word = words[at].text if at < len(words) else ""
    code = _LANGUAGES.get(word.casefold(), word)
    try:
        yield {"name": language_of(code)}, at + 1
    except ValueError:
        trace.miss(at, "a language, such as `es` or `Spanish`")


_LANGUAGES = {
    "dutch": "nl",
    "english": "en",
    "french": "fr",
    "german": "de",
    "italian": "it",
    "portuguese": "pt",
    "spanish": "es",
}


def _named(what: str, names: Collection[str]) -> Read:
    """One of some names."""
    key, _, said = what.partition(": ")

    def read(words: Sequence[Word], at: int, trace: Trace) -> Iterator[tuple[Values, int]]:
        word = words[at].text if at < len(words) else ""
        known = {name.casefold(): name for name in names}
        for name in (word, word.replace("-", "_")):
            if name.casefold() in known:
                yield {key: known[name.casefold()]}, at + 1
                return
        trace.miss(at, said, did_you_mean(word, names))

    return read


def _one_of(forms: Sequence[str], slots: Mapping[str, Read]) -> Read:
    """A place that has several forms."""

    def read(words: Sequence[Word], at: int, trace: Trace) -> Iterator[tuple[Values, int]]:
        for form in forms:
            yield from match(form, words, at, slots, trace)

    return read


_PLAIN: Mapping[str, Read] = {
    "TIME": _clock("minute"),
    "CLOCK": _clock("clock"),
    "SHARP": _hours_from(None, None),
    "END": _hours_from(0, None),
    "START": _hours_from(None, MINUTES_PER_DAY),
    "SPAN": _span,
    "ZONE": _zone,
    "DELAY": _delay,
    "N": _number,
    "TEXT": _text,
    "WORDS": _rest,
    "LANGUAGE": _language,
}
_NAMES: Mapping[str, tuple[str, Collection[str]]] = {
    "REASON": ("name: how it ends", tuple(FinishReason)),
    "PAUSE": ("name: why it waits", tuple(PauseReason)),
    "GATE": ("name: a code of the gate", tuple(Reason)),
    "KIND": ("name: a kind of task", tuple(TaskKind)),
}
