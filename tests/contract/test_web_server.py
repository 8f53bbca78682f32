import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sequencer.web.server import Impatient, listen, serve

HANG_S = 30.0
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n"


class Hasty(Impatient):
    """Waits for less long than one for people."""

    patience_s = 0.2


async def echo(request: Request) -> Response:
    """What was sent."""
    return PlainTextResponse(await request.body())


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Where an application is served."""
    listener = listen("127.0.0.1", 0)
    stopping = asyncio.Event()
    app = Starlette(routes=[Route("/", echo, methods=["POST"])])
    running = asyncio.create_task(serve(app, listener, stopping, Hasty))
    listener.listen()
    yield listener.getsockname()[1]
    stopping.set()
    await running


async def whole_answer(port: int, said: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    try:
        return await asyncio.wait_for(reader.read(), HANG_S)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_clients_that_do_not_go_on(port: int) -> None:
    """Silence, half a head and half a body end with the connection; a whole request is answered."""
    silence, head, body, whole = await asyncio.gather(
        whole_answer(port, b""),
        whole_answer(port, HEAD[:20]),
        whole_answer(port, HEAD + b"h"),
        whole_answer(port, HEAD + b"hi"),
    )
    assert (silence, head, body) == (b"", b"", b"")
    assert whole.endswith(b"hi")
