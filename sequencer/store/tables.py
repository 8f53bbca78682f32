"""The tables, as typed mapped classes that are never instantiated: rows stay inside `store`."""

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


class VersionRow(Base):
    """A cadence as applied, for ever."""

    __tablename__ = "cadence_version"
    hash: Mapped[str] = mapped_column(Key, primary_key=True)
    slug: Mapped[str] = mapped_column(Key, index=True)
    title: Mapped[str] = mapped_column(Text)
    document: Mapped[dict[str, object]] = mapped_column(JSON)
    templates: Mapped[dict[str, str]] = mapped_column(JSON)
    attachments: Mapped[dict[str, str]] = mapped_column(JSON)
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CadenceRow(Base):
    """Which version new enrollments get.

    `draining_since` is set where it takes nobody in any more, by whom stands in `drained_by`, and
    `archived_at` where nobody was left in it either. `most_people` is how many may be let in for
    now, since `limited_at`.
    """

    __tablename__ = "cadence"
    slug: Mapped[str] = mapped_column(Key, primary_key=True)
    version_hash: Mapped[str] = mapped_column(ForeignKey("cadence_version.hash"))
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)
    draining_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    drained_by: Mapped[str | None] = mapped_column(Text)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    most_people: Mapped[int | None] = mapped_column(Integer)
    limited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProspectRow(Base):
    """A person."""

    __tablename__ = "prospect"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    email: Mapped[str] = mapped_column(Address)
    email_key: Mapped[str] = mapped_column(Address, unique=True)
    domain_key: Mapped[str] = mapped_column(Address, index=True)
    account_key: Mapped[str] = mapped_column(Address, index=True)
    fields: Mapped[dict[str, str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MailboxRow(Base):
    """What changes about a mailbox; how to reach it stands in the settings."""

    __tablename__ = "mailbox"
    name: Mapped[str] = mapped_column(Key, primary_key=True)
    state: Mapped[str] = mapped_column(Key)
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    synced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    holder: Mapped[str | None] = mapped_column(Key)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fence: Mapped[int] = mapped_column(Integer)


class CapabilityRow(Base):
    """What a mail to itself has shown about the provider of a mailbox; empty where it is unknown.

    `server` names what was asked: another server has other ways.
    """

    __tablename__ = "capability"
    mailbox: Mapped[str] = mapped_column(Key, primary_key=True)
    server: Mapped[str] = mapped_column(Text)
    probed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    keeps_sent_copy: Mapped[bool | None] = mapped_column()
    keeps_message_id: Mapped[bool | None] = mapped_column()
    keeps_custom_header: Mapped[bool | None] = mapped_column()
    sent_search_lag_s: Mapped[int | None] = mapped_column(Integer)
    problem: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Key)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInRow(Base):
    """How a mailbox signs in by OAuth: its tokens, sealed, and who renews them just now.

    `version` counts what was sealed. `expires_at` is that of the access token, `ends_at` that of
    the whole sign-in where the provider tells it, both by the clock of the database.
    """

    __tablename__ = "sign_in"
    mailbox: Mapped[str] = mapped_column(Key, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    account: Mapped[str] = mapped_column(Address)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    renewed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claim: Mapped[str] = mapped_column(Key)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str] = mapped_column(Text)
    needs_person: Mapped[bool] = mapped_column()
    rests_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DaemonRow(Base):
    """A daemon that works on this database, until its last sign of life is too old."""

    __tablename__ = "daemon"
    name: Mapped[str] = mapped_column(Key, primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EpochRow(Base):
    """The one row that says which history this is, and whether it may be gone on with.

    `key` changes when a restored database is taken into use; until it has been compared with the
    world outside, `held_since` is set and nothing leaves. What happened after `lost_since` may be
    forgotten here. `earlier` has the keys of the histories that this one goes on from.
    """

    __tablename__ = "epoch"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(Key)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    held_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    why: Mapped[str] = mapped_column(Text)
    lost_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    earlier: Mapped[str] = mapped_column(Text)
    reconciled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FolderRow(Base):
    """How far a folder has been read, and since when it is: mail from before is left alone."""

    __tablename__ = "folder"
    mailbox: Mapped[str] = mapped_column(ForeignKey("mailbox.name"), primary_key=True)
    folder: Mapped[str] = mapped_column(Key, primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)


# What has not ended; the words are those of the queries, or no index is used.
LIVES = "state <> 'finished'"


class EnrollmentRow(Base):
    """One prospect in one cadence."""

    __tablename__ = "enrollment"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospect.id"), index=True)
    slug: Mapped[str] = mapped_column(Key)
    version_hash: Mapped[str] = mapped_column(ForeignKey("cadence_version.hash"))
    state: Mapped[str] = mapped_column(Key)
    step_id: Mapped[str | None] = mapped_column(Key)
    pause_reason: Mapped[str | None] = mapped_column(Key)
    resume_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remaining_s: Mapped[int | None] = mapped_column(Integer)
    finish_reason: Mapped[str | None] = mapped_column(Key)
    mailbox: Mapped[str | None] = mapped_column(Key)
    overrides: Mapped[dict[str, object]] = mapped_column(JSON)
    enrolled_by: Mapped[str] = mapped_column(Text)
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        partial("uq_enrollment_live", "prospect_id", "slug", where=LIVES, unique=True),
        partial("ix_enrollment_carried", "mailbox", "pause_reason", "id", where=LIVES),
        Index("ix_enrollment_state_resume_at", "state", "resume_at"),
        Index("ix_enrollment_slug_state_starts_at", "slug", "state", "starts_at"),
        Index("ix_enrollment_slug_activated_at", "slug", "activated_at"),
    )


# What a daemon looks for all the time; the words are those of the queries, or no index is used.
WAITS = "state IN ('queued', 'deferred') AND runs"
FIRST_TOUCH = "NOT follow_up"
HAS_VARIANT = "variant IS NOT NULL"
UNDER_WAY = "state IN ('claimed', 'handed', 'unknown', 'parked')"
# A send gets these on its way: before, an index would hold it without a value, and lose it again.
HAS_LEFT = "handed_at IS NOT NULL"
FIRST_LEFT = f"{FIRST_TOUCH} AND {HAS_LEFT}"  # SQLite counts by the index alone if it has both
HAS_MESSAGE_ID = "message_id IS NOT NULL"


class SendRow(Base):
    """One e-mail step of one enrollment.

    `slug` and `runs`, its cadence and whether it is active, are those of the enrollment. `variant`
    is the wording it was written in, `template_hash` names the text of that wording.
    """

    __tablename__ = "send"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    step_id: Mapped[str] = mapped_column(Key)
    mailbox: Mapped[str] = mapped_column(Key)
    follow_up: Mapped[bool] = mapped_column()
    state: Mapped[str] = mapped_column(Key)
    runs: Mapped[bool] = mapped_column()
    slug: Mapped[str] = mapped_column(Key)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    why: Mapped[str] = mapped_column(Text)
    fence: Mapped[int] = mapped_column(Integer)
    tries: Mapped[int] = mapped_column(Integer)
    message_id: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    recipient: Mapped[str | None] = mapped_column(Address)
    draft: Mapped[dict[str, str] | None] = mapped_column(JSON)
    variant: Mapped[str | None] = mapped_column(Key)
    template_hash: Mapped[str | None] = mapped_column(Key)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tz: Mapped[str | None] = mapped_column(Key)
    synced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        UniqueConstraint("enrollment_id", "step_id"),
        partial("ix_send_waits", "mailbox", "follow_up", "due_at", where=WAITS),
        partial("ix_send_under_way", "state", "mailbox", where=UNDER_WAY),
        partial("uq_send_message_id", "message_id", where=HAS_MESSAGE_ID, unique=True),
        partial("ix_send_handed_at", "mailbox", "handed_at", where=HAS_LEFT),
        partial("ix_send_first_touch", "slug", "handed_at", "follow_up", where=FIRST_LEFT),
        partial("ix_send_variant", "slug", "enrollment_id", where=HAS_VARIANT),
    )


