"""Bring prospects in from a file: in batches, never stopping at a bad row."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.prospect import Prospect
from sequencer.files.prospects import Accepted, Refused, Row
from sequencer.store import ledger, prospects
from sequencer.store.database import Database

BATCH = 1_000  # rows per transaction: the cost of a commit is lost in it, a reader hardly waits


@dataclass
class Imported:
    """What an import did: how many people are new, known before, and refused with their reason."""

    added: int = 0
    updated: int = 0
    refused: list[Refused] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


def import_prospects(
    database: Database,
    rows: Iterable[Row],
    source: str,
    now: datetime,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Imported:
    """Outcome of the whole import; `progress` is called with the number of rows of each batch."""
    done = Imported()
    for batch in _batches(rows):
        accepted = [row.prospect for row in batch if isinstance(row, Accepted)]
        done.refused.extend(row for row in batch if isinstance(row, Refused))
        if accepted:
            _store(database, accepted, source, now, done)
        done.addresses.extend(prospect.email for prospect in accepted)
        progress(len(batch))
    return done


def _store(
    database: Database, batch: list[Prospect], source: str, now: datetime, done: Imported
) -> None:
    with database.write() as connection:
        result = prospects.upsert(connection, batch, now)
        ledger.write_all(
            connection,
            (Entry(now, Kind.IMPORTED, f"from {source}", number) for number in result.added),
        )
    done.added += len(result.added)
    done.updated += result.updated


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch
