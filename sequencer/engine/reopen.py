"""A send that certainly did not leave: it waits again, or is cancelled if nobody wants it now."""

from datetime import datetime

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.ledger import Kind
from sequencer.domain.send import SendEvent
from sequencer.engine.desk import Desk
from sequencer.engine.react import entry_of
from sequencer.store import enrollments, ledger, sends
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend


def reopen(
    connection: Connection,
    desk: Desk,
    send: StoredSend,
    event: SendEvent,
    now: datetime,
    **values: object,
) -> bool:
    """Whether the send took the event, which must lead to an open state; `values` as for `move`.

    Only a try that somebody answered, or that is in doubt, counts: a release takes it back.
    A stop cancels only what is open at that moment. So a send that comes back from the network to
    an enrollment that has ended meanwhile is cancelled here; nothing else would ever end it.
    """
    stored = enrollments.get(connection, send.enrollment_id, lock=True)
    if event is SendEvent.RELEASE:
        values = {"tries": send.tries - 1, **values}
    if not sends.move(connection, [send.id], event, if_fence=send.fence, **values):
        return False
    if stored.enrollment.state is EnrollmentState.FINISHED:
        case = desk.case(connection, stored)
        why = f"the enrollment ended: {stored.enrollment.finish_reason}"
        for step_id in sends.cancel_open(connection, stored.id, why):
            ledger.write(connection, entry_of(case, Kind.CANCELLED, why, now, step_id))
    return True
