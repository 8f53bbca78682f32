import gzip
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest
from builders import NOON
from fakes.rude_http import Reply, Request, rude_http

from sequencer.adapters.calendar_feed.fetch import Answer, Ask, fetch
from sequencer.domain.feed import FeedError


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(timeout=30) as client:
        yield client


ASK = Ask("GET", "")


async def asked(http: httpx2.AsyncClient, reply: Reply, ask: Ask = ASK) -> Answer:
    """The answer where a server says that."""
    async with rude_http(lambda _request: reply) as server:
        return await fetch(http, replace(ask, url=server.url("/secret.ics")), NOON)


async def refused(http: httpx2.AsyncClient, reply: Reply, ask: Ask = ASK) -> FeedError:
    """Why that answer is none."""
    with pytest.raises(FeedError) as caught:
        await asked(http, reply, ask)
    assert "secret" not in str(caught.value)
    return caught.value


async def test_a_body_comes_as_it_is(http: httpx2.AsyncClient) -> None:
    """Status, headers and body are those of the server, unpacked where it packs."""
    plain = await asked(http, Reply(200, b"hello", {"ETag": "x"}))
    assert (plain.status, plain.headers["etag"], plain.body) == (200, "x", b"hello")
    packed = Reply(200, gzip.compress(b"hello" * 1_000), {"Content-Encoding": "gzip"})
    assert (await asked(http, packed)).body == b"hello" * 1_000


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 500, 502])
async def test_other_statuses_are_for_the_caller(http: httpx2.AsyncClient, status: int) -> None:
    """What a status means depends on what was asked."""
    assert (await asked(http, Reply(status))).status == status


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("99999999999", timedelta(hours=6)),
        ("Tue, 03 Mar 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Mon, 02 Mar 2026 12:05:00 GMT", timedelta(0)),
        ("soon", None),
        ("", None),
    ],
)
async def test_a_server_that_wants_to_be_left_alone(
    http: httpx2.AsyncClient, said: str, wait: timedelta | None
) -> None:
    """It says for how long in seconds or by a date, and is believed up to a point."""
    for status in (429, 503):
        error = await refused(http, Reply(status, b"", {"Retry-After": said}))
        assert error.wait == wait


async def test_a_body_without_end(http: httpx2.AsyncClient) -> None:
    """No more than the limit is read, however the body comes."""
    endless = await refused(http, Reply(200, b"x" * 65_536, endless=True))
    assert str(endless) == "the calendar at 127.0.0.1 is too large: more than 5 MB"
    bomb = gzip.compress(bytes(50 * 1024 * 1024))
    assert len(bomb) < 60_000
    packed = await refused(http, Reply(200, bomb, {"Content-Encoding": "gzip"}))
    assert "too large" in str(packed)


async def test_a_body_that_is_cut(http: httpx2.AsyncClient) -> None:
    """Half a body is none."""
    assert "cannot be reached" in str(await refused(http, Reply(200, b"half", claims=100)))
    cut = gzip.compress(b"hello" * 1_000)[:-10]
    told = await refused(http, Reply(200, cut, {"Content-Encoding": "gzip"}))
    assert "ends in the middle" in str(told)
    torn = await refused(http, Reply(200, b"no gzip", {"Content-Encoding": "gzip"}))
    assert "cannot be unpacked" in str(torn)
    other = await refused(http, Reply(200, b"x", {"Content-Encoding": "br"}))
    assert "not asked for" in str(other)


async def test_a_server_that_says_nothing(http: httpx2.AsyncClient) -> None:
    """It is waited for no longer than that."""
    told = await refused(http, Reply(hangs=True), replace(ASK, within_s=0.2))
    assert str(told) == "127.0.0.1 took more than 0.2 seconds to answer"


async def test_nobody_listens(http: httpx2.AsyncClient) -> None:
    """The reason names the host, and not the secret."""
    async with rude_http(lambda _request: Reply()) as server:
        url = server.url("/secret.ics")
    with pytest.raises(FeedError, match=r"127\.0\.0\.1 cannot be reached") as caught:
        await fetch(http, Ask("GET", url), NOON)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://exam ple/hush", "https://a:99999/hush", "https://[/hush"])
async def test_an_address_that_is_none(http: httpx2.AsyncClient, url: str) -> None:
    """It is refused, and not shown."""
    with pytest.raises(FeedError) as caught:
        await fetch(http, Ask("GET", url), NOON)
    assert "hush" not in str(caught.value)


async def test_redirects_on_the_same_server_are_followed(http: httpx2.AsyncClient) -> None:
    """With the same question and the same password."""

    def respond(request: Request) -> Reply:
        if request.path == "/here":
            return Reply(200, request.body)
        return Reply(307, headers={"Location": "/here"})

    async with rude_http(respond) as server:
        question = Ask("REPORT", server.url(), {"Depth": "1"}, b"what?", "ana", "pass")
        assert (await fetch(http, question, NOON)).body == b"what?"
    assert [each.method for each in server.asked] == ["REPORT", "REPORT"]
    first, second = (each.headers for each in server.asked)
    assert first["authorization"] == second["authorization"]
    assert second["depth"] == "1"


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://elsewhere.example/", "without https"),
        ("https://127.0.0.1:1/", "within this network"),
        ("https://169.254.169.254/latest", "within this network"),
        ("https://10.0.0.1/", "within this network"),
        ("https://localhost/", "within this network"),
        ("https://2130706433/", "within this network"),
        ("https://127.1/", "within this network"),
        ("https://0x7f.1/", "within this network"),
        ("https://box.localhost/", "within this network"),
        ("file:///etc/passwd", "without https"),
        ("https://xn--\u00ff.example/", "127.0.0.1"),
        ("https://[1/", "127.0.0.1"),
        ("https://" + "a" * 70_000, "127.0.0.1"),
        ("", "does not say where"),
    ],
)
async def test_redirects_that_are_not_followed(
    http: httpx2.AsyncClient, location: str, why: str
) -> None:
    """A server sends us neither into our own network nor to where everybody can read along."""
    headers = {"Location": location} if location else {}
    assert why in str(await refused(http, Reply(302, headers=headers)))


async def test_a_password_stays_with_its_host(http: httpx2.AsyncClient) -> None:
    """Another host is not told it."""
    reply = Reply(301, headers={"Location": "https://elsewhere.example/"})
    told = await refused(http, reply, replace(ASK, username="ana", password="pass"))
    assert "does not get the password" in str(told)


async def test_circles(http: httpx2.AsyncClient) -> None:
    """A server that sends us around is left."""
    told = await refused(http, Reply(302, headers={"Location": "/again"}))
    assert "around in circles" in str(told)
