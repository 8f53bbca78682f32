"""What follows from what booking tools post: whatever the tool, the order and the repetitions."""

import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from threading import Barrier

import pytest
from booking_series import (
    COLLEAGUE,
    PAT,
    SERIES,
    STARTS,
    Series,
    calcom,
    calcom_attendance,
    calcom_ended,
    hubspot,
    hubspot_whole,
    stamp,
    zcal,
)
from builders import NOON
from stage import Stage

from sequencer.adapters.booking.registry import TOOLS
from sequencer.domain.booking import AskError, DeliveryError
from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.meeting import MeetingState
from sequencer.domain.meeting_filter import MeetingFilter
from sequencer.domain.post import Secrets
from sequencer.engine.bookings import take_in
from sequencer.engine.hook_list import HookError, hook_list, work_again
from sequencer.engine.hook_sources import new_source
from sequencer.engine.hooks import apply_delivery, store_delivery
from sequencer.engine.reopen_enrollment import Request, reopen_enrollment
from sequencer.store import hooks, meetings, tasks
from sequencer.store.database import Connection, Database

MOST_ORDERS = 8
SECRETS = Secrets(("a key",), ())
_KEYS = re.compile(
    rb"(i/I[12]|old-uid|new-uid|event_1|payload_event|\"z[12]\"|\"c1\"|\"g[12]\"|\b77\b|pat@|colleague@)"
)


@pytest.fixture
def stage(database: Database) -> Stage:
    """An engine that takes deliveries of every tool, over each kind of database in turn."""
    return Stage(
        database, sources={name: new_source(tool, SECRETS) for name, tool in TOOLS.items()}
    )


def variant(body: bytes, number: int) -> bytes:
    """The same delivery about another meeting with other people."""

    def other(found: re.Match[bytes]) -> bytes:
        word = found[0]
        if word == b"77":
            return str(7_700 + number).encode()
        if word[-1:] in {b'"', b"@"}:
            return word[:-1] + f"x{number}".encode() + word[-1:]
        return word + f"x{number}".encode()

    return _KEYS.sub(other, body)


def work(stage: Stage) -> None:
    """Work through what is stored, without the rest of a tick."""
    for number in stage.read(hooks.waiting):
        stage.write(apply_delivery, stage.desk, stage.sources, number, stage.clock.now())


def tell(stage: Stage, source: str, *bodies: bytes) -> None:
    """Let a tool post these, each worked through before the next."""
    for body in bodies:
        stage.write(store_delivery, stage.sources[source], body, stage.clock.now())
        work(stage)


def meeting(stage: Stage, address: str = PAT) -> meetings.Meeting | None:
    found = stage.read(meetings.of_person, stage.person(address))
    assert len(found) <= 1
    return found[0] if found else None


def titles(stage: Stage) -> list[str]:
    return [task.title for task in stage.read(tasks.listed)]


