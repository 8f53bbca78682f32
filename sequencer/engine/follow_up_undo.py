"""Take back what followed from a meeting that stands otherwise now, as far as that is possible."""

from datetime import datetime

from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.event import Stopped
from sequencer.domain.follow_up import FollowUpEvent, FollowUpState
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.task import TaskKind, TaskState
from sequencer.engine.desk import Desk
from sequencer.engine.follow_up_words import tell
from sequencer.engine.matter import bring_up
from sequencer.engine.owner import assign
from sequencer.engine.react import react
from sequencer.engine.tasks import Matter, close_matter
from sequencer.store import enrollments, follow_ups, ledger, prospects, sends, tasks
from sequencer.store.database import Connection
from sequencer.store.follow_ups import StoredFollowUp

RUNS_ON = "A follow-up has begun that is needed no more"


def undo(connection: Connection, desk: Desk, row: StoredFollowUp, why: str, now: datetime) -> None:
    """Drop what waits; take back what was done, where nothing has come of it yet.

    A task that is open closes, a cadence that began is removed unless something of it has left, one
    that went on finishes again, and the prospect goes back to whose it was.
    """
    if drop(connection, row, why, now) or row.state is not FollowUpState.DONE:
        return
    _close_task(connection, row, why, now)
    _end_started(connection, desk, row, why, now)
    _end_reopened(connection, desk, row, why, now)
    _give_back(connection, desk, row, now)
    if follow_ups.move(connection, row.id, FollowUpEvent.UNDO, now, did=row.did, why=why):
        detail = f"{row.rule}: undone, {why}"
        tell(connection, row.prospect_id, row.enrollment_id, detail, now)


def settle(connection: Connection, row: StoredFollowUp, why: str, now: datetime) -> None:
    """Drop what waits and close its task: another meeting is booked, which ends all else anyway."""
    if drop(connection, row, why, now) or not _close_task(connection, row, why, now):
        return
    follow_ups.move(connection, row.id, FollowUpEvent.UNDO, now, did=row.did, why=why)


def drop(connection: Connection, row: StoredFollowUp, why: str, now: datetime) -> bool:
    """Whether it still waited, and will not follow."""
    dropped = follow_ups.move(connection, row.id, FollowUpEvent.DROP, now, why=why)
    if dropped:
        detail = f"{row.rule}: not needed, {why}"
        tell(connection, row.prospect_id, row.enrollment_id, detail, now)
    return dropped


def has_left(connection: Connection, enrollment_id: int) -> bool:
    """Whether the person has heard anything of an enrollment, or may have."""
    mails = sends.of_enrollment(connection, enrollment_id)
    done = tasks.of_enrollment(connection, enrollment_id)
    return any(mail.handed_at for mail in mails) or any(
        task.state is TaskState.DONE for task in done
    )


def _close_task(connection: Connection, row: StoredFollowUp, why: str, now: datetime) -> bool:
    number = row.did.get("task")
    task = tasks.find(connection, int(number)) if number else None
    if task is None or task.state is not TaskState.OPEN:
        return False
    return close_matter(connection, task, why, now)


def _end_started(
    connection: Connection, desk: Desk, row: StoredFollowUp, why: str, now: datetime
) -> None:
    number = row.did.get("enrollment")
    if not number:
        return
    stored = enrollments.get(connection, int(number), lock=True)
    if stored.enrollment.state is EnrollmentState.FINISHED:
        return
    if not has_left(connection, stored.id):
        react(connection, desk, stored, Stopped(FinishReason.REMOVED), why, now)
        return
    email = prospects.get(connection, row.prospect_id).prospect.email
    said = f"{why}. {stored.slug} had begun by then and goes on: `sequencer stop {email}` ends it."
    bring_up(connection, row.prospect_id, Matter(TaskKind.REVIEW, RUNS_ON, said), now)


def _end_reopened(
    connection: Connection, desk: Desk, row: StoredFollowUp, why: str, now: datetime
) -> None:
    number = row.did.get("reopened")
    if number:
        stored = enrollments.get(connection, int(number), lock=True)
        react(connection, desk, stored, Stopped(FinishReason.MEETING_BOOKED), why, now)


def _give_back(connection: Connection, desk: Desk, row: StoredFollowUp, now: datetime) -> None:
    before = row.did.get("owner_before")
    prospect = prospects.get(connection, row.prospect_id).prospect
    if before is None or prospect.owner.casefold() != row.rule.assign.casefold():
        return  # somebody has given them to another rep since
    if before:
        assign(connection, desk, prospect.email, str(before), "what followed was undone", now)
        return
    prospects.set_owner(connection, row.prospect_id, "", now)
    words = f"from {prospect.owner} to nobody: what followed was undone"
    ledger.write(connection, Entry(now, Kind.MOVED, words, row.prospect_id))
