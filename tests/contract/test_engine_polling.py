import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from builders import NOON
from fakes.rude_http import Reply, Request, RudeHttp, rude_http
from stage import Stage

from sequencer.adapters.booking import calcom, calendly
from sequencer.adapters.booking.calcom_poll import CalcomPoll
from sequencer.adapters.booking.calendly_poll import MOST_ASKED, CalendlyPoll
from sequencer.domain.booking import Subscription
from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.meeting import MeetingState
from sequencer.domain.meeting_filter import EVERY_MEETING
from sequencer.engine.hooks import Source, store_delivery
from sequencer.engine.outside import Outside, OutsideWatch
from sequencer.engine.polling import Poller, poll, watch_subscription
from sequencer.store import meetings, outside_looks
from sequencer.store.database import Database

ZOE = "zoe@bank.example"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AT = NOON + 3 * DAY
CALENDLY = Source("calendly", lambda _post, _now: True, calendly.read)
CALCOM = Source("calcom", lambda _post, _now: True, calcom.read)


def stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


@dataclass
class Tool:
    """Both tools in one: what they know, and how they answer.

    Attributes:
        replies: in place of the next answers.
        forbids: paths that are not for us.
        page: how many meetings are on one page.
    """

    server: RudeHttp | None = None
    meetings: dict[str, dict[str, Any]] = field(default_factory=dict)
    invitees: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    bookings: list[dict[str, Any]] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    forbids: str = "nothing"
    page: int = 100

    def respond(self, request: Request) -> Reply:
        if self.replies:
            return self.replies.pop(0)
        if self.forbids in request.path:
            return Reply(403)
        url = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if request.headers.get("authorization") != "Bearer a-token":
            return Reply(401)
        ways = {"/users/me": self._me, "/scheduled_events": self._listed, "/v2/bookings": self._v2}
        found = ways[url.path](query) if url.path in ways else self._invitees(url.path)
        return Reply(200, json.dumps(found).encode(), {"Content-Type": "application/json"})

    def _me(self, _query: Mapping[str, str]) -> object:
        return {"resource": {"uri": "https://api/users/U", "current_organization": "https://o/O"}}

    def _listed(self, query: Mapping[str, str]) -> object:
        since, until = query["min_start_time"], query["max_start_time"]
        every = [each for each in self.meetings.values() if since <= each["start_time"] <= until]
        at = int(query.get("page_token", "0"))
        more = str(at + self.page) if at + self.page < len(every) else None
        return {
            "collection": every[at : at + self.page],
            "pagination": {"next_page_token": more},
        }

    def _invitees(self, path: str) -> object:
        return {"collection": self.invitees[path.split("/")[2]]}

    def _v2(self, query: Mapping[str, str]) -> object:
        after, starts = query.get("afterUpdatedAt", ""), query.get("afterStart", "")
        every = [
            each for each in self.bookings if each["updatedAt"] > after and each["start"] > starts
        ]
        at, most = int(query["skip"]), int(query["take"])
        return {"status": "success", "data": every[at : at + most]}

    def asked(self, part: str) -> int:
        assert self.server is not None
        return sum(part in each.path for each in self.server.asked)


@pytest.fixture
async def tool() -> AsyncIterator[Tool]:
    tool = Tool()
    async with rude_http(tool.respond) as server:
        tool.server = server
        yield tool


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(timeout=30) as client:
        yield client


@pytest.fixture
def stage(database: Database, tool: Tool, http: httpx2.AsyncClient) -> Stage:
    """An engine that hears both tools' webhooks and asks both, on each kind of database."""
    assert tool.server is not None
    base = tool.server.url("").rstrip("/")
    stage = Stage(database, sources={"calendly": CALENDLY, "calcom": CALCOM})
    pollers: list[Poller] = [CalendlyPoll("a-token", http, base), CalcomPoll("a-token", http, base)]
    every = [poll(each, 10 * MINUTE, EVERY_MEETING) for each in pollers]
    stage.runner.outside = OutsideWatch(every)
    return stage


