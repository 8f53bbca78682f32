from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from builders import BERLIN, NOON, a_timing

from sequencer.domain.days_off import DaysOff
from sequencer.domain.pacing import Pace, Traffic
from sequencer.domain.rolling import DAY, HOUR, Ramp
from sequencer.domain.spread import Cap, Wish, settle_under, spread

MINUTE = timedelta(minutes=1)
SLOW = Pace(per_day=4, gap=timedelta(0), per_hour=2)


class _EveryDay:
    """Days off without end."""

    def get(self, day: date) -> str | None:
        return f"closed on {day}"


def wishes(number: int) -> list[Wish]:
    """So many mails that may leave at noon."""
    return [Wish(f"{each:02}", NOON) for each in range(number)]


def hours(planned: Mapping[str, datetime]) -> list[float]:
    """The instants as hours after noon, in the order of their keys."""
    return [(planned[key] - NOON) / HOUR for key in sorted(planned)]


def test_room_for_all() -> None:
    """Where there is room, each mail keeps its own instant."""
    assert hours(spread(SLOW, Traffic(), [], wishes(2))) == [0, 0]


def test_spread_over_hours_and_days() -> None:
    """What does not fit into an hour goes into the next, and what not into a day likewise."""
    assert hours(spread(SLOW, Traffic(), [], wishes(7))) == [0, 0, 1, 1, 24, 24, 25]


def test_beside_what_left() -> None:
    """What left already takes its part of the day."""
    before = Traffic([NOON - 2 * HOUR, NOON - HOUR / 2])
    assert hours(spread(SLOW, before, [], wishes(3))) == [0, 0.5, 22]


def test_beside_what_is_queued() -> None:
    """What is queued keeps its place; due at one instant, it is thought of one after the other."""
    assert hours(spread(SLOW, Traffic(), [NOON] * 3, wishes(1))) == [1]


def test_before_what_is_queued() -> None:
    """A mail goes in between only where those queued after it do not become too many."""
    queued = [NOON + HOUR / 2, NOON + HOUR / 2]
    assert hours(spread(SLOW, Traffic(), queued, wishes(1))) == [1.5]
    assert hours(spread(replace(SLOW, per_hour=3), Traffic(), queued, wishes(1))) == [0]


def test_week() -> None:
    """Seven days are a limit like the others."""
    pace = replace(SLOW, per_week=2)
    assert hours(spread(pace, Traffic(), [], wishes(3))) == [0, 0, 7 * 24]


def test_ramp() -> None:
    """A new mailbox begins with its first planned mail, and grows with each day that has mails."""
    pace = Pace(per_day=4, gap=timedelta(0), per_hour=4, ramp=Ramp(begin=1, step=2))
    assert hours(spread(pace, Traffic(), [], wishes(5))) == [0, 12, 12, 24, 36]
    silent = Traffic([NOON - 21 * DAY], [(NOON - 21 * DAY).date()])
    assert hours(spread(pace, silent, [], wishes(5))) == [0, 0, 0, 12, 24]


def test_gap() -> None:
    """Between two mails lies the gap, and before one that is queued as well."""
    pace = Pace(gap=10 * MINUTE)
    first, second = sorted(spread(pace, Traffic(), [NOON + 5 * MINUTE], wishes(2)).values())
    assert first == NOON + 5 * MINUTE + pace.gap_after(NOON + 5 * MINUTE)
    assert second == first + pace.gap_after(first)


def test_window() -> None:
    """A mail waits for its calendar; one that fits no more today goes tomorrow morning."""
    timing = a_timing(tz=BERLIN)
    evening = [Wish(str(each), NOON + 4 * HOUR - MINUTE, timing) for each in range(2)]
    planned = spread(Pace(gap=10 * MINUTE), Traffic(), [], evening)
    assert planned["0"] == NOON + 4 * HOUR - MINUTE
    assert planned["1"] == NOON + 19.5 * HOUR


def test_mailbox_that_is_held_back() -> None:
    """A mailbox that sends nothing delays nobody any further."""
    assert hours(spread(Pace(per_day=0), Traffic(), [], wishes(3))) == [0, 0, 0]


@pytest.mark.parametrize("also", [0, 2])
def test_calendar_that_never_opens(also: int) -> None:
    """A mail without any opening is left out, the others are planned."""
    never = Wish("never", NOON, a_timing(off=(DaysOff(BERLIN, _EveryDay()),)))
    assert len(spread(SLOW, Traffic(), [], [never, *wishes(also)])) == also


def test_earlier_waits_go_first() -> None:
    """Whose wait ends first leaves first, whatever order they are named in."""
    late, early = Wish("a", NOON + MINUTE), Wish("b", NOON)
    planned = spread(Pace(per_day=1), Traffic(), [], [late, early])
    assert (planned["b"], planned["a"]) == (NOON, NOON + DAY)


BANK = Cap("domain bank.example", 1, DAY)


def test_cap_beside_the_pace() -> None:
    """A mail waits for its own limits too, of which all that left under them takes a part."""
    bank = [replace(wish, caps=(BANK,)) for wish in wishes(3)]
    taken = {BANK: [NOON - 4 * HOUR]}
    assert hours(spread(SLOW, Traffic(), [], bank, taken)) == [20, 44, 68]
    assert len(taken[BANK]) == 4


def test_cap_holds_up_nobody_else() -> None:
    """Mails without that limit leave meanwhile, also those that come later in the order."""
    first, second, *others = wishes(5)
    bank = [replace(wish, caps=(BANK,)) for wish in (first, second)]
    planned = spread(SLOW, Traffic(), [], [*bank, *others], {BANK: []})
    assert hours(planned) == [0, 24, 0, 1, 1]


def test_cap_of_what_is_planned_later() -> None:
    """A mail is not put before one that it would make too many."""
    taken = {BANK: [NOON + HOUR]}
    wish = Wish("one", NOON, caps=(BANK,))
    assert hours(spread(SLOW, Traffic(), [], [wish], taken)) == [25]


def test_queued_under_a_cap() -> None:
    """What is queued is thought of one after the other, and not before what it would crowd out."""
    taken = [NOON - 4 * HOUR]
    settle_under(BANK, taken, [NOON + 60 * HOUR, NOON, NOON])
    assert [(at - NOON) / HOUR for at in taken] == [-4, 20, 44, 68]
    wish = Wish("one", NOON, caps=(BANK,))
    assert hours(spread(SLOW, Traffic(), [], [wish], {BANK: taken})) == [92]
    alone: list[datetime] = []
    settle_under(BANK, alone, [NOON + HOUR, NOON + 30 * HOUR])
    assert alone == [NOON + HOUR, NOON + 30 * HOUR]
