"""What a `wait:` means: an amount, a unit, and the instant it leads to in somebody's calendar."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sequencer.domain.wall_time import instant_of
from sequencer.domain.workdays import Workdays

MAX_AMOUNT = {"business_days": 260, "days": 365, "hours": 8_760, "minutes": 525_600}  # about a year
_PATTERN = re.compile(r"(\d{1,6})\s*(business_day|day|hour|minute)s?", re.ASCII)


class Unit(StrEnum):
    """How the amount of a delay is counted."""

    BUSINESS_DAYS = "business_days"
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"


@dataclass(frozen=True, slots=True)
class Delay:
    """An amount of time between two steps, counted in one unit."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        unit = str(self.unit)
        return f"{self.amount} {unit[:-1] if self.amount == 1 else unit}"


NO_DELAY = Delay(0, Unit.MINUTES)


def delay_from_text(text: str) -> Delay:
    """Delay written as `3 business_days`, `1 day`, `4 hours` or `30 minutes`.

    Raises:
        ValueError: the text is no such delay, or longer than about a year.
    """
    match = _PATTERN.fullmatch(text.strip())
    if match is None:
        raise ValueError("a delay is a number and a unit, such as `3 business_days` or `4 hours`")
    amount, unit = int(match[1]), Unit(match[2] + "s")
    if amount > MAX_AMOUNT[unit]:
        raise ValueError(f"at most {MAX_AMOUNT[unit]} {unit}")
    return Delay(amount, unit)


def add_delay(start: datetime, delay: Delay, workdays: Workdays) -> datetime:
    """Instant (UTC) that lies `delay` after `start` in somebody's calendar.

    Days and business days keep the wall-clock time there: `1 day` over a change of the clocks is 23
    or 25 hours. A business day is counted when a working day begins, so two business days after a
    Saturday is the Tuesday.

    Raises:
        NeverOpenError: the calendar has no working day for more than a year.
    """
    if delay.unit is Unit.MINUTES:
        return start + timedelta(minutes=delay.amount)
    if delay.unit is Unit.HOURS:
        return start + timedelta(hours=delay.amount)
    local = start.astimezone(workdays.tz)
    day = local.date()
    if delay.unit is Unit.DAYS:
        day += timedelta(days=delay.amount)
    else:
        for _ in range(delay.amount):
            day = workdays.first_from(day + timedelta(days=1))
    if day == local.date():
        return start
    return instant_of(day, local.hour * 60 + local.minute, workdays.tz) + timedelta(
        seconds=local.second, microseconds=local.microsecond
    )
