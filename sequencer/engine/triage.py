"""A person decides what a doubtful message means: the same follows as from a verdict that is sure.

All of it is one transaction, and what it did is kept, so that it can be taken back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sequencer.domain.account import account_key
from sequencer.domain.address import key_of
from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.task import TaskEvent, TaskKind, TaskState
from sequencer.domain.triage import KIND_OF, Decision
from sequencer.engine.confirm import confirmation_of
from sequencer.engine.desk import Desk
from sequencer.engine.heard import Heard
from sequencer.engine.suppress import people_hit
from sequencer.engine.tasks import TaskError, find
from sequencer.engine.triage_acts import SUPPRESSING, absence_until, act, company_of, entries_of
from sequencer.engine.triage_deed import Deed, as_stored, changes_since, listings, newly_listed
from sequencer.engine.triage_hold import absent_until, give_back
from sequencer.engine.triage_mail import Ruling, heard_of
from sequencer.store import enrollments, kept_mail, ledger, notices, prospects, tasks, triage
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.stand import Stand, stand_of
from sequencer.store.tasks import StoredTask

AT_ONCE: Final = 500  # people who are asked for together
_OPENS: Final = (TaskKind.REPLY, TaskKind.REFERRAL)


@dataclass(frozen=True, slots=True)
class Decided:
    """What followed from a decision.

    Attributes:
        finished: how many enrollments ended; `going` go on, `paused` wait for a date.
        waiting: how many wait on, because something else about the person is undecided.
        listed: what receives nothing from now on.
    """

    number: int
    decision: Decision
    by: str
    finished: int
    going: int
    paused: int
    waiting: int
    resume_at: datetime | None
    listed: tuple[str, ...]


def find_matter(connection: Connection, number: int) -> StoredTask:
    """The matter of that number.

    Raises:
        TaskError: there is none, or it is a task of another kind.
    """
    task = find(connection, number)
    if task.kind is not TaskKind.TRIAGE:
        raise TaskError(f"Task {number} is nothing to triage: see `sequencer task show {number}`.")
    return task


def decide(
    connection: Connection,
    desk: Desk,
    number: int,
    ruling: Ruling,
    until: date | None,
    now: datetime,
) -> Decided:
    """Act on what a person says a message means.

    Raises:
        TaskError: it is decided already, or that cannot be decided about it.
    """
    task = find_matter(connection, number)
    heard = heard_of(connection, desk, task, ruling, now)
    resume_at = _resume_at(connection, task, heard, ruling, until)
    before = _before(connection, task, heard, ruling)
    _end(connection, task, ruling, now)
    entries = entries_of(heard) if heard is not None else []
    lay, known = listings(connection, entries), _opened(connection, task)
    sender = key_of(heard.verdict.incoming.sender) if heard is not None else ""
    confirmed = _is_confirmed(connection, sender)
    kind, judged_at = _judge(connection, task, ruling, now)
    wanted, holds = triage.holds_of(connection, task.id), _open_holds(connection, before)
    if heard is not None and ruling.decision is Decision.ABSENCE:
        heard.hold(PauseReason.AUTO_REPLY, resume_at)
        wanted = absent_until(wanted, resume_at)
    elif heard is not None:
        act(heard, ruling.decision)
    cause = f"decided by {ruling.by}: {ruling.decision}"
    give_back(connection, desk, task.id, wanted, cause, now)
    deed = Deed(
        changes=tuple(changes_since(connection, before)),
        listed=tuple(newly_listed(connection, entries, lay)),
        tasks=tuple(sorted(_opened(connection, task) - known)),
        handed=tuple(_handed(connection, holds)),
        kind=kind,
        judged_at=judged_at,
        confirming="" if confirmed or not _is_confirmed(connection, sender) else sender,
    )
    triage.note_deed(connection, task.id, as_stored(deed), now)
    waiting = sum(_waits(connection, stand) for stand in wanted)
    return _told(task, ruling, deed, resume_at, waiting)


def _resume_at(
    connection: Connection,
    task: StoredTask,
    heard: Heard | None,
    ruling: Ruling,
    until: date | None,
) -> datetime | None:
    """When the person goes on, for an absence; TaskError for what cannot be decided."""
    if until is not None and ruling.decision is not Decision.ABSENCE:
        raise TaskError("A date goes with the decision `absence`, and with no other.")
    if heard is not None:
        is_absence = ruling.decision is Decision.ABSENCE
        return absence_until(heard, until) if is_absence else None
    if ruling.decision in SUPPRESSING:
        email = prospects.get(connection, task.prospect_id).prospect.email
        raise TaskError(f"{email} is in no cadence: use `sequencer suppress {email}`.")
    return None


def _before(
    connection: Connection, task: StoredTask, heard: Heard | None, ruling: Ruling
) -> list[Stand]:
    """How everybody stands whom it may concern; nobody else changes them until the end."""
    people = {task.prospect_id}
    if heard is not None:
        people |= set(heard.people)
        if ruling.decision is Decision.COMPANY_OPT_OUT:
            people |= set(people_hit(connection, company_of(heard)))
    known = {stored.id: stored for stored in _live(connection, people)}
    if ruling.decision is Decision.REPLY:
        keys = {account_key(prospects.get(connection, each).prospect) for each in people} - {""}
        others = enrollments.live_of_accounts(connection, sorted(keys), sorted(people))
        known |= {stored.id: stored for stored in others}
    for stand in triage.holds_of(connection, task.id):
        if stand.enrollment_id not in known:
            held = enrollments.get(connection, stand.enrollment_id, lock=True)
            known[held.id] = held
    return [stand_of(known[number]) for number in sorted(known)]


def _live(connection: Connection, people: set[int]) -> Iterator[StoredEnrollment]:
    every = sorted(people)
    for start in range(0, len(every), AT_ONCE):
        yield from enrollments.live_of(connection, every[start : start + AT_ONCE])


def _end(connection: Connection, task: StoredTask, ruling: Ruling, now: datetime) -> None:
    done = tasks.move(
        connection,
        task.id,
        TaskEvent.DO,
        disposition=str(ruling.decision),
        note=ruling.because,
        ended_at=now,
        ended_by=ruling.by,
    )
    if not done:
        state = TaskState.DONE if task.state is TaskState.OPEN else task.state
        raise TaskError(f"Task {task.id} is {state} already.")
    why = f": {ruling.because}" if ruling.because else ""
    detail = f"{task.title} {ruling.decision}, by {ruling.by}{why}"
    ledger.write(connection, Entry(now, Kind.DONE, detail, task.prospect_id))


def _is_confirmed(connection: Connection, address_key: str) -> bool:
    """Whether a confirmation of an opt-out to that address waits, or has ever left."""
    return bool(notices.fates(connection, [confirmation_of(address_key)]))


def _opened(connection: Connection, task: StoredTask) -> set[int]:
    """Numbers of the open matters of the kinds that a decision may bring up."""
    found = (tasks.open_matters(connection, task.prospect_id, kind) for kind in _OPENS)
    return {each.id for every in found for each in every}


def _open_holds(connection: Connection, stands: list[Stand]) -> list[tuple[int, Stand]]:
    """What other matters would give back, as far as they hold these enrollments."""
    held = [stand.enrollment_id for stand in stands if stand.waits_for_person]
    return [each for number in held for each in triage.open_holds(connection, number)]


def _handed(connection: Connection, before: list[tuple[int, Stand]]) -> Iterator[tuple[int, Stand]]:
    """What those would have given back before that give back something else now."""
    for number, stand in before:
        if stand not in triage.holds_of(connection, number):
            yield number, stand


def _judge(
    connection: Connection, task: StoredTask, ruling: Ruling, now: datetime
) -> tuple[str, datetime | None]:
    """Store what the mail is, and answer what it was; an empty kind where it stays that."""
    kind = KIND_OF.get(ruling.decision)
    if kind is None or task.inbound_id is None:
        return "", None
    mail = kept_mail.find(connection, task.inbound_id, with_raw=False)
    triage.judge(connection, task.inbound_id, kind, now)
    return (mail.kind, mail.judged_at) if mail is not None else ("", None)


def _waits(connection: Connection, wanted: Stand) -> bool:
    """Whether an enrollment that was to be given back is still held."""
    stand = stand_of(enrollments.get(connection, wanted.enrollment_id))
    return stand.waits_for_person and not wanted.waits_for_person


def _told(
    task: StoredTask, ruling: Ruling, deed: Deed, resume_at: datetime | None, waiting: int
) -> Decided:
    ends = [each.after.state for each in deed.changes]
    return Decided(
        number=task.id,
        decision=ruling.decision,
        by=ruling.by,
        finished=ends.count(EnrollmentState.FINISHED),
        going=len([each for each in ends if each in _GOING]),
        paused=ends.count(EnrollmentState.PAUSED),
        waiting=waiting,
        resume_at=resume_at,
        listed=tuple(each.entry["key"] for each in deed.listed),
    )


_GOING = (EnrollmentState.ACTIVE, EnrollmentState.PENDING)
