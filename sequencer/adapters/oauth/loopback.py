"""Where does the browser come back to? To this machine alone, once, with what only it can know."""

import asyncio
import re
import secrets
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs

from sequencer.mail.sign_in import SignInError

MAX_HEAD = 16_384  # octets of a request, up to the blank line
REQUEST_S = 10.0
MOST_AT_ONCE = 20
MOST_FIELDS = 20
END_S = 2.0  # for pages that are on their way
_CODE = re.compile(r"[\x21-\x7e]{1,4096}")
_ERROR = re.compile(r"[a-z_]{1,40}")

_PAGE = """\
<!doctype html><html lang="en"><meta charset="utf-8"><title>Sequencer</title>
<p>{}</p></html>
"""
_TEXTS = {
    HTTPStatus.OK: "Back to the terminal, please: it says how it went. This page can be closed.",
    HTTPStatus.BAD_REQUEST: "This does not belong to the sign-in that is under way.",
    HTTPStatus.NOT_FOUND: "There is nothing here.",
    HTTPStatus.METHOD_NOT_ALLOWED: "There is nothing to be sent here.",
    HTTPStatus.CONFLICT: "This sign-in has had its answer.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "This is too much.",
}


class Loopback:
    """Waits on 127.0.0.1 for one browser that brings the code of one sign-in.

    Whatever else comes is refused, and does not end the wait: any page in that browser, and any
    program on this machine, may send something.

    Args:
        state: what the request has to repeat.
        name: what this machine is called in the address.
        port: 0 for any that is free.
    """

    def __init__(self, state: str, name: str = "127.0.0.1", port: int = 0) -> None:
        self._state = state
        self._name = name
        self._port = port
        self._taken = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._found: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        try:
            self._server = await asyncio.start_server(
                self._accept, "127.0.0.1", self._port, limit=MAX_HEAD
            )
        except OSError as error:
            raise SignInError(f"Port {self._port} cannot be used: {error.strerror}.") from None
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=END_S)
        self._found.cancel()

    @property
    def uri(self) -> str:
        """The address that the browser is to come back to."""
        return f"http://{self._name}:{self._port}"

    async def code(self) -> str:
        """The code, once the browser has brought it. Raises SignInError."""
        brought = await asyncio.shield(self._found)
        if brought.startswith("error "):
            said = brought.removeprefix("error ")
            if said == "access_denied":
                raise SignInError("Whoever was asked said no, or may not say yes.")
            raise SignInError(f"The provider ended the sign-in: {said}.")
        return brought.removeprefix("code ")

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._tasks) >= MOST_AT_ONCE:
            writer.transport.abort()
            return
        self._tasks.add(task)
        try:
            async with asyncio.timeout(REQUEST_S):
                await self._serve(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # who asks no question gets no answer
        finally:
            self._tasks.discard(task)
            writer.transport.abort() if not writer.is_closing() else None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        brought = ""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        else:
            status, brought = self._judge(head)
        try:
            writer.write(_page(status))
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        finally:
            if brought and not self._found.done():
                self._found.set_result(brought)

    def _judge(self, head: bytes) -> tuple[HTTPStatus, str]:
        """What to answer, and what the right browser has brought."""
        first, _, headers = head.partition(b"\r\n")
        match first.split(b" "):
            case [b"GET", target, b"HTTP/1.1" | b"HTTP/1.0"]:
                path, _, query = target.partition(b"?")
            case [_, _, b"HTTP/1.1" | b"HTTP/1.0"]:
                return HTTPStatus.METHOD_NOT_ALLOWED, ""
            case _:
                return HTTPStatus.BAD_REQUEST, ""
        if not self._is_ours(headers):
            return HTTPStatus.BAD_REQUEST, ""
        if path != b"/":
            return HTTPStatus.NOT_FOUND, ""
        brought = self._brought(query)
        if brought and self._taken:
            return HTTPStatus.CONFLICT, ""
        self._taken = self._taken or bool(brought)
        return HTTPStatus.OK if brought else HTTPStatus.BAD_REQUEST, brought

    def _is_ours(self, headers: bytes) -> bool:
        """Whether the request names this machine: a foreign name may have been bent to it."""
        hosts = [
            line.partition(b":")[2].strip().lower()
            for line in headers.split(b"\r\n")
            if line.lower().startswith(b"host:")
        ]
        names = (f"{name}:{self._port}".encode() for name in ("127.0.0.1", "localhost"))
        return len(hosts) == 1 and hosts[0] in names

    def _brought(self, query: bytes) -> str:
        """The code or the error in a query that repeats the state; empty for any other."""
        try:
            found = parse_qs(query.decode("ascii"), errors="strict", max_num_fields=MOST_FIELDS)
        except ValueError:
            return ""
        states = found.get("state", [])
        if len(states) != 1 or not secrets.compare_digest(states[0].encode(), self._state.encode()):
            return ""
        match found:
            case {"error": [str(error)]}:
                return f"error {error if _ERROR.fullmatch(error) else 'it did not say why'}"
            case {"code": [str(code)]} if _CODE.fullmatch(code):
                return f"code {code}"
        return ""


def _page(status: HTTPStatus) -> bytes:
    body = _PAGE.format(_TEXTS[status]).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\n"
        "Referrer-Policy: no-referrer\r\n"
        "Content-Security-Policy: default-src 'none'\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body
