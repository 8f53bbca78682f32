"""A CSV file of people as prospects, row by row; a bad row is refused and the next one taken."""

from collections.abc import Iterator
from pathlib import Path

from sequencer.domain.prospect import FIELDS
from sequencer.files.csv_table import CsvTable, open_table
from sequencer.files.formula_cell import unguarded
from sequencer.files.prospect_row import Accepted, Refused, Row, RowReader
from sequencer.files.rejects import write_rejects

__all__ = [
    "Accepted",
    "Refused",
    "Row",
    "count_rows",
    "read_addresses",
    "read_prospects",
    "write_rejects",
]

_CHUNK = 1024 * 1024


def read_prospects(path: Path) -> Iterator[Row]:
    """Rows of the file, accepted or refused. The file is streamed, no row is kept.

    It is read twice: what makes it unusable as a whole is found before the first row is given, so
    that no import stops half way.

    Raises:
        ConfigError: it cannot be read, is no UTF-8 or UTF-16 text, has no usable headings, or a
            quote in it is never closed. Raised by the call itself.
    """
    table = open_table(path)
    table.check()
    reader = RowReader(table.columns)
    return map(reader.row, table.rows())


def read_addresses(path: Path) -> Iterator[tuple[int, str]]:
    """Line and content of every cell with an address, as it is written there.

    Raises:
        ConfigError: as for `read_prospects`.
    """
    table = open_table(path)
    table.check()
    return _addresses(table)


def count_rows(path: Path) -> int:
    """About how many rows the file has, from its line ends; for a progress bar only."""
    feeds = returns = 0
    last = b"\n"
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                feeds += chunk.count(b"\n")
                returns += chunk.count(b"\r")
                last = chunk.rstrip(b"\0")[-1:]
    except OSError:
        return 0  # reading it for its rows will say why
    unended = last not in {b"\n", b"\r"}
    return max(0, (feeds or returns) + unended - 1)


def _addresses(table: CsvTable) -> Iterator[tuple[int, str]]:
    position, reported = table.columns.email, table.columns.reported
    for record in table.rows():
        cell = record.cells[position] if position < len(record.cells) else ""
        address = (unguarded(cell) if reported else cell).strip()
        if address:
            yield record.line, address


def extra_columns(path: Path) -> list[str]:
    """Columns that no field of a prospect is meant by; each is kept under its own name.

    Raises:
        ConfigError: the file cannot be opened, or its headings cannot be used.
    """
    names = open_table(path).columns.names
    return [name for name in names if name is not None and name not in FIELDS]
