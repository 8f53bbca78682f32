"""The suppression list: addresses and domains that receive nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from sequencer.domain.ledger import Kind
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.store.columns import cut, is_storable
from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.prospects import CHUNK
from sequencer.store.tables import LedgerRow, ProspectRow, SuppressionRow

CLOCKS_APART = timedelta(minutes=1)  # what two daemons' clocks and a busy database may make up


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of the list, and where it came from."""

    suppression: Suppression
    source: str
    at: datetime


def add(connection: Connection, new: Suppression, source: str, now: datetime) -> bool:
    """Whether the entry is new; the first reason stays. What cannot be stored is nobody's key."""
    if not is_storable(new.key):
        return False
    values = {
        "kind": new.kind,
        "key": new.key,
        "reason": new.reason,
        "source": cut(source),
        "at": now,
    }
    return insert_new(connection, SuppressionRow, values)


def hitting(connection: Connection, keys: Sequence[str]) -> dict[str, tuple[Suppression, ...]]:
    """Entries that hit each of these address keys, by address or by domain; others are absent."""
    domains = {key.rpartition("@")[2] for key in keys}
    addresses = _of_kind(connection, SuppressionKind.ADDRESS, list(keys))
    whole = _of_kind(connection, SuppressionKind.DOMAIN, sorted(domains))
    found = {}
    for key in keys:
        entries = [addresses.get(key), whole.get(key.rpartition("@")[2])]
        if hits := tuple(entry for entry in entries if entry is not None):
            found[key] = hits
    return found


def listed(connection: Connection) -> list[Listed]:
    """The whole list, newest first."""
    rows = connection.execute(
        sa.select(SuppressionRow.__table__).order_by(
            SuppressionRow.at.desc(), SuppressionRow.id.desc()
        )
    )
    return [Listed(_stored(row), row.source, row.at) for row in rows]


def handed_to_suppressed(connection: Connection) -> list[tuple[int, str]]:
    """(enrollment, step) of each mail handed over after its address or domain was suppressed.

    The order of the commits stands in the ledger. For people it told nothing about the entry, the
    clocks have to do; both instants were taken before their transactions had to wait.
    """
    told = (
        sa.select(LedgerRow.prospect_id, sa.func.min(LedgerRow.id).label("number"))
        .where(LedgerRow.kind == Kind.SUPPRESSED)
        .group_by(LedgerRow.prospect_id)
        .subquery()
    )
    rows = connection.execute(
        sa.select(LedgerRow.__table__, SuppressionRow.at.label("listed_at"), told.c.number)
        .join(ProspectRow, ProspectRow.id == LedgerRow.prospect_id)
        .join(SuppressionRow, _hits())
        .join(told, told.c.prospect_id == LedgerRow.prospect_id, isouter=True)
        .where(LedgerRow.kind == Kind.HANDED)
    )
    found = {
        (row.enrollment_id, row.step_id): None
        for row in rows
        if row.at > row.listed_at + CLOCKS_APART or (row.number and row.number < row.id)
    }
    return list(found)


def _hits() -> sa.ColumnElement[bool]:
    """Whether an entry of the list is about a prospect."""
    address = sa.and_(
        SuppressionRow.kind == SuppressionKind.ADDRESS, SuppressionRow.key == ProspectRow.email_key
    )
    domain = sa.and_(
        SuppressionRow.kind == SuppressionKind.DOMAIN, SuppressionRow.key == ProspectRow.domain_key
    )
    return sa.or_(address, domain)


def _of_kind(
    connection: Connection, kind: SuppressionKind, keys: Sequence[str]
) -> dict[str, Suppression]:
    found = {}
    for start in range(0, len(keys), CHUNK):
        rows = connection.execute(
            sa.select(SuppressionRow.__table__).where(
                SuppressionRow.kind == kind, SuppressionRow.key.in_(keys[start : start + CHUNK])
            )
        )
        found.update({row.key: _stored(row) for row in rows})
    return found


def _stored(row: sa.Row[tuple[object, ...]]) -> Suppression:
    return Suppression(SuppressionKind(row.kind), row.key, SuppressionReason(row.reason))
