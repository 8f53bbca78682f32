"""Read a mailbox: everything new is classified and acted upon, then the cursor moves.

The instant that a scan began is stored as the mailbox's freshness only when the scan is complete:
a connection that is alive proves nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from sequencer.domain.mailbox import MailboxState
from sequencer.engine.by_hand import take_note
from sequencer.engine.calendar_mail import CalendarMail, take_in_mail
from sequencer.engine.receive import receive, set_aside
from sequencer.engine.world import World
from sequencer.files.language_rules import load_rules
from sequencer.mail.classify import classify
from sequencer.mail.folder import READ_AGAIN, Cursor, Fetched, Folder, InboxError, Scan
from sequencer.mail.sent_mail import head_of
from sequencer.mail.verdict import Verdict
from sequencer.store import mailboxes
from sequencer.store.database import Connection, DatabaseError
from sequencer.store.inbound import Place

log = structlog.get_logger()

IMAP = "imap: "  # marks trouble that a completed scan clears
REST = timedelta(minutes=1)
SIGN_IN_REST = timedelta(minutes=15)  # so that a wrong password does not lock an account
WIDE_EVERY_S = 3_600.0
A_DAY = timedelta(days=1)
WIDE = timedelta(days=2)  # how far back a wide look goes


async def scan(world: World, mailbox: str) -> bool:
    """Whether the mailbox was read completely; trouble is stored as the mailbox's health."""
    lock = world.scanning.setdefault(mailbox, asyncio.Lock())
    async with lock:
        began_at, began_s = world.clock.now(), world.clock.boot()
        try:
            wide = began_s - world.widely_s.get(mailbox, -WIDE_EVERY_S) >= WIDE_EVERY_S
            await _scan(world, mailbox, began_at, wide=wide)
        except InboxError as error:
            log.warning("mailbox_not_read", mailbox=mailbox, error=str(error))
            await world.write(_failed, mailbox, error, world.clock.now())
            return False
        await world.write(_completed, mailbox, began_at)
        world.scanned_s[mailbox] = began_s
        if wide:
            world.widely_s[mailbox] = began_s
        return True


async def read_again(world: World, mailbox: str, since: datetime) -> int:
    """How many mails of INBOX, Junk and the archive since the day before were read once more.

    What was acted upon does nothing again. No cursor moves. Raises InboxError.
    """
    lock = world.scanning.setdefault(mailbox, asyncio.Lock())
    async with lock:
        # With a cursor of Sent alone, the others are read as folders that have come up since.
        elsewhere = {Folder.SENT: Cursor(0, 0)}
        number = 0
        async for found in _portions(world, mailbox, elsewhere, since):
            if found.folder is not Folder.SENT:
                await _take_in(world, mailbox, found)
                number += len(found.messages)
        return number


async def _scan(world: World, mailbox: str, began_at: datetime, *, wide: bool) -> None:
    cursors = await world.read(mailboxes.cursors, mailbox, began_at - WIDE if wide else None)
    known_until = (await world.read(mailboxes.get, mailbox)).health.synced_at
    async for found in _portions(world, mailbox, cursors, known_until):
        await _take_in(world, mailbox, found)
        if found.more:
            continue
        known, cursor = cursors.get(found.folder), Cursor(found.uidvalidity, found.last_uid)
        if known is None or Cursor(known.uidvalidity, known.last_uid) != cursor:
            await world.write(mailboxes.move_cursor, mailbox, found.folder, cursor, began_at)


async def _portions(
    world: World, mailbox: str, cursors: Mapping[Folder, Cursor], since: datetime | None
) -> AsyncIterator[Scan]:
    """Scans of the folders until there is no more; the next one is asked for after the last one."""
    asked, more = dict(cursors), True
    while more:
        more = False
        for found in await world.doors[mailbox].inbox.scan(asked, since):
            yield found
            if found.more and not found.messages:  # or this would be asked for ever
                raise InboxError(f"{found.folder}: the server tells of mail and hands none out")
            more = more or found.more
            begin = min(world.clock.now() - READ_AGAIN, since or world.clock.now()) - 2 * A_DAY
            asked[found.folder] = _followed(asked.get(found.folder), found, begin)


def _followed(known: Cursor | None, found: Scan, begin: datetime) -> Cursor:
    """From where the next portion is asked for; in a folder read anew, that is not by its UIDs."""
    if found.folder is Folder.SENT:
        return Cursor(found.uidvalidity, found.last_uid)
    seen = frozenset(message.uid for message in found.messages)
    if known is not None and known.uidvalidity == found.uidvalidity:
        return replace(known, seen=known.seen | seen)
    return Cursor(found.uidvalidity, found.last_uid, seen, begin if found.more else None)


async def _take_in(world: World, mailbox: str, found: Scan) -> None:
    if found.folder is Folder.SENT:
        await _take_note(world, mailbox, found)
        return
    for message in found.messages:
        place = Place(mailbox, found.folder, found.uidvalidity, message.uid)
        if message.problem:
            log.warning("mail_parked", mailbox=mailbox, folder=found.folder, uid=message.uid)
            await _set_aside(world, place, message, message.problem)
            continue
        try:
            kind = await _receive(world, place, message)
        except DatabaseError:
            raise  # no message's fault: the scan is not complete
        except Exception as error:
            # One mail must not keep all others from being read: it is kept, and shown as such.
            log.exception("mail_set_aside", mailbox=mailbox, uid=message.uid)
            kind = await _set_aside(world, place, message, repr(error))
        log.info("mail_received", mailbox=mailbox, folder=found.folder, kind=kind)


async def _take_note(world: World, mailbox: str, found: Scan) -> None:
    """Store what was sent by hand; a mail that makes trouble is no reason to read it again.

    Of most mails there are but the headers; what was read whole may be an invitation.
    """
    for message in found.messages:
        head = head_of(message.raw)
        try:
            await world.write(take_note, world.desk, mailbox, head, world.clock.now())
            if len(message.raw) > len(head):
                verdict = await asyncio.to_thread(_classified, message)
                mail = CalendarMail(world.desk, mailbox, verdict, world.clock.now())
                await world.write(take_in_mail, mail)
        except DatabaseError:
            raise
        except Exception:
            log.exception("sent_mail_ignored", mailbox=mailbox, uid=message.uid)


async def _set_aside(world: World, place: Place, message: Fetched, why: str) -> str:
    return await world.write(set_aside, world.desk, place, message.raw, why, world.clock.now())


async def _receive(world: World, place: Place, message: Fetched) -> str:
    verdict = await asyncio.to_thread(_classified, message)
    return await world.write(receive, world.desk, place, message.raw, verdict, world.clock.now())


def _classified(message: Fetched) -> Verdict:
    return classify(message.raw, load_rules(), truncated=message.truncated)


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
