import json
from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations

import pytest
from builders import NOON
from stage import Stage, a_loaded

from sequencer.adapters.booking.calendly import read
from sequencer.domain.booking import BookingEvent, BookingKind
from sequencer.domain.cadence import Version
from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.meeting import MeetingState
from sequencer.engine.bookings import take_in
from sequencer.engine.desk import Desk
from sequencer.engine.hooks import Source, delivery_key, fail_delivery, store_delivery
from sequencer.engine.versions import Versions
from sequencer.store import hooks, meetings, tasks
from sequencer.store.database import Connection, Database

ZOE, ADA = "zoe@bank.example", "ada@bank.example"
CALENDLY = Source("calendly", lambda _post, _now: True, read)
OLD, NEW = "https://api.calendly.com/i/old", "https://api.calendly.com/i/new"


@pytest.fixture
def stage(database: Database) -> Stage:
    """An engine that takes deliveries of Calendly, over each kind of database in turn."""
    return Stage(database, sources={"calendly": CALENDLY})


def delivery(event: str, uri: str, email: str = ZOE, **payload: object) -> bytes:
    fields = {
        "uri": uri,
        "email": email,
        "scheduled_event": {"start_time": "2026-03-10T09:00:00Z"},
        **payload,
    }
    return json.dumps({"event": event, "created_at": uri, "payload": fields}).encode()


BOOKED = delivery("invitee.created", OLD)
CANCELLED = delivery("invitee.canceled", OLD)
MOVED_AWAY = delivery("invitee.canceled", OLD, rescheduled=True, new_invitee=NEW)
MOVED_HERE = delivery("invitee.created", NEW, old_invitee=OLD)
NO_SHOW = delivery("invitee_no_show.created", OLD)
ORDERS = tuple(permutations([BOOKED, MOVED_AWAY, MOVED_HERE]))


def store(stage: Stage, *bodies: bytes) -> list[bool]:
    return [stage.write(store_delivery, CALENDLY, body, NOON) for body in bodies]


def outcomes(stage: Stage) -> list[tuple[str, str]]:
    with stage.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT state, problem FROM hook ORDER BY id")
        return [(row[0], row[1]) for row in rows]


def meeting(stage: Stage, key: str) -> meetings.Meeting | None:
    found: meetings.Meeting | None = stage.read(meetings.find, "calendly", key)
    return found


def how_many(stage: Stage) -> int:
    with stage.database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM meeting").scalar() or 0)


async def test_a_booking_stops(stage: Stage) -> None:
    """A booked meeting ends every cadence of the person, once however often it is told."""
    stage.apply(a_loaded(), a_loaded(cadence="other"))
    stage.bring_in(ZOE)
    for slug in ("fintech-intro", "other"):
        stage.enroll(ZOE, slug=slug)
    assert store(stage, BOOKED, BOOKED) == [True, False]
    await stage.work()
    assert store(stage, BOOKED) == [False]
    await stage.work()
    assert stage.enrollment(ZOE).finish_reason is FinishReason.MEETING_BOOKED
    assert stage.timeline(ZOE).count("meeting") == 1
    assert stage.timeline(ZOE).count("finished") == 2
    found = meeting(stage, OLD)
    assert found is not None
    assert (found.state, found.prospect_id) == (MeetingState.BOOKED, stage.person(ZOE))
    assert stage.mails(ZOE) == []


async def test_a_booking_stops_what_is_due_in_the_same_tick(stage: Stage) -> None:
    """Deliveries are worked through before mails are sent."""
    stage.begin(ZOE)
    store(stage, BOOKED)
    await stage.work()
    assert stage.mails(ZOE) == []


@pytest.mark.parametrize("order", ORDERS)
async def test_a_reschedule_is_the_same_meeting(stage: Stage, order: Sequence[bytes]) -> None:
    """Both halves and the first booking, in any order, are one meeting that stands."""
    stage.begin(ZOE)
    for body in (*order, *order):
        store(stage, body)
        await stage.work()
    found = meeting(stage, NEW)
    assert found is not None
    assert (found.meeting_key, found.state) == (NEW, MeetingState.BOOKED)
    assert how_many(stage) == 1
    assert {state for state, _ in outcomes(stage)} == {"done"}
    assert stage.enrollment(ZOE).finish_reason is FinishReason.MEETING_BOOKED


