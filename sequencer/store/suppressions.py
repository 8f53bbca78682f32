"""The suppression list: addresses and domains that receive nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.opt_out import OptOut
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.store import news
from sequencer.store.columns import ADDRESS_LIMIT, cut, is_storable
from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.outside_tables import SuppressionRow
from sequencer.store.prepared import Prepared, one_of
from sequencer.store.prospects import CHUNK


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of the list, and where it came from."""

    suppression: Suppression
    source: str
    at: datetime


def add(connection: Connection, new: Suppression, source: str, now: datetime) -> bool:
    """Whether the entry is new; the first reason stays. What cannot be stored is nobody's key.

    One that ends by itself gives way to one that does not, and to one that ends later.
    """
    if not is_storable(new.key) or len(new.key) > ADDRESS_LIMIT:
        return False
    values = {
        "kind": new.kind,
        "key": new.key,
        "reason": new.reason,
        "source": cut(source),
        "at": now,
        "until": new.until,
    }
    is_new = insert_new(connection, SuppressionRow, values) or _replace(connection, new, values)
    if not is_new:
        _confirm(connection, new, values)
    if is_new and new.until is None:
        news.of(connection).opt_outs.append(OptOut(now, new))
    return is_new


def _replace(connection: Connection, new: Suppression, values: dict[str, object]) -> bool:
    """Whether an entry was there that ends by itself, and ends before the new one."""
    ends = SuppressionRow.until.is_not(None)
    before = ends if new.until is None else SuppressionRow.until < new.until
    done = connection.execute(
        sa.update(SuppressionRow)
        .where(SuppressionRow.kind == new.kind, SuppressionRow.key == new.key, before)
        .values(**values)
    )
    return bool(done.rowcount)


def _confirm(connection: Connection, new: Suppression, values: Mapping[str, object]) -> None:
    """Note that somebody else has said so too: whoever takes their own word back leaves it."""
    connection.execute(
        sa.update(SuppressionRow)
        .where(
            SuppressionRow.kind == new.kind,
            SuppressionRow.key == new.key,
            SuppressionRow.source != values["source"],
        )
        .values(again_at=values["at"])
    )


def lift(connection: Connection, kind: SuppressionKind, key: str) -> Listed | None:
    """The entry that was taken off the list, which only one can be that ends by itself."""
    where = (
        SuppressionRow.kind == kind,
        SuppressionRow.key == key,
        SuppressionRow.until.is_not(None),
    )
    row = connection.execute(sa.select(SuppressionRow.__table__).where(*where)).one_or_none()
    if row is None:
        return None
    connection.execute(sa.delete(SuppressionRow).where(SuppressionRow.id == row.id))
    return Listed(_stored(row), row.source, row.at)


def is_listed(connection: Connection, entry: Suppression) -> bool:
    """Whether the address or domain is on the list for ever, for whatever reason."""
    query = sa.select(SuppressionRow.id).where(
        SuppressionRow.kind == entry.kind,
        SuppressionRow.key == entry.key,
        SuppressionRow.until.is_(None),
    )
    return connection.execute(query).first() is not None


def hitting(
    connection: Connection, keys: Sequence[str], now: datetime
) -> dict[str, tuple[Suppression, ...]]:
    """Entries that hit each of these address keys, by address or by domain; others are absent."""
    entries: dict[tuple[str, str], Suppression] = {}
    for start in range(0, len(keys), CHUNK):
        chunk = list(keys[start : start + CHUNK])
        domains = sorted({_domain(key) for key in chunk})
        for kind, key, reason, until in _HITTING.all(
            connection, {"addresses": chunk, "domains": domains}
        ):
            hit = Suppression(SuppressionKind(kind), key, SuppressionReason(reason), until)
            if until is None or until > now:
                entries[hit.kind, hit.key] = hit
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
_HITTING = Prepared(
    sa.union_all(
        *(
            sa.select(
                SuppressionRow.kind, SuppressionRow.key, SuppressionRow.reason, SuppressionRow.until
            ).where(SuppressionRow.kind == sa.literal(str(kind)), one_of(SuppressionRow.key, name))
            for kind, name in (
                (SuppressionKind.ADDRESS, "addresses"),
                (SuppressionKind.DOMAIN, "domains"),
            )
        )
    )
)


def _stored(row: sa.Row[tuple[object, ...]]) -> Suppression:
    reason = SuppressionReason(row.reason)
    return Suppression(SuppressionKind(row.kind), row.key, reason, row.until)
