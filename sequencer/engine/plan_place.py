"""Where does somebody under way stand, and since when do they wait for their next step?"""

from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.cadence import Cadence, Step
from sequencer.domain.delay import NO_DELAY, Delay
from sequencer.domain.migration import Place
from sequencer.domain.overrides import Overrides, overrides_from_json
from sequencer.domain.send import IN_FLIGHT, OPEN_STATES, SendState
from sequencer.domain.task import TaskState
from sequencer.engine.desk import Desk
from sequencer.store.under_way import MailSoFar, TaskSoFar, UnderWay

GONE = "the step is not in the cadence any more"  # why what waited was closed
_HAPPENED = IN_FLIGHT | {SendState.PARKED, SendState.SENT, SendState.REJECTED}


def place_of(person: UnderWay) -> Place:
    """Where they stand in the version that they have."""
    step = person.stored.enrollment.step
    mails = {mail.step_id for mail in person.mails if _may_have_happened(mail)}
    done = {task.step_id for task in person.tasks if task.state is TaskState.DONE}
    return Place(
        step=step,
        overrides=overrides_from_json(person.stored.overrides),
        over=frozenset((mails | done) - {step}),
        under_way=_under_way(person),
    )


def _may_have_happened(mail: MailSoFar) -> bool:
    return mail.state in _HAPPENED or mail.handed_at is not None


def _under_way(person: UnderWay) -> str:
    """Why nothing may be changed just now; empty where it may."""
    for mail in person.mails:
        if mail.state is SendState.PARKED:
            return f"somebody has to say whether {mail.step_id} has left"
        if mail.state in IN_FLIGHT:
            return f"{mail.step_id} is on its way"
        if mail.state in OPEN_STATES and (mail.is_drafted or mail.handed_at is not None):
            return f"{mail.step_id} waits to leave as it was written"
    return ""


def open_row(person: UnderWay) -> MailSoFar | TaskSoFar | None:
    """The mail or task that waits, None where there is none."""
    for mail in person.mails:
        if mail.state in OPEN_STATES:
            return mail
    return next((task for task in person.tasks if task.state is TaskState.OPEN), None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What somebody waits after.

    Attributes:
        since: when the step before ended, or the enrollment began.
        before: that step; None where nothing came before.
        given: the delay that its disposition put in place of the next step's own.
    """

    since: datetime
    before: Step | None = None
    given: Delay | None = None

    def delay_of(self, cadence: Cadence, overrides: Overrides, step_id: str) -> Delay:
        """How long they wait for a step, by that version."""
        if self.given is not None:
            return self.given
        if self.before is None and overrides.start_at == step_id:
            return overrides.waits.get(step_id, NO_DELAY)
        step, ids = cadence.step(step_id), {step.id for step in cadence.steps}
        before = self.before
        if before is not None and before.id in ids:
            before = cadence.step(before.id)
        return overrides.waits.get(step_id, step.wait_after(before))


def waiting_of(desk: Desk, person: UnderWay, cadence: Cadence) -> Waiting:
    """What they wait after; `cadence` is the version that they have."""
    stored, steps = person.stored, {step.id: step for step in cadence.steps}
    at = stored.enrollment.step
    later = {at, *(cadence.ids_after(at) if at is not None else steps)}
    rows: tuple[MailSoFar | TaskSoFar, ...] = (*person.mails, *person.tasks)
    ended = [
        (row.ended_at, row)
        for row in rows
        if row.ended_at is not None and row.step_id not in later and _ended_by_itself(row)
    ]
    if not ended:
        began_with = overrides_from_json(stored.overrides).start_at
        before = steps.get(began_with or "") if began_with != at else None
        return Waiting(stored.activated_at or stored.enrolled_at, before)
    since, last = max(ended, key=lambda each: each[0])
    return Waiting(since, steps.get(last.step_id), _given(desk, last))


def _ended_by_itself(row: MailSoFar | TaskSoFar) -> bool:
    return not (isinstance(row, TaskSoFar) and row.why == GONE)


def _given(desk: Desk, last: MailSoFar | TaskSoFar) -> Delay | None:
    if not isinstance(last, TaskSoFar) or last.disposition is None:
        return None
    known = desk.policy.dispositions.get(last.disposition)
    return known.wait if known is not None else None
