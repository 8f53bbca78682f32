"""The records of a CSV file, whatever its encoding, delimiter and line ends; read as a stream."""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import TextIO

from sequencer.files.csv_heading import MAX_COLUMNS, known_fields
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.text_file import AS_UTF8

MAX_BYTES = 100 * 1024 * 1024
MAX_CELL = 10_000  # characters
MAX_LINE = MAX_COLUMNS * MAX_CELL
UTF8 = "utf-8-sig"  # takes a byte order mark off where there is one
UNCLOSED = 'look for a quote (") on this line that is opened and never closed'

_LINE_END = re.compile(r"\r\n|\r|\n")
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Record:
    """One row as written; `line` is the first of the lines that it takes."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class CsvSource:
    """How one file is to be read."""

    path: Path
    encoding: str
    delimiter: str

    def records(self) -> Iterator[Record]:
        """Every record that is not blank, the headings first.

        Raises:
            ConfigError: the file cannot be read, is not text, or a quote is never closed.
        """
        try:
            with self.path.open(encoding=self.encoding, newline="") as file:
                yield from _records(self, file)
        except UnicodeError as error:
            raise ConfigError([_undecodable(self)]) from error
        except OSError as error:
            raise ConfigError([_unreadable(self.path, error)]) from error

    def error(self, line: int | None, message: str, hint: str = "") -> ConfigError:
        """An error at that line of the file."""
        return ConfigError([Problem(str(self.path), line, None, message, hint)])


def open_source(path: Path) -> CsvSource:
    """The file with its encoding and delimiter; the headings are there, the rest is not read yet.

    Raises:
        ConfigError: it is no file, too large, empty, or its first lines are not text.
    """
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise ConfigError([Problem(str(path), None, None, "this is not a file")])
        if status.st_size > MAX_BYTES:
            message = f"the file is larger than {MAX_BYTES // 1024**2} MB"
            raise ConfigError([Problem(str(path), None, None, message, "split it")])
        with path.open("rb") as file:
            start = file.read(len(codecs.BOM_UTF8))
    except OSError as error:
        raise ConfigError([_unreadable(path, error)]) from error
    wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    source = CsvSource(path, "utf-16" if wide else UTF8, ",")
    return CsvSource(path, source.encoding, _sniffed(source))


def _sniffed(source: CsvSource) -> str:
    """The delimiter that gives the most headings that mean something, then the most at all."""

    def headings(delimiter: str) -> tuple[int, int]:
        first = next(CsvSource(source.path, source.encoding, delimiter).records(), None)
        if first is None:
            hint = "the first line names the columns, at least `email`"
            raise source.error(None, "the file is empty", hint)
        return known_fields(first.cells), len(first.cells)

    return max(_DELIMITERS, key=headings)


class _Lines:
    """The lines of the file; remembers whether the last one has been taken."""

    def __init__(self, source: CsvSource, file: TextIO) -> None:
        self.ended = False
        self._source = source
        self._file = file
        self._line = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        text = self._file.readline(MAX_LINE + 1)
        if not text:
            self.ended = True
            raise StopIteration
        self._line += 1
        if len(text) > MAX_LINE:
            raise self._source.error(self._line, f"the line is longer than {MAX_LINE:,} characters")
        if "\0" in text:
            message = f"character {text.index(chr(0)) + 1} of this line is a NUL byte (0x00)"
            raise self._source.error(self._line, message, AS_UTF8)
        return text


def _records(source: CsvSource, file: TextIO) -> Iterator[Record]:
    lines = _Lines(source, file)
    reader = csv.reader(lines, delimiter=source.delimiter)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:  # a cell beyond the limit of the csv module, 128 kB
            raise source.error(line, "a cell does not end", UNCLOSED) from error
        if cells is None:
            return
        if lines.ended:  # the reader ends a row at a line's end, unless a quote is open there
            raise source.error(line, "a quoted cell does not end before the file does", UNCLOSED)
        if reader.line_num > line:
            _keep_together(source, line, cells)
        if any(map(str.strip, cells)):
            yield Record(line, cells)


def _keep_together(source: CsvSource, line: int, cells: list[str]) -> None:
    """Refuse a cell that runs on over line after line: it has taken other rows into itself."""
    if any(len(cell) > MAX_CELL and _LINE_END.search(cell) for cell in cells):
        message = f"a quoted cell runs on over more than {MAX_CELL:,} characters"
        raise source.error(line, message, UNCLOSED)


def _unreadable(path: Path, error: OSError) -> Problem:
    reason = error.strerror or type(error).__name__
    return Problem(str(path), None, None, f"the file cannot be read: {reason}")


def _undecodable(source: CsvSource) -> Problem:
    """Where the bytes stop being text. Reads the whole file, which is done only to report this."""
    content = source.path.read_bytes()
    try:
        content.decode(source.encoding)
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(error.encoding, "replace")
        lines = _LINE_END.split(before)
        byte, column = error.object[error.start], len(lines[-1]) + 1
        name = "UTF-16" if source.encoding == "utf-16" else "UTF-8"
        message = f"byte 0x{byte:02x} after character {column - 1} of this line is not {name}"
        return Problem(str(source.path), len(lines), None, message, AS_UTF8)
    return Problem(str(source.path), None, None, "the file changed while it was read")
