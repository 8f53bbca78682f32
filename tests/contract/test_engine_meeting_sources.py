"""One meeting that several sources tell of: one row, one end of the cadence, in any order."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from threading import Barrier
from typing import Any

import pytest
from booking_series import PAT, STARTS
from builders import NOON, a_prospect
from stage import Stage, a_loaded

from sequencer.domain.booking import BY_HAND, CALENDAR, FEED, BookingEvent, BookingKind
from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.meeting import MeetingState
from sequencer.domain.meeting_filter import MeetingFilter
from sequencer.domain.send import SendState
from sequencer.domain.task import TaskState
from sequencer.engine import bookings as engine_bookings
from sequencer.engine.bookings import take_in
from sequencer.store import bookings, meetings, tasks
from sequencer.store.database import Connection, Database
from sequencer.store.meetings import Meeting

K = BookingKind
MOVED = STARTS + timedelta(days=2)


@pytest.fixture
def stage(database: Database) -> Stage:
    """An engine over each kind of database in turn."""
    return Stage(database)


def told(
    kind: BookingKind, source: str = "calendly", minute: float = 0, key: str = "", **more: Any
) -> BookingEvent:
    event = BookingEvent(
        kind,
        source,
        f"{kind} {minute}",
        key or f"{source} 1",
        email=PAT,
        starts_at=STARTS,
        occurred_at=NOON + timedelta(minutes=minute),
        verified=source != CALENDAR,
    )
    return replace(event, **more)


def tell(stage: Stage, *events: BookingEvent, **more: Any) -> None:
    for event in events:
        stage.write(take_in, stage.desk, event, stage.clock.now(), **more)


def all_of(stage: Stage, address: str = PAT) -> list[Meeting]:
    found: list[Meeting] = stage.read(meetings.of_person, stage.person(address))
    return found


def titles(stage: Stage) -> list[str]:
    return [task.title for task in stage.read(tasks.listed)]


def orders(events: Sequence[BookingEvent], most: int = 12) -> Iterable[tuple[BookingEvent, ...]]:
    every = list(permutations(events))
    return every[:: max(1, len(every) // most)]


def another(event: BookingEvent, number: int) -> BookingEvent:
    """The same of another person's meeting."""
    keys: dict[str, Any] = {
        name: f"{value} {number}"
        for name in ("meeting_key", "previous_key", "uid", "delivery_key")
        if (value := getattr(event, name))
    }
    return replace(event, email=f"pat{number}@prospect.example", **keys)


CALENDLY_MOVED = (
    told(K.BOOKED),
    told(K.RESCHEDULED, minute=5, key="calendly 2", previous_key="calendly 1", starts_at=MOVED),
)
CALENDAR_MOVED = (
    told(K.BOOKED, CALENDAR, 0.1, uid="u1"),
    told(K.CANCELLED, CALENDAR, 5.1, uid="u1"),
    told(K.BOOKED, CALENDAR, 5.2, "calendar 2", uid="u2", starts_at=MOVED),
)
TWO_SOURCES = {
    "booked": (told(K.BOOKED), told(K.BOOKED, CALENDAR, 0.1), told(K.BOOKED, FEED, 0.2)),
    "moved": (*CALENDLY_MOVED, *CALENDAR_MOVED[:2]),
    "moved, shown anew": (*CALENDLY_MOVED, *CALENDAR_MOVED),
    "cancelled": (
        told(K.BOOKED),
        told(K.BOOKED, FEED, 0.1),
        told(K.CANCELLED, minute=9, cancelled_by="invitee"),
        told(K.CANCELLED, FEED, 9.1),
    ),
    "the same to calendars": (
        told(K.BOOKED, "calcom", uid="u1"),
        told(K.BOOKED, CALENDAR, 0.1, uid="u1", email="pat@home.example"),
        told(K.BOOKED, CALENDAR, 6, uid="u1", revision=1, starts_at=MOVED),
    ),
    "confirmed by a person": (
        told(K.REQUESTED, CALENDAR, 0),
        told(K.BOOKED, BY_HAND, 30),
        told(K.HELD, "calcom", 9_000),
    ),
}


@pytest.mark.parametrize("events", TWO_SOURCES.values(), ids=TWO_SOURCES)
def test_every_order_is_one_meeting(stage: Stage, events: Sequence[BookingEvent]) -> None:
    """Rows, times, states, stops and tasks are the same, whichever source is heard first."""
    every = list(orders(events))
    people = [f"pat{number}@prospect.example" for number in range(len(every))]
    stage.begin(*people)
    ends = set()
    for number, order in enumerate(every):
        tell(stage, *(another(event, number) for event in (*order, *order[:1])))
        whose = stage.person(people[number])
        [found] = all_of(stage, people[number])
        opened = sorted(
            each.title for each in stage.read(tasks.listed) if each.prospect_id == whose
        )
        enrollment = stage.enrollment(people[number])
        ends.add(
            (
                *(found.state, found.starts_at, found.source, found.verified, found.credited_by),
                *(found.uid.partition(" ")[0], found.cancelled_by, found.moved_to),
                *(enrollment.state, enrollment.finish_reason, *opened),
            )
        )
    assert len(ends) == 1


