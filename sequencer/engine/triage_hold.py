"""A doubtful message: pause whom it concerns, keep how they stood, and ask a person.

What a message paused goes on, or not, as a person decides; where several wait for one person's
word, the last decision counts for all that they found.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.event import Held
from sequencer.domain.send import SendState
from sequencer.domain.task import TaskKind
from sequencer.engine.desk import Desk
from sequencer.engine.matter import bring_up
from sequencer.engine.react import open_due_at, react
from sequencer.engine.spread import go_on, plan_resume
from sequencer.engine.tasks import Matter
from sequencer.store import enrollments, prospects, sends, tasks, triage
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.stand import Stand, stand_of

ANOTHER_ADDRESS = "Has another address: take it over?"
PAUSED = EnrollmentState.PAUSED


def hold_and_ask(
    connection: Connection,
    desk: Desk,
    people: Sequence[int],
    matter: Matter,
    cause: str,
    now: datetime,
) -> None:
    """Pause every cadence of these people until somebody has decided; the first is asked about."""
    live = enrollments.live_of(connection, sorted(people))
    stands = [stand_of(stored) for stored in live]
    for stored in live:
        held = Held(PauseReason.REVIEW, None, open_due_at(connection, stored.id))
        react(connection, desk, stored, held, cause, now)
    matter = replace(matter, assignee=_rep(connection, desk, people[0], live))
    is_new = bring_up(connection, people[0], matter, now)
    known = tasks.open_matters(connection, people[0], matter.kind)
    about = known[-1].about if is_new else matter.about
    task = next(each for each in known if each.about == about)
    triage.hold(connection, task.id, stands)


def _rep(connection: Connection, desk: Desk, person: int, live: Sequence[StoredEnrollment]) -> str:
    """Who decides: the person's owner, else the rep of the mailbox that they hear from."""
    owner = prospects.get(connection, person).prospect.owner
    boxes = (desk.policy.mailboxes.get(stored.enrollment.mailbox or "") for stored in live)
    return owner or next((box.belongs_to for box in boxes if box and box.belongs_to), "")


def give_back(
    connection: Connection,
    desk: Desk,
    task_id: int,
    wanted: Sequence[Stand],
    cause: str,
    now: datetime,
) -> None:
    """Let what the message of a task paused stand as is wanted; what else has happened stays.

    Where the message of another open task holds it too, that one gives it back, to the same stand.
    """
    going: list[int] = []
    for stand in wanted:
        stored = enrollments.get(connection, stand.enrollment_id, lock=True)
        if not stand_of(stored).waits_for_person:
            continue
        others = triage.open_holds(connection, stored.id, task_id)
        for number, found in others:
            if found.waits_for_person:
                triage.replace_hold(connection, number, stand)
        if others or waits_for_other(connection, stored):
            continue
        if stand.state is PAUSED:
            pause_as(connection, desk, stored, stand, cause, now)
        else:
            going.append(stored.id)
    run(connection, desk, going, cause, now)


def heed(
    connection: Connection,
    stored: StoredEnrollment,
    reason: PauseReason,
    resume_at: datetime | None,
) -> None:
    """Let a wait count that gives way to an undecided message, once that is decided."""
    if resume_at is None or not stand_of(stored).waits_for_person:
        return
    for number, stand in triage.open_holds(connection, stored.id):
        is_longer = stand.resume_at is None or stand.resume_at >= resume_at
        if stand.state is not PAUSED or not is_longer:
            wait = replace(stand, state=PAUSED, pause_reason=reason, resume_at=resume_at)
            triage.replace_hold(connection, number, wait)


def waits_for_other(connection: Connection, stored: StoredEnrollment) -> bool:
    """Whether a person has to look at something else first: a mail in doubt, another address."""
    if any(each.state is SendState.PARKED for each in sends.of_enrollment(connection, stored.id)):
        return True
    about = tasks.open_matters(connection, stored.prospect_id, TaskKind.REFERRAL)
    return any(task.title == ANOTHER_ADDRESS for task in about)


def pause_as(
    connection: Connection,
    desk: Desk,
    stored: StoredEnrollment,
    stand: Stand,
    cause: str,
    now: datetime,
) -> None:
    """Pause an enrollment as it once was, with what was left of its wait then.

    A hold without a date gives way to no other, so the date is set afterwards.
    """
    left = stand.remaining
    due_at = now + left if left is not None else open_due_at(connection, stored.id)
    until = f", until {stand.resume_at:%Y-%m-%d %H:%M} UTC" if stand.resume_at else ""
    reason = stand.pause_reason or PauseReason.REVIEW
    react(connection, desk, stored, Held(reason, None, due_at), f"{cause}{until}", now)
    if stand.resume_at is not None:
        enrollments.resume_later(connection, stored.id, stand.resume_at)


def run(
    connection: Connection, desk: Desk, numbers: Sequence[int], cause: str, now: datetime
) -> None:
    """Let these paused enrollments go on, no faster than their mailboxes may."""
    for going in plan_resume(connection, desk, numbers, now):
        go_on(connection, desk, going, cause, now)


def absent_until(stands: Sequence[Stand], resume_at: datetime | None) -> list[Stand]:
    """The same enrollments, paused for an absence instead."""
    reason = PauseReason.AUTO_REPLY
    return [
        replace(each, state=PAUSED, pause_reason=reason, resume_at=resume_at, finish_reason=None)
        for each in stands
    ]
