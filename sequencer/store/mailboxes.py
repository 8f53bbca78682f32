"""Mailboxes: their health, and how far they have been read."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from sequencer.domain.mailbox import TRANSITIONS, MailboxEvent, MailboxHealth, MailboxState
from sequencer.mail.folder import Cursor, Folder
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.outside_tables import InboundRow
from sequencer.store.prepared import Prepared, one_of
from sequencer.store.tables import FolderRow, MailboxRow

OVERLAP_UIDS = 500  # Exchange hands out UIDs late, so a scan begins this far before the last one
_A_DAY = timedelta(days=1)  # by which a server's clock may be ahead of ours, and more

# Statements that every look makes are built once: that takes longer than to run them.
COLUMNS = (
    MailboxRow.name,
    MailboxRow.state,
    MailboxRow.reason,
    MailboxRow.until,
    MailboxRow.synced_at,
    MailboxRow.holder,
    MailboxRow.fence,
)
_ONE = Prepared(sa.select(*COLUMNS).where(MailboxRow.name == sa.bindparam("one")))
_UNWELL = Prepared(
    sa.select(
        MailboxRow.name, MailboxRow.state, MailboxRow.reason, MailboxRow.until, MailboxRow.synced_at
    ).where(one_of(MailboxRow.name, "many"), MailboxRow.state != MailboxState.OK)
)
_UNSERVED = (
    MailboxRow.holder.is_(None)
    | MailboxRow.lease_until.is_(None)
    | (MailboxRow.lease_until <= sa.bindparam("now", type_=MailboxRow.until.type))
)
GONE = Prepared(
    sa.select(MailboxRow.name)
    .where(
        (MailboxRow.state == MailboxState.NEEDS_SIGN_IN)
        | (_UNSERVED & ~one_of(MailboxRow.name, "known"))
    )
    .order_by(MailboxRow.name)
)
_FOLDERS = sa.select(FolderRow.__table__).where(FolderRow.mailbox == sa.bindparam("one"))
_SEEN = sa.select(InboundRow.uid).where(
    InboundRow.mailbox == sa.bindparam("one"),
    InboundRow.folder == sa.bindparam("folder"),
    InboundRow.uidvalidity == sa.bindparam("uidvalidity"),
    InboundRow.uid > sa.bindparam("after"),
)
_SEEN_SINCE = sa.select(InboundRow.uid).where(
    InboundRow.mailbox == sa.bindparam("one"),
    InboundRow.folder == sa.bindparam("folder"),
    InboundRow.uidvalidity == sa.bindparam("uidvalidity"),
    InboundRow.stored_at >= sa.bindparam("since", type_=InboundRow.stored_at.type),
)


class StoredMailbox(NamedTuple):
    """What the database knows of a mailbox."""

    name: str
    health: MailboxHealth
    holder: str | None
    fence: int


def ensure(connection: Connection, names: Sequence[str]) -> None:
    """Add the mailboxes of the settings that are not known yet."""
    known = set(connection.execute(sa.select(MailboxRow.name)).scalars())
    for name in names:
        if name not in known:
            values = {"name": name, "state": MailboxState.OK, "reason": "", "fence": 0}
            insert_new(connection, MailboxRow, values)


def get(connection: Connection, name: str) -> StoredMailbox:
    """The mailbox of that name; one that no daemon has seen yet has neither health nor holder."""
    rows = _ONE.all(connection, {"one": name})
    return stored(rows[0]) if rows else unseen(name)


def unseen(name: str) -> StoredMailbox:
    """A mailbox that no daemon has seen yet."""
    return StoredMailbox(name, MailboxHealth(), None, 0)


def unwell(connection: Connection, names: Collection[str]) -> dict[str, MailboxHealth]:
    """The health of those of these mailboxes that are in trouble."""
    rows = _UNWELL.all(connection, {"many": list(names)})
    return {name: MailboxHealth(MailboxState(state), *rest) for name, state, *rest in rows}


def gone(connection: Connection, known: Collection[str], now: datetime) -> list[str]:
    """Mailboxes that nobody serves, or that need a sign-in.

    What is not among the known ones may still be served by a daemon with newer settings.
    """
    return [name for (name,) in GONE.all(connection, {"now": now, "known": list(known)})]


def listed(connection: Connection) -> list[StoredMailbox]:
    """All mailboxes by name."""
    rows = connection.execute(sa.select(*COLUMNS).order_by(MailboxRow.name))
    return [stored(row) for row in rows]


_MEANT = {
    MailboxState.OK: MailboxEvent.RECOVER,
    MailboxState.NEEDS_SIGN_IN: MailboxEvent.REFUSE_SIGN_IN,
    MailboxState.THROTTLED: MailboxEvent.THROTTLE,
    MailboxState.PAUSED: MailboxEvent.PAUSE,
    MailboxState.FAILING: MailboxEvent.FAIL,
}


def set_health(
    connection: Connection,
    name: str,
    state: MailboxState,
    reason: str = "",
    until: datetime | None = None,
) -> bool:
    """Whether the mailbox became that, by its table: nothing that a server says ends a pause."""
    return change(connection, name, _MEANT[state], reason, until)


def change(
    connection: Connection,
    name: str,
    event: MailboxEvent,
    reason: str = "",
    until: datetime | None = None,
) -> bool:
    """Whether the mailbox took the event; `reason` and `until` are those of the state after it."""
    moves = {
        str(state): str(row[event]) for state, row in TRANSITIONS.items() if row[event] is not None
    }
    result = connection.execute(
        sa.update(MailboxRow)
        .where(MailboxRow.name == name, MailboxRow.state.in_(moves))
        .values(state=sa.case(moves, value=MailboxRow.state), reason=cut(reason), until=until)
    )
    return result.rowcount == 1


def recover(connection: Connection, names: Collection[str], state: MailboxState) -> None:
    """Let those of the mailboxes that are in that state be well again."""
    following = TRANSITIONS[state][MailboxEvent.RECOVER]
    connection.execute(
        sa.update(MailboxRow)
        .where(MailboxRow.name.in_(names), MailboxRow.state == state)
        .values(state=following, reason="", until=None)
    )


def mark_synced(connection: Connection, name: str, at: datetime) -> None:
    """Store the begin of a scan that is complete now.

    It replaces a later one too: the earlier instant is on the safe side, and one that was taken
    while the clock stood wrong would otherwise stay until the clock has caught up with it.
    """
    connection.execute(sa.update(MailboxRow).where(MailboxRow.name == name).values(synced_at=at))


def cursors(
    connection: Connection, name: str, late_from: datetime | None = None
) -> dict[Folder, Cursor]:
    """How far each folder of the mailbox has been read, with the UIDs stored in the overlap.

    For a wide look also with those that were stored since `late_from`; it reaches back no further
    than to when the folder was read first.
    """
    found = {}
    for row in connection.execute(_FOLDERS, {"one": name}):
        place = {"one": name, "folder": row.folder, "uidvalidity": row.uidvalidity}
        after = row.last_uid - OVERLAP_UIDS
        seen = set(connection.execute(_SEEN, {**place, "after": after}).scalars())
        begin = None
        if late_from is not None:
            begin = max(late_from, row.begun_at)
            seen.update(
                connection.execute(_SEEN_SINCE, {**place, "since": begin - _A_DAY}).scalars()
            )
        cursor = Cursor(row.uidvalidity, row.last_uid, frozenset(seen), begin)
        found[Folder(row.folder)] = cursor
    return found


def move_cursor(
    connection: Connection, name: str, folder: Folder, cursor: Cursor, at: datetime
) -> None:
    """Store how far a folder has been read by a scan that began at that instant."""
    values = {"uidvalidity": cursor.uidvalidity, "last_uid": cursor.last_uid}
    new = {"mailbox": name, "folder": folder, "begun_at": at, **values}
    if not insert_new(connection, FolderRow, new):
        place = (FolderRow.mailbox == name, FolderRow.folder == folder)
        connection.execute(sa.update(FolderRow).where(*place).values(**values))


def stored(row: Sequence[Any]) -> StoredMailbox:
    """The mailbox of a row of these columns."""
    name, state, reason, until, synced_at, holder, fence = row
    return StoredMailbox(
        name, MailboxHealth(MailboxState(state), reason, until, synced_at), holder, fence
    )
