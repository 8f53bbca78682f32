"""The commit right before the final dot: still ours, still wanted, still now?

After this commit the mail counts as perhaps delivered, whatever happens. So it is the last place
that can say no, and it looks at everything once more: a server may have taken its time since the
look that began the transaction.
"""

from datetime import datetime

from sequencer.domain.ledger import Kind
from sequencer.domain.send import SendEvent
from sequencer.engine.desk import Desk
from sequencer.engine.leases import Lease, is_held
from sequencer.engine.look import read_locked
from sequencer.engine.mail_gate import refusals_for
from sequencer.engine.react import entry_of
from sequencer.engine.traffic import wait_for_room
from sequencer.store import ledger, mailboxes, sends
from sequencer.store.database import Connection

# Seconds of the boot clock, which goes on during suspend, from this look to the final dot. A daemon
# that slept in between (suspend, SIGSTOP) must not write it: another one may have taken over.
LOOK_IS_GOOD_FOR_S = 5.0


def hand_over(
    connection: Connection, desk: Desk, send_id: int, lease: Lease, now: datetime
) -> bool:
    """Whether the final dot may be written; if so, the send is `handed` when this commits."""
    send, case = read_locked(connection, desk, send_id)
    if not is_held(connection, lease):
        return False
    if send.handed_at is None and send.mailbox != case.stored.enrollment.mailbox:
        return False  # the person got another owner since the look, and hears from that one now
    wait_for_room(connection, desk, case)
    if send.mailbox != lease.mailbox or refusals_for(connection, desk, case, send, now):
        return False
    synced_at = mailboxes.get(connection, send.mailbox).health.synced_at
    moved = sends.move(
        connection,
        [send.id],
        SendEvent.HAND,
        if_fence=lease.fence,
        looked_at=now,
        tz=case.timing.tz.key,
        synced_at=synced_at,
        handed_at=now,
    )
    if moved:
        scan = f"after a look into the mailbox at {synced_at:%H:%M:%S} UTC"
        detail = f"to {send.recipient}, {scan}, as {send.message_id}"
        ledger.write(connection, entry_of(case, Kind.HANDED, detail, now, send.step_id))
    return moved == 1
