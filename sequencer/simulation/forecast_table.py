"""The calendar of a forecast: on each day, how many touches by whom."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from sequencer.simulation.forecast_values import MAIL, Forecast

MOST_COLUMNS = 8  # of mailboxes and reps beside each other; the others are added up in one


@dataclass(frozen=True, slots=True)
class Cell:
    """What one mailbox or rep does on one day: of how many touches, how many are new people's."""

    touches: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """A mailbox, or a rep with tasks."""

    name: str
    is_mail: bool

    @property
    def heading(self) -> str:
        """`ana` for the mails of a mailbox, `ana, tasks` for a rep's work."""
        return self.name if self.is_mail else f"{self.name or 'nobody'}, tasks"


@dataclass(frozen=True)
class Calendar:
    """All days from the first to the last touch that have any, in their order."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[date, tuple[Cell, ...]], ...]


def calendar_of(found: Forecast) -> Calendar:
    """The touches by day, and by mailbox or rep."""
    all_of, new_of = Counter[tuple[Column, date]](), Counter[tuple[Column, date]]()
    for touch in found.touches:
        place = Column(touch.by, touch.kind == MAIL), touch.on
        all_of[place] += 1
        new_of[place] += touch.is_new
    columns = sorted(
        {column for column, _ in all_of}, key=lambda each: (not each.is_mail, each.name)
    )
    days = sorted({day for _, day in all_of})
    rows = tuple(
        (day, tuple(Cell(all_of[column, day], new_of[column, day]) for column in columns))
        for day in days
    )
    return Calendar(tuple(columns), rows)


def span(days: tuple[date, ...]) -> list[date]:
    """Every date from the first to the last of some."""
    if not days:
        return []
    return [days[0] + timedelta(days=ahead) for ahead in range((days[-1] - days[0]).days + 1)]