@pytest.mark.parametrize("order", [(BOOKED, CANCELLED), (CANCELLED, BOOKED)])
async def test_a_cancelled_meeting_stays_cancelled(stage: Stage, order: Sequence[bytes]) -> None:
    """A booking that arrives after its cancellation is late; it has stopped the cadence though."""
    stage.begin(ZOE)
    for body in order:
        store(stage, body)
        await stage.work()
    found = meeting(stage, OLD)
    assert found is not None
    assert found.state is MeetingState.CANCELLED
    assert stage.enrollment(ZOE).finish_reason is FinishReason.MEETING_BOOKED


async def test_a_cancellation_alone_starts_nothing(stage: Stage) -> None:
    """A cancellation or a no-show of a person in a cadence is noted, and changes nothing else."""
    stage.begin(ZOE)
    store(stage, CANCELLED, NO_SHOW, delivery("routing_form_submission.created", "x"))
    await stage.work()
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    assert [state for state, _ in outcomes(stage)] == ["done", "done", "unknown"]


def matters(stage: Stage) -> list[str]:
    found = stage.read(tasks.listed)
    return [task.title for task in found]


async def test_a_meeting_that_falls_through(stage: Stage) -> None:
    """A person decides: the task names the way back, and a new booking closes it."""
    stage.begin(ZOE)
    store(stage, BOOKED)
    await stage.work()
    assert matters(stage) == []
    store(stage, CANCELLED)
    await stage.work()
    task = stage.read(tasks.listed)[0]
    assert task.title == "The meeting was cancelled"
    assert task.due_at == stage.clock.now() + timedelta(days=1)
    assert "sequencer reopen zoe@bank.example" in task.about
    store(stage, delivery("invitee.created", NEW))
    await stage.work()
    assert matters(stage) == []


@pytest.mark.parametrize("order", list(permutations([BOOKED, CANCELLED])))
async def test_old_news_of_a_meeting(stage: Stage, order: Sequence[bytes]) -> None:
    """A booking that comes after its cancellation does not close the task about it."""
    stage.begin(ZOE)
    for body in order:
        store(stage, body)
        await stage.work()
    assert matters(stage) == ["The meeting was cancelled"]


async def test_a_no_show_that_was_none(stage: Stage) -> None:
    """Who came after all leaves nothing to do; who did not is a task at once."""
    stage.begin(ZOE)
    store(stage, BOOKED, NO_SHOW)
    await stage.work()
    assert matters(stage) == ["Nobody came to the meeting"]
    store(stage, delivery("invitee_no_show.deleted", OLD))
    await stage.work()
    assert matters(stage) == []


async def test_a_meeting_with_a_stranger(stage: Stage) -> None:
    """A booking of somebody we do not know is kept, and stops nobody."""
    stage.begin(ZOE)
    store(stage, delivery("invitee.created", OLD, "x\x00@stranger.example"))
    await stage.work()
    found = meeting(stage, OLD)
    assert found is not None
    assert found.prospect_id is None
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE


async def test_the_token_of_our_link_is_better_than_an_address(stage: Stage) -> None:
    """A person who books under another address is known by what our link carried."""
    stage.begin(ZOE, ADA)
    tracking = {"utm_content": stage.enrollment(ZOE).key}
    store(stage, delivery("invitee.created", OLD, "private@home.example", tracking=tracking))
    store(stage, delivery("invitee.created", NEW, ADA, tracking={"utm_content": "newsletter"}))
    await stage.work()
    for address in (ZOE, ADA):
        assert stage.enrollment(address).finish_reason is FinishReason.MEETING_BOOKED


async def test_who_books_with_the_link_of_somebody_else(stage: Stage) -> None:
    """Both the person whom our link was for and the one who booked are stopped."""
    stage.begin(ZOE, ADA)
    tracking = {"utm_content": stage.enrollment(ZOE).key}
    store(stage, delivery("invitee.created", OLD, ADA, tracking=tracking))
    await stage.work()
    for address in (ZOE, ADA):
        assert stage.enrollment(address).finish_reason is FinishReason.MEETING_BOOKED
        assert stage.timeline(address).count("meeting") == 1
    found = meeting(stage, OLD)
    assert found is not None
    assert found.prospect_id == stage.person(ZOE)


NAMES_ZOE = [
    b'{"event": "invitee.created", "payload": {"email": "zoe@bank.example"}}',
    b'{"event": "invitee.created", "payload": {"email": "\\u003czoe\\u0040bank.example\\u003e"}}',
    b'{"event": "invitee.created", "payload": {"text": "me:\\nzoe@bank.example"',
    b"[" * 99 + b'"Zoe <zoe@bank.example>"' + b"]" * 99,
]


