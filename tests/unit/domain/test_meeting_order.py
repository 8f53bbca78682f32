from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from sequencer.domain.booking import BY_HAND, CALENDAR, FEED, BookingEvent, BookingKind
from sequencer.domain.meeting import MeetingNow, MeetingState, meeting_now
from sequencer.domain.meeting_order import in_order

K, S = BookingKind, MeetingState
AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
FIRST, LATER = AT + timedelta(days=1), AT + timedelta(days=2)


def told(
    kind: BookingKind, source: str, minute: float | None = None, key: str = "m1", **more: Any
) -> BookingEvent:
    at = None if minute is None else AT + timedelta(minutes=minute)
    event = BookingEvent(kind, source, f"{kind} {minute}", key, occurred_at=at)
    return replace(event, **{"verified": source != CALENDAR, **more})


def end(*events: BookingEvent) -> MeetingNow:
    """What they make of the meeting, the same in every order."""
    [found] = {meeting_now(order) for order in permutations(events)}
    assert found is not None
    return found


def names(*events: BookingEvent) -> list[str]:
    return [f"{each.event.source} {each.event.kind}" for each in in_order(events)]


def test_time_decides() -> None:
    """Of two sources, what happened first is first."""
    first, then = told(K.BOOKED, "tool", 1), told(K.CANCELLED, FEED, 2)
    assert names(then, first) == ["tool booked", "feed cancelled"]


def test_a_later_key_is_later() -> None:
    """What was told of an earlier key waits for nobody, however late it happened by its clock."""
    moved = told(K.RESCHEDULED, "tool", 1, "m2", previous_key="m1")
    old, between = told(K.CANCELLED, "tool", 9), told(K.HELD, FEED, 5)
    assert names(moved, between, old) == ["feed held", "tool cancelled", "tool rescheduled"]


def test_a_later_revision_is_later() -> None:
    """An answer to an invitation that was changed since is old news."""
    sent = told(K.BOOKED, CALENDAR, 1, revision=1)
    assert end(sent, told(K.REJECTED, CALENDAR, 2)).state is S.BOOKED


def test_revisions_of_other_entries() -> None:
    """The revisions of one entry say nothing of another in the same calendar."""
    events = [told(K.BOOKED, CALENDAR, 1, revision=4), told(K.CANCELLED, CALENDAR, 2, "m2")]
    assert names(*events) == ["calendar booked", "calendar cancelled"]


@pytest.mark.parametrize(
    ("kind", "other", "after"),
    [
        (K.CANCELLED, K.BOOKED, S.CANCELLED),
        (K.BOOKED, K.CANCELLED, S.CANCELLED),
        (K.REQUESTED, K.BOOKED, S.BOOKED),
    ],
)
def test_a_source_without_times(kind: BookingKind, other: BookingKind, after: MeetingState) -> None:
    """What tells no time takes the place that its kind usually has."""
    assert end(told(kind, "tool"), told(other, FEED, 5)).state is after


def test_what_one_only_asked_for() -> None:
    """A copy of the invitation that waits for an answer does not take back that it is booked."""
    booked, copy = told(K.BOOKED, "tool", 1), told(K.REQUESTED, CALENDAR, 2)
    assert end(booked, copy).state is S.BOOKED
    assert end(booked, copy, told(K.REQUESTED, "tool", 3)).state is S.REQUESTED


def test_an_old_entry_is_taken_out() -> None:
    """A calendar that drops the entry at the old time does not cancel what was moved elsewhere."""
    booked = told(K.BOOKED, "tool", 0, starts_at=FIRST)
    shown = told(K.BOOKED, FEED, 1, "u1", starts_at=FIRST)
    moved = told(K.RESCHEDULED, "tool", 5, starts_at=LATER)
    dropped = told(K.CANCELLED, FEED, 6, "u1")
    found = end(booked, shown, moved, dropped)
    assert (found.state, found.starts_at) == (S.BOOKED, LATER)
    assert dropped not in found.told
    assert end(booked, shown, dropped).state is S.CANCELLED


