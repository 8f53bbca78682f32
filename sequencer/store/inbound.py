"""Messages that came in, each stored once per mailbox whatever folder it is seen in."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.mail.folder import Folder
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.tables import InboundRow

DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message was seen."""

    mailbox: str
    folder: Folder
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Inbound:
    """What was made of a message.

    Attributes:
        digest: hash of its bytes, by which a moved or redelivered copy is known.
        matched_by: how the enrollment was found, empty where none was.
        raw: the bytes, kept only where they concern somebody we write to.
    """

    digest: str
    sender: str
    subject: str
    kind: str
    evidence: str
    matched_by: str = ""
    enrollment_id: int | None = None
    raw: bytes | None = None


def is_known(connection: Connection, mailbox: str, digest: str) -> bool:
    """Whether the same bytes have come into this mailbox before."""
    query = sa.select(InboundRow.id).where(
        InboundRow.mailbox == mailbox, InboundRow.digest == digest
    )
    return connection.execute(query.limit(1)).scalar() is not None


def add(connection: Connection, place: Place, message: Inbound, now: datetime) -> None:
    """Store a message under the place where it was seen; the same place again changes nothing."""
    values = {
        "mailbox": place.mailbox,
        "folder": place.folder,
        "uidvalidity": place.uidvalidity,
        "uid": place.uid,
        "digest": message.digest,
        "stored_at": now,
        "sender": cut(message.sender, 320),
        "subject": cut(message.subject),
        "kind": message.kind,
        "evidence": cut(message.evidence),
        "matched_by": message.matched_by,
        "enrollment_id": message.enrollment_id,
        "raw": message.raw,
    }
    insert_new(connection, InboundRow, values)


def counts(connection: Connection) -> dict[str, int]:
    """How many messages of each kind have come in."""
    number = sa.func.count().label("number")
    rows = connection.execute(sa.select(InboundRow.kind, number).group_by(InboundRow.kind))
    return {row.kind: row.number for row in rows}
