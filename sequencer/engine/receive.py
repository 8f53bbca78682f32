"""What an incoming mail does: stored, matched and acted upon in one transaction per message.

The order of kinds and what each does is DESIGN's: a machine never counts as a person, a person
always stops the cadence, and what cannot be read falls to the silent side.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sequencer.domain.address import address_key
from sequencer.domain.delay import Delay, Unit, add_delay, is_working_day, next_working_day
from sequencer.domain.enrollment import FinishReason, PauseReason
from sequencer.domain.event import Event, Held, Stopped
from sequencer.domain.ledger import Kind as Told
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.domain.wall_time import instant_of
from sequencer.engine.desk import Case, Desk
from sequencer.engine.match import Match, match
from sequencer.engine.react import entry_of, open_due_at, react, stop_person
from sequencer.mail.bounce import FailedRecipient
from sequencer.mail.classify import Kind, Verdict
from sequencer.mail.status_code import BounceClass
from sequencer.store import enrollments, inbound, ledger, sends, suppressions
from sequencer.store.database import Connection
from sequencer.store.inbound import Inbound, Place

UNDATED_ABSENCE = Delay(5, Unit.BUSINESS_DAYS)
LONGEST_ABSENCE = timedelta(days=60)  # longer ones wait for a person
_DEAD = frozenset({BounceClass.HARD, BounceClass.HARD_DOMAIN})


@dataclass(frozen=True, slots=True)
class _Received:
    """A message being worked on."""

    connection: Connection
    desk: Desk
    verdict: Verdict
    found: Match
    case: Case
    now: datetime

    @property
    def told(self) -> str:
        sender = self.verdict.incoming.sender or "an unknown sender"
        return f"{self.verdict.kind} from {sender} ({self.verdict.evidence})"

    def stop(self, reason: FinishReason) -> None:
        person, event = self.case.person.id, Stopped(reason)
        stop_person(self.connection, self.desk, person, event, self.told, self.now)

    def hold(self, reason: PauseReason, resume_at: datetime | None) -> None:
        for stored in enrollments.live_of(self.connection, [self.case.person.id]):
            due_at = open_due_at(self.connection, stored.id)
            event: Event = Held(reason, resume_at, due_at)
            react(self.connection, self.desk, stored, event, self.told, self.now)

    def suppress(self, address: str, reason: SuppressionReason) -> None:
        suppress_address(self.connection, self.case, address, reason, self.told, self.now)


def receive(
    connection: Connection,
    desk: Desk,
    place: Place,
    raw: bytes,
    verdict: Verdict,
    now: datetime,
) -> str:
    """Kind of the message as stored; one that was seen before is a `duplicate` and does nothing."""
    digest = hashlib.sha256(raw).hexdigest()
    incoming = verdict.incoming
    if inbound.is_known(connection, place.mailbox, digest):
        seen = Inbound(digest, incoming.sender, incoming.subject, inbound.DUPLICATE, "")
        inbound.add(connection, place, seen, now)
        return inbound.DUPLICATE
    own = {address_key(each.address) for each in desk.policy.mailboxes.values()}
    found = None if _is_own(incoming.sender, own) else match(connection, desk, verdict)
    message = Inbound(
        digest=digest,
        sender=incoming.sender,
        subject=incoming.subject,
        kind=verdict.kind,
        evidence=verdict.evidence,
        matched_by=found.by if found else "",
        enrollment_id=found.stored.id if found else None,
        raw=raw if found else None,
    )
    inbound.add(connection, place, message, now)
    if found is not None:
        case = desk.case(connection, found.stored)
        _act(_Received(connection, desk, verdict, found, case, now), place)
    return verdict.kind


def suppress_address(
    connection: Connection,
    case: Case,
    address: str,
    reason: SuppressionReason,
    source: str,
    now: datetime,
) -> None:
    """Put an address on the list and tell the timeline of the person it was learnt from."""
    try:
        entry = Suppression(SuppressionKind.ADDRESS, address_key(address), reason)
    except ValueError:
        return
    if suppressions.add(connection, entry, source, now):
        detail = f"{entry.key}: {source}"
        ledger.write(connection, entry_of(case, Told.SUPPRESSED, detail, now))


def _is_own(sender: str, own: set[str]) -> bool:
    try:
        return address_key(sender) in own
    except ValueError:
        return False


def _act(message: _Received, place: Place) -> None:
    detail = f"{message.told}, found by {message.found.by}, in {place.folder}"
    entry = entry_of(message.case, Told.RECEIVED, detail, message.now)
    ledger.write(message.connection, entry)
    if message.verdict.unreadable:
        message.hold(PauseReason.REVIEW, None)
    _ACTIONS[message.verdict.kind](message)


def _bounce(message: _Received) -> None:
    report = message.verdict.report
    for failed in report.recipients if report else ():
        if failed.action != "failed" or not _is_ours(message, failed):
            continue
        if failed.bounce_class in _DEAD:
            message.suppress(message.case.person.prospect.email, SuppressionReason.BOUNCED)
        if failed.bounce_class in {*_DEAD, BounceClass.POLICY_RECIPIENT}:
            message.stop(FinishReason.BOUNCED)
        elif failed.bounce_class is not BounceClass.SOFT:
            message.hold(PauseReason.MAILBOX, None)


def _is_ours(message: _Received, failed: FailedRecipient) -> bool:
    """Whether the report is about this person and quotes a mail of ours: a From proves nothing."""
    report = message.verdict.report
    if report is None or report.original_message_id is None:
        return False
    quoted = sends.by_message_ids(message.connection, [report.original_message_id])
    if not any(send.enrollment_id == message.case.stored.id for send in quoted):
        return False
    if not failed.address:
        return True
    try:
        return address_key(failed.address) == address_key(message.case.person.prospect.email)
    except ValueError:
        return False


def _complaint(message: _Received) -> None:
    message.suppress(message.case.person.prospect.email, SuppressionReason.COMPLAINED)
    message.stop(FinishReason.COMPLAINED)


def _calendar(message: _Received) -> None:
    message.hold(PauseReason.REVIEW, None)


def _auto_reply(message: _Received) -> None:
    message.hold(PauseReason.AUTO_REPLY, _resume_at(message))


def _opt_out(message: _Received) -> None:
    message.suppress(message.case.person.prospect.email, SuppressionReason.OPTED_OUT)
    message.suppress(message.verdict.incoming.sender, SuppressionReason.OPTED_OUT)
    message.stop(FinishReason.OPTED_OUT)


def _reply(message: _Received) -> None:
    message.stop(FinishReason.REPLIED)


def _other(message: _Received) -> None:
    """A newsletter of somebody we write to is in the timeline, and changes nothing."""
    del message


_ACTIONS: dict[Kind, Callable[[_Received], None]] = {
    Kind.BOUNCE: _bounce,
    Kind.COMPLAINT: _complaint,
    Kind.CALENDAR: _calendar,
    Kind.AUTO_REPLY: _auto_reply,
    Kind.OPT_OUT: _opt_out,
    Kind.REPLY: _reply,
    Kind.OTHER: _other,
}


def _resume_at(message: _Received) -> datetime | None:
    """First working day from the announced return on, or a week of working days without one."""
    timing = message.case.timing
    closed = timing.window.closed
    notice = message.verdict.auto_reply
    returns = notice.return_date if notice else None
    if returns is None:
        return add_delay(message.now, UNDATED_ABSENCE, timing.tz, closed)
    day = returns.resume_on
    if not is_working_day(day, closed):
        day = next_working_day(day, closed)
    resume_at = instant_of(day, 0, timing.tz)
    return resume_at if resume_at - message.now <= LONGEST_ABSENCE else None
