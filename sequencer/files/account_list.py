"""A CSV file of companies: their values for templates, row by row; a bad row is refused."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sequencer.domain.account import key_of_account, key_of_domain
from sequencer.domain.address import domain_key
from sequencer.domain.free_mail import is_free_mail
from sequencer.files.csv_heading import Columns, slug
from sequencer.files.csv_source import Record
from sequencer.files.csv_table import CsvTable, open_table
from sequencer.files.nearest import did_you_mean, nearest
from sequencer.files.prospect_row import RefusalError, Refused, check_characters, values
from sequencer.files.row_code import RowCode

KEYS = ("account", "domain")  # by which a company is found; the first that a row has counts
_DOMAIN = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Account:
    """A row that tells something about a company."""

    line: int
    key: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A column that is not brought in, since the settings do not declare it."""

    heading: str
    hint: str


Row = Account | Refused


def read_accounts(path: Path, fields: Sequence[str]) -> Iterator[Row]:
    """Rows of the file, accepted or refused. The file is streamed, no row is kept.

    Args:
        path: the file.
        fields: the values that the settings declare.

    Raises:
        ConfigError: it cannot be read, or has neither a column that tells the company nor one with
            a declared value. Raised by the call itself.
    """
    table = open_table(path, KEYS)
    columns = _columns(table, fields)
    if not set(columns.names) & set(fields):
        message = "no column is one of `account_fields` in the settings"
        hint = f"declared there: {', '.join(fields)}" if fields else "declare the columns there"
        raise table.source.error(1, message, hint)
    table.check()
    reader = _Reader(columns, fields)
    return map(reader.row, table.rows())


def left_out(path: Path, fields: Sequence[str]) -> list[LeftOut]:
    """The columns that mean nothing here.

    Raises:
        ConfigError: the file cannot be opened, or its headings cannot be used.
    """
    table = open_table(path, KEYS)
    columns = _columns(table, fields)
    return [
        LeftOut(heading, did_you_mean(name, fields) if nearest(name, fields) else "")
        for heading, name in zip(table.headings, columns.names, strict=True)
        if name is not None and name not in (*fields, *KEYS)
    ]


def _columns(table: CsvTable, fields: Collection[str]) -> Columns:
    """The meaning of the columns: a declared name is that, whatever people have under it."""
    own = zip(table.headings, table.columns.names, strict=True)
    names = tuple(slug(heading) if slug(heading) in fields else name for heading, name in own)
    return replace(table.columns, names=names)


class _Reader:
    """Reads the rows of one file; of these it remembers only the keys, to find doubles."""

    def __init__(self, columns: Columns, fields: Collection[str]) -> None:
        self._columns, self._fields = columns, fields
        self._line_of: dict[str, int] = {}

    def row(self, record: Record) -> Row:
        """The row of that record."""
        try:
            return self._account(record)
        except RefusalError as refusal:
            return Refused(record.line, refusal.code, refusal.sentence)

    def _account(self, record: Record) -> Account:
        cells = values(self._columns, record)
        check_characters(cells)
        key = _key(cells)
        first = self._line_of.setdefault(key, record.line)
        if first != record.line:
            sentence = f"The company is on line {first} already."
            raise RefusalError(RowCode.ACCOUNT_DUPLICATE, sentence)
        return Account(
            record.line, key, {name: cells[name] for name in self._fields if name in cells}
        )


def _key(cells: Mapping[str, str]) -> str:
    if account := cells.get("account"):
        return key_of_account(account)
    written = cells.get("domain", "")
    if not written:
        sentence = "The row names no company: neither `account` nor `domain` is filled in."
        raise RefusalError(RowCode.ACCOUNT_MISSING, sentence)
    domain = domain_key(written.removeprefix("@"))
    if not _DOMAIN.fullmatch(domain):
        sentence = f"`{written[:80]}` is no domain, such as acme.example."
        raise RefusalError(RowCode.DOMAIN_INVALID, sentence)
    if is_free_mail(domain):
        sentence = f"At {domain} anybody may have an address; it is no company."
        raise RefusalError(RowCode.DOMAIN_INVALID, sentence)
    return key_of_domain(domain)