class SendBytesRow(Base):
    """The exact bytes of a send's mail, kept apart: whoever changes a row of SQLite rewrites it.

    `send_id` is no INTEGER, which would be the number of the row there: rows are to lie in the
    order they come, not among those of other mailboxes, whose pages would be written anew.
    """

    __tablename__ = "send_bytes"
    send_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("send.id"), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class TaskRow(Base):
    """Something that a person does: a step of an enrollment, or a matter to look at."""

    __tablename__ = "task"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospect.id"), index=True)
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment.id"))
    step_id: Mapped[str | None] = mapped_column(Key)
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id"))
    kind: Mapped[str] = mapped_column(Key)
    state: Mapped[str] = mapped_column(Key)
    assignee: Mapped[str] = mapped_column(Key)
    title: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    skip_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disposition: Mapped[str | None] = mapped_column(Key)
    outcome: Mapped[str | None] = mapped_column(Key)
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str] = mapped_column(Key)
    __table_args__ = (
        UniqueConstraint("enrollment_id", "step_id"),
        Index("ix_task_state_assignee_due_at", "state", "assignee", "due_at"),
        Index("ix_task_state_looked_at_due_at", "state", "looked_at", "due_at"),
        Index("ix_task_state_skip_at", "state", "skip_at"),
        partial("ix_task_inbound_id", "inbound_id", where="inbound_id IS NOT NULL"),
    )


