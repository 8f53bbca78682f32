"""What came in from outside, and what it says of people: mails, webhooks, meetings, silence."""

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from sequencer.store.columns import Address, Key, Text, UtcDateTime
from sequencer.store.table import Base, RowId, partial

# Mails whose bytes are still there; the words are those of the query, or no index is used.
KEPT = "raw IS NOT NULL"


class InboundRow(Base):
    """A message seen in a folder; its bytes only where they concern somebody we write to.

    `verdict` is what was made of it by the rules of that `version`. `kind` is the verdict's, or a
    person's; since `judged_at`, where that was not when it came in.
    """

    __tablename__ = "inbound"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    mailbox: Mapped[str] = mapped_column(ForeignKey("mailbox.name"))
    digest: Mapped[str] = mapped_column(Key)
    folder: Mapped[str] = mapped_column(Key)
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sender: Mapped[str] = mapped_column(Address)
    subject: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Key)
    judged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    evidence: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Key)
    verdict: Mapped[dict[str, object] | None] = mapped_column(JSON)
    matched_by: Mapped[str] = mapped_column(Key)
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment.id"), index=True)
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    __table_args__ = (
        UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),
        Index("ix_inbound_digest", "mailbox", "digest"),
        partial("ix_inbound_kept", "stored_at", where=KEPT),
    )


class SuppressionRow(Base):
    """An address or domain that receives nothing; `again_at` is when others last said so too."""

    __tablename__ = "suppression"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(Key)
    key: Mapped[str] = mapped_column(Address)
    reason: Mapped[str] = mapped_column(Key)
    source: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (UniqueConstraint("kind", "key"),)


class NoticeRow(Base):
    """A mail of ours that belongs to no cadence: a confirmation, a handover, a reminder.

    Of each `once_key` there is one, ever. Its bytes are made when it is queued.
    """

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    once_key: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Key)
    mailbox: Mapped[str] = mapped_column(Key)
    recipient: Mapped[str] = mapped_column(Address)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer)
    handed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(Text)
    __table_args__ = (partial("ix_notice_waits", "mailbox", "due_at", where="ended_at IS NULL"),)


class HookRow(Base):
    """A webhook delivery as it came in, stored before it was answered.

    Where its tool has to be asked first, `again_at` is when that is tried; then the body is what
    came of it.
    """

    __tablename__ = "hook"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    source: Mapped[str] = mapped_column(Key)
    delivery_key: Mapped[str] = mapped_column(Key)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(Key, index=True)
    problem: Mapped[str] = mapped_column(Text)
    again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (UniqueConstraint("source", "delivery_key"),)
