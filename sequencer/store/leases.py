"""Who acts for which mailbox: a lease with a fencing number, for many mailboxes in one statement.

A lease expires on the database's clock. Whoever takes one over raises the fence; every write that
leads to a socket compares it, so a daemon that slept through its lease can do no harm.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.database import Connection
from sequencer.store.tables import MailboxRow

_AT = MailboxRow.lease_until.type
_RENEW = (
    sa.update(MailboxRow)
    .where(MailboxRow.holder == sa.bindparam("me"))
    .values(lease_until=sa.bindparam("renewed_until", type_=_AT))
    .returning(MailboxRow.name, MailboxRow.fence)
)
_NUMBERS = (
    sa.select(MailboxRow.holder, sa.func.count().label("number"))
    .where(MailboxRow.holder.is_not(None), MailboxRow.lease_until > sa.bindparam("at", type_=_AT))
    .group_by(MailboxRow.holder)
)


@dataclass(frozen=True, slots=True)
class Term:
    """Who holds leases, and from when until when, by the database's clock."""

    holder: str
    at: datetime
    until: datetime


def renew(connection: Connection, term: Term) -> dict[str, int]:
    """Fence of each mailbox that the holder has, by name; all of them are renewed.

    One that expired is kept as well if nobody came for it: so nobody acted in between.
    """
    found = connection.execute(_RENEW, {"me": term.holder, "renewed_until": term.until})
    return {row.name: row.fence for row in found}


def take(
    connection: Connection, names: Collection[str], term: Term, most: int | None = None
) -> dict[str, int]:
    """Fences of the mailboxes that the holder has taken now, at most so many, by name.

    Free is what nobody holds, or holds no more. What another daemon takes at this moment is passed
    over.
    """
    return _take(connection, names, term, _is_free(term.at), most)


def take_left(
    connection: Connection, names: Collection[str], term: Term, since: datetime
) -> dict[str, int]:
    """The same for what has been free since then, or never had a holder."""
    left = MailboxRow.lease_until.is_(None) | (MailboxRow.lease_until <= since)
    return _take(connection, names, term, sa.and_(_is_free(term.at), left))


def take_all(connection: Connection, names: Collection[str], term: Term) -> dict[str, int]:
    """The same for whatever others hold: only for a caller who knows that they are dead."""
    return _take(connection, names, term, MailboxRow.holder.is_distinct_from(term.holder))


def give_back(
    connection: Connection, holder: str, at: datetime, names: Collection[str] | None = None
) -> None:
    """Free these mailboxes of the holder, or all."""
    query = sa.update(MailboxRow).where(MailboxRow.holder == holder)
    if names is not None:
        query = query.where(MailboxRow.name.in_(names))
    connection.execute(query.values(holder=None, lease_until=at))


def numbers(connection: Connection, at: datetime) -> dict[str, int]:
    """How many mailboxes each holder has whose leases run."""
    rows = connection.execute(_NUMBERS, {"at": at})
    return {row.holder: row.number for row in rows}


def holders(connection: Connection, at: datetime) -> dict[str, str]:
    """Who holds each mailbox, by its name; what nobody holds is missing."""
    query = sa.select(MailboxRow.name, MailboxRow.holder).where(
        MailboxRow.holder.is_not(None), MailboxRow.lease_until > at
    )
    return {row.name: row.holder for row in connection.execute(query)}


def _is_free(at: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(
        MailboxRow.holder.is_(None),
        MailboxRow.lease_until.is_(None),
        MailboxRow.lease_until <= at,
    )


def _take(
    connection: Connection,
    names: Collection[str],
    term: Term,
    which: sa.ColumnElement[bool],
    most: int | None = None,
) -> dict[str, int]:
    found = (
        sa.select(MailboxRow.name)
        .where(MailboxRow.name.in_(names), which)
        .order_by(MailboxRow.name)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    taken = connection.execute(
        sa.update(MailboxRow)
        .where(MailboxRow.name.in_(found.scalar_subquery()))
        .values(holder=term.holder, lease_until=term.until, fence=MailboxRow.fence + 1)
        .returning(MailboxRow.name, MailboxRow.fence)
    )
    return {row.name: row.fence for row in taken}
