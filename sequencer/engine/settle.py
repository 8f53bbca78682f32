"""Sends in doubt: look for evidence in the Sent folder, and never send again by guess.

A copy there proves the mail went out. Its absence proves the contrary only where the provider files
the copy itself; everywhere else the send is parked for a person.
"""

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
from sequencer.mail.folder import InboxError
from sequencer.store import ledger, sends
from sequencer.store.database import Connection, DatabaseError

log = structlog.get_logger()

CLOCKS_APART = timedelta(days=1)  # how far before the dot a server may have dated its copy
MOST_TRIES = 3  # of a mail whose answer gets lost each time; then a person has to look at it
PROVES_NOTHING = "no copy in Sent, which proves nothing here: a person has to decide"


async def settle(world: World, lease: Lease) -> None:
    """Settle every send of the mailbox that has been in doubt for long enough."""
    settled_before = world.clock.now() - world.desk.policy.settle
    doubtful = await world.read(sends.in_state, SendState.UNKNOWN, lease.mailbox)
    for send in doubtful:
        if send.handed_at is None or send.handed_at > settled_before:
            continue
        try:
            found = await world.doors[lease.mailbox].inbox.has_sent(
                send.message_id or "", send.handed_at - CLOCKS_APART
            )
        except InboxError as error:
            log.warning("doubt_not_settled", mailbox=lease.mailbox, error=str(error))
            return
        now = world.clock.now()
        try:
            await world.write(decide_doubt, world.desk, send.id, lease, found=found, now=now)
        except DatabaseError:
            raise  # no row's fault: the next tick tries again
        except Exception as error:
            # One send that cannot be settled must not keep the mailbox from all others.
            log.exception("send_parked", send=send.id)
            await world.write(park, send.id, f"internal error: {error!r}")


def park(connection: Connection, send_id: int, why: str) -> None:
    """Leave a send in doubt to a person."""
    sends.move(connection, [send_id], SendEvent.PARK, why=why)


def decide_doubt(
    connection: Connection, desk: Desk, send_id: int, lease: Lease, *, found: bool, now: datetime
) -> None:
    """End the doubt about a send: sent, to be sent again with the same bytes, or parked."""
    send, case = read_locked(connection, desk, send_id)
    if send.state is not SendState.UNKNOWN or not is_held(connection, lease):
        return
    if found:
        ledger.write(connection, entry_of(case, Kind.SETTLED, "found in Sent", now, send.step_id))
        accept(connection, desk, send, "found in Sent", now)
        return
    mailbox = desk.policy.mailboxes.get(send.mailbox)
    proven = mailbox is not None and mailbox.keeps_sent_copy
    if proven and send.tries < MOST_TRIES:
        why = "no copy in Sent, where the provider files one of every mail: sent again"
        reopen(connection, desk, send, SendEvent.RESEND, now, due_at=now, why=why)
        if case.stored.enrollment.state is not EnrollmentState.FINISHED:
            ledger.write(connection, entry_of(case, Kind.RESENT, why, now, send.step_id))
        return
    why = f"no copy in Sent after {send.tries} tries" if proven else PROVES_NOTHING
    sends.move(connection, [send.id], SendEvent.PARK, why=why)
    ledger.write(connection, entry_of(case, Kind.PARKED, why, now, send.step_id))
    react(connection, desk, case.stored, Held(PauseReason.REVIEW), why, now)