async def ask(stage: Stage, after: timedelta = 11 * MINUTE) -> None:
    """Let so much time pass, and the daemon ask."""
    await stage.work(after)


def invitee(uri: str, number: str, **more: object) -> dict[str, Any]:
    return {
        "uri": f"https://api/scheduled_events/{number}/invitees/{uri}",
        "email": ZOE,
        "name": "Zoe",
        "status": "active",
        "created_at": stamp(NOON),
        "updated_at": stamp(NOON),
        **more,
    }


def put(
    tool: Tool, number: str, *people: dict[str, Any], at: datetime = AT, **more: object
) -> None:
    """Let Calendly know of a meeting."""
    tool.meetings[number] = {
        "uri": f"https://api/scheduled_events/{number}",
        "name": "Intro",
        "status": "active",
        "start_time": stamp(at),
        "end_time": stamp(at + HOUR),
        "created_at": stamp(NOON),
        "updated_at": stamp(NOON),
        "event_memberships": [{"user_email": "rep@seller.example"}],
        **more,
    }
    tool.invitees[number] = list(people)


def webhook(event: str, tool: Tool, number: str, index: int, at: datetime) -> bytes:
    """What Calendly posts of it."""
    payload = {**tool.invitees[number][index], "scheduled_event": tool.meetings[number]}
    return json.dumps({"event": event, "created_at": stamp(at), "payload": payload}).encode()


async def post(stage: Stage, source: Source, body: bytes) -> None:
    stage.write(store_delivery, source, body, stage.clock.now())
    await stage.work()


def met(stage: Stage) -> list[tuple[MeetingState, datetime | None]]:
    found = stage.read(meetings.of_person, stage.person(ZOE))
    return [(each.state, each.starts_at) for each in found]


def counted(stage: Stage) -> int:
    """How many things were told of meetings."""
    with stage.database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM booking_event").scalar() or 0)


def problem(stage: Stage, name: str) -> str:
    kept = stage.read(outside_looks.get, name)
    assert kept is not None
    return str(kept.problem)


@pytest.mark.parametrize("webhook_first", [True, False])
async def test_a_booking_counts_once(stage: Stage, tool: Tool, *, webhook_first: bool) -> None:
    """Whether its webhook comes first, or we have asked before."""
    stage.begin(ZOE)
    put(tool, "E1", invitee("I1", "E1"))
    body = webhook("invitee.created", tool, "E1", 0, NOON + timedelta(seconds=2))
    if webhook_first:
        await post(stage, CALENDLY, body)
    await ask(stage)
    await post(stage, CALENDLY, body)
    await ask(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT)]
    assert stage.enrollment(ZOE).finish_reason is FinishReason.MEETING_BOOKED
    assert counted(stage) == 1
    assert stage.timeline(ZOE).count("meeting") == 1


