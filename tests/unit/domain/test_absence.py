from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from builders import BERLIN

from sequencer.domain.absence import Absence, back_at, days_away, next_begin
from sequencer.domain.reason import Reason

MAY = Absence(date(2026, 5, 4), date(2026, 5, 14))
ONE_DAY = Absence(date(2026, 6, 1), date(2026, 6, 1))


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize("until_on", [date(2026, 5, 3), date(2027, 5, 5)])
def test_absence_refused(until_on: date) -> None:
    """An absence neither ends before it begins nor lasts for more than a year."""
    with pytest.raises(ValueError, match="within a year"):
        Absence(MAY.from_on, until_on)


def test_longest_absence() -> None:
    """A whole leap year is allowed."""
    assert Absence(date(2028, 1, 1), date(2028, 12, 31)).until_on == date(2028, 12, 31)


def test_days_away() -> None:
    """First and last day are included, and each says how long it will be."""
    off = days_away((MAY, ONE_DAY), "Ana", BERLIN)
    assert off.reason is Reason.REP_AWAY
    assert off.days.get(date(2026, 5, 3)) is None
    assert off.days.get(date(2026, 5, 4)) == "Ana is away until 14 May"
    assert off.days.get(date(2026, 5, 14)) == "Ana is away until 14 May"
    assert off.days.get(date(2026, 5, 15)) is None
    assert off.days.get(date(2026, 6, 1)) == "Ana is away until 1 June"


@pytest.mark.parametrize("order", [1, -1])
def test_later_end_counts(order: int) -> None:
    """Of two absences that overlap the longer one is told, however they are written."""
    longer = Absence(date(2026, 5, 10), date(2026, 5, 20))
    off = days_away((MAY, longer)[::order], "Ana", BERLIN)
    assert off.days.get(date(2026, 5, 12)) == "Ana is away until 20 May"
    assert off.days.get(date(2026, 5, 9)) == "Ana is away until 14 May"


@pytest.mark.parametrize(
    ("now", "back"),
    [
        ("2026-05-03T23:59:59", None),
        ("2026-05-04T00:00", "2026-05-15T00:00"),
        ("2026-05-14T23:59:59", "2026-05-15T00:00"),
        ("2026-05-15T00:00", None),
    ],
)
def test_back_at(now: str, back: str | None) -> None:
    """Back on the midnight after the last day, on the clock of the mailbox."""
    assert back_at([ONE_DAY, MAY], BERLIN, berlin(now)) == (berlin(back) if back else None)


def test_next_begin() -> None:
    """The next absence begins at a midnight of the mailbox; one that has begun lies behind."""
    absences = [ONE_DAY, MAY]
    assert next_begin(absences, BERLIN, berlin("2026-05-01T09:00")) == berlin("2026-05-04T00:00")
    assert next_begin(absences, BERLIN, berlin("2026-05-04T00:00")) == berlin("2026-06-01T00:00")
    assert next_begin(absences, BERLIN, berlin("2026-06-01T00:00")) is None


def test_one_absence_after_another() -> None:
    """Who goes away again on the day of the return is not back."""
    again = Absence(date(2026, 5, 15), date(2026, 5, 20))
    back = back_at([again, MAY], BERLIN, berlin("2026-05-05T09:00"))
    assert back == berlin("2026-05-21T00:00")


def test_away_on_the_own_clock() -> None:
    """In Auckland the first day of May has begun while it is still April in Berlin."""
    auckland = ZoneInfo("Pacific/Auckland")
    first = [Absence(date(2026, 5, 1), date(2026, 5, 1))]
    now = datetime(2026, 4, 30, 13, tzinfo=UTC)
    assert back_at(first, auckland, now) == datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert back_at(first, BERLIN, now) is None
