"""Bring in what is known of companies: in batches, never stopping at a bad row.

What a file says of a company takes the place of all that was known of it, so that the file of
yesterday, imported again, undoes the one of today.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sequencer.files.account_list import Account, Row
from sequencer.files.prospect_row import Refused
from sequencer.store import accounts
from sequencer.store.database import Connection, Database

BATCH = 1_000  # rows per transaction


@dataclass
class ImportedAccounts:
    """How many companies are new, changed, as before, and forgotten; and the refused rows."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    forgotten: int = 0
    refused: list[Refused] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """How many rows were taken."""
        return self.added + self.changed + self.unchanged + self.forgotten


def import_accounts(
    database: Database,
    rows: Iterable[Row],
    now: datetime,
    progress: Callable[[int], None] = lambda _rows: None,
) -> ImportedAccounts:
    """Outcome of the whole import; `progress` is called with the number of rows of each batch."""
    done = ImportedAccounts()
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        done.refused.extend(row for row in batch if isinstance(row, Refused))
        told = [row for row in batch if isinstance(row, Account)]
        if told:
            with database.write() as connection:
                _store(connection, told, done, now)
        progress(len(batch))
    return done


def _store(
    connection: Connection, told: Iterable[Account], done: ImportedAccounts, now: datetime
) -> None:
    known = {row.key: row.fields for row in told if row.fields}
    empty = [row.key for row in told if not row.fields]
    added, changed = accounts.replace(connection, known, now)
    forgotten = accounts.forget(connection, empty)
    done.added += added
    done.changed += changed
    done.forgotten += forgotten
    done.unchanged += len(known) - added - changed + len(empty) - forgotten