@pytest.mark.parametrize("webhook_first", [True, False])
async def test_what_comes_after_counts_once(
    stage: Stage, tool: Tool, *, webhook_first: bool
) -> None:
    """A reschedule and then a cancellation, each told by webhook and asked for."""
    stage.begin(ZOE)
    put(tool, "E1", invitee("I1", "E1"))
    await ask(stage)
    later = stamp(stage.clock.now() + MINUTE)
    old, new = tool.invitees["E1"][0], invitee("I2", "E2", created_at=later)
    new["old_invitee"] = old["uri"]
    gone = {"rescheduled": True, "new_invitee": new["uri"], "status": "canceled"}
    put(tool, "E1", {**old, **gone}, updated_at=later, status="canceled")
    put(tool, "E2", new, at=AT + DAY, updated_at=later)
    bodies = [
        webhook("invitee.created", tool, "E2", 0, stage.clock.now() + MINUTE),
        webhook("invitee.canceled", tool, "E1", 0, stage.clock.now() + MINUTE),
    ]
    for body in bodies if webhook_first else []:
        await post(stage, CALENDLY, body)
    await ask(stage)
    for body in bodies:
        await post(stage, CALENDLY, body)
    assert met(stage) == [(MeetingState.BOOKED, AT + DAY)]
    later = stamp(stage.clock.now() + MINUTE)
    told = {"canceler_type": "invitee", "reason": "ill", "created_at": later}
    put(tool, "E2", {**new, "status": "canceled", "cancellation": told}, updated_at=later)
    tool.meetings["E2"]["start_time"] = stamp(AT + DAY)
    body = webhook("invitee.canceled", tool, "E2", 0, stage.clock.now() + 2 * MINUTE)
    if webhook_first:
        await post(stage, CALENDLY, body)
    await ask(stage)
    await post(stage, CALENDLY, body)
    assert [state for state, _ in met(stage)] == [MeetingState.CANCELLED]
    assert counted(stage) == 3


async def test_the_first_time(stage: Stage, tool: Tool) -> None:
    """What was cancelled before anybody asked ends no cadence; what is to come does."""
    stage.begin(ZOE)
    gone = invitee("I1", "E1", status="canceled", cancellation={"canceler_type": "host"})
    long_ago = stamp(NOON - DAY)
    put(tool, "E1", gone, status="canceled", updated_at=long_ago)
    put(tool, "E2", invitee("I2", "E2", status="canceled"), updated_at=long_ago)
    await ask(stage)
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    assert met(stage) == []
    put(tool, "E3", invitee("I3", "E3"), updated_at=stamp(stage.clock.now()))
    await ask(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT)]


async def test_nobody_came(stage: Stage, tool: Tool) -> None:
    """A no-show is asked for after the meeting, and so is that it was none."""
    stage.begin(ZOE)
    put(tool, "E1", invitee("I1", "E1"))
    await ask(stage)
    missed = {"uri": "https://api/no_shows/N1", "created_at": stamp(AT + HOUR)}
    await ask(stage, 3 * DAY + HOUR)
    tool.invitees["E1"][0]["no_show"] = missed
    await ask(stage, HOUR)
    assert met(stage) == [(MeetingState.NO_SHOW, AT)]
    await post(stage, CALENDLY, webhook("invitee_no_show.created", tool, "E1", 0, AT + HOUR))
    before = counted(stage)
    assert before == 2
    del tool.invitees["E1"][0]["no_show"]
    await ask(stage, 2 * HOUR)
    assert met(stage) == [(MeetingState.BOOKED, AT)]
    await ask(stage, 2 * HOUR)
    assert counted(stage) == before + 1


async def test_only_what_has_changed_is_asked_about(stage: Stage, tool: Tool) -> None:
    """Each question costs; a list of many pages is read to its end, and many meetings in turns."""
    stage.bring_in(ZOE)
    tool.page = 40
    for number in range(MOST_ASKED + 40):
        someone, at = invitee("I", f"E{number}"), AT + number * HOUR
        put(tool, f"E{number}", someone, at=at, updated_at=stamp(NOON - HOUR))
    await ask(stage)
    assert tool.asked("/invitees") == MOST_ASKED
    assert tool.asked("/scheduled_events?") == 3
    await ask(stage)
    await ask(stage)
    assert len(met(stage)) == MOST_ASKED + 40
    asked = tool.asked("/invitees")
    await ask(stage)
    await ask(stage)
    assert tool.asked("/invitees") == asked