class TriageHoldRow(Base):
    """How an enrollment stood before a doubtful message paused it, by the task about that."""

    __tablename__ = "triage_hold"
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(
        ForeignKey("enrollment.id"), primary_key=True, index=True
    )
    stand: Mapped[dict[str, object]] = mapped_column(JSON)


class TriageDeedRow(Base):
    """What a person's decision in triage did, so that it can be taken back."""

    __tablename__ = "triage_deed"
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    did: Mapped[dict[str, object]] = mapped_column(JSON)


class TouchRow(Base):
    """A contact that the engine did not make itself: mail by hand, a call that came in."""

    __tablename__ = "touch"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    channel: Mapped[str] = mapped_column(Key)
    direction: Mapped[str] = mapped_column(Key)
    mailbox: Mapped[str | None] = mapped_column(Key)
    prospect_id: Mapped[int | None] = mapped_column(ForeignKey("prospect.id"))
    domain_key: Mapped[str] = mapped_column(Address)
    source: Mapped[str] = mapped_column(Key)
    __table_args__ = (
        UniqueConstraint("source"),
        Index("ix_touch_mailbox_at", "mailbox", "at"),
        Index("ix_touch_prospect_id_at", "prospect_id", "at"),
    )


class AttemptRow(Base):
    """One SMTP transaction of a send, as the server answered it."""

    __tablename__ = "attempt"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    send_id: Mapped[int] = mapped_column(ForeignKey("send.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(Key)
    phase: Mapped[str] = mapped_column(Key)
    code: Mapped[int | None] = mapped_column(Integer)
    enhanced: Mapped[str] = mapped_column(Key)
    answer: Mapped[str] = mapped_column(Text)


class LedgerRow(Base):
    """What happened, in the order it was committed; written once and never changed."""

    __tablename__ = "ledger"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(Key)
    prospect_id: Mapped[int | None] = mapped_column(ForeignKey("prospect.id"), index=True)
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment.id"))
    mailbox: Mapped[str | None] = mapped_column(Key)
    step_id: Mapped[str | None] = mapped_column(Key)
    detail: Mapped[str] = mapped_column(Text)
