"""Touches that the engine did not make itself, such as a mail that a rep sent by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.tables import EnrollmentRow, ProspectRow, SendRow, TouchRow
from sequencer.store.traffic import EMAIL, OUT

CHUNK = 500  # bound variables per statement stay well below SQLite's limit


@dataclass(frozen=True, slots=True)
class MailByHand:
    """A mail to one recipient.

    Attributes:
        prospect_id: the recipient, None for somebody who was never imported.
        domain_key: the recipient's domain; empty where the address is none.
        source: what it is known by when it is seen again.
    """

    at: datetime
    mailbox: str
    prospect_id: int | None
    domain_key: str
    source: str


def add_mail_by_hand(connection: Connection, mail: MailByHand) -> bool:
    """Whether the mail was stored; False where it was there before."""
    values = {
        "at": mail.at,
        "channel": EMAIL,
        "direction": OUT,
        "mailbox": mail.mailbox,
        "prospect_id": mail.prospect_id,
        "domain_key": mail.domain_key,
        "source": mail.source,
    }
    return insert_new(connection, TouchRow, values)


def is_noted(connection: Connection, source: str) -> bool:
    """Whether there is a touch that is known by that."""
    query = sa.select(TouchRow.id).where(TouchRow.source == source)
    return connection.execute(query).first() is not None


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact with a person that is no mail: a call, a letter, a message elsewhere.

    Attributes:
        direction: `in` or `out`.
        source: what it is known by when it is noted again, or taken back.
    """

    at: datetime
    channel: str
    direction: str
    prospect_id: int
    source: str


def add_contact(connection: Connection, contact: Contact) -> bool:
    """Whether the contact was stored; False where it was there before."""
    query = sa.select(ProspectRow.domain_key).where(ProspectRow.id == contact.prospect_id)
    values = {
        "at": contact.at,
        "channel": contact.channel,
        "direction": contact.direction,
        "mailbox": None,
        "prospect_id": contact.prospect_id,
        "domain_key": connection.execute(query).scalar_one(),
        "source": contact.source,
    }
    return insert_new(connection, TouchRow, values)


def take_back(connection: Connection, source: str) -> None:
    """Forget a contact that was noted by mistake."""
    connection.execute(sa.delete(TouchRow).where(TouchRow.source == source))


def last_touch_at(connection: Connection, prospect_ids: Sequence[int]) -> dict[int, datetime]:
    """When somebody of us last touched each of these people; who never was is left out.

    Mails of ours and touches by hand count, in whatever cadence.
    """
    latest: dict[int, datetime] = {}
    for start in range(0, len(prospect_ids), CHUNK):
        chunk = prospect_ids[start : start + CHUNK]
        handed_at = sa.func.max(SendRow.handed_at, type_=SendRow.handed_at.type)
        ours = (
            sa.select(EnrollmentRow.prospect_id, handed_at)
            .join(SendRow, SendRow.enrollment_id == EnrollmentRow.id)
            .where(EnrollmentRow.prospect_id.in_(chunk), SendRow.handed_at.is_not(None))
            .group_by(EnrollmentRow.prospect_id)
        )
        at = sa.func.max(TouchRow.at, type_=TouchRow.at.type)
        by_hand = (
            sa.select(TouchRow.prospect_id, at)
            .where(TouchRow.prospect_id.in_(chunk), TouchRow.direction == OUT)
            .group_by(TouchRow.prospect_id)
        )
        for query in (ours, by_hand):
            for number, touched_at in connection.execute(query):
                latest[number] = max(latest.get(number, touched_at), touched_at)
    return latest
