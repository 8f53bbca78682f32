"""Send mails of ours that belong to no cadence: confirmations, handovers, reminders.

Each is sent at most once: where it is unknown whether it has left, it is not sent again. They go
between the mails of the cadences, at the pace of their mailbox, and count like mails by hand.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from sequencer.domain.address import domain_of
from sequencer.domain.pacing import mailbox_refusals
from sequencer.engine.desk import Desk
from sequencer.engine.hand import LOOK_IS_GOOD_FOR_S
from sequencer.engine.handover_trouble import tell_of_trouble
from sequencer.engine.handover_watch import is_pointless
from sequencer.engine.leases import Lease, is_held
from sequencer.engine.notice_kind import NoticeKind
from sequencer.engine.recording import words
from sequencer.engine.traffic import mailbox_traffic
from sequencer.engine.world import World
from sequencer.mail.transaction import Blame, Envelope, Outcome, OutcomeKind
from sequencer.store import epoch, notices, touches
from sequencer.store.database import Connection
from sequencer.store.notices import Tried, Waiting
from sequencer.store.touches import MailByHand

log = structlog.get_logger()

AGAIN: Final = timedelta(minutes=30)
MOST_TRIES: Final = 5


async def send_notices(world: World, lease: Lease) -> int:
    """How many notices left a mailbox; it goes on until none is due, or none may leave."""
    sent, now = 0, world.clock.now()
    await world.write(_give_up, lease.mailbox, now - world.desk.policy.settle, now)
    while not world.must_end(lease.mailbox):
        found = await world.read(_next, world.desk, lease.mailbox, world.clock.now())
        if found is None or await _send(world, lease, found) is not OutcomeKind.ACCEPTED:
            break
        sent += 1
    return sent


def _give_up(connection: Connection, mailbox: str, before: datetime, now: datetime) -> None:
    """End those whose daemon died between the commit and the answer: nobody will tell any more."""
    for found in notices.left_open(connection, mailbox, before):
        why = "nobody knows: the daemon ended before the server answered"
        if notices.give_up(connection, found.id, why, now):
            tell_of_trouble(connection, found, why, now)


def drop_stray(connection: Connection, number: int, now: datetime) -> None:
    """Give one of those up; a person hears of it where it was about a handover."""
    found = notices.find_open(connection, number)
    if found is None:
        return
    why = f"the mailbox {found.mailbox} is gone"
    if notices.give_up(connection, number, why, now):
        tell_of_trouble(connection, found, why, now)


def _next(connection: Connection, desk: Desk, mailbox: str, now: datetime) -> Waiting | None:
    """The next one, if the pace of the mailbox leaves room for it."""
    found, policy = notices.due(connection, mailbox, now), desk.policy.mailboxes.get(mailbox)
    if found is None or policy is None:
        return None
    left = mailbox_traffic(connection, mailbox, policy.pace, now)
    return None if mailbox_refusals(policy.pace, left, now) else found


async def _send(world: World, lease: Lease, found: Waiting) -> OutcomeKind:
    policy, tried = world.desk.policy.mailboxes[lease.mailbox], Tried(found.id, None)

    async def hand() -> bool:
        nonlocal tried
        began_s, handed_at = world.clock.boot(), world.clock.now()
        granted = await world.write(_hand, lease, found, handed_at)
        tried = Tried(found.id, handed_at if granted else None)
        late = world.clock.boot() - began_s > LOOK_IS_GOOD_FOR_S
        goes = granted and not late and not world.ending.is_set()
        if goes:
            world.own_pace.note(lease.mailbox, world.clock.boot())
        return goes

    envelope = Envelope(policy.address, found.recipient, found.data)
    outcome = await world.doors[lease.mailbox].mailer.send(envelope, hand)
    log.info(
        "notice_sent",
        kind=found.kind,
        mailbox=lease.mailbox,
        outcome=outcome.kind,
        phase=outcome.phase,
    )
    await world.write(_answered, found, tried, outcome, world.clock.now())
    return outcome.kind


def _hand(connection: Connection, lease: Lease, found: Waiting, now: datetime) -> bool:
    if epoch.why_held(connection) or not is_held(connection, lease):
        return False
    if found.kind == NoticeKind.REMINDER and is_pointless(connection, found.once_key, now):
        notices.withdraw(connection, found.once_key)
        return False
    if not notices.hand(connection, found.id, now):
        return False
    domain = domain_of(found.recipient)
    touch = MailByHand(now, lease.mailbox, None, domain, touch_of(found))
    touches.add_mail_by_hand(connection, touch)
    return True


def _answered(
    connection: Connection, found: Waiting, tried: Tried, outcome: Outcome, now: datetime
) -> None:
    """Store what became of it; what certainly did not leave is tried again.

    Some times only, where the recipient is in the way, and not the mailbox or this daemon.
    """
    match outcome.kind:
        case OutcomeKind.ACCEPTED:
            notices.end(connection, tried, outcome.text or "accepted", now)
        case OutcomeKind.UNKNOWN:
            why = f"nobody knows: {words(outcome)}"
            if notices.end(connection, tried, why, now):
                tell_of_trouble(connection, found, why, now)
        case _:
            if tried.handed_at is not None:
                touches.take_back(connection, touch_of(found))
            counts = outcome.kind is OutcomeKind.DEFERRED and outcome.blame is Blame.RECIPIENT
            tries = found.tries + counts
            if outcome.kind is not OutcomeKind.REJECTED and tries < MOST_TRIES:
                notices.later(connection, replace(tried, tries=tries), now + AGAIN, words(outcome))
            elif notices.end(connection, tried, words(outcome), now):
                tell_of_trouble(connection, found, words(outcome), now)


def touch_of(found: Waiting) -> str:
    """What the touch of a notice is known by."""
    return f"notice {found.id}"
