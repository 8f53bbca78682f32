"""The commit right before the final dot: still ours, still wanted, still now?

After this commit the mail counts as perhaps delivered, whatever happens. So it is the last place
that can say no, and it asks once more whatever time or a stop may have changed: a server may have
taken its time since the look that began the transaction.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sequencer.domain.cadence import StepKind
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.send import SendEvent, SendState
from sequencer.engine.cases import Pair, read_again_locked
from sequencer.engine.desk import Case, Desk
from sequencer.engine.leases import Lease
from sequencer.engine.mail_gate import MailGate, asked_about
from sequencer.engine.react import entry_of
from sequencer.engine.room import Asked
from sequencer.engine.traffic import wait_for_room
from sequencer.store import epoch, ledger, sends, variant_stops
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend

# Seconds of the boot clock, which goes on during suspend, from this look to the final dot. A daemon
# that slept in between (suspend, SIGSTOP) must not write it: another one may have taken over.
LOOK_IS_GOOD_FOR_S = 5.0
SCANS = 1_024  # that are remembered in words: of each mailbox the last one, for all of its mails


class Handing(NamedTuple):
    """A mail whose body is written, and the lease under which its dot would follow.

    Attributes:
        case: as the look has found it, a moment ago.
        last_at: when this process let the mailbox's last mail go, if it did.
    """

    send_id: int
    lease: Lease
    case: Case
    last_at: datetime | None = None


def hand_over(
    connection: Connection, desk: Desk, handings: Sequence[Handing], now: datetime
) -> list[bool]:
    """For each whether its dot may be written; if so, it is `handed` when this commits.

    Raises:
        LostRaceError: one was taken away in this moment; each has to be handed over by itself.
    """
    if epoch.why_held(connection):
        return [False] * len(handings)
    pairs = read_again_locked(connection, {each.send_id: each.case for each in handings})
    wait_for_room(connection, desk, [case for _, case in pairs.values()])
    asked = {each.send_id: asked_about(*pairs[each.send_id], each.last_at) for each in handings}
    gate = MailGate(connection, desk, asked.values(), now, at_dot=True)
    stopped = _stopped_since(connection, pairs.values())
    granted, rows, entries = [], list[dict[str, object]](), list[Entry]()
    for each in handings:
        pair = pairs[each.send_id]
        grants = each.send_id not in stopped and _grants(gate, each, *pair, asked[each.send_id])
        if grants:
            rows.append(_row(gate, each, *pair))
            entries.append(_entry(gate, *pair))
        granted.append(grants)
    sends.move_each(connection, SendState.CLAIMED, SendEvent.HAND, rows)
    ledger.write_all(connection, entries)
    return granted


def _stopped_since(connection: Connection, pairs: Collection[Pair]) -> set[int]:
    """Mails composed in a wording that was stopped since; nothing is asked where none has several.

    One that may have left stays what it is, and so does one that a rep has read and released.
    """
    worded = [
        (send, case)
        for send, case in pairs
        if send.variant is not None
        and send.handed_at is None
        and case.version.cadence.step(send.step_id).kind is not StepKind.MANUAL_EMAIL
    ]
    if not worded:
        return set()
    known = variant_stops.of(connection, {case.stored.slug for _, case in worded})
    return {
        send.id
        for send, case in worded
        if send.variant in known.get(case.stored.slug, {}).get(send.step_id, ())
    }


def _grants(gate: MailGate, handing: Handing, send: StoredSend, case: Case, asked: Asked) -> bool:
    """Whether one mail may leave; if so, it counts for those after it."""
    lease = handing.lease
    ours = send.state is SendState.CLAIMED and send.fence == lease.fence
    if not ours or send.mailbox != lease.mailbox or not gate.holds(lease):
        return False
    if send.handed_at is None and send.mailbox != case.stored.enrollment.mailbox:
        return False  # the person got another owner since the look, and hears from that one now
    if gate.refuse(asked):
        return False
    gate.let_through(asked)
    return True


def _row(gate: MailGate, handing: Handing, send: StoredSend, case: Case) -> dict[str, object]:
    return {
        "number": send.id,
        "if_fence": handing.lease.fence,
        "looked_at": gate.now,
        "tz": case.timing.tz.key,
        "synced_at": gate.synced_at(send.mailbox),
        "handed_at": gate.now,
    }


def _entry(gate: MailGate, send: StoredSend, case: Case) -> Entry:
    scan = _scan_at(gate.synced_at(send.mailbox))
    detail = f"to {send.recipient}, {scan}, as {send.message_id}"
    return entry_of(case, Kind.HANDED, detail, gate.now, send.step_id)


@lru_cache(SCANS)
def _scan_at(synced_at: datetime | None) -> str:
    return f"after a look into the mailbox at {synced_at:%H:%M:%S} UTC"
