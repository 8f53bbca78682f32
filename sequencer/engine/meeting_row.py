"""A meeting as it is stored: made anew from everything that was told of it."""

from datetime import datetime

from sequencer.domain.booking import ON, BookingEvent
from sequencer.domain.meeting import MeetingNow, MeetingState, meeting_now
from sequencer.domain.meeting_filter import MeetingFilter
from sequencer.engine.meeting_credit import credit_of
from sequencer.store import bookings, meetings
from sequencer.store.database import Connection
from sequencer.store.meetings import Meeting


def first_row(event: BookingEvent) -> Meeting:
    """A row to begin with."""
    state, none = MeetingState.REQUESTED, None
    return Meeting(event.source, event.meeting_key, "", state, event.email, none, none)


def make_anew(
    connection: Connection,
    before: Meeting,
    now: datetime,
    counts: MeetingFilter | None = None,
) -> Meeting:
    """The meeting as it is now, stored.

    Args:
        connection: the database.
        before: its row.
        now: this instant.
        counts: which meetings do, by the settings of the tool that has just told of it; None where
            nobody knows better than before whether it does.
    """
    whole = meeting_now(bookings.told(connection, before.id))
    if whole is None:
        raise AssertionError  # nothing is stored that tells of no meeting
    left_out = counts.left_out(whole) if counts is not None else before.left_out
    meeting = _meeting(connection, before, whole, left_out)
    meetings.save(connection, meeting, now)
    return meeting


def _meeting(connection: Connection, before: Meeting, told: MeetingNow, left_out: str) -> Meeting:
    hosts = told.addresses("hosts")
    credit = credit_of(connection, before, told.told)
    is_cancelled = told.state is MeetingState.CANCELLED
    return Meeting(
        source=told.latest.source,
        meeting_key=told.latest.meeting_key,
        previous_key=_previous_key(told),
        state=told.state,
        email=_invitee(told),
        prospect_id=credit.prospect_id,
        starts_at=told.starts_at,
        ends_at=told.ends_at,
        tz=told.text("tz"),
        title=told.text("title"),
        event_type=told.text("event_type"),
        link=told.text("link"),
        place=told.text("place"),
        host=hosts[0] if hosts else "",
        cancelled_by=told.text("cancelled_by") if is_cancelled else "",
        cancel_reason=told.text("cancel_reason"),
        uid=told.text("uid"),
        enrollment_id=credit.enrollment_id,
        credited_by=credit.by,
        moved_to=before.moved_to,
        asked_at=before.asked_at if before.starts_at == told.starts_at else None,
        verified=any(each.verified for each in told.told),
        left_out=left_out,
        id=before.id,
    )


def _previous_key(told: MeetingNow) -> str:
    """The key that the meeting had at its own source before the one it has there now."""
    own = (each for each in reversed(told.told) if each.source == told.latest.source)
    return next((each.previous_key for each in own if each.previous_key), "")


def _invitee(told: MeetingNow) -> str:
    """Who booked it: a guest who did not come is not meant."""
    surest = sorted(told.told, key=lambda each: not each.verified)
    named = [each.email for each in surest if each.email]
    booked = [each.email for each in surest if each.email and each.kind in ON]
    return (booked or named or [""])[0]
