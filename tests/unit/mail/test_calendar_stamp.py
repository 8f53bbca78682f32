from datetime import UTC, datetime, timedelta, timezone

import pytest

from sequencer.mail.calendar_stamp import read_duration, read_stamp

NINE = datetime(2027, 3, 5, 9, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("20270305T090000Z", NINE.replace(tzinfo=UTC)),
        ("20270305t090000z ", NINE.replace(tzinfo=UTC)),
        ("20270305T0900", NINE),
        ("2027-03-05T090000", NINE),
        ("2027-03-05 09:00:00", NINE),
        ("20270305T090000.000Z", NINE.replace(tzinfo=UTC)),
        ("20270305T090060", NINE.replace(second=59)),
        ("20270305T090000+0130", NINE.replace(tzinfo=timezone(timedelta(minutes=90)))),
        ("20270305T090000-05:00", NINE.replace(tzinfo=timezone(-timedelta(hours=5)))),
        ("20270305", NINE.replace(hour=0)),
    ],
)
def test_stamps(value: str, at: datetime) -> None:
    """Days, local times and instants are read, in the forms that programs write."""
    found = read_stamp(value)
    assert found is not None
    assert (found.at, found.at.tzinfo) == (at, at.tzinfo)
    assert found.is_day is ("09" not in value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "tomorrow",
        "20271305",
        "20270230T090000Z",
        "20270305T250000",
        "00000101",
        "20270305T090000+9900",
        "٢٠٢٧٠٣٠٥",
        "20270305T090000Z" * 500,
    ],
)
def test_garbage(value: str) -> None:
    """What is no time is none."""
    assert read_stamp(value) is None


@pytest.mark.parametrize(
    ("value", "is_sane"),
    [
        ("00010101T000000Z", False),
        ("99991231T235959Z", False),
        ("19700101", True),
        ("22001231", True),
    ],
)
def test_sane(value: str, is_sane: bool) -> None:
    """No meeting is at the ends of the calendar."""
    found = read_stamp(value)
    assert found is not None
    assert found.is_sane is is_sane


@pytest.mark.parametrize(
    ("value", "lasts"),
    [
        ("PT30M", timedelta(minutes=30)),
        ("+p1dt2h3m4s", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("P2W", timedelta(weeks=2)),
        ("-PT30M", None),
        ("P9999W", None),
        ("P", None),
        ("PT", None),
        ("half an hour", None),
    ],
)
def test_durations(value: str, lasts: timedelta | None) -> None:
    """Durations are read; one that goes back, or lasts for years, is none."""
    assert read_duration(value) == lasts
