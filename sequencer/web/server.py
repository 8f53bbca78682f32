"""Run the application inside the daemon's loop, without taking its signals."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

GRACE_S = 5  # for requests under way when the daemon ends
PATIENCE_S = 5.0  # with a client that does not go on
MOST_CONNECTIONS = 500  # half of the files that a process may commonly open


class PortTakenError(Exception):
    """The address cannot be listened on."""


class Impatient(H11Protocol):
    """Closes a connection whose client owes the rest of a request, or a first one, for too long.

    Connections that say nothing would otherwise use up the limit, and others be turned away. It is
    looked at every so often, so a client has one to two times `patience_s` for one request.
    """

    patience_s = PATIENCE_S
    _seen: RequestResponseCycle | None = None
    _check: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to look at the client's pace."""
        super().connection_made(cast("asyncio.Transport", transport))
        self._check_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """Look at it no more."""
        if self._check is not None:
            self._check.cancel()
        super().connection_lost(exc)

    def _check_later(self) -> None:
        self._check = self.loop.call_later(self.patience_s, self._close_if_idle)

    def _close_if_idle(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        owes = cycle is None or cycle.response_complete or cycle.more_body
        if owes and cycle is self._seen:
            self.transport.abort()
            return
        self._seen = cycle
        self._check_later()


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave SIGTERM and SIGINT to the daemon, which has mail to finish first."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises:
        PortTakenError: somebody else listens there, or the host is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTakenError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return listener


async def serve(
    app: Starlette,
    listener: socket.socket,
    stopping: asyncio.Event,
    protocol: type[Impatient] = Impatient,
) -> None:
    """Answer requests until `stopping` is set, then finish those under way."""
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        lifespan="off",
        http=protocol,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    stopped = asyncio.create_task(stopping.wait())
    await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await running
    stopped.cancel()
