from datetime import date

import pytest
from builders import BERLIN

from sequencer.domain.days_off import DaysOff, NeverOpenError
from sequencer.domain.workdays import Workdays

FRIDAY = date(2026, 5, 1)


def test_monday_to_friday() -> None:
    """Where nothing else is said, people work from Monday to Friday."""
    week = [date(2026, 3, day) for day in range(2, 9)]
    assert [Workdays(BERLIN).includes(day) for day in week] == [True] * 5 + [False] * 2


def test_other_weekend() -> None:
    """In Riyadh the week ends on Thursday: Friday is off, Sunday is a working day."""
    riyadh = Workdays(BERLIN, weekend=frozenset({4, 5}))
    assert riyadh.first_from(FRIDAY) == date(2026, 5, 3)


def test_day_off() -> None:
    """A day off is no working day, whichever of the calendars names it."""
    nothing, holiday = DaysOff(BERLIN, {}), DaysOff(BERLIN, {FRIDAY: "Labour Day, DE"})
    workdays = Workdays(BERLIN, off=(nothing, holiday))
    assert not workdays.includes(FRIDAY)
    assert workdays.first_from(FRIDAY) == date(2026, 5, 4)


def test_first_from_a_working_day() -> None:
    """A working day is its own first."""
    assert Workdays(BERLIN).first_from(FRIDAY) == FRIDAY


def test_never_a_working_day() -> None:
    """A calendar without working days is an error, not a loop."""
    with pytest.raises(NeverOpenError, match="no working day within 400 days"):
        Workdays(BERLIN, weekend=frozenset(range(7))).first_from(FRIDAY)
