"""Messages that came in, each stored once per mailbox whatever folder it is seen in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.mail.folder import Folder
from sequencer.mail.verdict import Kind
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.outside_tables import InboundRow
from sequencer.store.tables import EnrollmentRow, ProspectRow

DUPLICATE = "duplicate"
SET_ASIDE = "set_aside"


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
        version: of the rules that the message was classified by; empty where it was not.
        verdict: what they made of it.
    """

    digest: str
    sender: str
    subject: str
    kind: str
    evidence: str
    matched_by: str = ""
    enrollment_id: int | None = None
    raw: bytes | None = None
    version: str = ""
    verdict: Mapping[str, object] | None = None


def is_known(connection: Connection, mailbox: str, digest: str) -> bool:
    """Whether the same bytes have come into this mailbox before."""
    query = sa.select(InboundRow.id).where(
        InboundRow.mailbox == mailbox, InboundRow.digest == digest
    )
    return connection.execute(query.limit(1)).scalar() is not None


def add(connection: Connection, place: Place, message: Inbound, now: datetime) -> int:
    """Number of the message, stored under the place where it was seen, if it was not there."""
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
        "version": message.version,
        "verdict": dict(message.verdict) if message.verdict is not None else None,
    }
    insert_new(connection, InboundRow, values)
    here = (
        InboundRow.mailbox == place.mailbox,
        InboundRow.folder == place.folder,
        InboundRow.uidvalidity == place.uidvalidity,
        InboundRow.uid == place.uid,
    )
    return connection.execute(sa.select(InboundRow.id).where(*here)).scalar_one()


@dataclass(frozen=True, slots=True)
class Complaints:
    """How many people of a domain have called mails of a mailbox spam."""

    mailbox: str
    domain: str
    number: int


def complaints(connection: Connection, since: datetime) -> list[Complaints]:
    """Complaints that came in after an instant, by mailbox and domain of who complained.

    The mailbox is the one that the mail came from, wherever the report was sent to.
    """
    people = sa.func.count(sa.distinct(EnrollmentRow.prospect_id))
    rows = connection.execute(
        sa.select(EnrollmentRow.mailbox, ProspectRow.domain_key, people)
        .select_from(InboundRow)
        .join(EnrollmentRow, EnrollmentRow.id == InboundRow.enrollment_id)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .where(InboundRow.kind == Kind.COMPLAINT, InboundRow.stored_at > since)
        .group_by(EnrollmentRow.mailbox, ProspectRow.domain_key)
        .order_by(EnrollmentRow.mailbox, ProspectRow.domain_key)
    )
    return [Complaints(mailbox or "", domain, number) for mailbox, domain, number in rows]


@dataclass(frozen=True, slots=True)
class Aside:
    """A mail that could not be read or worked on: where it lies, and why."""

    mailbox: str
    folder: Folder
    uid: int
    stored_at: datetime
    sender: str
    why: str


def listed_aside(connection: Connection, since: datetime, most: int = 100) -> list[Aside]:
    """The newest of what was set aside since then."""
    row = InboundRow
    columns = (row.mailbox, row.folder, row.uid, row.stored_at, row.sender, row.evidence)
    query = sa.select(*columns).where(row.kind == SET_ASIDE, row.stored_at >= since)
    rows = connection.execute(query.order_by(row.id.desc()).limit(most))
    return [
        Aside(
            each.mailbox, Folder(each.folder), each.uid, each.stored_at, each.sender, each.evidence
        )
        for each in rows
    ]


def counts(connection: Connection) -> dict[str, int]:
    """How many messages of each kind have come in."""
    number = sa.func.count().label("number")
    rows = connection.execute(sa.select(InboundRow.kind, number).group_by(InboundRow.kind))
    return {row.kind: row.number for row in rows}
