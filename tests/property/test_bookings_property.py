"""Every order and multiplicity of what a tool posts about a meeting ends the same."""

from itertools import permutations

import pytest
from booking_series import COLLEAGUE, PAT, SERIES, Series
from hypothesis import given
from hypothesis import strategies as st

from sequencer.adapters.booking.registry import TOOLS
from sequencer.domain.booking import BookingEvent
from sequencer.domain.meeting import meeting_now


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
