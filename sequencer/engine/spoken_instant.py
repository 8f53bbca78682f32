"""An instant as a person types it: a date, or a date and a time of day, in their own zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sequencer.domain.wall_time import instant_of

MORNING = 8 * 60  # minutes after midnight: what a date alone means
_FORMS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")
_YEARS = range(1970, 9000)  # what no arithmetic with a zone can carry out of the calendar


def read_instant(text: str, tz: ZoneInfo) -> datetime:
    """The instant (UTC) of `2026-05-04` (eight in the morning) or `2026-05-04T09:00`.

    Raises:
        ValueError: the text is neither.
    """
    for form in _FORMS:
        try:
            wall = datetime.strptime(text.strip(), form).replace(tzinfo=tz)
        except ValueError:
            continue
        if wall.year in _YEARS:
            minutes = MORNING if form == _FORMS[0] else wall.hour * 60 + wall.minute
            return instant_of(wall.date(), minutes, tz).astimezone(UTC)
    raise ValueError(f"{text!r}: write a date as 2026-05-04, an instant as 2026-05-04T09:00")
