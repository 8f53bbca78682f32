"""What the API tells of a meeting and of a handover: flat JSON, instants as ISO 8601 in UTC."""

from datetime import datetime

from sequencer.engine.handover_view import Handover
from sequencer.engine.meeting_view import MeetingView


def meeting_json(view: MeetingView) -> dict[str, object]:
    """A meeting."""
    meeting, person = view.meeting, view.person
    return {
        "id": meeting.id,
        "state": str(meeting.state),
        "source": meeting.source,
        "verified": meeting.verified,
        "starts_at": _at(meeting.starts_at),
        "ends_at": _at(meeting.ends_at),
        "tz": meeting.tz,
        "title": meeting.title,
        "event_type": meeting.event_type,
        "place": meeting.place,
        "link": meeting.link,
        "email": meeting.email,
        "host": meeting.host,
        "cancelled_by": meeting.cancelled_by,
        "cancel_reason": meeting.cancel_reason,
        "left_out": meeting.left_out,
        "moved_to": meeting.moved_to,
        "credited_by": meeting.credited_by,
        "cadence": view.cadence,
        "client": view.client,
        "prospect": {
            "email": person.email,
            "name": f"{person.first_name} {person.last_name}".strip(),
            "company": person.company,
        }
        if person
        else None,
        "handover": {
            "id": view.handover.id,
            "rep": view.handover.rep,
            "state": str(view.handover.state),
        }
        if view.handover
        else None,
    }


def handover_json(handover: Handover) -> dict[str, object]:
    """A handover, without what would open its page."""
    return {
        "id": handover.id,
        "meeting": handover.meeting_id,
        "rep": handover.rep,
        "state": str(handover.state),
        "because": handover.because,
        "offered_at": _at(handover.offered_at),
        "answer_by_at": _at(handover.answer_by_at),
        "answered_at": _at(handover.answered_at),
        "note": handover.note,
        "record": dict(handover.record),
    }


def _at(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
