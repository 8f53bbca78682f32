"""A CSV file of people: its headings understood, and its rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sequencer.files.csv_heading import Columns, columns
from sequencer.files.csv_source import CsvSource, Record, open_source


@dataclass(frozen=True, slots=True)
class CsvTable:
    """One file whose headings can be used."""

    source: CsvSource
    headings: list[str]
    columns: Columns

    def rows(self) -> Iterator[Record]:
        """Every record below the headings; ConfigError as for the records of a source."""
        records = self.source.records()
        next(records, None)
        return records

    def check(self) -> None:
        """Read to the end, and raise a ConfigError if something makes the file unusable."""
        for _ in self.source.records():
            pass


def open_table(path: Path, needed: Sequence[str] = ("email",)) -> CsvTable:
    """The file with the meaning of its columns; only the headings have been read.

    Args:
        path: the file.
        needed: one of these columns has to be there.

    Raises:
        ConfigError: it cannot be opened, or its headings cannot be used.
    """
    source = open_source(path)
    first = next(source.records())
    try:
        return CsvTable(source, first.cells, columns(first.cells, needed))
    except ValueError as error:
        least = " or ".join(f"`{each}`" for each in needed)
        hint = f"the first line names the columns, at least {least}"
        raise source.error(first.line, str(error), hint) from error
