"""Meetings and what was told of them, in each kind of database."""

from datetime import timedelta

from builders import NOON
from rows import add_person

from sequencer.domain.booking import BookingEvent, BookingKind
from sequencer.domain.meeting import MeetingState
from sequencer.store import bookings, meetings
from sequencer.store.database import Connection, Database
from sequencer.store.meetings import Meeting

WHOLE = BookingEvent(
    BookingKind.RESCHEDULED,
    "tool",
    "d1",
    meeting_key="m2",
    previous_key="m1",
    email="zoe@bank.example",
    name="Zoë\x00",
    guests=("a@bank.example", "b@bank.example"),
    hosts=("ana@seller.example",),
    token="t",
    starts_at=NOON,
    ends_at=NOON + timedelta(minutes=30),
    tz="Europe/Madrid",
    title="Intro",
    event_type="intro",
    link="https://meet.example/x",
    place="Here",
    cancelled_by="host",
    cancel_reason="travel",
    occurred_at=NOON,
    verified=True,
)


def a_meeting(
    key: str = "m2", state: MeetingState = MeetingState.BOOKED, **more: object
) -> Meeting:
    values: dict[str, object] = {
        "source": "tool",
        "meeting_key": key,
        "previous_key": "",
        "state": state,
        "email": "zoe@bank.example",
        "prospect_id": None,
        "starts_at": NOON,
        **more,
    }
    return Meeting(**values)  # type: ignore[arg-type] # each is of the field's type


def told(connection: Connection, meeting_id: int, key: str, previous: str = "") -> None:
    event = BookingEvent(BookingKind.BOOKED, "tool", f"{key} {previous}", key, previous)
    assert bookings.add(connection, meeting_id, event, NOON)


def test_what_was_told_comes_back(database: Database) -> None:
    """An event is stored once, and read with everything that it said."""
    with database.write() as connection:
        number = meetings.add(connection, a_meeting(), NOON)
        assert bookings.add(connection, number, WHOLE, NOON)
        assert not bookings.add(connection, number, WHOLE, NOON)
        assert bookings.is_known(connection, WHOLE)
        [read] = bookings.told(connection, number)
    assert read.name == "Zoë\ufffd"
    assert {name: getattr(read, name) for name in BookingEvent.__slots__ if name != "name"} == {
        name: getattr(WHOLE, name) for name in BookingEvent.__slots__ if name != "name"
    }


def test_a_meeting_is_found_by_every_key(database: Database) -> None:
    """A meeting is found by its key, those before it, and those it is known to come from."""
    with database.write() as connection:
        assert meetings.find(connection, "tool", "m1") is None
        number = meetings.add(connection, a_meeting(), NOON)
        told(connection, number, "m2", "m1")
        for key in ("m1", "m2"):
            found = meetings.find(connection, "tool", key)
            assert found is not None
            assert found.id == number
        assert meetings.find(connection, "other", "m1") is None
        assert meetings.find(connection, "tool", "") is None


def test_two_that_are_one(database: Database) -> None:
    """What was told of two meetings is about one once they are joined."""
    with database.write() as connection:
        first, second = (meetings.add(connection, a_meeting(key), NOON) for key in ("m1", "m2"))
        told(connection, first, "m1")
        told(connection, second, "m2")
        bookings.join(connection, first, [second])
        meetings.drop(connection, [second], first)
        meetings.save(connection, a_meeting("m2", id=first), NOON)
        assert [each.meeting_key for each in bookings.told(connection, first)] == ["m1", "m2"]
        assert meetings.get(connection, second) is None


def test_long_words(database: Database) -> None:
    """However long the source's words are, they are stored, and long keys are told apart."""
    keys = ["\U0001f600" * 2_000 + end for end in "ab"]
    with database.write() as connection:
        for key in keys:
            meeting = a_meeting(key, email="e" * 999, title="t" * 9_999, tz="z" * 999)
            told(connection, meetings.add(connection, meeting, NOON), key)
        found = [meetings.find(connection, "tool", key) for key in keys]
    assert all(each is not None and each.email == "e" * 320 for each in found)
    assert len({each.id for each in found if each}) == 2


def test_of_a_person(database: Database) -> None:
    """A person's meetings are those that count; one is coming until it has begun."""
    with database.write() as connection:
        person = add_person(connection)
        past = a_meeting("past", prospect_id=person, starts_at=NOON - timedelta(hours=1))
        coming = a_meeting("coming", prospect_id=person, starts_at=NOON + timedelta(hours=1))
        other = a_meeting("other", prospect_id=person, left_out="another kind")
        numbers = [meetings.add(connection, each, NOON) for each in (past, coming, other)]
        assert [each.id for each in meetings.of_person(connection, person)] == numbers[1::-1]
        assert meetings.is_coming(connection, person, numbers[0], NOON)
        assert not meetings.is_coming(connection, person, numbers[1], NOON)
        assert meetings.count_by_state(connection) == {MeetingState.BOOKED: 2}
