"""Reps in words: what they take, what they have, and who would get a meeting."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sequencer.cli.paragraph import Line, harmless

if TYPE_CHECKING:
    from datetime import datetime

    from sequencer.domain.assignment import Decision
    from sequencer.engine.reps import CalendarState, RepLine

HEADINGS = ("rep", "takes", "handed", "ahead", "last", "today", "calendar", "person")
EMPTY = "No rep is in the settings: see docs/how-to/reps-and-territories.md."
NO_WAYS = (
    "`handover.to` is empty in config/sequencer.yaml, so no meeting is handed over; see "
    "docs/how-to/reps-and-territories.md."
)
NOBODY = "Nobody would get it: a task asks a person."
_MARGIN = "    "


def cells(rep: "RepLine", tz: ZoneInfo) -> list[str]:
    """A row of the table, on the clock of one zone."""
    handed = f"{rep.handed}/{rep.weight}" if rep.weight > 1 else str(rep.handed)
    ahead = str(rep.ahead) if rep.most_per_week is None else f"{rep.ahead} of {rep.most_per_week}"
    last = _clock(rep.last_at, tz) if rep.last_at else "never"
    calendars = "; ".join(_calendar(each, tz) for each in rep.calendars) or "none"
    person = f"{rep.person} <{rep.address}>"
    today = harmless(rep.off) or "there"
    return [rep.name, harmless(_takes(rep)), handed, ahead, last, today, calendars, person]


def remarks(found: Sequence["RepLine"], ways: Sequence[str]) -> Iterator[str]:
    """What is worth saying below the table."""
    if not found:
        return
    yield ""
    if ways:
        yield f"Meetings are given by: {', then '.join(ways)}."
    else:
        yield NO_WAYS


def lines(decision: "Decision", *, has_ways: bool) -> Iterator[Line]:
    """Who would get a meeting, and below it why the others would not."""
    if not has_ways:
        yield Line(NO_WAYS)
        return
    choice = decision.choice
    yield Line(f"{choice.because}." if choice else NOBODY, style="bold")
    for name, why in decision.passed_over:
        yield Line(why, f"{_MARGIN}{name}: ")


def decision_object(decision: "Decision") -> dict[str, object]:
    """The same for programs."""
    choice = decision.choice
    return {
        "rep": choice.rep.name if choice else None,
        "because": choice.because if choice else "",
        "passed_over": _objects(decision.passed_over),
    }


def _objects(passed_over: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"rep": name, "why": why} for name, why in passed_over]


def _takes(rep: "RepLine") -> str:
    if not rep.takes_meetings:
        return "nothing"
    where = rep.territory or "everything"
    return f"{where}, for {rep.client}" if rep.client else where


def _calendar(calendar: "CalendarState", tz: ZoneInfo) -> str:
    if calendar.failing_since is not None:
        since = _clock(calendar.failing_since, tz)
        return f"fails since {since}: {harmless(calendar.problem)}"
    if calendar.read_at is None:
        return "not read yet"
    odd = f": {harmless(calendar.problem)}" if calendar.problem else ""
    return f"read {_clock(calendar.read_at, tz)}{odd}"


def _clock(at: "datetime", tz: ZoneInfo) -> str:
    return f"{at.astimezone(tz):%Y-%m-%d %H:%M}"
