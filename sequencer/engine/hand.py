"""The commit right before the final dot: still ours, still wanted, still now?

After this commit the mail counts as perhaps delivered, whatever happens. So it is the last place
that can say no, and it says no to everything that changed since the last look.
"""

from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.address import address_key
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.ledger import Kind
from sequencer.domain.send import SendEvent
from sequencer.engine.desk import Desk
from sequencer.engine.leases import Lease
from sequencer.engine.react import entry_of
from sequencer.store import enrollments, ledger, mailboxes, sends, suppressions
from sequencer.store.database import Connection

# A daemon that slept (suspend, SIGSTOP) between look and dot has an outdated look. Seconds of the
# boot clock, which goes on during suspend.
LOOK_IS_GOOD_FOR_S = 5.0


@dataclass(frozen=True, slots=True)
class Handing:
    """A claimed send, the lease it was claimed under, and how long ago the look was."""

    send_id: int
    lease: Lease
    seconds_since_look: float


def hand_over(connection: Connection, desk: Desk, handing: Handing, now: datetime) -> bool:
    """Whether the final dot may be written; if so, the send is `handed` when this commits."""
    if handing.seconds_since_look > LOOK_IS_GOOD_FOR_S:
        return False
    send = sends.get(connection, handing.send_id)
    stored = enrollments.get(connection, send.enrollment_id, lock=True)
    if stored.enrollment.state is not EnrollmentState.ACTIVE:
        return False
    if mailboxes.get(connection, send.mailbox).fence != handing.lease.fence:
        return False
    case = desk.case(connection, stored)
    key = address_key(case.person.prospect.email)
    if suppressions.hitting(connection, [key]):
        return False
    moved = sends.move(
        connection,
        [send.id],
        SendEvent.HAND,
        if_fence=handing.lease.fence,
        handed_at=now,
    )
    if moved:
        detail = f"{send.message_id} to {send.recipient}, relying on the scan of {send.synced_at}"
        ledger.write(connection, entry_of(case, Kind.HANDED, detail, now, send.step_id))
    return moved == 1
