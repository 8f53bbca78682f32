"""What a calendar mail says, in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sequencer.engine.calendar_mail_words import NO_TIME, subject_of, times_of
from sequencer.mail.calendar_event import CalendarEvent

NINE = datetime(2027, 3, 5, 9, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("summary", "subject"),
    [
        ("Intro", "Intro"),
        ("Accepted: Intro", "Intro"),
        ("Neuer Zeitvorschlag: Intro", "Intro"),
        ("ACCEPTÉ : Intro", "Intro"),
        ("Declined: Accepted: Intro", "Accepted: Intro"),
        ("Re: Intro", "Re: Intro"),
        ("", ""),
    ],
)
def test_subjects(summary: str, subject: str) -> None:
    """What a program puts in front of an answer is no part of what the meeting is called."""
    assert subject_of(CalendarEvent("REPLY", summary=summary)) == subject


def test_times() -> None:
    """A time is told on both clocks, once where they are the same."""
    event = CalendarEvent("COUNTER", starts_at=NINE, tz="America/New_York")
    assert times_of(event, MADRID) == (
        "Fri 2027-03-05 04:00 (America/New_York), Fri 2027-03-05 10:00 (Europe/Madrid)"
    )
    half = CalendarEvent("COUNTER", starts_at=NINE, ends_at=NINE + timedelta(minutes=30))
    assert times_of(half, MADRID) == "Fri 2027-03-05 10:00 to 10:30 (Europe/Madrid)"
    assert times_of(CalendarEvent("COUNTER"), MADRID) == NO_TIME
