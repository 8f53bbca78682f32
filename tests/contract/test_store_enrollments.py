from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders import NOON
from rows import add_enrollment, add_person, add_send
from sqlalchemy.exc import IntegrityError

from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.send import SendEvent
from sequencer.store import at_once, census, enrollments, pairs, sends, unfinished
from sequencer.store.census import Count
from sequencer.store.database import Database
from sequencer.store.race import LostRaceError

S = EnrollmentState
DAY = timedelta(days=1)


@pytest.mark.parametrize("state", [S.PENDING, S.ACTIVE, S.PAUSED])
def test_one_live_enrollment_per_cadence(database: Database, state: EnrollmentState) -> None:
    """A person who is live in a cadence cannot be in it a second time."""
    with database.write() as connection:
        person = add_person(connection)
        add_enrollment(connection, person, state=state)
        add_enrollment(connection, person, slug="other")
    with pytest.raises(IntegrityError), database.write() as connection:
        add_enrollment(connection, person)


def test_an_ended_enrollment_makes_room(database: Database) -> None:
    """After its end a person may be enrolled again, as often as the rules above allow."""
    with database.write() as connection:
        person = add_person(connection)
        for _ in range(2):
            add_enrollment(connection, person, state=S.FINISHED)
        add_enrollment(connection, person)
        states = [each.enrollment.state for each in enrollments.of_prospect(connection, person)]
    assert states == [S.ACTIVE, S.FINISHED, S.FINISHED]


def test_keys_are_unique(database: Database) -> None:
    """Two enrollments never share the key that everything else is derived from."""
    with database.write() as connection:
        add_enrollment(connection, key="ab" * 16)
    with pytest.raises(IntegrityError), database.write() as connection:
        add_enrollment(connection, key="ab" * 16)


def test_everything_comes_back(database: Database) -> None:
    """A saved state is loaded as it was, by number and by key."""
    paused: dict[str, Any] = {
        "state": S.PAUSED,
        "step": "bump",
        "pause_reason": PauseReason.AUTO_REPLY,
        "resume_at": NOON + DAY,
        "remaining": timedelta(hours=7),
        "mailbox": "luis",
    }
    with database.write() as connection:
        stored = add_enrollment(connection, **paused)
        assert enrollments.get(connection, stored.id) == stored
        assert enrollments.by_key(connection, stored.enrollment.key) == stored
        assert enrollments.by_key(connection, "unknown") is None
        ended = replace(
            stored.enrollment,
            state=S.FINISHED,
            pause_reason=None,
            resume_at=None,
            remaining=None,
            finish_reason=FinishReason.REPLIED,
        )
        assert enrollments.save(connection, stored, ended, NOON)
        assert enrollments.get(connection, stored.id).enrollment == ended


def test_a_stale_state_is_not_saved(database: Database) -> None:
    """Who loaded a state that somebody else has changed since changes nothing."""
    with database.write() as connection:
        stored = add_enrollment(connection)
        first = replace(stored.enrollment, state=S.FINISHED, finish_reason=FinishReason.REPLIED)
        second = replace(stored.enrollment, state=S.FINISHED, finish_reason=FinishReason.BOUNCED)
        assert enrollments.save(connection, stored, first, NOON)
        assert not enrollments.save(connection, stored, second, NOON)
        assert enrollments.get(connection, stored.id).enrollment == first


def test_a_step_that_ended_meanwhile_is_not_forgotten(database: Database) -> None:
    """The step reached is part of the guard, also where none had been reached."""
    with database.write() as connection:
        stored = add_enrollment(connection, step="intro")
        after_intro = replace(stored.enrollment, step="bump")
        assert enrollments.save(connection, stored, after_intro, NOON)
        assert not enrollments.save(connection, stored, after_intro, NOON)
        moved = enrollments.get(connection, stored.id)
        assert enrollments.save(connection, moved, replace(after_intro, step="last-mail"), NOON)


def test_many_go_on_or_end_at_once(database: Database) -> None:
    """Who only goes on keeps all the rest; whoever else changes is saved as a whole."""
    with database.write() as connection:
        ids = [add_enrollment(connection, step="intro").id for _ in range(2)]
        for each in ids:
            before = enrollments.get(connection, each)
            assert enrollments.save(connection, before, before.enrollment, NOON - DAY)
        goes_on, ends = (enrollments.get(connection, each) for each in ids)
        bump = replace(goes_on.enrollment, step="bump")
        ended = replace(ends.enrollment, state=S.FINISHED, finish_reason=FinishReason.REPLIED)
        enrollments.save_each(connection, [(goes_on, bump, NOON), (ends, ended, NOON)])
        assert enrollments.get(connection, ids[0]) == replace(goes_on, enrollment=bump)
        assert enrollments.get(connection, ids[1]) == replace(
            ends, enrollment=ended, finished_at=NOON
        )
        with pytest.raises(LostRaceError):
            enrollments.save_each(connection, [(goes_on, bump, NOON)])


