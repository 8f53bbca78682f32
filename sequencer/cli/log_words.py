"""A person's timeline in words: a heading for each day, a line for each entry."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from sequencer.cli.paragraph import Line
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.prospect import Prospect

WORD = max(len(kind) for kind in Kind)
# What stops everything, or asks for a person, is to be seen at a glance.
STYLES = {
    Kind.SENT: "green",
    Kind.FINISHED: "bold",
    Kind.RECEIVED: "cyan",
    Kind.PAUSED: "yellow",
    Kind.IN_DOUBT: "yellow",
    Kind.PARKED: "red",
    Kind.REJECTED: "red",
}


def lines(prospect: Prospect, entries: Sequence[Entry], tz: ZoneInfo) -> Iterator[Line]:
    """The timeline for people, on the clock of one zone."""
    yield Line(named(prospect), style="bold")
    if not entries:
        yield Line("Nothing has happened yet.", "  ")
        return
    yield Line(f"All times are {tz.key} time, unless another zone stands with them.", "  ")
    by_day = groupby(entries, key=lambda entry: entry.at.astimezone(tz).date())
    for day, of_day in by_day:
        yield Line()
        yield Line(f"{day:%A} {day.day} {day:%B %Y}", style="bold")
        for entry in of_day:
            yield _entry(entry, tz)


def named(prospect: Prospect) -> str:
    """A person by name and company, as far as they are known, and by the address."""
    name = " ".join(part for part in (prospect.first_name, prospect.last_name) if part)
    who = ", ".join(part for part in (name, prospect.company) if part)
    return f"{who} <{prospect.email}>" if who else prospect.email


def _entry(entry: Entry, tz: ZoneInfo) -> Line:
    word = entry.kind.replace("_", " ")
    text = ": ".join(part for part in (entry.step_id, entry.detail) if part)
    margin = f"  {entry.at.astimezone(tz):%H:%M:%S}  {word:<{WORD}}  "
    return Line(text, margin, STYLES.get(entry.kind, ""))
