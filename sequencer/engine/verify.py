"""Prove the promises afterwards, from the ledger and, where there is one, a server's own record.

Every figure but `sends` counts violations: anything above zero is an incident.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sequencer.domain.address import address_key
from sequencer.domain.send import FINAL, SendState
from sequencer.domain.window import is_open
from sequencer.engine.desk import Desk
from sequencer.engine.stuck import stuck
from sequencer.store import attempts, enrollments, ledger, sends, suppressions
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend


@dataclass(frozen=True, slots=True)
class Recorded:
    """A mail that a server accepted, by its own record."""

    message_id: str
    recipient: str


@dataclass
class Findings:
    """What was proved; `details` has one sentence per violation."""

    sends: int = 0
    doubles: int = 0
    after_stop: int = 0
    to_suppressed: int = 0
    outside_window: int = 0
    unexplained: int = 0
    details: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was violated."""
        return not self.details

    def figures(self) -> dict[str, int]:
        """The counts without the sentences."""
        return {name: value for name, value in asdict(self).items() if name != "details"}


def verify(
    connection: Connection,
    desk: Desk,
    now: datetime,
    recorded: Iterable[Recorded] | None = None,
) -> Findings:
    """Findings over the whole ledger; `recorded` is compared with it both ways where given."""
    findings = Findings()
    sent = sends.in_state(connection, SendState.SENT)
    findings.sends = len(sent)
    for number in attempts.accepted_twice(connection):
        _double(findings, f"send {number} was accepted more than once")
    for enrollment_id, step_id in ledger.handed_after_end(connection):
        findings.after_stop += 1
        findings.details.append(f"enrollment {enrollment_id}: {step_id} left after its end")
    for enrollment_id, step_id in suppressions.handed_to_suppressed(connection):
        findings.to_suppressed += 1
        findings.details.append(f"enrollment {enrollment_id}: {step_id} went to a suppressed one")
    _check_windows(connection, desk, sent, findings)
    _check_explanations(connection, desk, now, findings)
    if recorded is not None:
        _compare(sent, _doubtful(connection), list(recorded), findings)
    return findings


def _double(findings: Findings, detail: str) -> None:
    findings.doubles += 1
    findings.details.append(detail)


def _unexplained(findings: Findings, detail: str) -> None:
    findings.unexplained += 1
    findings.details.append(detail)


def _check_windows(
    connection: Connection, desk: Desk, sent: list[StoredSend], findings: Findings
) -> None:
    """Compare with the window that was applied, on the clock that counted when the mail left.

    The prospect's zone may be another one today.
    """
    for send in sent:
        stored = enrollments.get(connection, send.enrollment_id)
        window = desk.versions.get(connection, stored.version_hash).cadence.schedule.window
        looked_at, tz = send.looked_at, send.tz
        if looked_at is None or tz is None or not is_open(window, ZoneInfo(tz), looked_at):
            findings.outside_window += 1
            findings.details.append(f"send {send.id} left outside its window: {looked_at} {tz}")


def _check_explanations(
    connection: Connection, desk: Desk, now: datetime, findings: Findings
) -> None:
    """Whatever has not ended is waiting for something, and whatever was not sent has a reason."""
    for sentence in stuck(connection, desk, now):
        _unexplained(findings, sentence)
    for state in FINAL - {SendState.SENT}:
        for send in sends.in_state(connection, state):
            if not send.why:
                _unexplained(findings, f"send {send.id} is {state} without a reason")


def _doubtful(connection: Connection) -> set[str]:
    states = (SendState.HANDED, SendState.UNKNOWN, SendState.PARKED)
    return {send.message_id or "" for state in states for send in sends.in_state(connection, state)}


def _compare(
    sent: list[StoredSend], doubtful: set[str], recorded: list[Recorded], findings: Findings
) -> None:
    accepted = Counter(each.message_id for each in recorded)
    for message_id, times in accepted.items():
        if times > 1:
            _double(findings, f"{message_id} was accepted {times} times by the server's record")
    ours = {send.message_id: send for send in sent}
    for each in recorded:
        send = ours.get(each.message_id)
        if send is None and each.message_id not in doubtful:
            _unexplained(findings, f"{each.message_id} was accepted, the ledger does not know it")
        elif send is not None and not _same(send.recipient or "", each.recipient):
            _unexplained(findings, f"{each.message_id} went to {each.recipient}")
    for known in ours:
        if known not in accepted:
            _unexplained(findings, f"{known} counts as sent, the server has no record of it")


def _same(one: str, other: str) -> bool:
    return address_key(one) == address_key(other)
