from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sequencer.engine.spoken_instant import read_instant

MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-05-04", datetime(2026, 5, 4, 6, tzinfo=UTC)),
        (" 2026-05-04T09:30 ", datetime(2026, 5, 4, 7, 30, tzinfo=UTC)),
        ("2026-05-04 09:30", datetime(2026, 5, 4, 7, 30, tzinfo=UTC)),
        ("2026-03-29T02:30", datetime(2026, 3, 29, 1, tzinfo=UTC)),  # the clocks skip this one
    ],
)
def test_read_instant(text: str, at: datetime) -> None:
    """A date is its morning, a time is read in the zone, one that is skipped moves on."""
    assert read_instant(text, MADRID) == at


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-02-30", "2026-05-04T25:00", "0001-01-01", "9999-12-31"]
)
def test_no_instant(text: str) -> None:
    """What is no date, or lies beyond every calendar, is told with the form that is expected."""
    with pytest.raises(ValueError, match="write a date as 2026-05-04"):
        read_instant(text, MADRID)