@pytest.mark.parametrize("series", SERIES, ids=lambda each: f"{each.source}: {each.name}")
def test_every_order_ends_the_same(stage: Stage, series: Series) -> None:
    """One meeting in one state, one end of the cadence, the same tasks, whatever came first."""
    orders = list(permutations(series.bodies))
    orders = orders[:: max(1, len(orders) // MOST_ORDERS)]
    people = [f"patx{number}@prospect.example" for number in range(len(orders))]
    guests = [f"colleaguex{number}@prospect.example" for number in range(len(orders))]
    stage.begin(*people, *guests)
    ends = set()
    for number, order in enumerate(orders):
        bodies = [variant(body, number) for body in order]
        tell(stage, series.source, *bodies, *bodies[:1])
        found = meeting(stage, people[number])
        assert found is not None
        assert (found.state, found.verified) == (series.state, True)
        asked = [
            task.title
            for task in stage.read(tasks.listed)
            if task.prospect_id == stage.person(people[number])
        ]
        held = [stage.enrollment(each) for each in (people[number], guests[number])]
        ends.add((*((each.state, each.finish_reason, each.pause_reason) for each in held), *asked))
    assert len(ends) == 1
    assert all(state == hooks.DONE for state in states(stage))


def states(stage: Stage) -> list[str]:
    with stage.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT DISTINCT state FROM hook ORDER BY state")
        return [row[0] for row in rows]


def test_a_request_pauses(stage: Stage) -> None:
    """Who asked for a meeting is left alone; once it is confirmed, the cadence has ended."""
    stage.begin(PAT, COLLEAGUE)
    tell(stage, "calcom", calcom("BOOKING_REQUESTED", 0))
    for address in (PAT, COLLEAGUE):
        assert stage.enrollment(address).pause_reason is PauseReason.REVIEW
    assert titles(stage) == []
    tell(stage, "calcom", calcom("BOOKING_CREATED", 1))
    for address in (PAT, COLLEAGUE):
        assert stage.enrollment(address).finish_reason is FinishReason.MEETING_BOOKED


async def test_a_rejected_request_waits_for_a_person(stage: Stage) -> None:
    """A refused meeting is a task; nothing goes on by itself, and the task says how it may."""
    stage.begin(PAT)
    tell(stage, "calcom", calcom("BOOKING_REQUESTED", 0))
    tell(stage, "calcom", calcom("BOOKING_REJECTED", 1, rejectionReason="no room"))
    [task] = stage.read(tasks.listed)
    assert task.title == "The meeting was refused"
    assert "no room" in task.about
    assert f"sequencer resume {PAT}" in task.about
    await stage.work(timedelta(days=30))
    assert stage.enrollment(PAT).pause_reason is PauseReason.REVIEW
    assert stage.mails(PAT) == []


def test_a_guest_counts(stage: Stage) -> None:
    """Whoever is invited along is stopped as well, though somebody unknown has booked."""
    stage.begin(COLLEAGUE)
    tell(stage, "calcom", calcom("BOOKING_CREATED", 0))
    assert stage.enrollment(COLLEAGUE).finish_reason is FinishReason.MEETING_BOOKED
    found = meeting(stage, COLLEAGUE)
    assert found is not None
    assert (found.email, found.host, found.title) == (
        PAT,
        "rep@sender.example",
        "Intro between Rep One and Pat Moreno",
    )
    assert (found.starts_at, found.tz) == (STARTS, "Europe/Madrid")


def test_another_time_is_no_lost_meeting(stage: Stage) -> None:
    """A host who asks for another time leaves a task that the new time closes."""
    stage.begin(PAT)
    asks = calcom("BOOKING_CANCELLED", 4, requestReschedule=True)
    tell(stage, "calcom", calcom("BOOKING_CREATED", 0), asks)
    assert titles(stage) == ["The meeting needs another time"]
    tell(stage, "calcom", calcom("BOOKING_RESCHEDULED", 5, "new-uid", rescheduleUid="old-uid"))
    assert titles(stage) == []


@pytest.mark.parametrize("first", [0, 1])
def test_who_has_booked_again_is_not_asked_about(stage: Stage, first: int) -> None:
    """A cancelled meeting is no matter where another one is coming, whichever is told first."""
    stage.begin(PAT)
    again, cancelled = calcom("BOOKING_CREATED", 6, "other"), calcom("BOOKING_CANCELLED", 5)
    tell(stage, "calcom", calcom("BOOKING_CREATED", 0))
    tell(stage, "calcom", *([again, cancelled], [cancelled, again])[first])
    assert titles(stage) == []


def test_each_who_did_not_come_is_asked_about(stage: Stage) -> None:
    """A delivery about several people is about each of them."""
    stage.begin(PAT, COLLEAGUE)
    both = [{"email": PAT, "noShow": True}, {"email": COLLEAGUE, "noShow": True}]
    payload = {"bookingUid": "old-uid", "attendees": both}
    told = {"triggerEvent": "BOOKING_NO_SHOW_UPDATED", "createdAt": stamp(0.5), "payload": payload}
    tell(stage, "calcom", calcom("BOOKING_CREATED", 0), json.dumps(told).encode())
    assert titles(stage) == ["Nobody came to the meeting"] * 2
    tell(stage, "calcom", calcom_attendance(1, missed=False))
    found = meeting(stage)
    assert found is not None
    assert found.state is MeetingState.NO_SHOW  # the colleague has not come


def with_filter(stage: Stage, source: str, counts: MeetingFilter) -> None:
    stage.sources = {**stage.sources, source: replace(stage.sources[source], counts=counts)}


ANOTHER = {"id": "v2", "name": "interview"}


@pytest.mark.parametrize(
    ("counts", "body"),
    [
        (MeetingFilter(frozenset({"Intro"})), zcal("event.created", 0, invite=ANOTHER)),
        (MeetingFilter(frozenset({"Intro"})), zcal("event.created", 0, invite={})),
        (MeetingFilter(most_days_ahead=3), zcal("event.created", 0)),
    ],
)
def test_meetings_that_do_not_count(stage: Stage, counts: MeetingFilter, body: bytes) -> None:
    """A meeting of another kind, or too far away, stops nobody and is no matter."""
    with_filter(stage, "zcal", counts)
    stage.begin(PAT)
    tell(stage, "zcal", body, body.replace(b"event.created", b"event.cancelled"))
    assert stage.enrollment(PAT).state is EnrollmentState.ACTIVE
    assert meeting(stage) is None
    assert titles(stage) == []
    assert states(stage) == [hooks.DONE]


def test_a_meeting_that_comes_nearer(stage: Stage) -> None:
    """A meeting that was too far away counts once it is moved, and as one that was known."""
    with_filter(stage, "zcal", MeetingFilter(frozenset({"INTRO"}), most_days_ahead=6))
    stage.begin(PAT)
    tell(stage, "zcal", zcal("event.created", 0, STARTS + timedelta(days=9)))
    assert meeting(stage) is None
    tell(stage, "zcal", zcal("event.rescheduled", 1))
    found = meeting(stage)
    assert found is not None
    assert found.state is MeetingState.BOOKED
    assert stage.enrollment(PAT).finish_reason is FinishReason.MEETING_BOOKED


UNKNOWN = [
    ("calcom", b'{"triggerEvent":"PING","createdAt":"x","payload":{}}', "a test"),
    (
        "calendly",
        b'{"event":"contact.created","payload":{}}',
        "contact.created tells of no",
    ),
    ("savvycal", b'{"id":"p","type":"poll.response.created","payload":{}}', "tells of no meeting"),
    ("zcal", b'{"type":"poll.created","data":{}}', "tells of no meeting"),
    ("chilipiper", b'{"type":"Router"}', "tells of no meeting"),
    ("zoom", b'{"event":"meeting.started","payload":{}}', "tells of no meeting"),
    ("generic", b'{"event":"coffee","id":1,"meeting":{}}', "no event that we know"),
    ("hubspot", json.dumps([hubspot("object.creation", 0)]).encode(), "api_token"),
    ("hubspot", json.dumps([hubspot("contact.creation", 0)]).encode(), "tells of no meeting"),
]


@pytest.mark.parametrize(("source", "body", "why"), UNKNOWN)
def test_unknown_events_are_kept(stage: Stage, source: str, body: bytes, why: str) -> None:
    """What we make nothing of is kept with the reason, and is no failure."""
    stage.begin(PAT)
    tell(stage, source, body)
    [failed] = stage.read(hooks.failures)
    assert failed.state == hooks.UNKNOWN
    assert why in failed.problem
    assert stage.enrollment(PAT).state is EnrollmentState.ACTIVE


class Asked:
    """HubSpot, asked for a meeting."""

    def __init__(self, *answers: bytes | Exception) -> None:
        self.answers = list(answers)

    async def look_up(self, _body: bytes) -> bytes:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


EVENT = hubspot("object.creation", 0)
TOLD = hubspot_whole(EVENT)
NO_ANSWER = AskError("it answered 503")


def ask(stage: Stage, *answers: bytes | Exception) -> Asked:
    """A delivery that says too little, and what its tool will tell."""
    tool = Asked(*answers)
    source = replace(stage.sources["hubspot"], look_up=tool.look_up)
    stage.sources = {**stage.sources, "hubspot": source}
    stage.restart()
    stage.begin(PAT)
    stage.write(store_delivery, source, json.dumps([EVENT]).encode(), stage.clock.now())
    return tool


def is_booked(stage: Stage) -> bool:
    return stage.enrollment(PAT).finish_reason is FinishReason.MEETING_BOOKED


async def test_what_is_missing_is_asked_for(stage: Stage) -> None:
    """A delivery that names nobody is worked through with what its tool tells when asked."""
    ask(stage, TOLD)
    await stage.work()
    await stage.work()
    assert is_booked(stage)
    assert states(stage) == [hooks.DONE]


async def test_a_tool_that_does_not_answer_at_once(stage: Stage) -> None:
    """A tool is asked again after a while, and nobody waits for it meanwhile."""
    tool = ask(stage, NO_ANSWER, TOLD)
    stage.bring_in("other@bank.example")
    stage.enroll("other@bank.example")
    await stage.work()
    await stage.work(timedelta(minutes=4))
    assert len(tool.answers) == 1
    assert len(stage.mails("other@bank.example")) == 1
    await stage.work(timedelta(minutes=1))
    await stage.work()
    assert is_booked(stage)


@pytest.mark.parametrize(
    ("error", "after", "why"),
    [
        (NO_ANSWER, timedelta(days=1), "it answered 503"),
        (DeliveryError("no list"), timedelta(0), "no list"),
        (ZeroDivisionError(), timedelta(0), "internal error: ZeroDivisionError()"),
    ],
)
async def test_a_tool_that_does_not_answer(
    stage: Stage, error: Exception, after: timedelta, why: str
) -> None:
    """Where nothing comes of asking, the delivery is kept as failed, and may be tried again."""
    ask(stage, error, TOLD)
    await stage.work(after)
    [failed] = stage.read(hook_list, ["hubspot"], "https://x.example/").failed
    assert (failed.source, failed.state, failed.why) == ("hubspot", "failed", why)
    stage.write(work_again, stage.sources, failed.number, stage.clock.now())
    await stage.work()
    await stage.work()
    assert is_booked(stage)


async def test_a_tool_that_is_asked_no_more(stage: Stage) -> None:
    """What was to be asked is kept as failed once the settings have no token any more."""
    ask(stage, TOLD)
    other = replace(stage.sources["hubspot"], look_up=None)
    stage.sources = {"hubspot": other, "zoom": replace(other, name="zoom", look_up=Asked().look_up)}
    stage.restart()
    await stage.work()
    [failed] = stage.read(hooks.failures)
    assert failed.problem == "hubspot is not asked any more"


def test_the_list_of_tools(stage: Stage) -> None:
    """Each tool is listed with when it was heard and how much came, those that are gone too."""
    stage.begin(PAT)
    stage.write(hooks.add, "gone", "k", b"{}", NOON)
    tell(stage, "calcom", calcom("BOOKING_CREATED", 0), b"{", b"{}")
    found = stage.read(hook_list, ["calcom", "zoom"], "https://x.example/")
    told = {each.name: (each.is_set, each.last_at, dict(each.states)) for each in found.sources}
    assert told == {
        "calcom": (True, NOON, {"done": 1, "failed": 2}),
        "zoom": (True, None, {}),
        "gone": (False, NOON, {"failed": 1}),
    }
    assert found.sources[0].url == "https://x.example/hooks/calcom"
    assert [each.source for each in found.failed] == ["calcom", "calcom", "gone"]


def test_nothing_to_try_again(stage: Stage) -> None:
    """What was worked through, or never came, is not worked through again."""
    stage.begin(PAT)
    tell(stage, "calcom", calcom("BOOKING_CREATED", 0))
    for number in (1, 99):
        with pytest.raises(HookError, match=f"no delivery {number}"):
            stage.write(work_again, stage.sources, number, NOON)


@pytest.mark.parametrize("late", [calcom_ended(), calcom("BOOKING_PAID", 0)])
def test_what_was_let_go_on_is_not_stopped_again(stage: Stage, late: bytes) -> None:
    """After a person let a cadence go on, news of the meeting that was missed stop nobody."""
    stage.begin(PAT)
    tell(stage, "calcom", calcom("BOOKING_CREATED", 0), calcom_attendance(9_000, missed=True))
    request = Request(PAT, "a rep", "nobody came")
    stage.write(reopen_enrollment, stage.desk, request, NOON)
    tell(stage, "calcom", late)
    assert stage.enrollment(PAT).state is EnrollmentState.ACTIVE
    tell(stage, "calcom", calcom("BOOKING_RESCHEDULED", 9_900, "new-uid", rescheduleUid="old-uid"))
    assert stage.enrollment(PAT).finish_reason is FinishReason.MEETING_BOOKED


def keys(found: Sequence[meetings.Meeting]) -> list[str]:
    return [each.meeting_key for each in found]


def test_two_chains_that_turn_out_to_be_one(stage: Stage) -> None:
    """A link that comes last joins what was known as two meetings, and closes what is settled."""
    stage.begin(PAT)
    moved = calcom("BOOKING_RESCHEDULED", 5, "new-uid", rescheduleUid="old-uid")
    later = calcom("BOOKING_RESCHEDULED", 7, "newest", rescheduleUid="new-uid")
    cancelled = calcom("BOOKING_CANCELLED", 6, "old-uid")
    tell(stage, "calcom", calcom("BOOKING_CREATED", 0), cancelled)
    assert titles(stage) == ["The meeting was cancelled"]
    tell(stage, "calcom", later, moved)
    assert keys(stage.read(meetings.of_person, stage.person(PAT))) == ["newest"]
    assert titles(stage) == []


def test_two_daemons_at_once(postgres_database: Database) -> None:
    """Halves of a move that two daemons work through at the same time make one meeting."""
    stage = Stage(postgres_database)
    stage.begin(PAT)
    rounds = 8
    both = Barrier(2)

    def half(number: int, body: bytes) -> None:
        [event] = TOOLS["calcom"].read(variant(body, number))

        def work(connection: Connection) -> None:
            take_in(connection, stage.desk, replace(event, email=PAT, guests=()), NOON)

        both.wait()
        postgres_database.transact(work)

    moved = calcom("BOOKING_RESCHEDULED", 5, "new-uid", rescheduleUid="old-uid")
    with ThreadPoolExecutor(2) as threads:
        for number in range(rounds):
            halves = [
                threads.submit(half, number, body) for body in (calcom("BOOKING_CREATED", 0), moved)
            ]
            for each in halves:
                each.result()
    found = stage.read(meetings.of_person, stage.person(PAT))
    assert sorted(keys(found)) == sorted(f"new-uidx{number}" for number in range(rounds))
