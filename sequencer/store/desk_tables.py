"""Marketing's desk: what was applied when and by whom, values of accounts, stopped variants."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Identity, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from sequencer.store.columns import Address, Key, Text, UtcDateTime
from sequencer.store.table import Base, RowId


class ApplicationRow(Base):
    """One version that was made the one that runs; kept for ever.

    `plan` names the plan it was done by, empty without one. `moved` is how many people who were
    under way have gone over to it by that; it grows while they do.
    """

    __tablename__ = "application"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(Key)
    version_hash: Mapped[str] = mapped_column(ForeignKey("cadence_version.hash"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Text)
    plan: Mapped[str] = mapped_column(Key)
    moved: Mapped[int] = mapped_column(Integer)
    __table_args__ = (Index("ix_application_slug_id", "slug", "id"),)


class ApprovalRow(Base):
    """That somebody read a plan and agrees to it."""

    __tablename__ = "approval"
    plan: Mapped[str] = mapped_column(Key, primary_key=True)
    by: Mapped[str] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AccountRow(Base):
    """What is known of a company, for templates."""

    __tablename__ = "account"
    account_key: Mapped[str] = mapped_column(Address, primary_key=True)
    fields: Mapped[dict[str, str]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class VariantStopRow(Base):
    """That nobody gets a wording of a step any more, in whatever version.

    `started_at` is since when it goes on again, because a person said so.
    """

    __tablename__ = "variant_stop"
    slug: Mapped[str] = mapped_column(Key, primary_key=True)
    step_id: Mapped[str] = mapped_column(Key, primary_key=True)
    variant: Mapped[str] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CrossingRow(Base):
    """That somebody under way went from one version of their cadence to another.

    `last_send_id` is their last send so far: two instants may be the same.
    """

    __tablename__ = "crossing"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    from_hash: Mapped[str] = mapped_column(ForeignKey("cadence_version.hash"))
    to_hash: Mapped[str] = mapped_column(ForeignKey("cadence_version.hash"))
    last_send_id: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index("ix_crossing_enrollment_id_at", "enrollment_id", "at"),)
