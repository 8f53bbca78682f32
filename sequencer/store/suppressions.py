"""The suppression list: addresses and domains that receive nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.opt_out import OptOut
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.store import news
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
    is_new = insert_new(connection, SuppressionRow, values)
    if is_new:
        news.of(connection).opt_outs.append(OptOut(now, new))
    return is_new


def is_listed(connection: Connection, entry: Suppression) -> bool:
    """Whether the address or domain is on the list, for whatever reason."""
    query = sa.select(SuppressionRow.id).where(
        SuppressionRow.kind == entry.kind, SuppressionRow.key == entry.key
    )
    return connection.execute(query).first() is not None


def hitting(connection: Connection, keys: Sequence[str]) -> dict[str, tuple[Suppression, ...]]:
    """Entries that hit each of these address keys, by address or by domain; others are absent."""
    entries: dict[tuple[str, str], Suppression] = {}
    for start in range(0, len(keys), CHUNK):
        chunk = list(keys[start : start + CHUNK])
        domains = sorted({_domain(key) for key in chunk})
        rows = connection.execute(_HITTING, {"addresses": chunk, "domains": domains})
        entries.update({(row.kind, row.key): _stored(row) for row in rows})
    found = {}
    for key in keys:
        wanted = ((SuppressionKind.ADDRESS, key), (SuppressionKind.DOMAIN, _domain(key)))
        if hits := tuple(entries[each] for each in wanted if each in entries):
            found[key] = hits
    return found


def _domain(key: str) -> str:
    return key.rpartition("@")[2]


def listed(connection: Connection) -> list[Listed]:
    """The whole list, newest first."""
    rows = connection.execute(
        sa.select(SuppressionRow.__table__).order_by(
            SuppressionRow.at.desc(), SuppressionRow.id.desc()
        )
    )
    return [Listed(_stored(row), row.source, row.at) for row in rows]


# The statement that every look makes is built once: that takes longer than to run it.
_HITTING = sa.union_all(
    *(
        sa.select(SuppressionRow.__table__).where(
            SuppressionRow.kind == sa.literal(str(kind)),
            SuppressionRow.key.in_(sa.bindparam(name, expanding=True)),
        )
        for kind, name in (
            (SuppressionKind.ADDRESS, "addresses"),
            (SuppressionKind.DOMAIN, "domains"),
        )
    )
)


def _stored(row: sa.Row[tuple[object, ...]]) -> Suppression:
    return Suppression(SuppressionKind(row.kind), row.key, SuppressionReason(row.reason))