def test_another_time_is_another_meeting(stage: Stage) -> None:
    """Six minutes apart is not the same time, and two of one tool are two meetings."""
    stage.begin(PAT)
    tell(stage, told(K.BOOKED), told(K.BOOKED, FEED, starts_at=STARTS + timedelta(minutes=6)))
    tell(stage, told(K.BOOKED, key="calendly 2"))
    assert len(all_of(stage)) == 3


def test_somebody_else_at_that_time(stage: Stage) -> None:
    """Two people at the same hour have two meetings."""
    stage.begin(PAT, "ada@mill.example")
    tell(stage, told(K.BOOKED), told(K.BOOKED, FEED, email="ada@mill.example"))
    assert [len(all_of(stage, each)) for each in (PAT, "ada@mill.example")] == [1, 1]


def test_a_colleague_who_was_brought_along(stage: Stage) -> None:
    """Two of one company who are told of by two sources have one meeting, in either order."""
    people = [f"{name}{number}@prospect.example" for number in (1, 2) for name in ("pat", "ada")]
    stage.begin(*people)
    for number, (pat, ada) in enumerate((people[:2], people[2:])):
        both = told(K.BOOKED, email=pat, guests=(ada,), key=f"k{number}")
        mail = told(K.BOOKED, CALENDAR, 1, email=ada, key=f"k{number}")
        tell(stage, *((both, mail) if number else (mail, both)))
        found = {each.id for address in (pat, ada) for each in all_of(stage, address)}
        assert len(found) == 1
        assert stage.enrollment(ada).finish_reason is FinishReason.MEETING_BOOKED


def test_colleagues_with_meetings_of_their_own(stage: Stage) -> None:
    """Two of one company who are at two meetings at the same hour have two."""
    stage.begin("pat1@prospect.example", "ada1@prospect.example")
    tell(stage, told(K.BOOKED, email="pat1@prospect.example"))
    tell(stage, told(K.BOOKED, FEED, email="ada1@prospect.example"))
    assert len(all_of(stage, "pat1@prospect.example")) == 1
    assert len(all_of(stage, "ada1@prospect.example")) == 1


def test_a_mail_makes_no_two_meetings_one(stage: Stage) -> None:
    """What a tool tells apart stays so, even if a mail names the one and the time of the other."""
    stage.begin(PAT, COLLEAGUE)
    hers: dict[str, Any] = {"key": "c2", "email": COLLEAGUE, "starts_at": MOVED}
    tell(stage, told(K.BOOKED, uid="u1"), told(K.BOOKED, minute=1, **hers))
    tell(stage, told(K.BOOKED, CALENDAR, 2, "x", uid="u1", email=COLLEAGUE, starts_at=MOVED))
    tell(stage, told(K.CANCELLED, minute=3, **hers))
    [own], [other] = all_of(stage), all_of(stage, COLLEAGUE)
    assert (own.state, own.starts_at) == (MeetingState.BOOKED, STARTS)
    assert (other.state, other.starts_at) == (MeetingState.CANCELLED, MOVED)


def test_news_from_another_source_stop_nobody_anew(stage: Stage) -> None:
    """Who begins something new before a meeting goes on with it once the meeting is held."""
    stage.begin(PAT)
    tell(stage, told(K.BOOKED))
    stage.apply(a_loaded(cadence="prepare-it"))
    stage.enroll(PAT, slug="prepare-it")
    tell(stage, told(K.HELD, minute=9_000))
    assert stage.enrollment(PAT).state is EnrollmentState.ACTIVE


def test_left_out_stays_left_out(stage: Stage) -> None:
    """What a tool's settings leave out, a calendar that shows it does not bring back."""
    stage.begin(PAT)
    interview = told(K.BOOKED, event_type="interview")
    tell(stage, interview, counts=MeetingFilter(frozenset({"intro"})))
    tell(stage, told(K.BOOKED, CALENDAR, 1), told(K.BOOKED, FEED, 2, uid="u"))
    assert stage.enrollment(PAT).state is EnrollmentState.ACTIVE
    assert all_of(stage) == []


def test_only_a_mail_tells_of_it(stage: Stage) -> None:
    """A meeting that only a mail tells of stops at once, and is verified by whoever else tells."""
    stage.begin(PAT)
    tell(stage, told(K.BOOKED, CALENDAR))
    assert stage.enrollment(PAT).finish_reason is FinishReason.MEETING_BOOKED
    assert [each.verified for each in all_of(stage)] == [False]
    tell(stage, told(K.BOOKED, FEED, 1))
    assert [each.verified for each in all_of(stage)] == [True]


