"""When does the daemon have something to do again? For whoever moves a clock instead of waiting."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from sequencer.domain.absence import next_begin
from sequencer.domain.pacing import mailbox_refusals
from sequencer.engine.activate import next_activation_at
from sequencer.engine.desk import Desk
from sequencer.engine.meeting_asks import AFTER, TOO_LATE
from sequencer.engine.traffic import box_with_traffic
from sequencer.store import at_once, capabilities, due, mailboxes, notices
from sequencer.store.database import Connection

NOTHING: Mapping[str, datetime] = MappingProxyType({})


def next_instant(
    connection: Connection, desk: Desk, now: datetime, own: Mapping[str, datetime] = NOTHING
) -> datetime | None:
    """Earliest instant (UTC), `now` at the earliest, at which work is due; None if none will be.

    Work is a mail that is due and that its mailbox's pace and rest allow, a pause whose date
    comes, a task to look at or to skip, what follows from a meeting, a handover that nobody answers
    or of which a rep is reminded, a meeting of which nobody has told how it went, the begin of an
    absence, a doubt that is old enough to be settled, and a provider to be learned about. What
    comes in from outside (mail, webhooks, clicks) cannot be foreseen here.

    Args:
        connection: the database.
        desk: settings and cadences.
        now: the instant.
        own: when the pace of the process itself leaves room for a mail, by mailbox.
    """
    instants = list(_instants(connection, desk, now, own))
    return max(now, min(instants)) if instants else None


def _instants(
    connection: Connection, desk: Desk, now: datetime, own: Mapping[str, datetime]
) -> Iterator[datetime]:
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
    yield from _mails(connection, desk, first, now, own)
    if desk.policy.probes:
        yield from _probes(connection, desk, now)


def _mails(
    connection: Connection,
    desk: Desk,
    first: datetime | None,
    now: datetime,
    own: Mapping[str, datetime],
) -> Iterator[datetime]:
    """When mails may leave, as far as one may before all that is known already."""
    earliest = due.earliest(connection, desk.policy.mailboxes)
    for name, at in notices.next_due(connection).items():
        if name in desk.policy.mailboxes:
            earliest[name] = min(at, earliest.get(name, at))
    waiting = ((max(at, own.get(name, at), now), name) for name, at in earliest.items())
    for due_at, name in sorted(waiting):
        if first is not None and first <= due_at:
            return  # what comes now is no sooner, whatever its mailbox allows
        free_at = _free_at(connection, desk, name, now)
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


def _free_at(connection: Connection, desk: Desk, name: str, now: datetime) -> datetime | None:
    """When a mailbox's pace and health allow its next mail; None if its pace never does."""
    pace = desk.policy.mailboxes[name].pace
    box, left = box_with_traffic(connection, name, pace, now)
    refusals = mailbox_refusals(pace, left, now)
    instants = [each.until for each in refusals if each.until is not None]
    never = len(instants) < len(refusals)
    return None if never else max([now, box.health.until or now, *instants])
