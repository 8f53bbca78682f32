"""A prospect gets another owner: what runs moves to the new one's mailbox, and tasks with it.

Only where the new owner has a mailbox that works; else everything stays, and a task tells. What is
paused moves too, for it goes on by itself some day. Tasks that somebody else has been given stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.task import TaskKind
from sequencer.engine.desk import Desk
from sequencer.engine.mailbox_choice import able, is_of
from sequencer.engine.matter import bring_up
from sequencer.engine.rehome import move
from sequencer.engine.tasks import Matter
from sequencer.engine.why import known
from sequencer.store import enrollments, ledger, prospects, tasks
from sequencer.store.database import Connection


@dataclass(frozen=True, slots=True)
class Change:
    """Whose prospect it was, and whose it is now."""

    prospect_id: int
    before: str
    owner: str


@dataclass(frozen=True, slots=True)
class Handed:
    """What moved with a person; `stayed` counts enrollments that had nowhere to go."""

    address: str
    enrollments: int = 0
    tasks: int = 0
    stayed: int = 0


def assign(
    connection: Connection, desk: Desk, address: str, rep: str, by: str, now: datetime
) -> Handed:
    """Make a prospect that rep's, with everything that moves then.

    Raises:
        UnknownProspectError: nobody has that address.
    """
    person = known(connection, address)
    before = person.prospect.owner
    if not _same(before, rep):
        prospects.set_owner(connection, person.id, rep.strip(), now)
    return follow_owner(connection, desk, Change(person.id, before, rep.strip()), by, now)


def follow_owner(
    connection: Connection, desk: Desk, change: Change, by: str, now: datetime
) -> Handed:
    """What moved because a prospect, stored with its new owner, has changed hands."""
    person = prospects.get(connection, change.prospect_id)
    email = person.prospect.email
    if not _same(change.before, change.owner):
        words = f"from {change.before or 'nobody'} to {change.owner}, by {by}"
        ledger.write(connection, Entry(now, Kind.MOVED, words, change.prospect_id))
    mailbox = _mailbox_of(connection, desk, change.owner)
    running = [
        stored
        for stored in enrollments.live_of(connection, [person.id])
        if stored.enrollment.state in {EnrollmentState.ACTIVE, EnrollmentState.PAUSED}
        and stored.enrollment.mailbox is not None
        and not is_of(desk.policy, stored.enrollment.mailbox, change.owner)
    ]
    if mailbox is None:
        _tell(connection, change, [stored.slug for stored in running], now)
        return Handed(email, stayed=len(running))
    why = f"the prospect is {change.owner}'s now, by {by}"
    moved = sum(
        move(connection, desk.case(connection, stored), mailbox, why, now) for stored in running
    )
    old = {"", change.before, *(stored.enrollment.mailbox or "" for stored in running)}
    theirs = tasks.open_of_person(connection, person.id, old - {change.owner})
    passed_on = tasks.assign_all(connection, theirs, change.owner)
    if passed_on:
        words = f"{passed_on} open tasks to {change.owner}, by {by}"
        ledger.write(connection, Entry(now, Kind.MOVED, words, change.prospect_id))
    return Handed(email, moved, passed_on)


def _mailbox_of(connection: Connection, desk: Desk, rep: str) -> str | None:
    names = [name for name in sorted(able(connection, desk)) if is_of(desk.policy, name, rep)]
    return names[0] if names else None


def _tell(connection: Connection, change: Change, slugs: Sequence[str], now: datetime) -> None:
    if not slugs:
        return
    about = (
        f"{change.owner} has no mailbox that works, so {', '.join(slugs)} goes on from the old one."
    )
    matter = Matter(TaskKind.MAILBOX, "The owner has changed, the mailbox has not", about)
    bring_up(connection, change.prospect_id, matter, now)


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