def test_two_entries_in_one_calendar() -> None:
    """The invitation of the tool and that of the rep are one meeting, at one time."""
    both = [told(K.BOOKED, CALENDAR, n, f"u{n}", starts_at=FIRST) for n in (1, 2)]
    found = end(*both)
    assert (found.state, found.starts_at) == (S.BOOKED, FIRST)


def test_booked_twice_at_a_tool() -> None:
    """Who takes back one of two bookings for the same time still comes."""
    both = [told(K.BOOKED, "tool", n, f"m{n}", starts_at=FIRST) for n in (1, 2)]
    one = told(K.CANCELLED, "tool", 3, "m1")
    assert end(*both, one).state is S.BOOKED
    assert end(*both, one, told(K.CANCELLED, "tool", 4, "m2")).state is S.CANCELLED


@pytest.mark.parametrize("minute", [-1, 1])
def test_who_is_verified_is_believed(minute: int) -> None:
    """A mail that names another hour or link says less than a tool, before it or after."""
    tool = told(K.BOOKED, "tool", 0, starts_at=FIRST, link="https://tool.example")
    mail = told(K.BOOKED, CALENDAR, minute, "u1", starts_at=LATER, link="x", title="Intro")
    found = end(tool, mail)
    assert (found.starts_at, found.text("link")) == (FIRST, "https://tool.example")
    assert found.text("title") == "Intro"


def test_a_mail_that_tells_of_a_change() -> None:
    """A later revision of an entry is news: the rep has moved it in their own calendar."""
    tool = told(K.BOOKED, "tool", 0, starts_at=FIRST)
    mail = told(K.BOOKED, CALENDAR, 1, "u1", starts_at=FIRST)
    update = told(K.BOOKED, CALENDAR, 5, "u1", starts_at=LATER, revision=1)
    assert end(tool, mail, update).starts_at == LATER
    again = told(K.BOOKED, "tool", 6, starts_at=FIRST, delivery_key="again")
    assert end(tool, mail, update, again).starts_at == LATER


def test_an_end_belongs_to_its_begin() -> None:
    """Where a meeting is moved without a word about its end, the old end holds no more."""
    booked = told(K.BOOKED, "tool", 0, starts_at=FIRST, ends_at=FIRST + timedelta(hours=1))
    moved = told(K.RESCHEDULED, FEED, 1, starts_at=LATER)
    found = end(booked, moved)
    assert (found.starts_at, found.ends_at) == (LATER, None)


def test_whose_name_it_has() -> None:
    """A meeting goes by the tool that made it, then by a calendar, and last by a person's word."""
    by_hand = told(K.BOOKED, BY_HAND, 0, "h")
    mail, feed = told(K.BOOKED, CALENDAR, 1, "u1"), told(K.BOOKED, FEED, 2, "u2")
    tool = told(K.BOOKED, "tool", 3)
    assert end(by_hand).latest.source == BY_HAND
    assert end(by_hand, mail).latest.source == CALENDAR
    assert end(by_hand, mail, feed).latest.source == FEED
    assert end(by_hand, mail, feed, tool).latest.source == "tool"


def test_everybody_came() -> None:
    """Who names nobody means everybody."""
    missed = [told(K.NO_SHOW, "tool", n, email=f"{n}") for n in (1, 2)]
    assert end(*missed, told(K.NO_SHOW_UNDONE, BY_HAND, 3, "h")).state is S.BOOKED


def test_keys_that_name_each_other() -> None:
    """A ring of keys has one order all the same."""
    ring = [
        told(K.BOOKED, "tool", 0, "m1", previous_key="m2"),
        told(K.BOOKED, "tool", 1, "m2", previous_key="m1"),
        told(K.CANCELLED, "tool", 2, "m3", previous_key="m2"),
    ]
    assert end(*ring).state is S.CANCELLED
