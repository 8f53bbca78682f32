"""The suppression list: addresses and domains that receive nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.store.columns import cut, is_storable
from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.prospects import CHUNK
from sequencer.store.tables import SuppressionRow


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


# The statement that every look makes is built once: that takes longer than to run it.
_HITTING = sa.select(SuppressionRow.__table__).where(
    SuppressionRow.kind == sa.bindparam("wanted"),
    SuppressionRow.key.in_(sa.bindparam("keys", expanding=True)),
)


def _of_kind(
    connection: Connection, kind: SuppressionKind, keys: Sequence[str]
) -> dict[str, Suppression]:
    found = {}
    for start in range(0, len(keys), CHUNK):
        chunk = list(keys[start : start + CHUNK])
        rows = connection.execute(_HITTING, {"wanted": kind, "keys": chunk})
        found.update({row.key: _stored(row) for row in rows})
    return found


def _stored(row: sa.Row[tuple[object, ...]]) -> Suppression:
    return Suppression(SuppressionKind(row.kind), row.key, SuppressionReason(row.reason))
