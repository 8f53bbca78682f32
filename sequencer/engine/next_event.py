"""When does the daemon have something to do again? For whoever moves a clock instead of waiting."""

from collections.abc import Iterator
from datetime import datetime

from sequencer.domain.pacing import mailbox_refusals
from sequencer.domain.send import SendState
from sequencer.engine.activate import next_activation_at
from sequencer.engine.desk import Desk
from sequencer.engine.policy import MailboxPolicy
from sequencer.engine.traffic import mailbox_traffic
from sequencer.store import enrollments, mailboxes, sends
from sequencer.store.database import Connection


def next_instant(connection: Connection, desk: Desk, now: datetime) -> datetime | None:
    """Earliest instant (UTC), `now` at the earliest, at which work is due; None if none will be.

    Work is a mail that is due and that its mailbox's pace and rest allow, a pause whose date
    comes, and a doubt that has become old enough to be settled. What comes in from outside (mail,
    webhooks, clicks) cannot be foreseen here.
    """
    instants = list(_instants(connection, desk, now))
    return max(now, min(instants)) if instants else None


def _instants(connection: Connection, desk: Desk, now: datetime) -> Iterator[datetime]:
    resumes_at = enrollments.next_resume_at(connection)
    if resumes_at is not None:
        yield resumes_at
    begins_at = next_activation_at(connection, desk, now)
    if begins_at is not None:
        yield begins_at
    for policy in desk.policy.mailboxes.values():
        due_at = sends.next_due_at(connection, policy.name)
        free_at = _free_at(connection, policy, now)
        if due_at is not None and free_at is not None:
            yield max(due_at, free_at)
    for send in sends.in_state(connection, SendState.UNKNOWN):
        if send.handed_at is not None:
            yield send.handed_at + desk.policy.settle


def _free_at(connection: Connection, policy: MailboxPolicy, now: datetime) -> datetime | None:
    """When the mailbox's pace and health allow its next mail; None if its pace never does."""
    found = mailbox_traffic(connection, policy.name, policy.pace, now)
    instants = [now, mailboxes.get(connection, policy.name).health.until or now]
    for refusal in mailbox_refusals(policy.pace, found, now):
        if refusal.until is None:
            return None
        instants.append(refusal.until)
    return max(instants)