@pytest.mark.parametrize("body", NAMES_ZOE)
async def test_a_broken_delivery_pauses_whom_it_names(stage: Stage, body: bytes) -> None:
    """A delivery that cannot be understood may be a booking of whoever is named in it."""
    stage.begin(ZOE, ADA)
    store(stage, body)
    await stage.work()
    assert [state for state, _ in outcomes(stage)] == ["failed"]
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    assert stage.timeline(ZOE)[-1] == "paused"
    assert stage.mails(ZOE) == []
    assert len(stage.mails(ADA)) == 1


BROKEN = [
    b"",
    b"{",
    b"[]",
    b"\xff\x00",
    b'{"event": 1}',
    b'{"event": "invitee.created"}',
    b"[" * 99,
]


async def test_broken_deliveries_delay_nobody(stage: Stage) -> None:
    """What is no delivery is kept with what is wrong with it, and the next one has its turn."""
    stage.begin(ZOE)
    assert store(stage, *BROKEN, BROKEN[0], BOOKED) == [*[True] * len(BROKEN), False, True]
    await stage.work()
    await stage.work()
    found = outcomes(stage)
    assert [state for state, _ in found] == ["failed"] * len(BROKEN) + ["done"]
    assert all(problem for _, problem in found[:-1])
    assert stage.enrollment(ZOE).finish_reason is FinishReason.MEETING_BOOKED


async def test_a_source_that_was_taken_out_of_the_settings(stage: Stage) -> None:
    """A delivery of an unknown source is kept as failed."""
    stage.write(hooks.add, "cal.com", "k", b"{}", NOON)
    await stage.work()
    assert outcomes(stage) == [("failed", "cal.com is not in the settings")]


async def test_an_unforeseen_error_delays_nobody(stage: Stage) -> None:
    """A delivery that raises is kept as failed; mails and other deliveries go on."""

    def read_or_die(body: bytes) -> list[BookingEvent]:
        if b"poison" in body:
            raise ZeroDivisionError
        return read(body)

    stage.sources = {"calendly": Source("calendly", CALENDLY.verify, read_or_die)}
    stage.restart()
    stage.begin(ZOE, ADA, "boss@bank.example")
    stage.write(hooks.add, "calendly", "k", b"poison of boss@bank.example", NOON)
    store(stage, BOOKED)
    await stage.work()
    assert stage.enrollment("boss@bank.example").pause_reason is PauseReason.REVIEW
    assert outcomes(stage) == [("failed", "internal error: ZeroDivisionError()"), ("done", "")]
    assert len(stage.mails(ADA)) == 1
    assert stage.mails(ZOE) == []


async def test_a_broken_delivery_whose_person_cannot_be_paused(stage: Stage) -> None:
    """What fails while a broken delivery is put away does not bring it back for ever."""

    class Lost(Versions):
        """Cadences that cannot be read."""

        def get(self, connection: Connection, version_hash: str) -> Version:
            raise LookupError(connection, version_hash)

    stage.begin(ZOE)
    store(stage, NAMES_ZOE[0])
    desk = Desk(stage.policy, Lost())
    [number] = stage.read(hooks.waiting)
    for _ in range(2):
        stage.write(fail_delivery, desk, number, "no reason", NOON)
    assert outcomes(stage) == [("failed", "no reason")]
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE


def test_the_key_of_a_delivery() -> None:
    """The same event has the same key however it is written; what is broken is its own bytes."""
    spaced = json.dumps(json.loads(BOOKED), indent=4).encode()
    assert delivery_key(CALENDLY, BOOKED) == delivery_key(CALENDLY, spaced)
    assert delivery_key(CALENDLY, BOOKED) != delivery_key(CALENDLY, CANCELLED)
    assert delivery_key(CALENDLY, b"{") != delivery_key(CALENDLY, b"[")


async def test_a_hook_that_was_stored_before_a_crash(stage: Stage) -> None:
    """A delivery that was acknowledged is worked through by the next process."""
    stage.begin(ZOE)
    store(stage, BOOKED)
    stage.restart()
    await stage.work(timedelta(hours=1))
    assert stage.enrollment(ZOE).finish_reason is FinishReason.MEETING_BOOKED


def test_a_meeting_keeps_its_hour(stage: Stage) -> None:
    """A cancellation without an hour does not make the meeting's hour unknown."""
    stage.begin(ZOE)
    booked = BookingEvent(BookingKind.BOOKED, "calendly", "k", OLD, email=ZOE, starts_at=NOON)
    cancelled = BookingEvent(BookingKind.CANCELLED, "calendly", "l", OLD, email=ZOE)
    for event in (booked, cancelled):
        stage.write(take_in, stage.desk, event, NOON)
    found = meeting(stage, OLD)
    assert found is not None
    assert found.starts_at == NOON
