"""One row of a list of people: the prospect in it, or the first thing that is wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sequencer.domain.address import address_key
from sequencer.domain.prospect import FIELDS, Prospect
from sequencer.files.csv_heading import Columns
from sequencer.files.csv_source import MAX_CELL, Record
from sequencer.files.email_syntax import sendable_address
from sequencer.files.formula_cell import unguarded
from sequencer.files.holiday_book import subdivision_of
from sequencer.files.region_cell import country_of, language_of
from sequencer.files.row_code import RowCode
from sequencer.files.zone_cell import zone_of

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LAYOUT = frozenset("\t\n\r")  # what a note of several lines may contain
_NO_EXTRA: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row that is a prospect."""

    line: int
    prospect: Prospect


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is none: a stable code, and a sentence that names what is wrong."""

    line: int
    code: str
    sentence: str


Row = Accepted | Refused


class RefusalError(Exception):
    """A row cannot be taken."""

    def __init__(self, code: RowCode, sentence: str) -> None:
        self.code = code
        self.sentence = sentence
        super().__init__(f"{code}: {sentence}")


class RowReader:
    """Reads the rows of one file; of these it remembers only the addresses, to find doubles."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._line_of: dict[str, int] = {}

    def row(self, record: Record) -> Row:
        """The row of that record."""
        try:
            return Accepted(record.line, self._prospect(record))
        except RefusalError as refusal:
            return Refused(record.line, refusal.code, refusal.sentence)

    def _prospect(self, record: Record) -> Prospect:
        cells = values(self._columns, record)
        check_characters(cells)
        fields = {name: cells.pop(name) for name in FIELDS if name in cells}
        fields["email"] = _email(fields.get("email", ""))
        _normalise(fields)
        extra = MappingProxyType(cells) if cells else _NO_EXTRA
        self._keep_single(fields["email"], record.line)
        return Prospect(**fields, extra=extra)

    def _keep_single(self, address: str, line: int) -> None:
        first = self._line_of.setdefault(address_key(address), line)
        if first != line:
            sentence = f"The address {address} is on line {first} already."
            raise RefusalError(RowCode.EMAIL_DUPLICATE, sentence)


def values(columns: Columns, record: Record) -> dict[str, str]:
    """Cells of a record by the name of their column, without the blank ones.

    Raises:
        RefusalError: there are more cells than headings, or a cell is too long.
    """
    names = columns.names
    beyond = [cell for cell in record.cells[len(names) :] if cell.strip()]
    if beyond:
        sentence = f"The row has {len(record.cells)} cells, the heading line has {len(names)}."
        raise RefusalError(RowCode.TOO_MANY_CELLS, sentence)
    found = {}
    for name, cell in zip(names, record.cells, strict=False):
        if name is None:
            continue
        if len(cell) > MAX_CELL:
            sentence = f"`{name}` has {len(cell):,} characters; {MAX_CELL:,} are the most."
            raise RefusalError(RowCode.CELL_TOO_LONG, sentence)
        text = (unguarded(cell) if columns.reported else cell).strip()
        if text:
            found[name] = text
    return found


def check_characters(cells: Mapping[str, str]) -> None:
    """Refuse what has no place in a name or, by way of a template, in the subject of a mail.

    Raises:
        RefusalError: a cell holds such a character.
    """
    if "".join(cells.values()).isprintable():
        return
    for name, cell in cells.items():
        found = set(_CONTROL.findall(cell))
        if name not in FIELDS:
            found -= _LAYOUT
        if found:
            raise RefusalError(RowCode.CONTROL_CHARACTER, _control_sentence(name, min(found)))


def _control_sentence(name: str, character: str) -> str:
    if character in "\n\r":
        return f"`{name}` goes over several lines; is a quote missing?"
    return f"`{name}` contains the control character U+{ord(character):04X}."


def _email(cell: str) -> str:
    if not cell:
        raise RefusalError(RowCode.EMAIL_MISSING, "The row has no e-mail address.")
    try:
        return sendable_address(cell)
    except ValueError as error:
        raise RefusalError(RowCode.EMAIL_INVALID, str(error)) from error


def _subdivision(fields: Mapping[str, str]) -> str:
    if "country" not in fields:
        sentence = "A subdivision means nothing without its country."
        raise RefusalError(RowCode.SUBDIVISION_UNKNOWN, sentence)
    try:
        return subdivision_of(fields["country"], fields["subdivision"])
    except ValueError as error:
        raise RefusalError(RowCode.SUBDIVISION_UNKNOWN, str(error)) from error


def _normalise(fields: dict[str, str]) -> None:
    """Bring the values that have a code into its usual spelling."""
    if "timezone" in fields:
        fields["timezone"], mistake = zone_of(fields["timezone"])
        if mistake:
            raise RefusalError(RowCode.TIMEZONE_UNKNOWN, mistake)
    for name, normal in (("country", country_of), ("language", language_of)):
        if name in fields:
            try:
                fields[name] = normal(fields[name])
            except ValueError as error:
                raise RefusalError(RowCode(f"{name}_unknown"), str(error)) from error
    if "subdivision" in fields:
        fields["subdivision"] = _subdivision(fields)
    if "stage" in fields:
        fields["stage"] = fields["stage"].lower()