def test_a_row_that_is_as_it_was_is_read_once(database: Database) -> None:
    """An enrollment that nobody has changed is the value known, any other one is read anew."""
    with database.write() as connection:
        kept, changed = add_enrollment(connection), add_enrollment(connection)
        numbers = [add_send(connection, each.id).id for each in (kept, changed)]
        known = {number: pair[1] for number, pair in pairs.locked(connection, numbers).items()}
        paused = replace(changed.enrollment, state=S.PAUSED, pause_reason=PauseReason.MANUAL)
        assert enrollments.save(connection, known[numbers[1]], paused, NOON)
        again = pairs.locked_again(connection, known)
    assert again[numbers[0]][1] is known[numbers[0]]
    assert again[numbers[1]][1].enrollment == paused


def test_live_of(database: Database) -> None:
    """Everything that has not ended, of several people, in the order of their numbers."""
    with database.write() as connection:
        one, two, three = (add_person(connection) for _ in range(3))
        expected = [
            add_enrollment(connection, one),
            add_enrollment(connection, two, state=S.PAUSED),
            add_enrollment(connection, one, slug="other", state=S.PENDING),
        ]
        add_enrollment(connection, two, slug="other", state=S.FINISHED)
        add_enrollment(connection, three)
        assert enrollments.live_of(connection, [two, one]) == expected
        assert enrollments.live_of(connection, []) == []


def test_to_resume(database: Database) -> None:
    """Paused enrollments whose date has come, the earliest first; the others wait."""
    with database.write() as connection:
        late = add_enrollment(connection, state=S.PAUSED, resume_at=NOON).id
        early = add_enrollment(connection, state=S.PAUSED, resume_at=NOON - DAY).id
        add_enrollment(connection, state=S.PAUSED, resume_at=NOON + timedelta(seconds=1))
        add_enrollment(connection, state=S.PAUSED, resume_at=None)
        add_enrollment(connection, state=S.FINISHED, resume_at=NOON - DAY)
        assert enrollments.to_resume(connection, NOON) == [early, late]
        assert enrollments.to_resume(connection, NOON, limit=1) == [early]
        assert at_once.ahead(connection, NOON).known == [NOON - DAY]
        enrollments.resume_later(connection, early, NOON + DAY)
        assert enrollments.to_resume(connection, NOON) == [late]


def test_only_a_pause_gets_another_date(database: Database) -> None:
    """An enrollment that runs, or has ended, is not given a date by mistake."""
    with database.write() as connection:
        stored = add_enrollment(connection)
        enrollments.resume_later(connection, stored.id, NOON)
        assert enrollments.get(connection, stored.id) == stored


def test_enrollments_that_wait_for_nothing(database: Database) -> None:
    """Those that run and have no send that is open or on its way; paused and ended ones do not."""
    with database.write() as connection:
        stuck = add_enrollment(connection).id
        parked = add_send(connection)
        sends.move(connection, [parked.id], SendEvent.PARK)
        add_send(connection)
        claimed = add_send(connection)
        sends.move(connection, [claimed.id], SendEvent.CLAIM)
        for state in (S.PENDING, S.PAUSED, S.FINISHED):
            add_enrollment(connection, state=state)
        found = list(unfinished.without_next_step(connection))
    assert found == [stuck, parked.enrollment_id]


def test_load_of_mailboxes(database: Database) -> None:
    """Live enrollments of each mailbox; ended ones weigh nothing."""
    with database.write() as connection:
        for mailbox, state in (
            ("ana", S.ACTIVE),
            ("ana", S.PAUSED),
            ("luis", S.PENDING),
            ("luis", S.FINISHED),
            (None, S.ACTIVE),
        ):
            add_enrollment(connection, mailbox=mailbox, state=state)
        assert census.live_by_mailbox(connection) == {"ana": 2, "luis": 1}


def test_counts(database: Database) -> None:
    """Enrollments by cadence, state and reason."""
    with database.write() as connection:
        assert census.counts(connection) == []
        for changes in (
            {},
            {},
            {"state": S.FINISHED, "finish_reason": FinishReason.REPLIED},
            {"state": S.PAUSED, "pause_reason": PauseReason.REVIEW, "slug": "other"},
        ):
            add_enrollment(connection, **changes)
        assert census.counts(connection) == [
            Count("fintech-intro", S.ACTIVE, "", 2),
            Count("fintech-intro", S.FINISHED, "replied", 1),
            Count("other", S.PAUSED, "review", 1),
        ]