async def test_a_token_that_sees_only_its_own(stage: Stage, tool: Tool) -> None:
    """Where the organization is not for us, the user is asked about."""
    stage.begin(ZOE)
    tool.forbids = "organization="
    put(tool, "E1", invitee("I1", "E1"))
    await ask(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT)]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(500), "it answered 500"),
        (Reply(401), "it answered 401"),
        (Reply(200, b"<html>"), "not JSON"),
        (Reply(200, b"[]"), "whose token"),
        (Reply(200, b"{}", claims=99), "cannot be reached"),
        (Reply(200, b"x" * 70_000, endless=True), "too long"),
        (Reply(302, headers={"Location": "https://elsewhere.example/"}), "it answered 302"),
    ],
)
async def test_a_tool_that_does_not_tell(stage: Stage, tool: Tool, reply: Reply, why: str) -> None:
    """The reason is kept, nothing is lost, and it is asked again later."""
    stage.begin(ZOE)
    put(tool, "E1", invitee("I1", "E1"))
    tool.replies = [reply, reply]
    await ask(stage)
    assert why in problem(stage, "poll calendly")
    tool.replies = []
    await ask(stage, HOUR)
    assert problem(stage, "poll calendly") == ""
    assert met(stage) == [(MeetingState.BOOKED, AT)]


@pytest.mark.parametrize("header", ["Retry-After", "X-RateLimit-Reset"])
async def test_a_tool_that_wants_to_be_left_alone(stage: Stage, tool: Tool, header: str) -> None:
    """Either way of saying for how long is heeded."""
    tool.replies = [Reply(429, headers={header: "3600"})] * 2
    await ask(stage)
    assert tool.server is not None
    asked = len(tool.server.asked)
    await ask(stage, 50 * MINUTE)
    assert len(tool.server.asked) == asked
    await ask(stage)
    assert len(tool.server.asked) > asked


def booking(uid: str = "b1", **more: object) -> dict[str, Any]:
    """A booking at Cal.com."""
    return {
        "uid": uid,
        "title": "Intro",
        "status": "accepted",
        "start": stamp(AT),
        "end": stamp(AT + HOUR),
        "eventType": {"slug": "intro"},
        "hosts": [{"email": "rep@seller.example"}],
        "attendees": [{"email": ZOE, "name": "Zoe", "timeZone": "Europe/Madrid", "absent": False}],
        "bookingFieldsResponses": {"email": ZOE},
        "metadata": {},
        "location": "https://meet.example/1",
        "createdAt": stamp(NOON),
        "updatedAt": stamp(NOON),
        **more,
    }


def trigger(name: str, uid: str, at: datetime, **more: object) -> bytes:
    """What Cal.com posts of it."""
    payload = {
        "uid": uid,
        "startTime": stamp(AT),
        "attendees": [{"email": ZOE, "name": "Zoe", "timeZone": "Europe/Madrid"}],
        "responses": {"email": {"value": ZOE}},
        "organizer": {"email": "rep@seller.example"},
        **more,
    }
    return json.dumps({"triggerEvent": name, "createdAt": stamp(at), "payload": payload}).encode()


@pytest.mark.parametrize("webhook_first", [True, False])
async def test_a_booking_at_calcom(stage: Stage, tool: Tool, *, webhook_first: bool) -> None:
    """Requested, confirmed, moved, cancelled: each counts once, told or asked for."""
    stage.begin(ZOE)
    new_at = stamp(AT + DAY)
    steps: list[tuple[list[dict[str, Any]], bytes, MeetingState, datetime]] = [
        (
            [booking(status="pending")],
            trigger("BOOKING_REQUESTED", "b1", NOON),
            MeetingState.REQUESTED,
            AT,
        ),
        ([booking()], trigger("BOOKING_CREATED", "b1", NOON + MINUTE), MeetingState.BOOKED, AT),
        (
            [
                booking(status="cancelled", rescheduledToUid="b2"),
                booking("b2", rescheduledFromUid="b1", start=new_at),
            ],
            trigger("BOOKING_RESCHEDULED", "b2", NOON, rescheduleUid="b1", startTime=new_at),
            MeetingState.BOOKED,
            AT + DAY,
        ),
        (
            [booking("b2", start=new_at, status="cancelled", cancelledByEmail=ZOE)],
            trigger("BOOKING_CANCELLED", "b2", NOON, cancelledBy=ZOE, startTime=new_at),
            MeetingState.CANCELLED,
            AT + DAY,
        ),
    ]
    await ask(stage)
    for listed, body, state, at in steps:
        now = stage.clock.now()
        tool.bookings = [each | {"updatedAt": stamp(now)} for each in listed]
        changed = json.loads(body) | {"createdAt": stamp(now)}
        if webhook_first:
            await post(stage, CALCOM, json.dumps(changed).encode())
        await ask(stage)
        await post(stage, CALCOM, json.dumps(changed).encode())
        assert met(stage) == [(state, at)]
    assert counted(stage) == len(steps)


