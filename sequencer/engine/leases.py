"""Take and keep mailboxes, and put right what was left half done in them.

A send left `claimed` never saw its final dot and is queued again. One left `handed` may be with the
server: it becomes `unknown`, and only evidence moves it on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sequencer.domain.ledger import Kind
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.send import SendEvent, SendState
from sequencer.engine.desk import Desk
from sequencer.engine.react import entry_of
from sequencer.engine.reopen import reopen
from sequencer.store import enrollments, ledger, mailboxes, sends
from sequencer.store.database import Connection

LEASE = timedelta(seconds=30)  # a killed daemon's mailboxes are free after this
RENEW_S = 10  # three tries before a lease is lost


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to act for a mailbox, as long as the fence in the database is still this one."""

    mailbox: str
    fence: int


def take_leases(
    connection: Connection,
    desk: Desk,
    holder: str,
    now: datetime,
    *,
    force: bool = False,
) -> dict[str, Lease]:
    """Leases that `holder` has after this transaction; `force` as for `store.mailboxes.take`."""
    names = sorted(desk.policy.mailboxes)
    mailboxes.ensure(connection, names)
    held = {}
    for name in names:
        before = mailboxes.get(connection, name)
        fence = mailboxes.take(connection, name, holder, LEASE, force=force)
        if fence is None:
            continue
        held[name] = Lease(name, fence)
        if fence != before.fence:
            put_right(connection, desk, held[name], now)
            if before.health.state is MailboxState.NEEDS_SIGN_IN:
                mailboxes.set_health(connection, name, MailboxState.OK)
    return held


def is_held(connection: Connection, lease: Lease) -> bool:
    """Whether nobody has taken the mailbox over since the lease was given."""
    return mailboxes.get(connection, lease.mailbox).fence == lease.fence


def left_behind(connection: Connection, mailbox: str) -> list[sends.StoredSend]:
    """Sends of the mailbox that are under way as far as the database knows."""
    return [
        send
        for state in (SendState.CLAIMED, SendState.HANDED)
        for send in sends.in_state(connection, state, mailbox)
    ]


def put_right(connection: Connection, desk: Desk, lease: Lease, now: datetime) -> None:
    """End what is under way in the mailbox; only for a holder who knows that nobody works on it.

    A former holder who is still at it finds its send gone, and writes no dot.
    """
    if not is_held(connection, lease):
        return
    for send in left_behind(connection, lease.mailbox):
        if send.state is SendState.CLAIMED:
            reopen(connection, desk, send, SendEvent.RELEASE, now, why="begun, and not sent")
        else:
            doubt(connection, desk, [send], "the daemon ended before it read the answer", now)


def doubt(
    connection: Connection,
    desk: Desk,
    doubtful: Iterable[sends.StoredSend],
    why: str,
    now: datetime,
) -> None:
    """Mark sends whose final dot may have gone out without an answer."""
    for send in doubtful:
        if sends.move(connection, [send.id], SendEvent.DOUBT, if_fence=send.fence, why=why):
            case = desk.case(connection, enrollments.get(connection, send.enrollment_id))
            ledger.write(connection, entry_of(case, Kind.IN_DOUBT, why, now, send.step_id))
