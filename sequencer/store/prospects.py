"""Prospects: stored once per person, found by any spelling of the address."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sequencer.domain.account import account_key
from sequencer.domain.address import address_key, domain_of, key_of
from sequencer.domain.prospect import FIELDS, Prospect
from sequencer.store.columns import is_storable
from sequencer.store.database import Connection
from sequencer.store.insert import insert_missing
from sequencer.store.prepared import Prepared, one_of
from sequencer.store.tables import ProspectRow

CHUNK = 500  # bound variables per statement stay well below SQLite's limit


# The statement that every look makes is built once: that takes longer than to run it.
_COMPLETE = sa.update(ProspectRow).where(ProspectRow.id == sa.bindparam("one"))
_MANY = Prepared(
    sa.select(ProspectRow.id, ProspectRow.email, ProspectRow.fields).where(
        one_of(ProspectRow.id, "many")
    )
)


@dataclass(frozen=True, slots=True)
class StoredProspect:
    """A prospect and its number."""

    id: int
    prospect: Prospect


@dataclass(frozen=True, slots=True)
class Upserted:
    """What an import did: numbers of the people added, and how many were known before.

    Attributes:
        owners: those known before who have another owner now: number, the old one, the new one.
    """

    added: tuple[int, ...]
    updated: int
    owners: tuple[tuple[int, str, str], ...] = ()


def upsert(connection: Connection, prospects: Sequence[Prospect], now: datetime) -> Upserted:
    """Add new people, bring known ones up to date; an empty value never erases a known one."""
    rows: dict[str, dict[str, Any]] = {}
    for prospect in prospects:
        row = _row(address_key(prospect.email), prospect, now)
        _merge(rows, row)
    known = _rows_of(connection, list(rows))
    fresh = [row for key, row in rows.items() if key not in known]
    insert_missing(connection, ProspectRow, fresh)
    owners = _bring_up_to_date(connection, known, rows, now)
    added = _numbers_of(connection, [row["email_key"] for row in fresh])
    return Upserted(added, len(prospects) - len(fresh), tuple(owners))


def set_owner(connection: Connection, prospect_id: int, owner: str, now: datetime) -> None:
    """Give a person another owner."""
    here = ProspectRow.id == prospect_id
    fields = connection.execute(sa.select(ProspectRow.fields).where(here)).scalar_one()
    values = {"fields": {**fields, "owner": owner}, "updated_at": now}
    connection.execute(sa.update(ProspectRow).where(here).values(**values))


def _bring_up_to_date(
    connection: Connection,
    known: Mapping[str, sa.Row[Any]],
    rows: Mapping[str, dict[str, Any]],
    now: datetime,
) -> list[tuple[int, str, str]]:
    """Complete those known before; who has another owner now: number, the old one, the new one."""
    changed, owners = [], []
    for key, stored in known.items():
        email, fields = rows[key]["email"], {**stored.fields, **rows[key]["fields"]}
        before, owner = stored.fields.get("owner", ""), fields.get("owner", "")
        if before != owner:
            owners.append((stored.id, before, owner))
        account = account_key(_prospect(email, fields))
        changed.append(
            {"one": stored.id, "email": email, "account_key": account, "fields": fields}
            | {"updated_at": now}
        )
    if changed:
        connection.execute(_COMPLETE, changed)
    return owners


def _merge(rows: dict[str, dict[str, Any]], row: dict[str, Any]) -> None:
    """Add a row to those of its batch; a later row of the same person completes the earlier."""
    earlier = rows.setdefault(row["email_key"], row)
    if earlier is row:
        return
    fields = {**earlier["fields"], **row["fields"]}
    account = account_key(_prospect(row["email"], fields))
    earlier.update(email=row["email"], account_key=account, fields=fields)


def find_many(connection: Connection, keys: Sequence[str]) -> dict[str, StoredProspect]:
    """People by their address keys; those that are not there are left out."""
    return {key: _stored(row) for key, row in _rows_of(connection, keys).items()}


def find(connection: Connection, address: str) -> StoredProspect | None:
    """The person with that address in any spelling; None where there is none."""
    key = key_of(address)
    return find_many(connection, [key]).get(key) if key and is_storable(key) else None


def get(connection: Connection, prospect_id: int) -> StoredProspect:
    """The person of that number."""
    return get_many(connection, [prospect_id])[prospect_id]


def get_many(connection: Connection, prospect_ids: Iterable[int]) -> dict[int, StoredProspect]:
    """The people of these numbers."""
    return {
        number: StoredProspect(number, _prospect(email, fields))
        for number, email, fields in _MANY.all(connection, {"many": list(prospect_ids)})
    }


def ids_at(connection: Connection, domain: str) -> list[int]:
    """Numbers of all people whose address is at that domain (a domain key)."""
    query = sa.select(ProspectRow.id).where(ProspectRow.domain_key == domain)
    return list(connection.execute(query).scalars())


def everybody(connection: Connection) -> list[StoredProspect]:
    """All people, in the order they came in."""
    query = sa.select(ProspectRow.__table__).order_by(ProspectRow.id)
    return [_stored(row) for row in connection.execute(query)]


def all_addresses(connection: Connection) -> list[str]:
    """Addresses of everybody, in the order they came in."""
    return list(connection.execute(sa.select(ProspectRow.email).order_by(ProspectRow.id)).scalars())


def _fields(prospect: Prospect) -> dict[str, str]:
    named = {name: getattr(prospect, name) for name in FIELDS if name != "email"}
    extra = {f"extra.{name}": value for name, value in prospect.extra.items()}
    return {name: value for name, value in {**named, **extra}.items() if value}


def _rows_of(connection: Connection, keys: Sequence[str]) -> dict[str, sa.Row[Any]]:
    found: dict[str, sa.Row[Any]] = {}
    for start in range(0, len(keys), CHUNK):
        rows = connection.execute(
            sa.select(ProspectRow.__table__).where(
                ProspectRow.email_key.in_(keys[start : start + CHUNK])
            )
        )
        found.update({row.email_key: row for row in rows})
    return found


def _numbers_of(connection: Connection, keys: Sequence[str]) -> tuple[int, ...]:
    numbers: list[int] = []
    for start in range(0, len(keys), CHUNK):
        chosen = ProspectRow.email_key.in_(keys[start : start + CHUNK])
        query = sa.select(ProspectRow.id).where(chosen)
        numbers.extend(connection.execute(query).scalars())
    return tuple(numbers)


def _row(key: str, prospect: Prospect, now: datetime) -> dict[str, Any]:
    return {
        "email": prospect.email,
        "email_key": key,
        "domain_key": domain_of(prospect.email),
        "account_key": account_key(prospect),
        "fields": _fields(prospect),
        "created_at": now,
        "updated_at": now,
    }


def _stored(row: sa.Row[tuple[object, ...]]) -> StoredProspect:
    return StoredProspect(row.id, _prospect(row.email, row.fields))


def _prospect(email: str, fields: Mapping[str, str]) -> Prospect:
    named, extra = dict(fields), dict[str, str]()
    for name in fields:
        if name.startswith("extra."):
            extra[name.removeprefix("extra.")] = named.pop(name)
    return Prospect(email=email, extra=extra, **named)
