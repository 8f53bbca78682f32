"""The guard of a step, asked once more when its mail is due: not for this person any more?"""

from datetime import datetime

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.event import StepSkipped
from sequencer.domain.ledger import Kind
from sequencer.domain.send import SendEvent
from sequencer.engine.course import guard_of, is_for
from sequencer.engine.desk import Case, Desk
from sequencer.engine.entry import entry_of
from sequencer.engine.react import react
from sequencer.store import ledger, sends
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend


def skip_if_not_for(
    connection: Connection, desk: Desk, case: Case, send: StoredSend, now: datetime
) -> bool:
    """Whether the send was cancelled because its guard has become false; the enrollment goes on."""
    if case.stored.enrollment.state is not EnrollmentState.ACTIVE:
        return False
    step = case.version.cadence.step(send.step_id)
    if is_for(connection, case, step):
        return False
    why = f"not for this prospect: {guard_of(case, step)}"
    if not sends.move(connection, [send.id], SendEvent.CANCEL, why=why, ended_at=now):
        return False
    ledger.write(connection, entry_of(case, Kind.SKIPPED, why, now, step.id))
    react(connection, desk, case.stored, StepSkipped(step.id, by_guard=True), why, now)
    return True
