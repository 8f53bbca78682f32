"""A forecast as text for a terminal, and as one JSON object."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date

from sequencer.simulation.forecast_story import (
    begin_of,
    cause_words,
    end_words,
    holiday_words,
    sentences,
    wait_words,
)
from sequencer.simulation.forecast_table import Calendar, Cell, calendar_of
from sequencer.simulation.forecast_values import Compared, Forecast, Touch

MOST_NAMES = 3  # people who are named of those refused for one reason


def told(compared: Compared) -> str:
    """The answer, then why, then the calendar."""
    found = compared.forecast
    lines = [*sentences(compared), ""]
    lines.extend(_refused(found))
    if found.own:
        lines.extend(_section("Waits of the new people's mails", map(wait_words, found.waits)))
        lines.extend(_section("Days off that moved mails", map(holiday_words, found.holidays)))
        lines.extend(_section("How it ends", end_words(found)))
    if found.touches:
        lines.extend(_calendar(found))
    lines.append(_basis(found))
    return "\n".join(lines) + "\n"


def _section(heading: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"{heading}:"
        yield from (f"  {line}" for line in found)
        yield ""


def _refused(found: Forecast) -> Iterator[str]:
    lines = []
    for each in found.refused:
        more = len(each.people) - MOST_NAMES
        names = ", ".join(each.people[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
        lines.append(f"{len(each.people)} {each.code}: {each.sentence} {names}")
    return _section("Refused", iter(lines))


def _calendar(found: Forecast) -> Iterator[str]:
    calendar = calendar_of(found)
    shared = any(cell.new < cell.touches for _, cells in calendar.rows for cell in cells)
    note = "; (n) of the people of the file" if shared else ""
    rows = [["Touches by day", *(column.heading for column in calendar.columns)]]
    rows += [
        [_day(day, found), *(_cell(cell, shared=shared) for cell in cells)]
        for day, cells in calendar.rows
    ]
    rows.append(["all", *_sums(calendar)])
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join(cells).rstrip()
    yield f"On the clock of each mailbox or rep{note}."
    yield ""


def _day(day: date, found: Forecast) -> str:
    year = "" if day.year == begin_of(found).year else f" {day.year}"
    return f"{day:%a} {day.day:2} {day:%b}{year}"


def _cell(cell: Cell, *, shared: bool) -> str:
    if not cell.touches:
        return "."
    return f"{cell.touches} ({cell.new})" if shared else str(cell.touches)


def _sums(calendar: Calendar) -> Iterator[str]:
    for index in range(len(calendar.columns)):
        yield str(sum(cells[index].touches for _, cells in calendar.rows))


def _basis(found: Forecast) -> str:
    begin = begin_of(found)
    return (
        f"From {begin:%A} {begin.day} {begin:%B %Y} for {found.days} days, {found.beside}, "
        f"seed {found.seed}. Nothing was sent or stored."
    )


def as_object(compared: Compared) -> dict[str, object]:
    """The whole forecast as JSON."""
    found = _object(compared.forecast)
    other = compared.with_added
    added = None
    if other is not None:
        added = {"mailboxes": list(compared.added), **_object(other)}
    return {"answer": sentences(compared), **found, "with_added": added}


def _object(found: Forecast) -> dict[str, object]:
    return {
        "cadence": found.cadence,
        "from": found.begin,
        "until": found.end,
        "days": found.days,
        "timezone": found.tz.key,
        "seed": found.seed,
        "live": found.is_live,
        "enrolled": found.enrolled,
        "waiting": found.waiting,
        "refused": found.refused,
        "last_touch_at": found.last_at,
        "done": found.is_done,
        "still_to_come": found.still_to_come,
        "caps": dict(found.caps),
        "at_cap": [{**asdict(each), **_days(each.from_on, each.until_on)} for each in found.at_cap],
        "waits": [{**asdict(each), "words": cause_words(each.cause)} for each in found.waits],
        "holidays": found.holidays,
        "ends": dict(found.ends),
        "happened": dict(found.happened),
        "touches": [_touch(each) for each in found.touches],
    }


def _days(from_on: date, until_on: date) -> dict[str, str]:
    return {"from_on": from_on.isoformat(), "until_on": until_on.isoformat()}


def _touch(touch: Touch) -> dict[str, object]:
    return {**asdict(touch), "on": touch.on.isoformat()}
