"""Count as sent what the ledger has forgotten: a mail of ours that lies in Sent.

The enrollment goes on from the step of that mail, wherever this database left it: what lies between
happened, or was passed over, in a time that nobody here remembers. Its next delay counts from the
mail's own date, as it would have.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sequencer.domain.address import domain_of, key_of
from sequencer.domain.delay import NO_DELAY
from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.event import Held, Resumed, StepEnded
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.prospect import Prospect
from sequencer.domain.send import SendEvent, SendState
from sequencer.domain.task import TaskEvent, TaskState
from sequencer.engine.activate import begin
from sequencer.engine.carry_out import close_all
from sequencer.engine.desk import Desk
from sequencer.engine.doubts import settle_as_sent
from sequencer.engine.entry import entry_of
from sequencer.engine.history import stranger_source
from sequencer.engine.hold_back import hold_back
from sequencer.engine.origin import Origin
from sequencer.engine.outcome import accept
from sequencer.engine.react import react
from sequencer.mail.message_id import make_message_id
from sequencer.mail.sent_mail import SentMail
from sequencer.store import enrollments, ledger, mailboxes, prospects, sends, tasks, touches
from sequencer.store.columns import is_storable
from sequencer.store.database import Connection
from sequencer.store.doubts import DOUBTFUL
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.sends import Queued, StoredSend

_AFTER = "since the backup, in a time that was forgotten"
# What brings a send to `handed` from where the backup left it.
_WAY = {
    SendState.CANCELLED: SendEvent.REQUEUE,
    SendState.REJECTED: SendEvent.REQUEUE,
    SendState.QUEUED: SendEvent.CLAIM,
    SendState.DEFERRED: SendEvent.CLAIM,
    SendState.CLAIMED: SendEvent.HAND,
}


class Gap(StrEnum):
    """What of a mail in Sent the ledger did not know."""

    SENT = "sent"
    STRANGER = "stranger"
    UNMARKED = "unmarked"


@dataclass(frozen=True, slots=True)
class Difference:
    """A mail of ours in Sent of which the ledger did not tell that it left.

    Attributes:
        step_id: empty where it is not known.
        by: how it was known to be ours.
    """

    gap: Gap
    mailbox: str
    recipient: str
    at: datetime
    slug: str = ""
    step_id: str = ""
    by: str = "our mark"


@dataclass(frozen=True, slots=True)
class Copy:
    """A mail in Sent of a mailbox."""

    mailbox: str
    mail: SentMail

    @property
    def recipient(self) -> str:
        """To whom it went; the empty string where no address can be read."""
        return next(iter(self.mail.recipients), "")


def remember(
    connection: Connection, desk: Desk, copy: Copy, origin: Origin, now: datetime
) -> Difference | None:
    """The difference that was mended; None where the ledger knew already that the mail left."""
    at = min(copy.mail.date or now, now)
    if origin.stored is None:
        return _stranger(connection, copy, origin, (at, now))
    told = Difference(Gap.SENT, copy.mailbox, copy.recipient, at, origin.stored.slug)
    if origin.step_id is None:
        why = f"a mail in Sent of {copy.mailbox} of {at:%Y-%m-%d %H:%M} UTC, of an unknown step"
        hold_back(connection, desk, [origin.stored.prospect_id], why, now)
        return Difference(Gap.UNMARKED, copy.mailbox, copy.recipient, at, origin.stored.slug)
    found = Difference(told.gap, told.mailbox, told.recipient, at, told.slug, origin.step_id)
    if origin.send is not None and origin.send.state is SendState.SENT:
        return None
    why = f"found in Sent of {copy.mailbox}, dated {at:%Y-%m-%d %H:%M} UTC"
    if origin.send is not None and origin.send.state in DOUBTFUL:
        return found if settle_as_sent(connection, desk, origin.send, why, now) else None
    _reach(connection, desk, origin.stored, origin.step_id, copy.mailbox, at)
    stored = enrollments.get(connection, origin.stored.id, lock=True)
    send = _handed(connection, desk, stored, origin.step_id, copy, at)
    ledger.write(
        connection,
        entry_of(desk.case(connection, stored), Kind.SETTLED, why, now, send.step_id),
    )
    return found if accept(connection, desk, send, why, at) else None


def _reach(
    connection: Connection,
    desk: Desk,
    stored: StoredEnrollment,
    step_id: str,
    mailbox: str,
    at: datetime,
) -> None:
    """Let the enrollment be at the step, as far as it was not there yet, nor beyond."""
    stored = _begun(connection, desk, stored.id, mailbox, at)
    current, case = stored.enrollment.step, desk.case(connection, stored)
    if stored.enrollment.state is EnrollmentState.FINISHED or current is None:
        return
    if current == step_id:
        _close_task(connection, stored.id, step_id, at)
    elif step_id in case.version.cadence.ids_after(current):
        close_all(connection, case, f"a later mail was sent {_AFTER}", at)
        event = StepEnded(current, goto=step_id, wait=NO_DELAY)
        react(connection, desk, stored, event, f"a later mail was sent {_AFTER}", at)
        _close_task(connection, stored.id, step_id, at)


def _begun(
    connection: Connection, desk: Desk, number: int, mailbox: str, at: datetime
) -> StoredEnrollment:
    """The enrollment, begun; one that was paused before it began waits for a person from now on."""
    stored = enrollments.get(connection, number, lock=True)
    if stored.enrollment.step is not None or stored.enrollment.state is EnrollmentState.FINISHED:
        return stored
    paused = stored.enrollment.state is EnrollmentState.PAUSED
    if paused:
        react(connection, desk, stored, Resumed(), f"it began {_AFTER}", at)
        stored = enrollments.get(connection, number, lock=True)
    mailboxes.ensure(connection, [mailbox])
    begin(connection, desk, stored, mailbox, at)
    stored = enrollments.get(connection, number, lock=True)
    if paused:
        event = Held(PauseReason.REVIEW, due_at=at)
        react(connection, desk, stored, event, f"it was paused, and began {_AFTER}", at)
        stored = enrollments.get(connection, number, lock=True)
    return stored


def _close_task(connection: Connection, number: int, step_id: str, at: datetime) -> None:
    """End the task of a mail that a rep was to write: it was written."""
    for task in tasks.of_enrollment(connection, number):
        if task.step_id == step_id and task.state is TaskState.OPEN:
            why = f"the mail was sent {_AFTER}"
            tasks.move(connection, task.id, TaskEvent.SKIP, why=why, ended_at=at)


def _handed(
    connection: Connection,
    desk: Desk,
    stored: StoredEnrollment,
    step_id: str,
    copy: Copy,
    at: datetime,
) -> StoredSend:
    """The send of the step, handed over at that instant; no look of ours preceded it."""
    send = _queued(connection, stored, step_id, copy.mailbox, at)
    values: dict[SendEvent, dict[str, object]] = {
        SendEvent.REQUEUE: {"due_at": at, "why": _AFTER, "ended_at": None},
        SendEvent.CLAIM: _content(desk, stored, step_id, copy),
        SendEvent.HAND: {"looked_at": None, "tz": None, "synced_at": None, "handed_at": at},
    }
    while (event := _WAY.get(send.state)) is not None:
        sends.move(connection, [send.id], event, **values[event])
        send = sends.get(connection, send.id)
    return send


def _queued(
    connection: Connection, stored: StoredEnrollment, step_id: str, mailbox: str, at: datetime
) -> StoredSend:
    every = sends.of_enrollment(connection, stored.id)
    known = [send for send in every if send.step_id == step_id]
    if not known:
        follow_up = any(send.state is SendState.SENT for send in every)
        sends.queue(connection, Queued(stored.id, step_id, mailbox, follow_up, at, _AFTER))
        every = sends.of_enrollment(connection, stored.id)
        known = [send for send in every if send.step_id == step_id]
    return known[0]


def _content(desk: Desk, stored: StoredEnrollment, step_id: str, copy: Copy) -> dict[str, object]:
    """What an answer to the mail is known by, and what the next one of its thread is made from."""
    address = desk.policy.mailboxes[copy.mailbox].address
    domain = address.rpartition("@")[2]
    recipient = copy.recipient if is_storable(copy.recipient) else ""
    return {
        "mailbox": copy.mailbox,
        "message_id": make_message_id(stored.enrollment.key, step_id, desk.policy.salt, domain),
        "subject": copy.mail.subject,
        "recipient": recipient[:320],
    }


def _stranger(
    connection: Connection, copy: Copy, origin: Origin, instants: tuple[datetime, datetime]
) -> Difference | None:
    """Note a mail to somebody whose enrollment was forgotten as a touch.

    The person becomes known by the address alone, so that whoever enrols it meets the touch.
    """
    at, now = instants
    number, domain = _person(connection, copy.recipient, now)
    source = stranger_source(origin, copy.mail)
    touch = touches.MailByHand(at, copy.mailbox, number, domain, source)
    if not touches.add_mail_by_hand(connection, touch):
        return None
    if number is not None:
        detail = (
            f"a mail of ours from {copy.mailbox}, sent {at:%Y-%m-%d %H:%M} UTC, "
            "of an enrollment that was forgotten"
        )
        entry = Entry(now, Kind.TOUCHED, detail, prospect_id=number, mailbox=copy.mailbox)
        ledger.write(connection, entry)
    return Difference(Gap.STRANGER, copy.mailbox, copy.recipient, at)


def _person(connection: Connection, address: str, now: datetime) -> tuple[int | None, str]:
    key = key_of(address)
    if not key or not is_storable(key):
        return None, ""
    if prospects.find(connection, address) is None:
        prospects.upsert(connection, [Prospect(address)], now)
    person = prospects.find(connection, address)
    return (person.id if person is not None else None), domain_of(key)
