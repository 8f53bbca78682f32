"""Sends in doubt: look for evidence in the Sent folder, and never send again by guess.

A copy there proves the mail went out. Its absence proves the contrary only where a probe has
learned that the provider files copies and leaves one of our marks, the copy would be there by now,
and the last other mail of the mailbox is found there; everywhere else it is parked for a person.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.event import Held
from sequencer.domain.ledger import Kind
from sequencer.domain.send import SendEvent, SendState
from sequencer.engine.cases import read_locked
from sequencer.engine.desk import Desk
from sequencer.engine.doubts import ask_person, park, settle_as_sent
from sequencer.engine.learned import learned
from sequencer.engine.leases import Lease, is_held
from sequencer.engine.react import entry_of, react
from sequencer.engine.reopen import reopen
from sequencer.engine.world import World
from sequencer.mail.folder import Folder, Found, InboxError, NoSentFolderError
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
PROVES_NOTHING = Evidence(None, "no copy in Sent, which proves nothing here")
NOT_LEARNED = Evidence(None, "no copy in Sent, and nothing was learned of the provider")
NO_WITNESS = Evidence(
    None, "no copy in Sent, and no mail of the last 30 days shows that one would be there"
)
MISSED_WITNESS = Evidence(None, "no copy in Sent, but none of an accepted mail either")
NOT_YET = Evidence(None, "a copy may still come")


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
            if evidence is NOT_YET:
                continue
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
            await world.write(park, send.id, f"internal error: {error!r}", now)


def _is_young(world: World, send: StoredSend) -> bool:
    """Whether this process has known of the doubt for too short a time, by the boot clock.

    A wall clock that leaps, or that of another machine, would have Sent searched before the copy
    can be there. So a doubt that another process left counts from the moment that it is seen.
    """
    return _seen_for(world, send) < world.desk.policy.settle.total_seconds()


def _seen_for(world: World, send: StoredSend) -> float:
    """Seconds of the boot clock for which this process has known of the doubt."""
    now_s = world.clock.boot()
    return now_s - world.doubted_s.setdefault(send.id, now_s)


async def _evidence(world: World, send: StoredSend, settled_before: datetime) -> Evidence:
    """What Sent tells about a send; InboxError if it could not be asked, which may get better."""
    try:
        if await _is_in_sent(world, send):
            return FOUND
        return await _of_absence(world, send, settled_before)
    except NoSentFolderError as error:
        return Evidence(None, f"Sent proves nothing: {error}")


async def _of_absence(world: World, send: StoredSend, settled_before: datetime) -> Evidence:
    """What it tells that a copy is missing.

    Something only where a probe was found in Sent by one of our marks: no setting and no name of a
    provider will do. And ways change, folders are emptied: so the last other mail that was
    certainly accepted has to be found by the same search, if there is one of the last 30 days, as
    old as a doubt that is settled, since some copies are filed late. Where there is none, the probe
    is that mail, if it is no older.
    """
    policy = world.desk.policy.mailboxes.get(send.mailbox)
    known = await learned(world, send.mailbox) if policy is not None else None
    if policy is None or known is None or not known.is_learned:
        return NOT_LEARNED
    if not known.would_show or policy.keeps_sent_copy is False:
        return PROVES_NOTHING
    if _seen_for(world, send) < known.shows_within.total_seconds():
        return NOT_YET
    now = world.clock.now()
    earliest, latest = now - WITNESS_AGE, min(settled_before, now - known.shows_within)
    witness = await world.read(sends.latest_accepted, send.mailbox, earliest, latest)
    if witness is None:
        return ABSENT if known.probed_at > earliest else NO_WITNESS
    return ABSENT if await _is_in_sent(world, witness) else MISSED_WITNESS


async def _is_in_sent(world: World, send: StoredSend) -> Found:
    enrollment = (await world.read(enrollments.get, send.enrollment_id)).enrollment
    ref = make_ref(enrollment.key, send.step_id, world.desk.policy.salt)
    since = (send.handed_at or world.clock.now()) - CLOCKS_APART
    inbox = world.doors[send.mailbox].inbox
    return await inbox.find(Folder.SENT, send.message_id or "", ref, since)


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
        settle_as_sent(connection, desk, send, evidence.why, now)
        return
    proven = evidence.left is False
    if proven and send.tries < MOST_TRIES:
        why = f"{evidence.why}: sent again"
        reopen(connection, desk, send, SendEvent.RESEND, now, due_at=now, why=why)
        if case.stored.enrollment.state is not EnrollmentState.FINISHED:
            ledger.write(connection, entry_of(case, Kind.RESENT, why, now, send.step_id))
        return
    why = f"no copy in Sent after {send.tries} tries" if proven else evidence.why
    park(connection, send.id, why, now)
    ask_person(connection, case, send, now)
    react(connection, desk, case.stored, Held(PauseReason.REVIEW), why, now)
