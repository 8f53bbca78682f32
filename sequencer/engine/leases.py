"""Take and keep a fair share of the mailboxes, and put right what was left half done in them.

A send left `claimed` never saw its final dot and is queued again. One left `handed` may be with the
server: it becomes `unknown`, and only evidence moves it on.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from sequencer.domain.ledger import Kind
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.send import SendEvent, SendState
from sequencer.domain.share import room_of, shares
from sequencer.engine.desk import Desk
from sequencer.engine.react import entry_of
from sequencer.engine.reopen import reopen
from sequencer.store import daemons, enrollments, leases, ledger, mailboxes, sends, wake
from sequencer.store.database import Connection, database_now

# A killed daemon's mailboxes are free after LEASE, and another one looks for such every RENEW_S: so
# they are served again within 20 s, and a lease is lost only after three renewals that failed.
LEASE = timedelta(seconds=15)
RENEW_S = 4


class Reach(StrEnum):
    """What a daemon may take: nothing new, what is free, or all, as its holders are dead."""

    OWN = "own"
    FREE = "free"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to act for a mailbox, as long as the fence in the database is still this one.

    Attributes:
        surplus: another daemon shall have it as soon as nothing is under way in it.
        left_by: daemons short of their share that left it free for a whole lease: to give it back
            for one of them would be in vain, as their settings lack it.
    """

    mailbox: str
    fence: int
    surplus: bool = False
    left_by: frozenset[str] = frozenset()


Had = Mapping[str, Lease]  # the newest lease that this process has ever had on each mailbox


def take_leases(
    connection: Connection,
    desk: Desk,
    holder: str,
    *,
    busy: Collection[str] = (),
    reach: Reach = Reach.FREE,
    had: Had = MappingProxyType({}),
) -> dict[str, Lease]:
    """Leases that `holder` has after this transaction, which is its sign of life as well.

    Args:
        connection: to the database, whose clock counts.
        desk: the settings.
        holder: the daemon.
        busy: mailboxes in which something is under way, so that they cannot be given to others.
        reach: what it may take.
        had: what this process has learnt of the mailboxes by earlier calls.
    """
    names = sorted(desk.policy.mailboxes)
    mailboxes.ensure(connection, names)
    at = database_now(connection)
    term = leases.Term(holder, at, at + LEASE)
    if reach is Reach.ALL:
        daemons.stay_alone(connection, holder)
    if daemons.sign(connection, holder, at):
        wake.call(connection, [wake.LEASES])
    held = leases.renew(connection, term)
    if reach is Reach.ALL:
        taken = leases.take_all(connection, names, term)
    elif reach is Reach.FREE:
        return _shared(connection, names, term, _known(held, had), busy, had)
    else:
        taken = {}
    return _with(connection, _known(held, had), taken, had)


def _shared(
    connection: Connection,
    names: Collection[str],
    term: leases.Term,
    held: dict[str, Lease],
    busy: Collection[str],
    had: Had,
) -> dict[str, Lease]:
    """Leases once what is too much was given back, or what is free was taken.

    A mailbox that has been free for a whole lease is taken by whoever knows it: the others may have
    other settings, and know it not. For those who left it, it is not given back once more: so each
    is offered once, and what they know finds its way to them.
    """
    daemons.forget(connection, term.at - LEASE)
    numbers = leases.numbers(connection, term.at)
    living = [each.name for each in daemons.living(connection, term.at - LEASE)]
    loads = {name: numbers.get(name, 0) for name in living} | {term.holder: len(held)}
    if room := room_of(loads, term.holder, len(names)) - len(held):
        taken = leases.take(connection, names, term, room)
        return _with(connection, held, taken, had)
    fair = shares(loads, len(names))
    own = fair.pop(term.holder)
    short = frozenset(name for name, share in fair.items() if loads[name] < share)
    wanted = {name for name, lease in held.items() if short - lease.left_by}
    if len(held) > own and wanted:
        return _reduced(connection, term, held, wanted, busy, len(held) - own)
    taken = leases.take_left(connection, names, term, term.at - LEASE)
    return _with(connection, held, taken, had, short)


def _reduced(
    connection: Connection,
    term: leases.Term,
    held: dict[str, Lease],
    wanted: Collection[str],
    busy: Collection[str],
    most: int,
) -> dict[str, Lease]:
    """Leases once as many were given back as may be; of those to be given later, each is marked."""
    idle = sorted(set(wanted) - set(busy), reverse=True)[:most]
    if idle:
        leases.give_back(connection, term.holder, term.at, idle)
        wake.call(connection, [wake.LEASES])
    later = sorted(set(wanted) - set(idle), reverse=True)[: most - len(idle)]
    return {
        name: replace(held[name], surplus=name in later) for name in sorted(held.keys() - set(idle))
    }


def _known(held: dict[str, int], had: Had) -> dict[str, Lease]:
    """Leases on what was held all the time, with what was learnt of them."""
    return {
        name: replace(had[name], surplus=False)
        if name in had and had[name].fence == fence
        else Lease(name, fence)
        for name, fence in held.items()
    }


def _with(
    connection: Connection,
    held: dict[str, Lease],
    taken: dict[str, int],
    had: Had,
    left_by: frozenset[str] = frozenset(),
) -> dict[str, Lease]:
    """Leases on what was held and what was taken.

    A sign-in that failed is tried again in what was taken, unless this process was the last one to
    have it: its password would be refused as before, and too many refusals lock an account.
    """
    others = [
        name for name, fence in taken.items() if name not in had or had[name].fence != fence - 1
    ]
    if others:
        mailboxes.recover(connection, others, MailboxState.NEEDS_SIGN_IN)
    return held | {name: Lease(name, fence, left_by=left_by) for name, fence in taken.items()}


def give_all_back(connection: Connection, holder: str) -> None:
    """Leave in order: others may have the mailboxes at once."""
    leases.give_back(connection, holder, database_now(connection))
    daemons.leave(connection, holder)
    wake.call(connection, [wake.LEASES])


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
