"""The file of refused rows: to be corrected in a spreadsheet and imported again."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from sequencer.files.csv_heading import REPORT, Columns
from sequencer.files.csv_source import UTF8
from sequencer.files.csv_table import CsvTable, open_table
from sequencer.files.formula_cell import guarded, unguarded
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.prospect_row import Refused


def write_rejects(
    target: Path, source: Path, refused: Sequence[Refused], needed: Sequence[str] = ("email",)
) -> None:
    """Write the refused rows of `source`, each with its line, code and sentence in front.

    The source is read again rather than kept. `target` may be `source` itself, and is there as a
    whole or not at all.

    Raises:
        ConfigError: the source cannot be read (any more), or the target not be written.
    """
    table = open_table(source, needed)
    unfinished = target.with_name(f"{target.name}.part")
    try:
        with unfinished.open("w", encoding=UTF8, newline="") as file:
            csv.writer(file, delimiter=table.source.delimiter).writerows(_rows(table, refused))
        unfinished.replace(target)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"the refused rows cannot be written: {reason}"
        raise ConfigError([Problem(str(target), None, None, message)]) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _rows(table: CsvTable, refused: Sequence[Refused]) -> Iterator[list[str]]:
    by_line = {row.line: row for row in reversed(refused)}  # of several for a line, the first
    yield [*REPORT, *_original(table.columns, table.headings)]
    for record in table.rows():
        row = by_line.get(record.line)
        if row is not None:
            report = [str(row.line), row.code, guarded(row.sentence)]
            yield [*report, *_original(table.columns, record.cells)]


def _original(meaning: Columns, cells: list[str]) -> list[str]:
    """The cells without an earlier report, guarded once."""
    if not meaning.reported:
        return [guarded(cell) for cell in cells]
    return [guarded(unguarded(cell)) for cell in cells[len(REPORT) :]]
