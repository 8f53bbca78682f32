from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sequencer.domain.spoken_time import full_time, short_time, zone_words

MADRID = ZoneInfo("Europe/Madrid")


def madrid(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MADRID).astimezone(UTC)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("Europe/Madrid", "Madrid time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
        ("UTC", "UTC time"),
    ],
)
def test_zone_words(key: str, words: str) -> None:
    """A zone is called by its city."""
    assert zone_words(ZoneInfo(key)) == words


@pytest.mark.parametrize(
    ("beside", "words"),
    [
        ("2027-05-04T09:12", "08:30"),
        ("2027-05-03T23:59", "Tue 4 May 08:30"),
        ("2026-12-31T09:00", "Tue 4 May 2027 08:30"),
    ],
)
def test_short_time(beside: str, words: str) -> None:
    """What the reader knows already is left out."""
    assert short_time(madrid("2027-05-04T08:30"), MADRID, madrid(beside)) == words


@pytest.mark.parametrize(
    ("beside", "words"),
    [
        ("2027-01-01T09:00", "Tuesday 4 May 09:12 Madrid time"),
        ("2026-12-31T09:00", "Tuesday 4 May 2027 09:12 Madrid time"),
    ],
)
def test_full_time(beside: str, words: str) -> None:
    """An instant that stands alone has its weekday, its date and its zone."""
    assert full_time(madrid("2027-05-04T09:12"), MADRID, madrid(beside)) == words


def test_same_day_in_that_zone() -> None:
    """Whether two instants are of one day is a matter of the zone they are told in."""
    late, early = datetime(2027, 5, 3, 23, tzinfo=UTC), madrid("2027-05-04T09:00")
    assert short_time(late, MADRID, early) == "01:00"
    assert short_time(late, ZoneInfo("UTC"), early) == "Mon 3 May 23:00"
