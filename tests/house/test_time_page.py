"""The page on time says what the code does."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sequencer.domain.wall_time import instant_of

PAGE = Path(__file__).parents[2] / "docs/explanation/time.md"
ROW = re.compile(r"\| (\S+/\S+) \| (\S+) \| (\d\d):(\d\d) \| (\S+ \S+) \| ")


def test_instants() -> None:
    """Each wall time of the table stands for the instant beside it."""
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert len(rows) == 9
    for zone, day, hours, minutes, instant in rows:
        minute = int(hours) * 60 + int(minutes)
        found = instant_of(date.fromisoformat(day), minute, ZoneInfo(zone))
        assert found == datetime.fromisoformat(instant).replace(tzinfo=UTC), (zone, day)
