"""Has this database lost some of its history? Then nothing leaves before it was reconciled.

A backup that was put back, and a server that failed over to a replica which lagged behind, have
forgotten mails that left, and would send them again. Two things tell: what this host has seen
committed (a small file outside of the database), and mails of ours in Sent that nobody here knows.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from sequencer.domain.history import Epoch, Seen, why_lost
from sequencer.domain.moved import what_to_do
from sequencer.engine.desk import Desk
from sequencer.engine.origin import Known, Origin, origin_of
from sequencer.engine.ports import Marker
from sequencer.engine.world import World
from sequencer.mail.sent_mail import SentMail
from sequencer.store import epoch, touches
from sequencer.store.database import Connection

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The database's epoch and its newest entry, and what speaks against what was seen."""

    epoch: Epoch
    head: Seen | None
    lost: str


@dataclass
class HistoryWatch:
    """Compares, again and again, what this host has seen with what the database holds."""

    marker: Marker
    new_key: Callable[[], str]
    _told: str = ""

    async def look(self, world: World) -> None:
        """Hold everything if history was lost; remember the newest entry if it was not.

        The file is read before the database: so what another daemon of this host writes into it
        meanwhile is never ahead of what is found.
        """
        kept, trouble = await self._load()
        now, seen = world.clock.now(), _later(kept, world.database.newest.get())
        found = await world.read(compare, seen)
        lost = trouble or (found.lost if found is not None else "")
        # One that comes from a history of its own is heard during a hold, too: its end is theirs.
        is_new = found is not None and (found.epoch.held_since is None or _is_foreign(seen, found))
        if found is None or (lost and is_new):
            found = await world.write(take_up, seen, trouble, self.new_key(), now)
        self._tell(found.epoch)
        if seen is not None and seen.epoch in found.epoch.earlier:
            world.database.newest.forget()
        if found.epoch.held_since is None and found.head not in {None, kept}:
            await self._save(found.head)

    async def _load(self) -> tuple[Seen | None, str]:
        try:
            return await asyncio.to_thread(self.marker.load), ""
        except OSError as error:
            return None, f"what this host has seen committed cannot be read: {error}"

    async def _save(self, head: Seen | None) -> None:
        if head is None:
            return
        try:
            await asyncio.to_thread(self.marker.save, head)
        except OSError as error:
            log.warning("history_not_noted", error=str(error))

    def _tell(self, now: Epoch) -> None:
        """Say once that nothing leaves, and once that it does again."""
        if now.why == self._told:
            return
        if now.held_since is not None:
            log.error("nothing_leaves", why=now.why, next=what_to_do(now.why).replace("`", ""))
        else:
            log.warning("mails_leave_again", epoch=now.key)
        self._told = now.why


def _is_foreign(seen: Seen | None, found: Comparison) -> bool:
    """Whether what was seen is of a history that the database knows nothing of."""
    return seen is not None and seen.epoch not in {found.epoch.key, *found.epoch.earlier}


def _later(kept: Seen | None, newest: tuple[int, datetime] | None) -> Seen | None:
    """What the file knows, or this process, which has seen commits since."""
    if kept is None or newest is None or newest[0] <= kept.entry:
        return kept
    return Seen(kept.epoch, *newest)


def compare(connection: Connection, seen: Seen | None) -> Comparison | None:
    """What the database holds beside what was seen; None where it has no epoch yet."""
    found = epoch.get(connection)
    if found is None:
        return None
    newest = epoch.newest_entry(connection)
    head = Seen(found.key, *newest) if newest is not None else None
    if seen is None:
        return Comparison(found, head, "")
    lost = why_lost(seen, found, epoch.instant_of(connection, seen.entry))
    return Comparison(found, head, lost)


def take_up(
    connection: Connection, seen: Seen | None, trouble: str, key: str, now: datetime
) -> Comparison:
    """Begin the first epoch of a database, and hold everything where it has lost history."""
    begun = epoch.ensure(connection, key, now)
    found = compare(connection, seen) or Comparison(begun, None, "")
    if lost := trouble or found.lost:
        # Without a word of what was seen, the newest entry may be younger than the loss.
        since = epoch.last_before(connection, seen.at) if seen is not None else None
        epoch.hold(connection, lost, since, now)
        if seen is not None:
            epoch.remember(connection, seen.epoch, now)
        found = Comparison(epoch.ensure(connection, key, now), found.head, lost)
    return found


def why_held(connection: Connection) -> str:
    """Why nothing leaves; empty where that is not so."""
    return epoch.why_held(connection)


def hold_by_hand(
    connection: Connection, why: str, now: datetime, since: datetime | None = None
) -> bool:
    """Whether a person's word holds everything from now on; not if something else does already.

    The ledger cannot tell how far back the loss goes: a daemon may have written to it since the
    backup was put back. So only the person can, here or when it is reconciled.
    """
    new = epoch.hold(connection, why, since, now)
    if since is not None:
        epoch.say_since(connection, since)
    return new


def is_forgotten(connection: Connection, origin: Origin, mail: SentMail) -> bool:
    """Whether a mail of ours lies in Sent, and nothing here tells that it left."""
    if origin.known is Known.STRANGER:
        return not touches.is_noted(connection, stranger_source(origin, mail))
    return origin.step_id is not None and origin.known is Known.FORGOTTEN


def stranger_source(origin: Origin, mail: SentMail) -> str:
    """By what the touch is known that stands for a mail of an enrollment nobody has here."""
    mark = mail.ref or next(iter(mail.message_ids), "")
    return f"{sources_of_stranger(origin.key)}{mark}"[:128]


def sources_of_stranger(key: str) -> str:
    """How the touches begin that stand for mails of the enrollment with that key."""
    return f"lost {key} "


def hold_if_forgotten(
    connection: Connection, desk: Desk, mailbox: str, mail: SentMail, now: datetime
) -> bool:
    """Whether a mail in Sent is ours; one that the ledger does not know as left holds all mail."""
    origin = origin_of(connection, desk, mail)
    if origin is None:
        return False
    if is_forgotten(connection, origin, mail):
        at = mail.date if mail.date is not None and mail.date <= now else None
        why = (
            f"Sent of {mailbox} holds a mail of ours of {at or now:%Y-%m-%d %H:%M} UTC that the "
            "ledger does not know: the database is older than that"
        )
        since = epoch.last_before(connection, at) if at is not None else None
        if epoch.hold(connection, why, since, now):
            log.error("nothing_leaves", why=why, next="sequencer reconcile")
    return True
