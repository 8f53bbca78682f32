"""Take a decision of triage back: exactly what it did, if nothing has followed from it yet."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.send import IN_FLIGHT
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.domain.task import TaskEvent, TaskState
from sequencer.engine.carry_out import reopen_task
from sequencer.engine.confirm import confirmation_of
from sequencer.engine.desk import Desk
from sequencer.engine.react import react
from sequencer.engine.reopen_enrollment import refusals_against, standing_of
from sequencer.engine.suppress import people_hit
from sequencer.engine.survey import lock_gate
from sequencer.engine.tasks import TaskError
from sequencer.engine.triage import find_matter
from sequencer.engine.triage_deed import Change, Deed, Listed, from_stored
from sequencer.engine.triage_hold import pause_as, run
from sequencer.store import enrollments, ledger, notices, prospects, sends, tasks, triage
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.sends import StoredSend
from sequencer.store.stand import Stand, stand_of
from sequencer.store.tasks import StoredTask

_PAUSED, _FINISHED = EnrollmentState.PAUSED, EnrollmentState.FINISHED
_AS_BEFORE: Final = "taken back"


def undo(connection: Connection, desk: Desk, number: int, by: str, now: datetime) -> None:
    """Let everything stand as it did before the decision; the matter is open again.

    Raises:
        TaskError: nothing was decided, or something has followed that cannot be taken back with it.
    """
    task = find_matter(connection, number)
    if task.state is TaskState.OPEN:
        raise TaskError(f"Task {number} is open: nothing has been decided.")
    known = triage.deed_of(connection, number)
    if known is None:
        raise TaskError(f"Task {number} ended without a decision: `sequencer task undo {number}`.")
    at, deed = known[0], from_stored(known[1])
    cause = f"{task.disposition} taken back by {by}"
    stored = _locked(connection, deed)
    for change in deed.changes:
        _refuse_what_happened(connection, stored[change.before.enrollment_id], change, at)
    _open_again(connection, task)
    if deed.kind and task.inbound_id is not None:  # before the gate is asked, which reads it
        triage.judge(connection, task.inbound_id, deed.kind, deed.judged_at)
    confirming = confirmation_of(deed.confirming)
    if deed.confirming and not notices.withdraw(connection, confirming):
        raise TaskError(f"The opt-out has been confirmed to {deed.confirming}: it stands.")
    for each in deed.listed:
        _unlist(connection, each, cause, now)
    _put_back(connection, desk, deed.changes, stored, cause, now)
    for holder, stand in deed.handed:
        triage.replace_hold(connection, holder, stand)
    _close_tasks(connection, deed, cause, now)
    triage.forget_deed(connection, number)
    detail = f"{task.title} {cause}"
    ledger.write(connection, Entry(now, Kind.TAKEN_BACK, detail, task.prospect_id))


def _locked(connection: Connection, deed: Deed) -> dict[int, StoredEnrollment]:
    """The enrollments that the decision changed, by their numbers, kept from everybody else.

    Who lets somebody in again keeps others from the gate first, as everybody does.
    """
    numbers = sorted(change.before.enrollment_id for change in deed.changes)
    ended = [each.before.enrollment_id for each in deed.changes if each.after.state is _FINISHED]
    people = {enrollments.get(connection, number).prospect_id for number in ended}
    if people:
        lock_gate(connection, list(prospects.get_many(connection, people).values()))
    return {number: enrollments.get(connection, number, lock=True) for number in numbers}


def _open_again(connection: Connection, task: StoredTask) -> None:
    if not reopen_task(connection, replace(task, why=_AS_BEFORE)):
        raise TaskError(f"Task {task.id} is {task.state}.")


def _refuse_what_happened(
    connection: Connection, stored: StoredEnrollment, change: Change, at: datetime
) -> None:
    """What has had an effect outside, or was changed by others since, is not taken back."""
    email = prospects.get(connection, stored.prospect_id).prospect.email
    runs = change.after.state is EnrollmentState.ACTIVE
    mails = sends.of_enrollment(connection, stored.id) if runs else []
    if any(_has_left(each, at) for each in mails):
        raise TaskError(f"A mail to {email} has left since, or is about to.")
    for task in tasks.of_enrollment(connection, stored.id):
        if task.state is TaskState.DONE and task.ended_at is not None and task.ended_at > at:
            raise TaskError(f"The task {task.step_id} about {email} has been done since.")
    if _without_wait(stand_of(stored)) != _without_wait(change.after):
        now_is = _word(stored)
        raise TaskError(f"{email} is {now_is} in {stored.slug} by now: something else happened.")
    if stored.enrollment.step != change.step:
        raise TaskError(f"{stored.slug} has gone on for {email} since.")
    every = enrollments.of_prospect(connection, stored.prospect_id)
    if any(each.slug == stored.slug and each.id > stored.id for each in every):
        raise TaskError(f"{email} has been enrolled in {stored.slug} again since.")


def _has_left(send: StoredSend, at: datetime) -> bool:
    return send.handed_at >= at if send.handed_at is not None else send.state in IN_FLIGHT


def _without_wait(stand: Stand) -> Stand:
    return replace(stand, remaining=None)


def _word(stored: StoredEnrollment) -> str:
    enrollment = stored.enrollment
    reason = enrollment.finish_reason or enrollment.pause_reason
    return f"{enrollment.state} ({reason})" if reason else str(enrollment.state)


def _unlist(connection: Connection, each: Listed, cause: str, now: datetime) -> None:
    """Take an entry off the list; one that others have brought since stays."""
    if not triage.unlist(connection, each.entry, each.was):
        return
    key = each.entry["key"]
    entry = Suppression(
        SuppressionKind(each.entry["kind"]), key, SuppressionReason(each.entry["reason"])
    )
    for person in people_hit(connection, entry):
        ledger.write(connection, Entry(now, Kind.LIFTED, f"{key}: {cause}", person))


def _put_back(
    connection: Connection,
    desk: Desk,
    changes: Sequence[Change],
    stored: Mapping[int, StoredEnrollment],
    cause: str,
    now: datetime,
) -> None:
    going: list[int] = []
    for change in changes:
        number, before = change.before.enrollment_id, change.before
        if change.after.state is _FINISHED:
            _reopen(connection, desk, stored[number], cause, now)
        current = enrollments.get(connection, number)
        if before.state is _PAUSED:
            pause_as(connection, desk, current, before, cause, now)
        elif current.enrollment.state is _PAUSED:
            going.append(number)
    run(connection, desk, going, cause, now)


def _reopen(
    connection: Connection, desk: Desk, stored: StoredEnrollment, cause: str, now: datetime
) -> None:
    """Let an enrollment go on that the decision had ended, if the gate lets it."""
    case = desk.case(connection, stored)
    if refusals := refusals_against(connection, desk, case, now):
        told = "; ".join(f"{each.code}: {each.sentence}" for each in refusals)
        raise TaskError(f"{case.person.prospect.email} cannot go on: {told}")
    event = replace(standing_of(connection, case), mistaken=True)
    if not react(connection, desk, stored, event, cause, now):
        raise TaskError(f"No step is left that {stored.slug} could go on with.")


def _close_tasks(connection: Connection, deed: Deed, cause: str, now: datetime) -> None:
    """Close what the decision had brought up; what was done about it stays done."""
    for number in deed.tasks:
        task = tasks.find(connection, number)
        if task is None:
            continue
        if task.state is TaskState.DONE:
            raise TaskError(f"Task {number}, which came of it, has been done since.")
        tasks.move(connection, number, TaskEvent.SKIP, why=cause, ended_at=now)
