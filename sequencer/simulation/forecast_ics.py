"""A forecast as a calendar file (RFC 5545): one event for each mailbox or rep and day."""

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from sequencer.mail.calendar_text import folded, text_value
from sequencer.simulation.forecast_table import Cell, Column, calendar_of
from sequencer.simulation.forecast_values import Forecast, Touch

MOST_LINES: Final = 200  # touches that one event lists


def calendar_file(found: Forecast) -> bytes:
    """The file in UTF-8, each line ended by CRLF."""
    return b"".join(map(folded, _lines(found)))


def _lines(found: Forecast) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "PRODID:-//Sequencer//Forecast//EN"
    yield "VERSION:2.0"
    yield "CALSCALE:GREGORIAN"
    yield f"X-WR-CALNAME:{text_value(f'Forecast of {found.cadence}')}"
    calendar = calendar_of(found)
    touches: dict[tuple[Column, date], list[Touch]] = {}
    for touch in found.touches:
        touches.setdefault((Column(touch.by, touch.kind == "mail"), touch.on), []).append(touch)
    for day, cells in calendar.rows:
        for column, cell in zip(calendar.columns, cells, strict=True):
            if cell.touches:
                yield from _event(found, column, day, cell, touches[column, day])
    yield "END:VCALENDAR"


def _event(
    found: Forecast, column: Column, day: date, cell: Cell, touches: list[Touch]
) -> Iterator[str]:
    named = f"{found.cadence} {found.seed} {found.begin.isoformat()} {column.heading} {day}"
    what = "mail" if column.is_mail else "task"
    number = f"{cell.touches} {what}{'' if cell.touches == 1 else 's'}"
    listed = [
        f"{touch.at.astimezone(found.tz):%H:%M} {touch.cadence} {touch.step} {touch.prospect}"
        for touch in touches[:MOST_LINES]
    ]
    if len(touches) > MOST_LINES:
        listed.append(f"and {len(touches) - MOST_LINES} more")
    yield "BEGIN:VEVENT"
    yield f"UID:{sha256(named.encode()).hexdigest()[:32]}@forecast"
    yield f"DTSTAMP:{found.begin:%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{text_value(f'{column.name}: {number}')}"
    lines = "\n".join([f"Times of {found.tz.key}:", *listed])
    yield f"DESCRIPTION:{text_value(lines)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"
