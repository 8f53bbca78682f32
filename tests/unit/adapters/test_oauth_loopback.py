"""Where the browser comes back to: one answer with the right state, whatever else is sent."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sequencer.adapters.oauth.loopback import MAX_HEAD, MOST_AT_ONCE, Loopback
from sequencer.mail.sign_in import SignInError

STATE = "the-state-of-this-sign-in"


@pytest.fixture
async def loopback() -> AsyncIterator[Loopback]:
    async with Loopback(STATE) as found:
        yield found


def port_of(loopback: Loopback) -> int:
    return int(loopback.uri.rpartition(":")[2])


async def said(loopback: Loopback, raw: bytes) -> bytes:
    """What is answered to these octets."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(loopback))
    writer.write(raw)
    try:
        await writer.drain()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def got(loopback: Loopback, target: str, method: str = "GET", host: str = "") -> bytes:
    """The answer to a request."""
    name = host or f"127.0.0.1:{port_of(loopback)}"
    return await said(loopback, f"{method} {target} HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())


async def test_code(loopback: Loopback) -> None:
    """The code is had, and the page holds nothing that was sent."""
    waiting = asyncio.create_task(loopback.code())
    answer = await got(loopback, f"/?code=the-code&state={STATE}&scope=x")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"no-store" in answer
    assert b"the-code" not in answer
    assert STATE.encode() not in answer
    assert await waiting == "the-code"


async def test_a_second_request(loopback: Loopback) -> None:
    """Only the first answer counts."""
    await got(loopback, f"/?code=first&state={STATE}")
    assert (await got(loopback, f"/?code=second&state={STATE}")).startswith(b"HTTP/1.1 409 ")
    assert await loopback.code() == "first"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("access_denied", "said no"),
        ("server_error", "ended the sign-in: server_error"),
        ("%1b%5b2Jevil", "it did not say why"),
    ],
)
async def test_refused(loopback: Loopback, error: str, sentence: str) -> None:
    """A refusal ends the wait, with a sentence that holds nothing but a code."""
    answer = await got(loopback, f"/?error={error}&error_description=evil&state={STATE}")
    assert answer.startswith(b"HTTP/1.1 200 ")
    with pytest.raises(SignInError, match=sentence) as caught:
        await loopback.code()
    assert "evil" not in str(caught.value)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/", 400),
        ("/?code=evil", 400),
        ("/?code=evil&state=wrong", 400),
        ("/?code=evil&state=", 400),
        (f"/?code=evil&state={STATE}&state=other", 400),
        (f"/?code=evil&code=other&state={STATE}", 400),
        (f"/?code=&state={STATE}", 400),
        (f"/?code=a%0d%0ab&state={STATE}", 400),
        (f"/?code={'x' * 5_000}&state={STATE}", 400),
        (f"/?state={STATE}", 400),
        (f"/?state={STATE}&code=a&" + "&".join(f"x{n}=1" for n in range(50)), 400),
        (f"/?code=%ff&state={STATE}", 400),
        (f"/other?code=evil&state={STATE}", 404),
        (f"//?code=evil&state={STATE}", 404),
        ("/favicon.ico", 404),
    ],
)
async def test_what_does_not_belong(loopback: Loopback, target: str, status: int) -> None:
    """Any page in the browser may send something; the wait goes on."""
    answer = await got(loopback, target)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    await got(loopback, f"/?code=good&state={STATE}")
    assert await loopback.code() == "good"


@pytest.mark.parametrize("method", ["POST", "HEAD", "OPTIONS"])
async def test_other_methods(loopback: Loopback, method: str) -> None:
    """Nothing but GET is understood."""
    answer = await got(loopback, f"/?code=evil&state={STATE}", method)
    assert answer.startswith(b"HTTP/1.1 405 ")
    await got(loopback, f"/?code=good&state={STATE}")
    assert await loopback.code() == "good"


async def test_foreign_names(loopback: Loopback) -> None:
    """A foreign name that leads to this machine is not ours; `localhost` is."""
    target = f"/?code=code&state={STATE}"
    evil = await got(loopback, target, host=f"evil.example:{port_of(loopback)}")
    assert evil.startswith(b"HTTP/1.1 400 ")
    no_port = await got(loopback, target, host="127.0.0.1")
    assert no_port.startswith(b"HTTP/1.1 400 ")
    good = await got(loopback, target, host=f"localhost:{port_of(loopback)}")
    assert good.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/2\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    ],
)
async def test_no_request(loopback: Loopback, raw: bytes) -> None:
    """What is no request of a browser is turned down."""
    assert (await said(loopback, raw)).startswith(b"HTTP/1.1 400 ")


async def test_huge(loopback: Loopback) -> None:
    """A request without an end is not read to its end."""
    answer = await said(loopback, b"GET /?" + b"x" * 50 * MAX_HEAD)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")
    await got(loopback, f"/?code=good&state={STATE}")
    assert await loopback.code() == "good"


async def test_crowd(loopback: Loopback) -> None:
    """Many who say nothing do not hold up who has something to say, once one of them is gone."""
    crowd = [
        await asyncio.open_connection("127.0.0.1", port_of(loopback)) for _ in range(MOST_AT_ONCE)
    ]
    answer = await got(loopback, f"/?code=good&state={STATE}")
    assert answer == b""
    for reader, writer in crowd:
        writer.write(b"\r\n\r\n")
        assert await reader.read()
        writer.close()
    await got(loopback, f"/?code=good&state={STATE}")
    assert await loopback.code() == "good"


async def test_end_with_a_silent_visitor() -> None:
    """Who keeps the line open and says nothing does not keep the listener."""
    async with Loopback(STATE) as loopback:
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(loopback))
        await got(loopback, f"/?code=good&state={STATE}")
        assert await loopback.code() == "good"
    assert await reader.read() == b""
    writer.close()


async def test_port_in_use(loopback: Loopback) -> None:
    """A port that is taken is told as such."""
    with pytest.raises(SignInError, match="cannot be used"):
        async with Loopback(STATE, port=port_of(loopback)):
            pass


async def test_only_here(loopback: Loopback) -> None:
    """It listens on 127.0.0.1 and nowhere else."""
    assert {each.getsockname()[0] for each in loopback._server.sockets} == {"127.0.0.1"}
