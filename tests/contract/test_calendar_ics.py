import gzip
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import httpx2
import pytest
from builders import NOON
from fakes.rude_http import Reply, Request, RudeHttp, rude_http
from fakes.virtual_clock import VirtualClock

from sequencer.adapters.calendar_feed.door import CalendarDoor
from sequencer.domain.feed import CalendarAddress, FeedAnswer, FeedError, FeedReading, Window

BODY = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
BEGIN:VEVENT\r
UID:u1\r
DTSTART:20260305T090000Z\r
END:VEVENT\r
END:VCALENDAR\r
"""


@dataclass
class World:
    """A server, a client, and what the server says.

    Attributes:
        reply: instead of the calendar.
        tags: whether the server tells by what its calendar can be known.
    """

    http: httpx2.AsyncClient
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOON))
    body: bytes = BODY
    reply: Reply | None = None
    tags: tuple[str, ...] = ("etag",)
    server: RudeHttp | None = None

    def respond(self, request: Request) -> Reply:
        if self.reply is not None:
            return self.reply
        tag, at = f'"{len(self.body)}"', "Mon, 02 Mar 2026 10:00:00 GMT"
        told = {"etag": ("ETag", tag), "modified": ("Last-Modified", at)}
        headers = dict(told[each] for each in self.tags)
        is_known = request.headers.get("if-none-match") == tag or (
            request.headers.get("if-modified-since") == at
        )
        return Reply(304 if is_known else 200, b"" if is_known else self.body, headers)

    async def read(self, mark: str = "") -> FeedAnswer:
        assert self.server is not None
        address = CalendarAddress(ics=self.server.url("/private-hush/basic.ics"))
        calendar = CalendarDoor(self.http, self.clock.now).open(address, "Europe/Madrid")
        assert "hush" not in repr(calendar)
        now = self.clock.now()
        return await calendar.read(mark, Window(now, now + timedelta(days=60)))

    async def why_not(self) -> str:
        with pytest.raises(FeedError) as caught:
            await self.read()
        assert "hush" not in str(caught.value)
        return str(caught.value)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with httpx2.AsyncClient(timeout=30) as http:
        world = World(http)
        async with rude_http(world.respond) as server:
            world.server = server
            yield world


def keys(reading: FeedReading | None) -> list[str]:
    assert reading is not None
    return [each.key for each in reading.events]


@pytest.mark.parametrize("tags", [("etag",), ("modified",), ("etag", "modified")])
async def test_a_calendar_is_read_once(world: World, tags: tuple[str, ...]) -> None:
    """As long as its server says that nothing has changed, nothing comes."""
    world.tags = tags
    first = await world.read()
    assert keys(first.reading) == ["u1"]
    again = await world.read(first.mark)
    assert (again.reading, again.mark) == (None, first.mark)
    world.body = BODY.replace(b"u1", b"u2-changed")
    world.tags = ("etag",)
    if "modified" not in tags:
        assert keys((await world.read(first.mark)).reading) == ["u2-changed"]


async def test_a_server_without_tags(world: World) -> None:
    """It is read whole each time."""
    world.tags = ()
    first = await world.read()
    assert keys((await world.read(first.mark)).reading) == ["u1"]


async def test_what_comes_within_sight(world: World) -> None:
    """After some hours the calendar is read whole although nothing in it has changed."""
    first = await world.read()
    world.clock.advance(timedelta(hours=5))
    assert (await world.read(first.mark)).reading is None
    world.clock.advance(timedelta(hours=2))
    assert keys((await world.read(first.mark)).reading) == ["u1"]


@pytest.mark.parametrize("mark", ["{", "[]", '{"etag": 1, "whole_at": 2}', "null", "x" * 3_000])
async def test_a_mark_that_is_none(world: World, mark: str) -> None:
    """It is as good as none, and no server makes a long one."""
    assert keys((await world.read(mark)).reading) == ["u1"]
    world.reply = Reply(200, BODY, {"ETag": f'"{"x" * 5_000}"'})
    assert len((await world.read(mark)).mark) < 100


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(401), "not valid any more"),
        (Reply(403), "not valid any more"),
        (Reply(404), "has no calendar at this address"),
        (Reply(410), "has no calendar at this address"),
        (Reply(500), "answered 500"),
        (Reply(204), "answered 204"),
        (Reply(304), "answered 304"),
        (Reply(200, b""), "not a calendar (unknown type)"),
        (
            Reply(200, b"<!doctype html><p>Sign in", {"Content-Type": "text/html; charset=x"}),
            "not a calendar (text/html): is it the address of a page",
        ),
        (Reply(200, b"{}", {"Content-Type": "application/json"}), "not a calendar (application"),
        (Reply(200, BODY[:-20]), "ends in the middle"),
        (Reply(200, BODY + b"x" * 100), "ends in the middle"),
    ],
)
async def test_what_is_no_calendar(world: World, reply: Reply, why: str) -> None:
    """The reason is told in words that say what to do."""
    world.reply = reply
    assert why in await world.why_not()


async def test_a_type_that_is_wrong_does_no_harm(world: World) -> None:
    """What is a calendar is one, whatever its server calls it, packed or not."""
    packed = {"Content-Type": "application/octet-stream", "Content-Encoding": "gzip"}
    world.reply = Reply(200, gzip.compress(b"\xef\xbb\xbf" + BODY), packed)
    assert keys((await world.read()).reading) == ["u1"]
