"""Bring prospects in from a file: in batches, never stopping at a bad row."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice

from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.prospect import Prospect
from sequencer.engine.desk import Desk
from sequencer.engine.owner import Change, Handed, follow_owner
from sequencer.files.prospects import Accepted, Refused, Row
from sequencer.store import ledger, prospects
from sequencer.store.database import Connection, Database

BATCH = 1_000  # rows per transaction: the cost of a commit is lost in it, a reader hardly waits


@dataclass
class Imported:
    """What an import did: how many people are new, known before, and refused with their reason.

    Attributes:
        handed: what moved with those who have another owner now.
    """

    added: int = 0
    updated: int = 0
    handed: list[Handed] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


def import_prospects(
    database: Database,
    desk: Desk,
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
            stored = database.transact(partial(_store, desk, accepted, source, now))
            done.added += stored.added
            done.updated += stored.updated
            done.handed.extend(stored.handed)
        done.addresses.extend(prospect.email for prospect in accepted)
        progress(len(batch))
    return done


def _store(
    desk: Desk, batch: list[Prospect], source: str, now: datetime, connection: Connection
) -> Imported:
    result = prospects.upsert(connection, batch, now)
    ledger.write_all(
        connection,
        (Entry(now, Kind.IMPORTED, f"from {source}", number) for number in result.added),
    )
    by = f"the import of {source}"
    handed = [follow_owner(connection, desk, Change(*owners), by, now) for owners in result.owners]
    return Imported(len(result.added), result.updated, handed)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch
