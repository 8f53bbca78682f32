from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import httpx2
import pytest
from builders import NOON
from fakes.rude_http import Reply, Request, RudeHttp, rude_http
from fakes.virtual_clock import VirtualClock

from sequencer.adapters.calendar_feed.door import CalendarDoor
from sequencer.domain.feed import CalendarAddress, FeedAnswer, FeedError, Window

EVENT = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:{uid}
DTSTART:20260305T090000Z
SUMMARY:Fish &amp; chips
END:VEVENT
END:VCALENDAR
"""
PASSWORD = "pass"
ABOUT = """<?xml version="1.0"?><D:multistatus xmlns:D="DAV:"
 xmlns:C="urn:ietf:params:xml:ns:caldav"
 xmlns:CS="http://calendarserver.org/ns/"><D:response><D:href>/ana/work/</D:href>
 <D:propstat><D:prop><D:resourcetype><D:collection/>{kind}</D:resourcetype>{tag}</D:prop>
 <D:status>HTTP/1.1 200 OK</D:status></D:propstat>
 <D:propstat><D:prop><CS:none>no</CS:none></D:prop>
 <D:status>HTTP/1.1 404 Not Found</D:status></D:propstat></D:response></D:multistatus>"""
ONE = """<D:response><D:href>/ana/work/{uid}.ics</D:href><D:propstat><D:prop>
 <D:getetag>"{tag}"</D:getetag>{content}</D:prop><D:status>HTTP/1.1 200 OK</D:status>
 </D:propstat></D:response>"""
BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">
]><D:multistatus xmlns:D="DAV:"><D:response><D:href>&b;</D:href></D:response></D:multistatus>"""


@dataclass
class World:
    """A CalDAV server, as small as can be.

    Attributes:
        tag: how it tells a change of the calendar.
        reply: what it answers instead, by the method.
    """

    http: httpx2.AsyncClient
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOON))
    events: dict[str, str] = field(default_factory=lambda: {"u1": "1"})
    tag: str = "<CS:getctag>{}</CS:getctag>"
    kind: str = "<C:calendar/>"
    replies: dict[str, Reply] = field(default_factory=dict)
    server: RudeHttp | None = None

    def respond(self, request: Request) -> Reply:
        if request.headers.get("authorization") != "Basic YW5hOnBhc3M=":
            return Reply(401, b"", {"WWW-Authenticate": 'Basic realm="x"'})
        if request.method in self.replies:
            return self.replies[request.method]
        if request.method == "PROPFIND":
            tag = self.tag.format(hash(str(self.events)))
            return Reply(207, ABOUT.format(kind=self.kind, tag=tag).encode())
        whole = b"calendar-data" in request.body
        data = "<C:calendar-data>" + EVENT + "</C:calendar-data>" if whole else ""
        found = [
            ONE.format(uid=uid, tag=tag, content=data.format(uid=uid))
            for uid, tag in self.events.items()
        ]
        head = '<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
        return Reply(207, f"{head}{''.join(found)}</D:multistatus>".encode())

    async def read(self, mark: str = "", password: str = PASSWORD) -> FeedAnswer:
        assert self.server is not None
        address = CalendarAddress("", self.server.url("/ana/work/"), "ana", password)
        calendar = CalendarDoor(self.http, self.clock.now).open(address, "Europe/Madrid")
        assert "pass" not in repr(calendar)
        now = self.clock.now()
        return await calendar.read(mark, Window(now, now + timedelta(days=60)))

    async def why_not(self, password: str = PASSWORD) -> str:
        with pytest.raises(FeedError) as caught:
            await self.read(password=password)
        return str(caught.value)

    def asked(self) -> list[str]:
        assert self.server is not None
        return [each.method for each in self.server.asked]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with httpx2.AsyncClient(timeout=30) as http:
        world = World(http)
        async with rude_http(world.respond) as server:
            world.server = server
            yield world


@pytest.mark.parametrize(
    ("tag", "cost"),
    [
        ("<CS:getctag>{}</CS:getctag>", ["PROPFIND"]),
        ("<D:sync-token>{}</D:sync-token>", ["PROPFIND"]),
        ("", ["PROPFIND", "REPORT"]),
    ],
)
async def test_a_calendar_that_has_not_changed(world: World, tag: str, cost: list[str]) -> None:
    """It costs one small question, or where its server has no tag for the whole, two."""
    world.tag = tag
    first = await world.read()
    assert first.reading is not None
    (event,) = first.reading.events
    assert (event.key, event.title, event.starts_at.day) == ("u1", "Fish & chips", 5)
    before = len(world.asked())
    assert (await world.read(first.mark)).reading is None
    assert world.asked()[before:] == cost
    world.events["u2"] = "1"
    changed = await world.read(first.mark)
    assert changed.reading is not None
    assert {each.key for each in changed.reading.events} == {"u1", "u2"}
    world.events["u1"] = "2"
    assert (await world.read(changed.mark)).reading is not None


async def test_only_some_weeks_are_asked_for(world: World) -> None:
    """And a year more, so that what was put off is not taken for gone; nothing is written."""
    await world.read()
    assert world.server is not None
    query = world.server.asked[-1].body.decode()
    assert '<c:time-range start="20260303T' in query
    assert 'end="20270606T' in query
    assert {each.headers["depth"] for each in world.server.asked} == {"0", "1"}
    assert set(world.asked()) == {"PROPFIND", "REPORT"}


async def test_after_some_hours_it_is_read_all_the_same(world: World) -> None:
    """As time passes, more of it comes within sight."""
    first = await world.read()
    world.clock.advance(timedelta(hours=7))
    assert (await world.read(first.mark)).reading is not None


async def test_the_address_of_the_account(world: World) -> None:
    """What is there is no calendar, and the reason says what is needed."""
    world.kind = ""
    assert "not a calendar: the address of one calendar is needed" in await world.why_not()


async def test_a_wrong_password(world: World) -> None:
    """It is told as such, and not shown."""
    told = await world.why_not(password="hush")
    assert "lets nobody in" in told
    assert "hush" not in told


async def test_a_server_that_wants_digest(world: World) -> None:
    """It is told as such: no password would help."""
    world.replies["PROPFIND"] = Reply(401, b"", {"WWW-Authenticate": 'Digest realm="x"'})
    assert "wants a sign-in by Digest" in await world.why_not()


@pytest.mark.parametrize("method", ["PROPFIND", "REPORT"])
@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(404), "no calendar at this address"),
        (Reply(405), "no CalDAV server"),
        (Reply(500), "answered 500"),
        (Reply(207, b""), "not XML"),
        (Reply(207, b"<html><p>Sign in</p></html>"), "not one of a calendar server"),
        (Reply(207, b"<D:multistatus xmlns:D='DAV:'><D:resp"), "not XML"),
        (Reply(207, BOMB), "may be a bomb"),
        (Reply(207, b"<a>" * 1_000), "nested too deep"),
        (Reply(207, b" " * 11_000_000), "too large: more than 10 MB"),
    ],
)
async def test_what_is_no_answer(world: World, method: str, reply: Reply, why: str) -> None:
    """Each is refused with its reason, at both questions."""
    world.replies[method] = reply
    assert why in await world.why_not()


async def test_events_that_are_none(world: World) -> None:
    """An object that cannot be read keeps no other from being read."""
    world.events = {"<x/>": "1", "u2": "1"}
    answer = await world.read()
    assert answer.reading is not None
    assert "u2" in {each.key for each in answer.reading.events}


@pytest.mark.parametrize("mark", ["{", "[]", '{"tag": 1}', '{"tag": "x", "whole_at": "soon"}'])
async def test_a_mark_that_is_none(world: World, mark: str) -> None:
    """It is as good as none."""
    assert (await world.read(mark)).reading is not None