def test_a_request_of_one_source_pauses(stage: Stage) -> None:
    """What is only asked for pauses; what another source knows to be on ends the cadence."""
    stage.begin(PAT)
    tell(stage, told(K.REQUESTED, CALENDAR))
    assert stage.enrollment(PAT).pause_reason is PauseReason.REVIEW
    tell(stage, told(K.BOOKED, FEED, 1))
    assert stage.enrollment(PAT).finish_reason is FinishReason.MEETING_BOOKED
    tell(stage, told(K.REQUESTED, CALENDAR, 2))
    assert [each.state for each in all_of(stage)] == [MeetingState.BOOKED]


def test_a_flood_of_mails_about_one_meeting(
    stage: Stage,
) -> None:
    """Somebody unverified who tells of one meeting without end is not listened to for ever."""
    stage.begin(PAT)
    first = told(K.BOOKED, CALENDAR)
    tell(stage, first)
    [meeting] = all_of(stage)
    most = engine_bookings.MOST_TOLD
    with stage.database.write() as connection:
        for number in range(1, most):
            assert bookings.add(
                connection, meeting.id, replace(first, delivery_key=f"{number}"), NOON
            )
    tell(stage, told(K.CANCELLED, CALENDAR, 1))
    assert [each.state for each in all_of(stage)] == [MeetingState.BOOKED]
    tell(stage, told(K.CANCELLED, minute=2))
    assert [each.state for each in all_of(stage)] == [MeetingState.CANCELLED]


COLLEAGUE, STRANGER = "ada@prospect.example", "zoe@bank.example"
ACCOUNT = {"colleague_reply": "ignore", "meeting": "account"}


def by_account(stage: Stage) -> None:
    """Two of one company in a cadence that a meeting ends for both, and one of another."""
    stage.apply(a_loaded(stop_on=ACCOUNT), a_loaded(cadence="patient"))
    stage.bring_in(PAT, COLLEAGUE, STRANGER)
    stage.enroll(PAT, COLLEAGUE, STRANGER)
    stage.enroll(COLLEAGUE, slug="patient")


def test_a_meeting_ends_the_account(stage: Stage) -> None:
    """Everybody of the account finishes in cadences that say so, and their mails are cancelled."""
    by_account(stage)
    tell(stage, told(K.BOOKED))
    assert stage.enrollment(COLLEAGUE).state is EnrollmentState.ACTIVE  # in the patient one
    with stage.database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT email, slug, enrollment.state, finish_reason FROM enrollment "
            "JOIN prospect ON prospect.id = prospect_id ORDER BY email, slug"
        )
        found = {(row[0], row[1]): (row[2], row[3]) for row in rows}
    assert found[COLLEAGUE, "fintech-intro"] == ("finished", "meeting_booked")
    assert found[STRANGER, "fintech-intro"] == ("active", None)
    assert {each.state for each in stage.sends(PAT)} == {SendState.CANCELLED}


def test_open_tasks_of_the_account_close(stage: Stage) -> None:
    """A colleague's call is not made any more."""
    steps = [{"id": "call", "call": "intro.md"}]
    stage.apply(a_loaded(stop_on=ACCOUNT, steps=steps))
    stage.bring_in(a_prospect(email=PAT, account="Big"), a_prospect(email=STRANGER, account="big"))
    stage.enroll(PAT, STRANGER)
    tell(stage, told(K.BOOKED))
    stored = stage.stored(STRANGER)
    assert stored.enrollment.finish_reason is FinishReason.MEETING_BOOKED
    states = [each.state for each in stage.read(tasks.of_enrollment, stored.id)]
    assert states == [TaskState.SKIPPED]


@pytest.mark.parametrize("kind", [K.REQUESTED, K.CANCELLED, K.NO_SHOW])
def test_only_a_meeting_that_is_on_ends_the_account(stage: Stage, kind: BookingKind) -> None:
    """What is asked for, or fell through before it was known, is no matter for colleagues."""
    by_account(stage)
    tell(stage, told(kind))
    assert {stage.enrollment(each).state for each in (COLLEAGUE, STRANGER)} == {
        EnrollmentState.ACTIVE
    }


def test_two_daemons_of_two_sources(postgres_database: Database) -> None:
    """What two daemons hear of two sources at the same instant is one meeting."""
    stage = Stage(postgres_database)
    rounds = 8
    people = [f"pat{number}@prospect.example" for number in range(rounds)]
    stage.begin(*people)
    both = Barrier(2)

    def hear(event: BookingEvent) -> None:
        def work(connection: Connection) -> None:
            take_in(connection, stage.desk, event, NOON)

        both.wait()
        postgres_database.transact(work)

    with ThreadPoolExecutor(2) as threads:
        for number in range(rounds):
            pair = (told(K.BOOKED), told(K.BOOKED, FEED, 1))
            for each in [threads.submit(hear, another(event, number)) for event in pair]:
                each.result()
    assert [len(all_of(stage, each)) for each in people] == [1] * rounds
