"""Touches that the engine did not make itself, such as a mail that a rep sent by hand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.prepared import Prepared
from sequencer.store.tables import ProspectRow, TouchRow
from sequencer.store.traffic import EMAIL, OUT

_DOMAIN_KEY = Prepared(
    sa.select(ProspectRow.domain_key).where(ProspectRow.id == sa.bindparam("one"))
)
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


def domains_of(connection: Connection, sources: Collection[str]) -> set[str]:
    """Where the contacts went that are known by one of these."""
    query = sa.select(TouchRow.domain_key).where(TouchRow.source.in_(sources))
    return set(connection.execute(query).scalars())


def person_of(connection: Connection, source: str) -> int | None:
    """Whom a touch is about that is known by something that begins like that."""
    query = sa.select(TouchRow.prospect_id).where(
        TouchRow.source.startswith(source, autoescape=True), TouchRow.prospect_id.is_not(None)
    )
    return connection.execute(query.limit(1)).scalar()


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
    values = {
        "at": contact.at,
        "channel": contact.channel,
        "direction": contact.direction,
        "mailbox": None,
        "prospect_id": contact.prospect_id,
        "domain_key": _DOMAIN_KEY.scalar(connection, {"one": contact.prospect_id}),
        "source": contact.source,
    }
    return insert_new(connection, TouchRow, values)


def take_back(connection: Connection, source: str) -> None:
    """Forget a contact that was noted by mistake."""
    connection.execute(sa.delete(TouchRow).where(TouchRow.source == source))
