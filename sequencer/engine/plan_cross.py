"""Take people under way over to another version, as a plan said: each looked at again, under lock.

Whoever went on meanwhile is left alone, and told of.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sequencer.domain.cadence import StepKind
from sequencer.domain.due import Due
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.event import Stopped
from sequencer.domain.ledger import Kind
from sequencer.domain.migration import Finish, Migrate
from sequencer.engine.carry_out import close_all, open_task, queue_send, skip_at
from sequencer.engine.desk import Case
from sequencer.engine.entry import entry_of
from sequencer.engine.plan import told
from sequencer.engine.plan_effect import Effect, Foreseen, Target
from sequencer.engine.plan_look import foresee_all
from sequencer.engine.plan_place import GONE, open_row
from sequencer.engine.react import react
from sequencer.store import crossings, enrollments, ledger, sends, tasks, under_way, wake
from sequencer.store.database import Connection
from sequencer.store.under_way import MailSoFar

BATCH = 50  # people in one transaction


@dataclass(frozen=True, slots=True)
class Crossed:
    """What became of people whom a plan wanted to change.

    Attributes:
        moved: how many went over, or ended, as was planned.
        went_on: those who did not stand any more where the plan had found them.
    """

    moved: int = 0
    went_on: tuple[Effect, ...] = ()

    def __add__(self, other: "Crossed") -> "Crossed":
        return Crossed(self.moved + other.moved, (*self.went_on, *other.went_on))


def cross_all(
    connection: Connection, target: Target, planned: Sequence[Effect], by: str, now: datetime
) -> Crossed:
    """Carry out what was planned for these people, in the caller's transaction."""
    wanted = {each.enrollment_id: each for each in planned}
    people = under_way.locked(connection, wanted)
    known = [each for each in people if each.stored.version_hash in target.edits]
    moved, went_on = 0, dict(wanted)
    for found in foresee_all(connection, target, known, now):
        plan = wanted[found.effect.enrollment_id]
        if _is_as_planned(found.effect, plan) and _carry_out(connection, target, found, by, now):
            moved += 1
            del went_on[plan.enrollment_id]
    return Crossed(moved, tuple(went_on.values()))


def _is_as_planned(found: Effect, planned: Effect) -> bool:
    same = (found.word, found.step_after, found.loses, found.gains)
    return found.as_found == planned.as_found and same == (
        planned.word,
        planned.step_after,
        planned.loses,
        planned.gains,
    )


def _carry_out(
    connection: Connection, target: Target, found: Foreseen, by: str, now: datetime
) -> bool:
    match found.verdict:
        case Finish(decided=decided):
            reason = FinishReason.REMOVED if decided else FinishReason.COMPLETED
            cause = f"{GONE}, applied by {by}"
            return react(connection, target.desk, found.case.stored, Stopped(reason), cause, now)
        case Migrate():
            return _cross(connection, target, found, found.verdict, by, now)
        case _:
            return False


def _cross(
    connection: Connection,
    target: Target,
    found: Foreseen,
    verdict: Migrate,
    by: str,
    now: datetime,
) -> bool:
    stored, to_hash = found.case.stored, target.version.hash
    overrides = verdict.overrides.as_json()
    if not crossings.cross(connection, stored, to_hash, overrides, now):
        return False
    crossed = replace(stored, version_hash=to_hash, overrides=overrides)
    case = replace(found.case, stored=crossed, version=target.version)
    words = f"to version {to_hash[:12]}, applied by {by}: {_told(found, case, now)}"
    ledger.write(connection, entry_of(case, Kind.CROSSED, words, now, verdict.step))
    if found.due is not None and verdict.step is not None:
        if found.restarts:
            _restart(connection, case, verdict.step, found.due, now)
        else:
            _retime(connection, found, case, found.due)
        if found.due.at <= now:
            wake.call(connection, [stored.enrollment.mailbox or ""])
    return True


def _told(found: Foreseen, case: Case, now: datetime) -> str:
    """What changed for the person: when the next step is due, what they lose and gain."""
    effect, parts = found.effect, list[str]()
    if effect.step_after is not None and found.due is not None:
        step_case = replace(
            case,
            stored=replace(
                case.stored, enrollment=replace(case.stored.enrollment, step=effect.step_after)
            ),
        )
        parts.append(f"{effect.step_after} is due {told(step_case, found.due, now)}")
    if effect.loses:
        parts.append(f"without {', '.join(effect.loses)}")
    if effect.gains:
        parts.append(f"with {', '.join(effect.gains)} as well")
    return "; ".join(parts) or "nothing of what is to come changes but its wording"


def _retime(connection: Connection, found: Foreseen, case: Case, due: Due) -> None:
    """Give what waits another due time."""
    row = open_row(found.person)
    why = due.reason or "the cadence was edited"
    if isinstance(row, MailSoFar):
        for send in sends.of_enrollment(connection, case.stored.id):
            if send.step_id == row.step_id:
                sends.postpone(connection, send.id, due.at, why)
    elif row is not None:
        step = case.version.cadence.step(row.step_id)
        tasks.put_off(connection, row.id, due.at, skip_at(case, step, due.at), why)


def _restart(connection: Connection, case: Case, step_id: str, due: Due, now: datetime) -> None:
    """Close what waits, and begin to wait for that step."""
    close_all(connection, case, GONE, now)
    before = case.stored.enrollment
    remaining = before.remaining
    if remaining is not None:
        remaining = max(due.at - now, timedelta(0))
    at_step = replace(before, step=step_id, remaining=remaining)
    enrollments.save(connection, case.stored, at_step, now)
    case = replace(case, stored=replace(case.stored, enrollment=at_step))
    if case.version.cadence.step(step_id).kind is StepKind.EMAIL:
        queue_send(connection, case, step_id, due, now)
    else:
        open_task(connection, case, step_id, due, now)
