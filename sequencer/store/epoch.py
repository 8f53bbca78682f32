"""The epoch: which history this database has, and whether anything may leave from it."""

from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.history import Epoch
from sequencer.store import news
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.prepared import Prepared
from sequencer.store.tables import EpochRow, LedgerRow

ONE = 1
RECONCILING = "it is being reconciled"
FORGOTTEN = "the server has forgotten what this process has seen committed"
_KNOWS = "sequencer_knows"  # of a connection: it was asked for that entry
UNNAMED = "-"  # of a history that no daemon has named yet
MOST_EARLIER = 50  # keys that are remembered; a host that slept through more is held once

# Asked in every look and hand-over: built once, and one row by its key.
_WHY = Prepared(sa.select(EpochRow.why).where(EpochRow.id == ONE, EpochRow.held_since.is_not(None)))
_ROW = sa.select(EpochRow.__table__).where(EpochRow.id == ONE)
_HEAD = sa.select(LedgerRow.id, LedgerRow.at).order_by(LedgerRow.id.desc()).limit(1)
_AT = sa.select(LedgerRow.at).where(LedgerRow.id == sa.bindparam("entry"))


def why_held(connection: Connection) -> str:
    """Why nothing leaves from this database; empty where it may.

    On a new connection to a server it is asked once whether the server still knows what was seen
    committed: it may be another one by now, which lagged behind.
    """
    why: str = _WHY.scalar(connection, {}) or ""
    newest = news.newest_of(connection)
    if why or newest is None or connection.info.get(_KNOWS):
        return why
    seen = newest.get()
    if seen is not None and instant_of(connection, seen[0]) != seen[1]:
        return FORGOTTEN
    connection.info[_KNOWS] = True
    return ""


def get(connection: Connection) -> Epoch | None:
    """The epoch; None in a database that no daemon has worked on yet."""
    row = connection.execute(_ROW).one_or_none()
    if row is None:
        return None
    return Epoch(
        key=row.key,
        began_at=row.began_at,
        earlier=tuple(row.earlier.split()),
        held_since=row.held_since,
        why=row.why,
        lost_since=row.lost_since,
        reconciled_at=row.reconciled_at,
    )


def ensure(connection: Connection, key: str, now: datetime) -> Epoch:
    """The epoch, begun with that key if there is none."""
    values = {"id": ONE, "key": key, "began_at": now, "why": "", "earlier": ""}
    found = get(connection)
    if found is None:
        insert_new(connection, EpochRow, values)
        found = get(connection)
    return found or Epoch(key, now)


def hold(connection: Connection, why: str, lost_since: datetime | None, now: datetime) -> bool:
    """Whether nothing leaves from now on because of this; a hold that is there already stays.

    The earlier of two instants counts since which something may be forgotten. A hold that is there
    only while Sent is read gives way: its end must not take another one with it.
    """
    ensure(connection, UNNAMED, now)
    held = sa.update(EpochRow).where(EpochRow.id == ONE)
    values = {"held_since": now, "why": cut(why), "lost_since": lost_since}
    begun = connection.execute(held.where(EpochRow.held_since.is_(None)).values(**values))
    if not begun.rowcount and why != RECONCILING:
        if lost_since is not None:
            values["lost_since"] = sa.case(
                (EpochRow.lost_since < lost_since, EpochRow.lost_since), else_=lost_since
            )
        begun = connection.execute(held.where(EpochRow.why == RECONCILING).values(**values))
    if begun.rowcount:
        return True
    if lost_since is not None:
        later = EpochRow.lost_since > lost_since
        connection.execute(held.where(later).values(lost_since=lost_since))
    return False


def say_since(connection: Connection, lost_since: datetime) -> None:
    """Note how far back the loss of a hold goes, where nothing has told that yet."""
    held = sa.update(EpochRow).where(EpochRow.id == ONE, EpochRow.held_since.is_not(None))
    connection.execute(held.where(EpochRow.lost_since.is_(None)).values(lost_since=lost_since))


def remember(connection: Connection, key: str, now: datetime) -> None:
    """Count a history that this database does not have among those that it goes on from.

    Whoever holds it for that must be let go by the reconciliation, however often they ask: what
    they have seen is in no database any more.
    """
    known = ensure(connection, UNNAMED, now)
    if key in {known.key, *known.earlier}:
        return
    earlier = " ".join((key, *known.earlier)[:MOST_EARLIER])
    connection.execute(sa.update(EpochRow).where(EpochRow.id == ONE).values(earlier=cut(earlier)))


def go_on(connection: Connection, key: str, now: datetime, compared: Epoch | None = None) -> bool:
    """Begin a new epoch after a reconciliation: what is in the database counts from here on.

    With the epoch that was compared only if its hold is still the same; whether it was.
    """
    before = ensure(connection, key, now)
    earlier = " ".join((before.key, *before.earlier)[:MOST_EARLIER])
    begun = connection.execute(
        sa.update(EpochRow)
        .where(EpochRow.id == ONE, *(_hold_of(compared) if compared is not None else ()))
        .values(
            key=key,
            began_at=now,
            earlier=cut(earlier),
            held_since=None,
            why="",
            lost_since=None,
            reconciled_at=now,
        )
    )
    return bool(begun.rowcount)


def _hold_of(compared: Epoch) -> tuple[sa.ColumnElement[bool], ...]:
    """That the row has the hold of that epoch; `==` asks for NULL where there is none."""
    return (
        EpochRow.key == compared.key,
        EpochRow.held_since == compared.held_since,
        EpochRow.lost_since == compared.lost_since,
        EpochRow.why == compared.why,
    )


def newest_entry(connection: Connection) -> tuple[int, datetime] | None:
    """Number and instant of the newest entry of the ledger."""
    row = connection.execute(_HEAD).one_or_none()
    return (row.id, row.at) if row is not None else None


def instant_of(connection: Connection, entry: int) -> datetime | None:
    """Instant of the entry of the ledger with that number."""
    return connection.execute(_AT, {"entry": entry}).scalar()


def last_before(connection: Connection, at: datetime) -> datetime | None:
    """Instant of the newest entry that is no later than that; found from the end."""
    query = sa.select(LedgerRow.at).where(LedgerRow.at <= at).order_by(LedgerRow.id.desc())
    return connection.execute(query.limit(1)).scalar()
