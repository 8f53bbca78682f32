"""The API over a real connection: what a test client would set right is sent as it is."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import httpx2
import pytest
from builders import NOON
from stage import DAY, Stage

from sequencer.domain.access import Access, digest_of
from sequencer.domain.handover_policy import HandoverPolicy
from sequencer.domain.rep import Rep
from sequencer.engine.meeting_by_hand import Appointment, book
from sequencer.store import meetings
from sequencer.web.app import Site, build_app
from sequencer.web.json_body import MAX_JSON
from sequencer.web.server import listen, serve

HANG_S = 30.0
ZOE = "zoe@bank.example"
KEY = "k" * 32
HEAD = f"POST /api/meetings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n".encode()
AS_JSON = b"Content-Type: application/json\r\n"


@pytest.fixture
async def port(stage: Stage) -> AsyncIterator[int]:
    """Where an office with one person in a cadence is served."""
    access = (Access("desk", "Ana", digest_of(KEY)),)
    stage.policy = replace(stage.policy, access=access)
    stage.restart()
    stage.begin(ZOE)
    listener = listen("127.0.0.1", 0)
    stopping = asyncio.Event()
    running = asyncio.create_task(serve(build_app(Site(stage.world, {})), listener, stopping))
    listener.listen()
    yield listener.getsockname()[1]
    stopping.set()
    await running


async def answer_to(port: int, said: bytes) -> bytes:
    """All that is answered until the server, or we, end the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    try:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HANG_S)
        lengths = [line for line in head.splitlines() if line.lower().startswith(b"content-length")]
        length = int(lengths[0].partition(b":")[2]) if lengths else 0
        return head + await asyncio.wait_for(reader.readexactly(length), HANG_S)
    finally:
        writer.close()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def chunked(*parts: bytes) -> bytes:
    body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    return b"Transfer-Encoding: chunked\r\n\r\n" + body + b"0\r\n\r\n"


async def test_booked(stage: Stage, port: int) -> None:
    """A body in pieces is one body, and the answer is JSON."""
    body = json.dumps({"email": ZOE, "starts_at": (NOON + DAY).isoformat()}).encode()
    answer = await answer_to(port, HEAD + AS_JSON + chunked(body[:7], body[7:]))
    assert status(answer) == 201
    told = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert stage.read(meetings.get, told["id"]).email == ZOE


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (HEAD + AS_JSON + b"Content-Length: 99999999999999999999\r\n\r\n", 413),
        (HEAD + AS_JSON + b"Content-Length: %d\r\n\r\n" % (MAX_JSON + 1), 413),
        (HEAD + AS_JSON + chunked(b"[" * (MAX_JSON // 2), b"[" * MAX_JSON), 413),
        (HEAD + AS_JSON + b"Content-Length: -1\r\n\r\n", 400),
        (HEAD + b"Content-Length: 2\r\n\r\n{}", 415),
        (HEAD + b"Idempotency-Key: \xe9\xff\r\n" + AS_JSON + b"Content-Length: 2\r\n\r\n{}", 422),
        (HEAD + b"X: a\r\n b\r\n" + AS_JSON + b"Content-Length: 2\r\n\r\n{}", 422),
        (HEAD.replace(KEY.encode(), b"x" * 100_000) + b"\r\n", 401),
        (HEAD.replace(KEY.encode(), b"\xff\xfe\xe9") + b"\r\n", 401),
        (HEAD.replace(b"Bearer", b"bearer  ") + AS_JSON + b"Content-Length: 2\r\n\r\n{}", 422),
        (b"GET /api/meetings/%00%ff%2e%2e HTTP/1.1\r\nHost: x\r\n\r\n", 401),
        (b"GET /h/%00%ff%2f%2e%2e HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /h/" + b"A" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /meetings HTTP/1.1\r\nHost: x\r\nCookie: " + b"a=b; " * 2_000 + b"\r\n\r\n", 200),
        (b"GET /meetings HTTP/1.1\r\nHost: x\r\nCookie: sequencer_session=\xff\r\n\r\n", 200),
    ],
)
async def test_hostile_requests(stage: Stage, port: int, said: bytes, expected: int) -> None:
    """Whatever is sent, the answer is a refusal, nothing is booked, and the next one is served."""
    assert status(await answer_to(port, said)) == expected
    assert stage.read(meetings.get, 1) is None
    good = (
        b"GET /api/meetings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %b\r\n\r\n" % KEY.encode()
    )
    assert status(await answer_to(port, good)) == 200


async def test_the_link_in_the_mail(stage: Stage) -> None:
    """What the rep is sent leads to the page on which they answer."""
    rep = Rep("omar", "Omar", "omar@field.example", ZoneInfo("Europe/Madrid"))
    stage.policy = replace(stage.policy, reps={"omar": rep}, handover=HandoverPolicy(to=("omar",)))
    stage.restart()
    stage.begin(ZOE)
    wanted = Appointment(NOON + 5 * DAY)
    stage.write(book, stage.desk, ZOE, wanted, "Ana", stage.clock.now())
    await stage.work()
    [mail] = stage.mails("omar@field.example")
    [text] = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
    raw = text.get_payload(decode=True)
    assert isinstance(raw, bytes)
    found = re.search(rf"{re.escape(stage.policy.public_url)}(/h/\S+)", raw.decode())
    assert found is not None
    transport = httpx2.ASGITransport(app=build_app(Site(stage.world, {})))
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
        assert "It is offered to you." in (await client.get(found[1])).text
        assert (await client.post(found[1], data={"do": "accept"})).status_code == 303
        assert "It is yours." in (await client.get(found[1])).text
