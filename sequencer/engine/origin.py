"""Which step of which enrollment is a mail in Sent the copy of, though the ledger may not know it?

An opt-out token in its headers was signed with our key, and names the enrollment. The mark and the
Message-ID follow from the enrollment and the step, so what was never queued here is known again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sequencer.domain.cadence import MAIL_KINDS
from sequencer.domain.send import SendState
from sequencer.engine.desk import Desk
from sequencer.mail.message_id import make_message_id, make_ref
from sequencer.mail.sent_mail import SentMail
from sequencer.mail.unsubscribe import read_token
from sequencer.store import enrollments, prospects, sends
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.sends import StoredSend

MOST_RECIPIENTS = 5  # that are looked at: our own mails have one
_LEFT = frozenset({SendState.HANDED, SendState.SENT, SendState.UNKNOWN, SendState.PARKED})


class Known(StrEnum):
    """What the database knows about a mail of ours that lies in Sent."""

    LEFT = "left"
    FORGOTTEN = "forgotten"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a mail of ours comes from.

    Attributes:
        key: of its enrollment, which may not be stored here.
        stored: the enrollment, None where this database has never had it.
        step_id: the step, None where no mark tells which one it is.
        send: the send of that step, None where none was queued yet.
    """

    key: str
    stored: StoredEnrollment | None = None
    step_id: str | None = None
    send: StoredSend | None = None

    @property
    def known(self) -> Known:
        """What the database knows of it."""
        if self.stored is None:
            return Known.STRANGER
        if self.send is None:
            return Known.FORGOTTEN
        left = self.send.state in _LEFT or self.send.handed_at is not None
        return Known.LEFT if left else Known.FORGOTTEN


def origin_of(connection: Connection, desk: Desk, mail: SentMail) -> Origin | None:
    """The origin of a mail of ours; None for a mail that is not certainly ours."""
    for send in sends.by_message_ids(connection, mail.message_ids):
        stored = enrollments.get(connection, send.enrollment_id)
        return Origin(stored.enrollment.key, stored, send.step_id, send)
    signed = _signed(desk, mail)
    if signed is not None:
        stored_by_key = enrollments.by_key(connection, signed)
        if stored_by_key is None:
            return Origin(signed)
        step_id = _step_of(connection, desk, stored_by_key, mail)
        return _origin(connection, stored_by_key, step_id)
    if mail.is_marked:
        for stored in _of_recipients(connection, mail):
            if step_id := _step_of(connection, desk, stored, mail):
                return _origin(connection, stored, step_id)
    return None


def _signed(desk: Desk, mail: SentMail) -> str | None:
    """Key of the enrollment that an opt-out token of ours in the headers names."""
    for token in mail.tokens:
        key = read_token(token, desk.policy.keys)
        if key is not None:
            return key.hex()
    return None


def _of_recipients(connection: Connection, mail: SentMail) -> Iterator[StoredEnrollment]:
    for address in mail.recipients[:MOST_RECIPIENTS]:
        person = prospects.find(connection, address)
        if person is not None:
            yield from enrollments.of_prospect(connection, person.id)


def _step_of(
    connection: Connection, desk: Desk, stored: StoredEnrollment, mail: SentMail
) -> str | None:
    """The step whose mark or whose Message-ID the mail has."""
    key, salt = stored.enrollment.key, desk.policy.salt
    steps = mail_steps(connection, desk, stored)
    for step_id in steps:
        if mail.ref and make_ref(key, step_id, salt) == mail.ref:
            return step_id
    for message_id in mail.message_ids:
        domain = message_id.rpartition("@")[2].rstrip(">")
        for step_id in steps:
            if domain and _message_id(key, step_id, salt, domain) == message_id:
                return step_id
    return None


def _message_id(key: str, step_id: str, salt: str, domain: str) -> str:
    try:
        return make_message_id(key, step_id, salt, domain)
    except ValueError:  # a domain that no mail of ours has
        return ""


def mail_steps(connection: Connection, desk: Desk, stored: StoredEnrollment) -> list[str]:
    """Ids of the steps of an enrollment that are mails, in the order of its cadence."""
    cadence = desk.versions.get(connection, stored.version_hash).cadence
    return [step.id for step in cadence.steps if step.kind in MAIL_KINDS]


def _origin(connection: Connection, stored: StoredEnrollment, step_id: str | None) -> Origin:
    every = sends.of_enrollment(connection, stored.id) if step_id else []
    send = next((each for each in every if each.step_id == step_id), None)
    return Origin(stored.enrollment.key, stored, step_id, send)
