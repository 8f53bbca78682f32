"""Meetings, what was told of them, what follows from them, and who takes them."""

from datetime import datetime

from sqlalchemy import JSON, Boolean, ForeignKey, Identity, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sequencer.store.columns import Address, Key, Text, UtcDateTime
from sequencer.store.table import Base, RowId, partial


class MeetingRow(Base):
    """A meeting as all that was told makes it; a reschedule keeps the row.

    `left_out` says why it is none of ours, where the settings leave meetings of its kind out.
    `enrollment_id` is the enrollment that it is credited to, and `credited_by` how that was found.
    `moved_to` is the meeting that was booked in place of this one, which had been cancelled.
    `asked_at` is when a person was asked how it went, as nobody had told.
    """

    __tablename__ = "meeting"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    source: Mapped[str] = mapped_column(Key)
    meeting_key: Mapped[str] = mapped_column(Text)
    previous_key: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Key)
    email: Mapped[str] = mapped_column(Address)
    prospect_id: Mapped[int | None] = mapped_column(ForeignKey("prospect.id"), index=True)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tz: Mapped[str] = mapped_column(Key)
    title: Mapped[str] = mapped_column(Text)
    event_type: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    host: Mapped[str] = mapped_column(Address)
    cancelled_by: Mapped[str] = mapped_column(Key)
    cancel_reason: Mapped[str] = mapped_column(Text)
    uid: Mapped[str] = mapped_column(Text)
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment.id"), index=True)
    credited_by: Mapped[str] = mapped_column(Key)
    # Asked at the end of a transaction: rows that are copied come before those they lead to.
    moved_to: Mapped[int | None] = mapped_column(
        ForeignKey("meeting.id", deferrable=True, initially="DEFERRED")
    )
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified: Mapped[bool] = mapped_column(Boolean)
    left_out: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        UniqueConstraint("source", "meeting_key"),
        Index("ix_meeting_state_starts_at", "state", "starts_at"),
        partial("ix_meeting_moved_to", "moved_to", where="moved_to IS NOT NULL"),
    )


class BookingEventRow(Base):
    """One thing that was told about a meeting, under the key that the meeting had then."""

    __tablename__ = "booking_event"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    source: Mapped[str] = mapped_column(Key)
    event_key: Mapped[str] = mapped_column(Key)
    meeting_key: Mapped[str] = mapped_column(Text)
    previous_key: Mapped[str] = mapped_column(Text)
    uid: Mapped[str] = mapped_column(Text)
    told: Mapped[dict[str, object]] = mapped_column(JSON)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        UniqueConstraint("source", "event_key"),
        partial("ix_booking_event_uid", "uid", where="uid <> ''"),
        Index("ix_booking_event_meeting_key", "source", "meeting_key"),
        Index("ix_booking_event_previous_key", "source", "previous_key"),
    )


class FollowUpRow(Base):
    """What follows from a meeting by a cadence's rule, once its delay is over.

    `did` holds what it has done, so that it can be undone where the meeting took place after all.
    """

    __tablename__ = "follow_up"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospect.id"), index=True)
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment.id"))
    rule: Mapped[dict[str, object]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(Key)
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    did: Mapped[dict[str, object]] = mapped_column(JSON)
    why: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        Index("ix_follow_up_meeting_id", "meeting_id", "state"),
        Index("ix_follow_up_state_due_at", "state", "due_at"),
    )


class HandoverRow(Base):
    """A meeting that is given to a rep; the same row as long as it is the same rep's.

    `key` is in the links that the rep gets. `uid` and `revision` are those of the invitation.
    """

    __tablename__ = "handover"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    rep: Mapped[str] = mapped_column(Key)
    state: Mapped[str] = mapped_column(Key)
    because: Mapped[str] = mapped_column(Text)
    uid: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer)
    record: Mapped[dict[str, object]] = mapped_column(JSON)
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_by_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remind_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        Index("ix_handover_rep_offered_at", "rep", "offered_at"),
        Index("ix_handover_uid", "uid"),
        Index("ix_handover_offered_at", "offered_at"),
        Index("ix_handover_state_answer_by_at", "state", "answer_by_at"),
        Index("ix_handover_state_remind_at", "state", "remind_at"),
    )


class OutsideLookRow(Base):
    """How far something outside was read that we ask by ourselves: a calendar, a booking tool."""

    __tablename__ = "outside_look"
    name: Mapped[str] = mapped_column(Key, primary_key=True)
    mark: Mapped[str] = mapped_column(Text)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str] = mapped_column(Text)


class BusyRow(Base):
    """When a rep has no time, by one of their calendars, and by which event in it."""

    __tablename__ = "busy"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    calendar: Mapped[str] = mapped_column(Key)
    rep: Mapped[str] = mapped_column(Key)
    uid: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        Index("ix_busy_rep_ends_at", "rep", "ends_at"),
        Index("ix_busy_calendar", "calendar"),
    )


class SeenEventRow(Base):
    """A meeting that was seen in a calendar: what is there no more must have been cancelled.

    `digest` is of what was told of it. `missing_since` is when it was first not found; `gone_at`
    is when that was believed.
    """

    __tablename__ = "seen_event"
    id: Mapped[int] = mapped_column(RowId, Identity(), primary_key=True)
    calendar: Mapped[str] = mapped_column(Key)
    event_key: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Key)
    told: Mapped[dict[str, object]] = mapped_column(JSON)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    missing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        UniqueConstraint("calendar", "event_key"),
        Index("ix_seen_event_event_key", "event_key"),
    )


class AliasRow(Base):
    """Another address of a prospect, by the word of a person."""

    __tablename__ = "alias"
    email_key: Mapped[str] = mapped_column(Address, primary_key=True)
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospect.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Key)
