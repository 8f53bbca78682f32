"""Every order and multiplicity of what a tool posts about a meeting ends the same."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, permutations

import pytest
from booking_series import COLLEAGUE, PAT, SERIES, Series
from builders import NOON
from hypothesis import given
from hypothesis import strategies as st

from sequencer.adapters.booking.registry import TOOLS
from sequencer.domain.booking import CALENDAR, FEED, BookingEvent, BookingKind
from sequencer.domain.meeting import meeting_now

SHOWN = {
    BookingKind.BOOKED,
    BookingKind.REQUESTED,
    BookingKind.RESCHEDULED,
    BookingKind.CANCELLED,
}
SOON = timedelta(seconds=6)  # after the tool, a calendar hears of it
MOST_ORDERS = 120


def events(series: Series) -> list[list[BookingEvent]]:
    tool = TOOLS[series.source]
    return [list(tool.read(body)) for body in series.bodies]


def test_every_tool_has_a_series() -> None:
    """No tool is left out of what follows."""
    assert {series.source for series in SERIES} == set(TOOLS)


@pytest.mark.parametrize("series", SERIES, ids=lambda each: f"{each.source}: {each.name}")
def test_in_every_order(series: Series) -> None:
    """A series ends as it should, whatever comes first, and with the same facts each time."""
    ends = []
    for order in permutations(events(series)):
        found = meeting_now(event for delivery in order for event in delivery)
        assert found is not None
        ends.append(found)
    assert {end.state for end in ends} == {series.state}
    assert len({end.told for end in ends}) == 1
    everybody = {ends[0].text("email"), *ends[0].addresses("guests")}
    assert everybody == {PAT, COLLEAGUE}


@given(st.data())
def test_any_multiplicity(data: st.DataObject) -> None:
    """Deliveries that come again, before and after others, change nothing."""
    series = data.draw(st.sampled_from(SERIES))
    deliveries = events(series)
    extra = data.draw(st.lists(st.sampled_from(deliveries), max_size=6))
    shuffled = data.draw(st.permutations([*deliveries, *extra]))
    found = meeting_now(event for delivery in shuffled for event in delivery)
    assert found is not None
    assert found.state is series.state


def in_calendar(series: Series, source: str, *, one_entry: bool) -> list[BookingEvent]:
    """What a calendar shows of the meeting: one entry that is changed, or a new one at each move.

    A move takes the old entry out and then puts the new one in, or the other way round.
    """
    told = [replace(event, verified=True) for each in events(series) for event in each]
    shown = [each for each in told if each.kind in SHOWN]
    found: list[BookingEvent] = []
    for number, each in enumerate(shown):
        at = (each.occurred_at or NOON + timedelta(minutes=number)) + SOON
        is_new = each.kind is not BookingKind.CANCELLED
        uid = "u1" if one_entry else f"{each.starts_at}"
        found.append(
            BookingEvent(
                kind=BookingKind.BOOKED if is_new else each.kind,
                source=source,
                delivery_key=f"{uid} {number}",
                meeting_key=uid,
                uid=uid,
                email=PAT,
                starts_at=each.starts_at if is_new or not one_entry else None,
                revision=number if one_entry else 0,
                occurred_at=at,
                verified=source == FEED,
            )
        )
    return found if one_entry else [*found, *_taken_out(found)]


def _taken_out(found: list[BookingEvent]) -> Iterator[BookingEvent]:
    """The cancels of entries in whose place others have come."""
    for before, after in pairwise(found):
        if before.uid != after.uid and after.occurred_at:
            yield replace(
                before,
                kind=BookingKind.CANCELLED,
                delivery_key=f"{before.uid} out",
                occurred_at=after.occurred_at + (SOON if len(before.uid) % 2 else -SOON / 2),
            )


@pytest.mark.parametrize("one_entry", [True, False])
@pytest.mark.parametrize("source", [CALENDAR, FEED])
@pytest.mark.parametrize("series", SERIES, ids=lambda each: f"{each.source}: {each.name}")
def test_two_sources_in_every_order(series: Series, source: str, one_entry: bool) -> None:
    """A calendar beside a tool changes nothing about where the meeting stands, nor when it is."""
    tool = [replace(event, verified=True) for each in events(series) for event in each]
    alone = meeting_now(tool)
    both = [*tool, *in_calendar(series, source, one_entry=one_entry)]
    orders = list(permutations(both)) if len(both) <= 7 else [both, both[::-1]]
    ends = {meeting_now(order) for order in orders[:: max(1, len(orders) // MOST_ORDERS)]}
    [end] = ends
    assert alone is not None
    assert end is not None
    assert (end.state, end.starts_at) == (alone.state, alone.starts_at)
    assert end.latest.source == series.source


@given(st.data())
def test_two_sources_any_multiplicity(data: st.DataObject) -> None:
    """Whatever comes again, of whichever source, and whichever comes first, ends the same."""
    series = data.draw(st.sampled_from(SERIES))
    source, one_entry = data.draw(st.sampled_from([CALENDAR, FEED])), data.draw(st.booleans())
    both = [event for each in events(series) for event in each]
    both += in_calendar(series, source, one_entry=one_entry)
    extra = data.draw(st.lists(st.sampled_from(both), max_size=6))
    assert meeting_now(data.draw(st.permutations([*both, *extra]))) == meeting_now(both)
