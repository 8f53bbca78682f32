"""What an incoming mail does: stored, matched and acted upon in one transaction per message.

The order of kinds and what each does is DESIGN's: a machine never counts as a person, a person
always stops the cadence, and what cannot be read falls to the silent side.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sequencer.domain.address import address_key
from sequencer.domain.delay import Delay, Unit, add_delay
from sequencer.domain.enrollment import FinishReason, PauseReason
from sequencer.domain.event import Event, Held, Stopped
from sequencer.domain.ledger import Entry
from sequencer.domain.ledger import Kind as Told
from sequencer.domain.suppression import SuppressionReason
from sequencer.domain.wall_time import instant_of
from sequencer.engine.colleagues import tell_colleagues
from sequencer.engine.desk import Case, Desk
from sequencer.engine.doubts import settle_as_sent
from sequencer.engine.hold_back import addresses_in, hold_back, people_named
from sequencer.engine.match import MATCHED_BY_WORDS, REFERENCES_LOOKED_AT, Match, match
from sequencer.engine.react import entry_of, open_due_at, react, stop_person
from sequencer.engine.referral import propose
from sequencer.engine.suppress import suppress_address
from sequencer.mail.bounce_class import BounceClass
from sequencer.mail.classify import Kind, Verdict
from sequencer.mail.delivery_status import FailedRecipient
from sequencer.mail.incoming import message_ids
from sequencer.mail.opt_out import is_opt_out
from sequencer.mail.probe_mail import is_probe
from sequencer.store import enrollments, inbound, ledger, prospects, sends
from sequencer.store.database import Connection
from sequencer.store.inbound import Inbound, Place
from sequencer.store.turn_lock import wait_for_turn

UNDATED_ABSENCE = Delay(5, Unit.BUSINESS_DAYS)
LONGEST_ABSENCE = timedelta(days=60)  # longer ones wait for a person
SET_ASIDE = "set_aside"
PROBE = "probe"  # a mail of the mailbox to itself
HEADERS_WITHIN = 64 * 1024  # bytes; a sender further down is somebody's joke
_EMPTY_LINE = re.compile(rb"\n\n")
_THREAD = re.compile(rb"(?im)^(in-reply-to|references)[ \t]*:(.*(?:\n[ \t].*)*)")


@dataclass(frozen=True, slots=True)
class _Received:
    """A message being worked on.

    `writer` is the number of a prospect who wrote it, if that is somebody else than the one whom it
    was matched with: a colleague who is in a cadence too. A From proves nothing, but stops.
    """

    connection: Connection
    desk: Desk
    verdict: Verdict
    found: Match
    case: Case
    writer: int | None
    now: datetime

    @property
    def told(self) -> str:
        sender = self.verdict.incoming.sender or "an unknown sender"
        evidence = f" ({self.verdict.evidence})" if self.verdict.evidence else ""
        return f"{self.verdict.kind} from {sender}{evidence}"

    @property
    def people(self) -> list[int]:
        """Whom the mail that was answered went to, and who answered: often the same."""
        other = () if self.writer is None else (self.writer,)
        return [self.case.person.id, *other]

    def stop(self, reason: FinishReason) -> None:
        for person in self.people:
            event = Stopped(reason)
            stop_person(self.connection, self.desk, person, event, self.told, self.now)

    def hold(self, reason: PauseReason, resume_at: datetime | None) -> None:
        for stored in enrollments.live_of(self.connection, self.people):
            due_at = open_due_at(self.connection, stored.id)
            event: Event = Held(reason, resume_at, due_at)
            react(self.connection, self.desk, stored, event, self.told, self.now)

    def suppress(self, address: str, reason: SuppressionReason) -> None:
        suppress_address(self.connection, self.desk, address, reason, self.told, self.now)


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
    # A daemon that has just lost the mailbox may still be reading it beside its follower.
    wait_for_turn(connection, [f"mail {place.mailbox} {digest}"])
    if inbound.is_known(connection, place.mailbox, digest):
        seen = Inbound(digest, incoming.sender, incoming.subject, inbound.DUPLICATE, "")
        inbound.add(connection, place, seen, now)
        return inbound.DUPLICATE
    own = {address_key(each.address) for each in desk.policy.mailboxes.values()}
    by_us = _is_own(incoming.sender, own)
    found = None if by_us else match(connection, desk, verdict)
    kind = PROBE if by_us and is_probe(incoming.header("x-sequencer-ref")) else verdict.kind
    message = Inbound(
        digest=digest,
        sender=incoming.sender,
        subject=incoming.subject,
        kind=kind,
        evidence=verdict.evidence,
        matched_by=found.by if found else "",
        enrollment_id=found.stored.id if found else None,
        raw=raw if found else None,
    )
    inbound.add(connection, place, message, now)
    if found is not None:
        case = desk.case(connection, found.stored)
        writer = _writer(connection, incoming.sender, case)
        _act(_Received(connection, desk, verdict, found, case, writer, now), place)
    return kind


def set_aside(
    connection: Connection, desk: Desk, place: Place, raw: bytes, why: str, now: datetime
) -> str:
    """Keep a mail that could not be worked on, and pause whoever it may be from.

    Its sender is looked for among all addresses in its headers, and the person whose mail it
    answers among the Message-IDs there.
    """
    head = _EMPTY_LINE.split(_unix_lines(raw[:HEADERS_WITHIN]).lstrip(), 1)[0]
    senders = addresses_in(head)
    people = people_named(connection, senders) | _people_answered(connection, head)
    digest = hashlib.sha256(raw).hexdigest()
    message = Inbound(digest, ", ".join(senders), "", SET_ASIDE, why, raw=raw)
    inbound.add(connection, place, message, now)
    hold_back(connection, desk, people, f"a mail that could not be read: {why}", now)
    return SET_ASIDE


def _people_answered(connection: Connection, head: bytes) -> set[int]:
    """Whom the mails went to that a mail with these headers answers."""
    fields = sorted(_THREAD.findall(head), key=lambda field: field[0].lower(), reverse=True)
    text = b" ".join(value for _, value in fields).decode("ascii", "replace")
    # References come first, the oldest first: what is looked at is the end, with In-Reply-To.
    found = sends.by_message_ids(connection, message_ids(text)[-REFERENCES_LOOKED_AT:])
    return {enrollments.get(connection, send.enrollment_id).prospect_id for send in found}


def _unix_lines(head: bytes) -> bytes:
    return head.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _writer(connection: Connection, sender: str, case: Case) -> int | None:
    person = prospects.find(connection, sender) if sender else None
    return person.id if person is not None and person.id != case.person.id else None


def _is_own(sender: str, own: set[str]) -> bool:
    try:
        return address_key(sender) in own
    except ValueError:
        return False


def _act(message: _Received, place: Place) -> None:
    detail = f"{message.told}, {MATCHED_BY_WORDS[message.found.by]}, in {place.folder}"
    entries = [entry_of(message.case, Told.RECEIVED, detail, message.now)]
    if message.writer is not None:
        entries.append(Entry(message.now, Told.RECEIVED, detail, prospect_id=message.writer))
    ledger.write(message.connection, *entries)
    _settle(message)
    if message.verdict.unreadable:
        message.hold(PauseReason.REVIEW, None)
    _ACTIONS[message.verdict.kind](message)


def _settle(message: _Received) -> None:
    """End a doubt: whoever answers a mail of ours, or reports about it, has it."""
    verdict, incoming = message.verdict, message.verdict.incoming
    ids = [*incoming.in_reply_to, *incoming.references[-REFERENCES_LOOKED_AT:]]
    if verdict.report is not None and verdict.report.original_message_id:
        ids.append(verdict.report.original_message_id)
    for send in sends.by_message_ids(message.connection, ids):
        settle_as_sent(message.connection, message.desk, send, message.told, message.now)


def _bounce(message: _Received) -> None:
    """A From proves nothing, so only a report that quotes a mail of ours has any effect."""
    report = message.verdict.report
    if report is None or not message.found.is_certain:
        return
    if not report.recipients:
        message.hold(PauseReason.REVIEW, None)
    for failed in report.failed:
        if _is_about(message, failed.address):
            _give_up(message, failed)
        else:
            # Perhaps the person forwards our mail to there, perhaps somebody made it up.
            message.hold(PauseReason.REVIEW, None)


def _give_up(message: _Received, failed: FailedRecipient) -> None:
    found = failed.bounce_class
    if found is not None and found.is_permanent:
        message.suppress(message.case.person.prospect.email, SuppressionReason.BOUNCED)
    elif found is BounceClass.POLICY_RECIPIENT:
        event = Stopped(FinishReason.BOUNCED)  # of the recipient only, whoever reports it
        person = message.case.person.id
        stop_person(message.connection, message.desk, person, event, message.told, message.now)
    elif found is not BounceClass.SOFT:
        message.hold(PauseReason.MAILBOX, None)


def _is_about(message: _Received, address: str) -> bool:
    try:
        return address_key(address) == address_key(message.case.person.prospect.email)
    except ValueError:
        return False


def _complaint(message: _Received) -> None:
    complaint = message.verdict.complaint
    if complaint is not None and not complaint.is_by_person:
        return
    if message.found.is_certain:
        message.suppress(message.case.person.prospect.email, SuppressionReason.COMPLAINED)
    else:
        message.hold(PauseReason.REVIEW, None)


def _calendar(message: _Received) -> None:
    message.hold(PauseReason.REVIEW, None)


def _auto_reply(message: _Received) -> None:
    message.hold(PauseReason.AUTO_REPLY, _resume_at(message))


def _opt_out(message: _Received) -> None:
    message.suppress(message.case.person.prospect.email, SuppressionReason.OPTED_OUT)
    message.suppress(message.verdict.incoming.sender, SuppressionReason.OPTED_OUT)


def _reply(message: _Received) -> None:
    """The end for whoever wrote; what it means to colleagues is for their cadences to say."""
    message.stop(FinishReason.REPLIED)
    connection, desk, now = message.connection, message.desk, message.now
    tell_colleagues(connection, desk, message.people, message.told, now)
    propose(connection, desk, message.verdict, message.case.person, now)


def _other(message: _Received) -> None:
    """A newsletter of somebody we write to is in the timeline, and changes nothing.

    What holds a mark that only our own mail told is more than that, whatever its headers say.
    """
    if not message.found.is_certain:
        return
    verdict = message.verdict
    if verdict.report is None and is_opt_out(verdict.new_text, verdict.incoming.subject):
        _opt_out(message)
    message.hold(PauseReason.REVIEW, None)


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
    workdays = message.case.timing.workdays
    notice = message.verdict.auto_reply
    returns = notice.returns if notice else None
    if returns is None or returns.resume_on < message.now.astimezone(workdays.tz).date():
        return add_delay(message.now, UNDATED_ABSENCE, workdays)
    day = workdays.first_from(returns.resume_on)
    resume_at = instant_of(day, 0, workdays.tz)
    return resume_at if resume_at - message.now <= LONGEST_ABSENCE else None
