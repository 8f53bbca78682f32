"""Sends in doubt: look for evidence in the Sent folder, and never send again by guess.

A copy there proves the mail went out. Its absence proves the contrary only where the provider files
the copy itself and another mail of the mailbox is found there; everywhere else the send is parked
for a person.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.event import Held
from sequencer.domain.ledger import Kind
from sequencer.domain.send import SendEvent, SendState
from sequencer.engine.desk import Desk
from sequencer.engine.leases import Lease, is_held
from sequencer.engine.look import read_locked
from sequencer.engine.outcome import accept
from sequencer.engine.react import entry_of, react
from sequencer.engine.reopen import reopen
from sequencer.engine.world import World
from sequencer.mail.folder import InboxError, NoSentFolderError
from sequencer.mail.message_id import make_ref
from sequencer.store import enrollments, ledger, sends
from sequencer.store.database import Connection, DatabaseError
from sequencer.store.sends import StoredSend

log = structlog.get_logger()

CLOCKS_APART = timedelta(days=1)  # how far before the dot a server may have dated its copy
MOST_TRIES = 3  # of a mail whose answer gets lost each time; then a person has to look at it
WITNESS_AGE = timedelta(days=30)  # a provider may change its ways, and people empty folders


@dataclass(frozen=True, slots=True)
class Evidence:
    """What Sent tells about a send: it left (True), it did not (False), or nothing (None)."""

    left: bool | None
    why: str


FOUND = Evidence(left=True, why="found in Sent")
ABSENT = Evidence(left=False, why="no copy in Sent, where the provider files one of every mail")
PROVES_NOTHING = Evidence(
    None, "no copy in Sent, which proves nothing here: a person has to decide"
)
NO_WITNESS = Evidence(
    None, "no copy in Sent, and no older mail shows that one would be known there"
)
MISSED_WITNESS = Evidence(None, "no copy in Sent, but none of an accepted mail either")


async def settle(world: World, lease: Lease) -> None:
    """Settle every send of the mailbox that has been in doubt for long enough.

    Where Sent could not be looked into a moment ago, that is left for the next poll.
    """
    failed_at = world.unsettled.get(lease.mailbox)
    if failed_at is not None and abs(world.clock.now() - failed_at) < world.desk.policy.poll:
        return
    settled_before = world.clock.now() - world.desk.policy.settle
    doubtful = await world.read(sends.in_state, SendState.UNKNOWN, lease.mailbox)
    for send in doubtful:
        if _is_young(world, send) or send.handed_at is None or send.handed_at > settled_before:
            continue
        try:
            evidence = await _evidence(world, send, settled_before)
        except InboxError as error:
            log.warning("doubt_not_settled", mailbox=lease.mailbox, error=str(error))
            world.unsettled[lease.mailbox] = world.clock.now()
            return
        now = world.clock.now()
        try:
            await world.write(decide_doubt, world.desk, send.id, lease, evidence, now)
            world.doubted_s.pop(send.id, None)
        except DatabaseError:
            raise  # no row's fault: the next tick tries again
        except Exception as error:
            # One send that cannot be settled must not keep the mailbox from all others.
            log.exception("send_parked", send=send.id)
            await world.write(park, send.id, f"internal error: {error!r}")


def _is_young(world: World, send: StoredSend) -> bool:
    """Whether this process has known of the doubt for too short a time, by the boot clock.

    A wall clock that leaps, or that of another machine, would have Sent searched before the copy
    can be there. So a doubt that another process left counts from the moment that it is seen.
    """
    now_s = world.clock.boot()
    since_s = world.doubted_s.setdefault(send.id, now_s)
    return now_s - since_s < world.desk.policy.settle.total_seconds()


async def _evidence(world: World, send: StoredSend, settled_before: datetime) -> Evidence:
    """What Sent tells about a send; InboxError if it could not be asked, which may get better.

    That a copy is missing proves something only if it would be there and would be known: a provider
    may replace the Message-ID, drop our header, or file no copies after all. That is learned from
    real mail: the last other one that was certainly accepted has to be found by the same search. It
    has to be as old as a doubt that is settled, since some copies are filed late. A mailbox without
    such a mail has nothing to learn from.
    """
    try:
        if await _is_in_sent(world, send):
            return FOUND
        mailbox = world.desk.policy.mailboxes.get(send.mailbox)
        if mailbox is None or not mailbox.keeps_sent_copy:
            return PROVES_NOTHING
        earliest = world.clock.now() - WITNESS_AGE
        witness = await world.read(sends.latest_accepted, send.mailbox, earliest, settled_before)
        if witness is None:
            return NO_WITNESS
        return ABSENT if await _is_in_sent(world, witness) else MISSED_WITNESS
    except NoSentFolderError as error:
        return Evidence(None, f"Sent proves nothing: {error}")


async def _is_in_sent(world: World, send: StoredSend) -> bool:
    enrollment = (await world.read(enrollments.get, send.enrollment_id)).enrollment
    ref = make_ref(enrollment.key, send.step_id, world.desk.policy.salt)
    since = (send.handed_at or world.clock.now()) - CLOCKS_APART
    return await world.doors[send.mailbox].inbox.has_sent(send.message_id or "", ref, since)


def park(connection: Connection, send_id: int, why: str) -> None:
    """Leave a send in doubt to a person."""
    sends.move(connection, [send_id], SendEvent.PARK, why=why)


def decide_doubt(
    connection: Connection,
    desk: Desk,
    send_id: int,
    lease: Lease,
    evidence: Evidence,
    now: datetime,
) -> None:
    """End the doubt about a send: sent, to be sent again with the same bytes, or parked."""
    send, case = read_locked(connection, desk, send_id)
    if send.state is not SendState.UNKNOWN or not is_held(connection, lease):
        return
    if evidence.left:
        ledger.write(connection, entry_of(case, Kind.SETTLED, evidence.why, now, send.step_id))
        accept(connection, desk, send, evidence.why, now)
        return
    proven = evidence.left is False
    if proven and send.tries < MOST_TRIES:
        why = f"{evidence.why}: sent again"
        reopen(connection, desk, send, SendEvent.RESEND, now, due_at=now, why=why)
        if case.stored.enrollment.state is not EnrollmentState.FINISHED:
            ledger.write(connection, entry_of(case, Kind.RESENT, why, now, send.step_id))
        return
    why = f"no copy in Sent after {send.tries} tries" if proven else evidence.why
    sends.move(connection, [send.id], SendEvent.PARK, why=why)
    ledger.write(connection, entry_of(case, Kind.PARKED, why, now, send.step_id))
    react(connection, desk, case.stored, Held(PauseReason.REVIEW), why, now)
