"""When and where a meeting is, as a request says it, from the API or from a form."""

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sequencer.engine.meeting_by_hand import LONGEST, Appointment
from sequencer.web.fields import Fields

APPOINTMENT: Final = ("starts_at", "minutes", "tz", "place", "link", "note", "event_type")
MAX_LINE: Final = 500  # characters
MAX_NOTE: Final = 2_000
_MOST_MINUTES: Final = int(LONGEST / timedelta(minutes=1))


def appointment_in(fields: Fields, form_tz: ZoneInfo | None = None, key: str = "") -> Appointment:
    """The appointment in a request; in a form, times are those of a zone.

    Raises:
        ProblemError: something of it is missing or cannot be.
    """
    starts_at = fields.instant("starts_at", form_tz)
    if starts_at is None:
        raise fields.wrong("starts_at", "This field is missing.", "when does it begin?")
    minutes = fields.whole("minutes", 1, _MOST_MINUTES)
    return Appointment(
        starts_at=starts_at,
        lasts=timedelta(minutes=minutes) if minutes else None,
        tz=fields.zone("tz"),
        place=fields.text("place", MAX_LINE),
        link=_link(fields),
        note=fields.text("note", MAX_NOTE, lines=True),
        event_type=fields.text("event_type", MAX_LINE),
        key=key,
    )


def _link(fields: Fields) -> str:
    """Where to join: it is shown as a link, so it must be one of the web."""
    text = fields.text("link", MAX_LINE)
    if text and not text.lower().startswith(("https://", "http://")):
        raise fields.wrong("link", "A web address is expected.", "it begins with https://")
    if any(map(str.isspace, text)):
        raise fields.wrong("link", "A web address has no spaces in it.")
    return text
