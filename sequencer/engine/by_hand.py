"""Take note of what a rep sent by hand, as it lies in Sent: it counts like a mail of ours."""

import hashlib
from datetime import datetime, timedelta

from sequencer.domain.address import domain_of, key_of
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.task import TaskKind
from sequencer.engine.answered import TITLES
from sequencer.engine.desk import Desk
from sequencer.engine.doubts import settle_as_sent
from sequencer.engine.history import hold_if_forgotten
from sequencer.engine.tasks import Matter, close_matter
from sequencer.engine.triage_hold import hold_and_ask
from sequencer.mail.message_id import make_ref
from sequencer.mail.probe_mail import is_probe
from sequencer.mail.sent_mail import SentMail, read_sent
from sequencer.store import (
    doubts,
    enrollments,
    ledger,
    prospects,
    sends,
    tasks,
    touches,
    traffic,
)
from sequencer.store.columns import is_storable
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend

MOST_RECIPIENTS = 100  # of one mail; a provider takes no more over SMTP
MOST_IN_DOUBT = 1_000  # that are compared with a mark
MINUTES_APART = timedelta(minutes=10)  # a mail is dated when it is written; a server takes its time
ASKED_FOR_WITHIN = timedelta(days=1)  # a task may be ended before the mail is seen in Sent
ANSWERED_BEFORE = timedelta(days=1)  # a rep may answer what is only then found in INBOX
TAKEN_OVER = "the rep has answered by hand"
GO_ON = "You have answered yourself: let the cadence go on?"
OLDEST = timedelta(days=366)  # an archive that is moved into Sent is no news


def take_note(connection: Connection, desk: Desk, mailbox: str, head: bytes, now: datetime) -> int:
    """How many touches follow from the headers of a mail in Sent; none if the mail is ours.

    One for each recipient, as providers count. A mail that is seen again changes nothing. A copy of
    a mail of ours that is in doubt settles it; one that the ledger does not know holds all mail.
    """
    mail = read_sent(head)
    at = mail.date if mail.date is not None and mail.date <= now else now
    if mail.is_automatic or is_probe(mail.ref) or at < now - OLDEST:
        return 0
    if send := _in_doubt(connection, desk, mailbox, mail):
        settle_as_sent(connection, desk, send, "found in Sent", now)
        return 0
    if hold_if_forgotten(connection, desk, mailbox, mail, now):
        return 0
    if _is_ours(connection, mailbox, mail, at):
        return 0
    digest = hashlib.sha256(mailbox.encode() + b"\0" + head).hexdigest()
    addresses = {_key(address): address for address in mail.recipients[:MOST_RECIPIENTS]}
    recipients = [address for key, address in addresses.items() if key] or [""]
    touched = 0
    for number, address in enumerate(recipients):
        person = prospects.find(connection, address)
        known = person.id if person is not None else None
        domain = domain_of(address) if address else ""
        touch = touches.MailByHand(at, mailbox, known, domain, f"{digest}:{number}")
        if touches.add_mail_by_hand(connection, touch):
            touched += 1
            if known is not None:
                _tell(connection, known, touch, now)
                _close_answers(connection, known, mail, at, now)
                _follow(connection, desk, known, mail, now)
    return touched


def _tell(connection: Connection, person: int, touch: touches.MailByHand, now: datetime) -> None:
    detail = f"a mail by hand from {touch.mailbox}, sent {touch.at:%Y-%m-%d %H:%M} UTC"
    ledger.write(
        connection,
        Entry(now, Kind.TOUCHED, detail, prospect_id=person, mailbox=touch.mailbox),
    )


def _close_answers(
    connection: Connection, person: int, mail: SentMail, at: datetime, now: datetime
) -> None:
    """Whoever was to be answered has been, unless they wrote after that mail."""
    heard_by = at + (ANSWERED_BEFORE if mail.answers else timedelta(0))
    for task in tasks.open_matters(connection, person, TaskKind.REPLY):
        if task.title in TITLES and task.created_at <= heard_by:
            close_matter(connection, task, "answered by hand", now)


def _follow(connection: Connection, desk: Desk, person: int, mail: SentMail, now: datetime) -> None:
    """Who answers somebody by hand has taken over: the engine does not talk in between.

    Where a task asks for a mail by hand, this is that mail.
    """
    if not mail.answers or tasks.asked_for_mail(connection, person, now - ASKED_FOR_WITHIN):
        return
    if enrollments.live_of(connection, [person]):
        about = f"{TAKEN_OVER}: {mail.subject}".rstrip(": ")
        matter = Matter(TaskKind.TRIAGE, GO_ON, about)
        hold_and_ask(connection, desk, [person], matter, TAKEN_OVER, now)


def _in_doubt(
    connection: Connection, desk: Desk, mailbox: str, mail: SentMail
) -> StoredSend | None:
    """The send in doubt whose copy the mail is, by its Message-ID or by its mark."""
    by_id = sends.by_message_ids(connection, mail.message_ids)
    for send in by_id:
        if send.state in doubts.DOUBTFUL and send.mailbox == mailbox:
            return send
    if by_id or not mail.ref:
        return None
    for number, key, step_id in doubts.keys_of(connection, mailbox, MOST_IN_DOUBT):
        if make_ref(key, step_id, desk.policy.salt) == mail.ref:
            return sends.get(connection, number)
    return None


def _is_ours(connection: Connection, mailbox: str, mail: SentMail, at: datetime) -> bool:
    """Whether the mail is the copy of one of ours, even if its provider has taken all marks off."""
    if mail.is_marked or sends.by_message_ids(connection, mail.message_ids):
        return True
    if len(mail.recipients) != 1 or not is_storable(mail.recipients[0]):
        return False
    begin, end = at - MINUTES_APART, at + MINUTES_APART
    return traffic.has_left(connection, mailbox, mail.recipients[0], begin, end)


def _key(address: str) -> str:
    """Key of an address; the empty string for what is none, or could not even be asked for."""
    key = key_of(address)
    return key if is_storable(key) else ""