async def test_nobody_came_to_a_booking_at_calcom(stage: Stage, tool: Tool) -> None:
    """Who was absent is told once, and once that they were not."""
    stage.begin(ZOE)
    tool.bookings = [booking()]
    await ask(stage)

    def say(*, absent: bool) -> None:
        people = [{"email": ZOE, "name": "Zoe", "absent": absent}]
        tool.bookings = [booking(attendees=people, updatedAt=stamp(stage.clock.now()))]

    await ask(stage, 3 * DAY + HOUR)
    for absent, state in ((True, MeetingState.NO_SHOW), (False, MeetingState.BOOKED)):
        for _ in range(3):
            say(absent=absent)
            await ask(stage)
            assert met(stage) == [(state, AT)]
    assert counted(stage) == 3


async def test_the_first_time_at_calcom(stage: Stage, tool: Tool) -> None:
    """What was off before anybody asked ends no cadence; later pages are read too."""
    stage.begin(ZOE)
    tool.bookings = [booking(f"b{n}", status="cancelled") for n in range(120)]
    tool.bookings.append(booking("r", status="rejected"))
    await ask(stage)
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    assert tool.asked("/v2/bookings") == 2
    tool.bookings = [booking("b121", updatedAt=stamp(stage.clock.now()))]
    await ask(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT)]
    (meeting,) = stage.read(meetings.of_person, stage.person(ZOE))
    assert (meeting.link, meeting.host, meeting.verified) == (
        "https://meet.example/1",
        "rep@seller.example",
        True,
    )


@pytest.mark.parametrize("body", [b"{}", b'{"status": "error"}', b'{"status": "success"}', b"[]"])
async def test_calcom_says_something_else(stage: Stage, tool: Tool, body: bytes) -> None:
    """What is no list of bookings is a problem, or an empty list."""
    tool.replies = [Reply(200, b"{}"), Reply(200, body)]
    await ask(stage)
    assert problem(stage, "poll calcom") in {"its answer is no list of bookings", ""}


URL = "https://seller.example/hooks/calendly"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ([Subscription(URL, "active")], ""),
        ([Subscription(f"{URL}/", "active", NOON), Subscription(URL, "active")], ""),
        ([], "no subscription that reports to"),
        ([Subscription("https://else.example", "active")], "no subscription that reports to"),
        ([Subscription(URL, "disabled")], "is disabled, nothing is reported: create"),
        ([Subscription(URL, "active", NOON)], "fail since 2026-03-03 12:00 UTC"),
    ],
)
async def test_a_subscription_is_watched(
    stage: Stage, told: list[Subscription], words: str
) -> None:
    """What is wrong with it is told, with what to do, once an hour."""
    asked = []

    async def subscriptions() -> list[Subscription]:
        asked.append(stage.clock.now())
        return told

    every: list[Outside] = [watch_subscription("calendly", subscriptions, "https://seller.example")]
    stage.runner.outside = OutsideWatch(every)
    for _ in range(7):
        await ask(stage)
    assert len(asked) == 2
    found = problem(stage, "subscription calendly")
    assert words in found
    assert bool(words) == bool(found)
