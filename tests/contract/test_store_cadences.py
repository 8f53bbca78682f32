from datetime import timedelta

from builders import NOON
from rows import a_stored_version, add_person

from sequencer.domain.meeting import MeetingState
from sequencer.store import cadences, meetings
from sequencer.store.database import Database
from sequencer.store.meetings import Meeting

LATER = NOON + timedelta(days=1)


def test_versions(database: Database) -> None:
    """The version applied last is current; every one that ever was can be read again."""
    first = a_stored_version()
    second = a_stored_version(hash="beef", title="Ünïcode", document={"steps": [], "n": None})
    with database.write() as connection:
        assert cadences.current_hash(connection, first.slug) is None
        assert cadences.apply_version(connection, first, NOON) is None
        assert cadences.apply_version(connection, first, LATER) == "c0ffee"
        assert cadences.apply_version(connection, second, LATER) == "c0ffee"
        assert cadences.current_hash(connection, first.slug) == "beef"
        assert cadences.apply_version(connection, first, LATER) == "beef"
        assert cadences.current_hash(connection, first.slug, lock=True) == "c0ffee"
        assert cadences.version(connection, "c0ffee") == first
        assert cadences.version(connection, "beef") == second


def test_slugs(database: Database) -> None:
    """Names of all applied cadences, in order."""
    with database.write() as connection:
        for slug in ("zebra", "ant"):
            cadences.apply_version(connection, a_stored_version(slug=slug, hash=slug), NOON)
        assert cadences.slugs(connection) == ["ant", "zebra"]


def a_meeting(key: str, previous: str = "", state: MeetingState = MeetingState.BOOKED) -> Meeting:
    return Meeting("calendly", key, previous, state, "zoe@bank.example", None, NOON)


def test_a_meeting_is_one_row(database: Database) -> None:
    """A meeting is found by its key and, once it was moved, by the one before."""
    with database.write() as connection:
        assert meetings.find(connection, "calendly", "m1") is None
        meetings.save(connection, a_meeting("m1"), NOON)
        meetings.save(connection, a_meeting("m2", "m1"), NOON)
        found = meetings.find(connection, "calendly", "m1")
        assert found == meetings.find(connection, "calendly", "m2") == a_meeting("m2", "m1")
        assert meetings.find(connection, "other", "m1") is None
        assert meetings.find(connection, "calendly", "") is None


def test_a_meeting_known_under_both_keys(database: Database) -> None:
    """Rows that turn out to be the same meeting become one."""
    cancelled = a_meeting("m2", state=MeetingState.CANCELLED)
    with database.write() as connection:
        meetings.save(connection, a_meeting("m1"), NOON)
        meetings.save(connection, cancelled, NOON)
        meetings.save(connection, a_meeting("m2", "m1"), NOON)
        meetings.save(connection, a_meeting("m2", "m1"), NOON)
        assert meetings.find(connection, "calendly", "m1") == a_meeting("m2", "m1")


def test_meetings_of_people(database: Database) -> None:
    """A meeting keeps whom it is with and when, however long the source's words are."""
    with database.write() as connection:
        person = add_person(connection)
        meeting = Meeting("s", "k" * 2_000, "", MeetingState.NO_SHOW, "e" * 999, person, None)
        meetings.save(connection, meeting, NOON)
        found = meetings.find(connection, "s", "k" * 2_000)
    assert found is not None
    assert (found.prospect_id, found.starts_at, found.email) == (person, None, "e" * 320)
