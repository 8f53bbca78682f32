"""What is said about the database, and about its move to another one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sequencer.cli.paragraph import Line

if TYPE_CHECKING:
    from sequencer.engine.database_check import DatabaseCheck
    from sequencer.engine.move import Moved, Survey

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
_KIBI = 1024


def check_lines(found: "DatabaseCheck") -> Iterator[Line]:
    """What the database is, line by line."""
    yield Line(f"{found.where}, {found.server}")
    yield Line(f"schema {found.revision}, {size(found.size_bytes)}")
    yield from _rows(found.rows)
    if found.daemons:
        yield Line(f"daemons at work: {', '.join(found.daemons)}")
    if found.held:
        yield Line(f"Nothing is sent: {found.held}", style="bold")
    if found.problem:
        yield Line(f"It cannot be worked with: {found.problem}", style="bold red")
    else:
        yield Line("It can be written to.")


def survey_lines(ahead: "Survey") -> Iterator[Line]:
    """What a move would do."""
    yield Line(f"from  {ahead.source}")
    yield Line(f"to    {ahead.target}, which is empty")
    yield from _rows(ahead.rows)


def moved_lines(moved: "Moved") -> Iterator[Line]:
    """What a move has done, and how to go on."""
    yield Line(f"{moved.rows:,} rows moved, read again and found the same.", style="bold green")
    yield Line()
    yield Line("Now:")
    setting = "a password stays in ~/.pgpass, or the whole address in SEQUENCER_DATABASE"
    yield Line(f"set `database: {moved.target}` in config/sequencer.yaml ({setting})", "1. ")
    yield Line("`sequencer verify` finds there what it found before", "2. ")
    yield Line("`sequencer run`", "3. ")
    yield Line()
    old = f"{moved.source} is as it was, but nothing is sent from it any more."
    yield Line(f"{old} Should you go back: move everything back, to an empty database.")


def size(number: int) -> str:
    """A number of bytes, with the unit that leaves it short."""
    unit = 0
    amount = float(number)
    while amount >= _KIBI and unit < len(_UNITS) - 1:
        amount /= _KIBI
        unit += 1
    return f"{amount:.1f} {_UNITS[unit]}" if unit else f"{number} bytes"


def _rows(rows: dict[str, int]) -> Iterator[Line]:
    for table, number in rows.items():
        if number:
            yield Line(f"{number:>13,}  {table}", "  ")
    yield Line(f"{sum(rows.values()):>13,}  rows", "  ")
