"""Who cancels a meeting and books another within a day has moved it, whichever is told first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from booking_series import STARTS
from builders import NOON
from stage import Stage

from sequencer.domain.booking import CALENDAR, BookingEvent, BookingKind
from sequencer.domain.meeting import MeetingState
from sequencer.engine.bookings import take_in
from sequencer.engine.meeting_change import MeetingChange
from sequencer.engine.meeting_follow import with_links
from sequencer.engine.meeting_grace import Moved, find_moved
from sequencer.store import meetings, tasks
from sequencer.store.database import Database
from sequencer.store.meetings import Meeting

K = BookingKind
HOUR = 60.0


@pytest.fixture
def stage(database: Database) -> Stage:
    """An engine over each kind of database in turn."""
    return Stage(database)


def told(kind: BookingKind, key: str, minute: float, **more: Any) -> BookingEvent:
    days = {"old": 0, "new": 2, "third": 4}
    event = BookingEvent(
        kind,
        "calendly",
        f"{kind} {minute}",
        key,
        email="pat@prospect.example",
        starts_at=STARTS + timedelta(days=days[key]),
        occurred_at=NOON + timedelta(minutes=minute),
        verified=True,
        cancelled_by="invitee" if kind is K.CANCELLED else "",
    )
    return replace(event, **more)


def of_person(event: BookingEvent, number: int) -> BookingEvent:
    email = f"pat{number}@prospect.example"
    return replace(event, email=email, meeting_key=f"{event.meeting_key} {number}")


def tell(stage: Stage, *events: BookingEvent) -> None:
    for event in events:
        stage.write(take_in, stage.desk, event, stage.clock.now())


def linked(stage: Stage, address: str) -> dict[str, tuple[str, str]]:
    """Where each meeting of a person stands, and as which it goes on, by their keys."""
    found: list[Meeting] = stage.read(meetings.of_person, stage.person(address))
    keys = {each.id: each.meeting_key.split()[0] for each in found}
    return {keys[each.id]: (str(each.state), keys.get(each.moved_to or 0, "")) for each in found}


def titles(stage: Stage, address: str) -> list[str]:
    whose = stage.person(address)
    return [task.title for task in stage.read(tasks.listed) if task.prospect_id == whose]


OLD, GONE = told(K.BOOKED, "old", 0), told(K.CANCELLED, "old", HOUR)
MOVED = {"old": ("cancelled", "new"), "new": ("booked", "")}
LOST = "The meeting was cancelled"
CASES: Mapping[str, tuple[Sequence[BookingEvent], Mapping[str, tuple[str, str]], list[str]]] = {
    "booked after the cancel": ((OLD, GONE, told(K.BOOKED, "new", 2 * HOUR)), MOVED, []),
    "booked before the cancel": ((OLD, told(K.BOOKED, "new", HOUR / 2), GONE), MOVED, []),
    "asked for another time": (
        (OLD, told(K.ASKED_AGAIN, "old", HOUR), told(K.BOOKED, "new", 2 * HOUR)),
        {"old": ("asked_again", "new"), "new": ("booked", "")},
        [],
    ),
    "booked too late": (
        (OLD, GONE, told(K.BOOKED, "new", 26 * HOUR)),
        {"old": ("cancelled", ""), "new": ("booked", "")},
        [],
    ),
    "cancelled by us": (
        (OLD, replace(GONE, cancelled_by="host"), told(K.BOOKED, "new", 2 * HOUR)),
        {"old": ("cancelled", ""), "new": ("booked", "")},
        [],
    ),
    "the new one cancelled as well": (
        (OLD, GONE, told(K.BOOKED, "new", 2 * HOUR), told(K.CANCELLED, "new", 3 * HOUR)),
        {"old": ("cancelled", "new"), "new": ("cancelled", "")},
        [LOST],
    ),
    "moved twice": (
        (
            *(OLD, GONE, told(K.BOOKED, "new", 2 * HOUR), told(K.CANCELLED, "new", 3 * HOUR)),
            told(K.BOOKED, "third", 4 * HOUR),
        ),
        {"old": ("cancelled", "new"), "new": ("cancelled", "third"), "third": ("booked", "")},
        [],
    ),
    "only asked for": (
        (OLD, GONE, told(K.REQUESTED, "new", 2 * HOUR)),
        {"old": ("cancelled", ""), "new": ("requested", "")},
        [],
    ),
    "asked for, then confirmed": (
        (OLD, GONE, told(K.REQUESTED, "new", 2 * HOUR), told(K.BOOKED, "new", 50 * HOUR)),
        MOVED,
        [],
    ),
}


@pytest.mark.parametrize(("events", "ends", "asks"), CASES.values(), ids=CASES)
def test_in_every_order(
    stage: Stage,
    events: Sequence[BookingEvent],
    ends: Mapping[str, tuple[str, str]],
    asks: list[str],
) -> None:
    """The link, the states and the open tasks are the same in every order of telling."""
    orders = list(permutations(events))
    orders = orders[:: max(1, len(orders) // 12)]
    people = [f"pat{number}@prospect.example" for number in range(len(orders))]
    stage.begin(*people)
    for number, order in enumerate(orders):
        tell(stage, *(of_person(event, number) for event in (*order, *order[-1:])))
        assert linked(stage, people[number]) == ends
        assert titles(stage, people[number]) == asks


def test_another_person_has_not_moved_it(stage: Stage) -> None:
    """What a colleague books is another meeting."""
    stage.begin("pat0@prospect.example", "pat1@prospect.example")
    tell(stage, of_person(OLD, 0), of_person(GONE, 0), of_person(told(K.BOOKED, "new", HOUR), 1))
    assert linked(stage, "pat0@prospect.example") == {"old": ("cancelled", "")}
    assert titles(stage, "pat0@prospect.example") == [LOST]


def test_a_cancel_that_is_taken_back(stage: Stage) -> None:
    """A meeting that stands again goes on as itself."""
    stage.begin("pat0@prospect.example")
    again = told(K.BOOKED, "old", 3 * HOUR)
    tell(stage, *(of_person(each, 0) for each in (OLD, GONE, told(K.BOOKED, "new", 2 * HOUR))))
    tell(stage, of_person(again, 0))
    assert linked(stage, "pat0@prospect.example") == {"old": ("booked", ""), "new": ("booked", "")}


def test_mails_alone(stage: Stage) -> None:
    """A calendar that gives the new time a new entry has moved the meeting."""
    stage.begin("pat0@prospect.example")
    for each in (OLD, GONE, told(K.BOOKED, "new", HOUR + 1)):
        tell(stage, of_person(replace(each, source=CALENDAR, verified=False), 0))
    assert linked(stage, "pat0@prospect.example") == MOVED


def test_the_change_names_both() -> None:
    """The new meeting is told to be in place of the old one, in either order, once."""
    old, new = _meeting(1, MeetingState.CANCELLED), _meeting(2, MeetingState.BOOKED)
    moved = [Moved(replace(old, moved_to=2), new)]
    event = told(K.BOOKED, "new", 0)
    [one] = with_links(MeetingChange(new, None, event, (7,)), moved)
    assert (one.meeting.id, one.before, one.instead_of, one.people) == (2, None, moved[0].old, (7,))
    first, second = with_links(MeetingChange(old, MeetingState.BOOKED, event, (7,), old), moved)
    assert (first.meeting.id, first.meeting.moved_to, first.instead_of) == (1, 2, None)
    assert (second.meeting.id, second.before, second.instead_of) == (
        2,
        MeetingState.BOOKED,
        moved[0].old,
    )
    assert second.people == ()
    lost = [Moved(old, None)]
    first, second = with_links(MeetingChange(new, new.state, event, ()), lost)
    assert (second.meeting.id, second.before) == (1, None)


def _meeting(number: int, state: MeetingState) -> Meeting:
    return Meeting(
        "calendly", f"m{number}", "", state, "pat@prospect.example", 7, STARTS, id=number
    )


def test_nothing_is_found_twice(stage: Stage) -> None:
    """A link is news once."""
    stage.begin("pat0@prospect.example")
    tell(stage, *(of_person(each, 0) for each in (OLD, GONE, told(K.BOOKED, "new", 2 * HOUR))))
    assert stage.write(find_moved, stage.person("pat0@prospect.example")) == []
