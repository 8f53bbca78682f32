"""When does the daemon have something to do again? For whoever moves a clock instead of waiting."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sequencer.domain.absence import next_begin
from sequencer.domain.pacing import mailbox_refusals
from sequencer.engine.activate import next_activation_at
from sequencer.engine.desk import Desk
from sequencer.engine.meeting_asks import AFTER, TOO_LATE
from sequencer.engine.policy import MailboxPolicy
from sequencer.engine.traffic import traffic_of_each
from sequencer.store import at_once, capabilities, due, mailboxes, notices
from sequencer.store.database import Connection


def next_instant(connection: Connection, desk: Desk, now: datetime) -> datetime | None:
    """Earliest instant (UTC), `now` at the earliest, at which work is due; None if none will be.

    Work is a mail that is due and that its mailbox's pace and rest allow, a pause whose date
    comes, a task to look at or to skip, what follows from a meeting, a handover that nobody answers
    or of which a rep is reminded, a meeting of which nobody has told how it went, the begin of an
    absence, a doubt that is old enough to be settled, and a provider to be learned about. What
    comes in from outside (mail, webhooks, clicks) cannot be foreseen here.
    """
    instants = list(_instants(connection, desk, now))
    return max(now, min(instants)) if instants else None


def _instants(connection: Connection, desk: Desk, now: datetime) -> Iterator[datetime]:
    ahead = at_once.ahead(connection, now - TOO_LATE)
    known: list[datetime | None] = [*ahead.known]
    if ahead.over_at is not None:
        known.append(ahead.over_at + AFTER)
    if ahead.doubted_at is not None:
        known.append(ahead.doubted_at + desk.policy.settle)
    if ahead.somebody_waits:
        known.append(next_activation_at(connection, desk, now))
    known += [
        next_begin(policy.away, desk.policy.zone_of(policy.name), now)
        for policy in desk.policy.mailboxes.values()
        if policy.away
    ]
    first = min((at for at in known if at is not None), default=None)
    if first is not None:
        yield first
    yield from _mails(connection, desk, first, now)
    if desk.policy.probes:
        yield from _probes(connection, desk, now)


def _mails(
    connection: Connection, desk: Desk, first: datetime | None, now: datetime
) -> Iterator[datetime]:
    """When mails may leave, as far as one may before all that is known already."""
    boxes = desk.policy.mailboxes
    earliest = due.earliest(connection, boxes)
    for name, at in notices.next_due(connection).items():
        if name in boxes:
            earliest[name] = min(at, earliest.get(name, at))
    waiting = sorted((at, name) for name, at in earliest.items())
    free = _free_times(connection, [boxes[name] for _, name in waiting], now)
    for due_at, _ in waiting:
        if first is not None and first <= max(due_at, now):
            return  # what comes now is no sooner, whatever its mailbox allows
        free_at = next(free)
        if free_at is not None:
            at = max(due_at, free_at)
            first = at if first is None else min(first, at)
            yield at


def _probes(connection: Connection, desk: Desk, now: datetime) -> Iterator[datetime]:
    """When there is something to be learned about a mailbox."""
    for policy in desk.policy.mailboxes.values():
        known = capabilities.get(connection, policy.name, policy.server)
        if known is None or known.is_under_way or not known.is_learned:
            free_at = mailboxes.get(connection, policy.name).health.until or now
            due_at = known.due_at if known is not None else now
            yield max(free_at, due_at)


def _free_times(
    connection: Connection, policies: Sequence[MailboxPolicy], now: datetime
) -> Iterator[datetime | None]:
    """When each mailbox's pace and health allow its next mail; None if its pace never does."""
    paces = {policy.name: policy.pace for policy in policies}
    boxes = mailboxes.get_many(connection, paces)
    every = traffic_of_each(connection, paces, now)
    for policy, found in zip(policies, every, strict=True):
        refusals = mailbox_refusals(policy.pace, found, now)
        rests_until = boxes[policy.name].health.until or now
        instants = [each.until for each in refusals if each.until is not None]
        never = len(instants) < len(refusals)
        yield None if never else max([now, rests_until, *instants])
