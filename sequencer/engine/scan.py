"""Read a mailbox: everything new is classified and acted upon, then the cursor moves.

The instant that a scan began is stored as the mailbox's freshness only when the scan is complete:
a connection that is alive proves nothing.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from sequencer.domain.mailbox import MailboxState
from sequencer.engine.by_hand import take_note
from sequencer.engine.receive import receive, set_aside
from sequencer.engine.world import World
from sequencer.mail.classify import classify
from sequencer.mail.folder import Cursor, Fetched, Folder, InboxError, Scan
from sequencer.store import mailboxes
from sequencer.store.database import Connection, DatabaseError
from sequencer.store.inbound import Place

log = structlog.get_logger()

IMAP = "imap: "  # marks trouble that a completed scan clears
REST = timedelta(minutes=1)
SIGN_IN_REST = timedelta(minutes=15)  # so that a wrong password does not lock an account


async def scan(world: World, mailbox: str) -> bool:
    """Whether the mailbox was read completely; trouble is stored as the mailbox's health."""
    lock = world.scanning.setdefault(mailbox, asyncio.Lock())
    async with lock:
        began_at, began_s = world.clock.now(), world.clock.boot()
        try:
            await _scan(world, mailbox)
        except InboxError as error:
            log.warning("mailbox_not_read", mailbox=mailbox, error=str(error))
            await world.write(_failed, mailbox, error, world.clock.now())
            return False
        await world.write(_completed, mailbox, began_at)
        world.scanned_s[mailbox] = began_s
        return True


async def read_again(world: World, mailbox: str, since: datetime) -> int:
    """How many mails of INBOX and Junk since the day before were read once more.

    What was acted upon does nothing again. No cursor moves. Raises InboxError.
    """
    lock = world.scanning.setdefault(mailbox, asyncio.Lock())
    async with lock:
        # With a cursor of Sent alone, the others are read as folders that have come up since.
        elsewhere = {Folder.SENT: Cursor(0, 0)}
        scans = await world.doors[mailbox].inbox.scan(elsewhere, since)
        received = [each for each in scans if each.folder is not Folder.SENT]
        for found in received:
            await _take_in(world, mailbox, found)
        return sum(len(found.messages) for found in received)


async def _scan(world: World, mailbox: str) -> None:
    cursors = await world.read(mailboxes.cursors, mailbox)
    known_until = (await world.read(mailboxes.get, mailbox)).health.synced_at
    for found in await world.doors[mailbox].inbox.scan(cursors, known_until):
        await _take_in(world, mailbox, found)
        known, cursor = cursors.get(found.folder), Cursor(found.uidvalidity, found.last_uid)
        if known is None or replace(known, seen=frozenset()) != cursor:
            await world.write(mailboxes.move_cursor, mailbox, found.folder, cursor)


async def _take_in(world: World, mailbox: str, found: Scan) -> None:
    if found.folder is Folder.SENT:
        await _take_note(world, mailbox, found)
        return
    for message in found.messages:
        place = Place(mailbox, found.folder, found.uidvalidity, message.uid)
        try:
            kind = await _receive(world, place, message)
        except DatabaseError:
            raise  # no message's fault: the scan is not complete
        except Exception as error:
            # One mail must not keep all others from being read: it is kept, and shown as such.
            log.exception("mail_set_aside", mailbox=mailbox, uid=message.uid)
            now = world.clock.now()
            kind = await world.write(set_aside, world.desk, place, message.raw, repr(error), now)
        log.info("mail_received", mailbox=mailbox, folder=found.folder, kind=kind)


async def _take_note(world: World, mailbox: str, found: Scan) -> None:
    """Store what was sent by hand; a mail that makes trouble is no reason to read it again."""
    for message in found.messages:
        try:
            await world.write(take_note, world.desk, mailbox, message.raw, world.clock.now())
        except DatabaseError:
            raise
        except Exception:
            log.exception("sent_mail_ignored", mailbox=mailbox, uid=message.uid)


async def _receive(world: World, place: Place, message: Fetched) -> str:
    verdict = await asyncio.to_thread(classify, message.raw, truncated=message.truncated)
    return await world.write(receive, world.desk, place, message.raw, verdict, world.clock.now())


def _failed(connection: Connection, mailbox: str, error: InboxError, now: datetime) -> None:
    """Store the trouble. It never shortens a rest that the mailbox has been given already."""
    state = MailboxState.NEEDS_SIGN_IN if error.permanent else MailboxState.FAILING
    rest = SIGN_IN_REST if error.permanent else REST
    until = max(now + rest, mailboxes.get(connection, mailbox).health.until or now)
    mailboxes.set_health(connection, mailbox, state, f"{IMAP}{error}", until)


def _completed(connection: Connection, mailbox: str, began_at: datetime) -> None:
    mailboxes.mark_synced(connection, mailbox, began_at)
    health = mailboxes.get(connection, mailbox).health
    over = health.until is None or health.until <= began_at
    if over and health.state is not MailboxState.OK and health.reason.startswith(IMAP):
        mailboxes.set_health(connection, mailbox, MailboxState.OK)
