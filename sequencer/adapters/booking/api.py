"""What does a booking tool answer when it is asked? Within limits; no token is in an error."""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta

import httpx2

from sequencer.adapters.booking.fields import Fields
from sequencer.domain.booking import AskError

HTTP_S = 20.0  # for the whole answer
MAX_ANSWER = 1024 * 1024
LONGEST_WAIT = timedelta(hours=6)  # that a tool may ask for
_BUSY = frozenset({429, 503})


async def ask(
    http: httpx2.AsyncClient, url: str, token: str, headers: Mapping[str, str] | None = None
) -> Fields:
    """The object that a tool answers with; an empty one where there is no such thing.

    Raises:
        AskError: it cannot be reached, refuses, or says what is no object.
    """
    sent = {"Authorization": f"Bearer {token}", "Accept": "application/json", **(headers or {})}
    sent["Accept-Encoding"] = "identity"
    try:
        async with asyncio.timeout(HTTP_S), http.stream("GET", url, headers=sent) as response:
            status, body = response.status_code, await _body(response)
            wait = _wait(response.headers)
    except TimeoutError:
        raise AskError(f"it took more than {HTTP_S:g} seconds to answer") from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise AskError(f"it cannot be reached: {type(error).__name__}") from None
    if status == httpx2.codes.NOT_FOUND:
        return Fields(None)
    if status != httpx2.codes.OK:
        raise AskError(f"it answered {status}", wait if status in _BUSY else None, status)
    try:
        return Fields(json.loads(body))
    except (ValueError, RecursionError):
        raise AskError("its answer is not JSON") from None


def _wait(headers: Mapping[str, str]) -> timedelta | None:
    """How long a tool wants to be left alone, in seconds."""
    said = headers.get("retry-after") or headers.get("x-ratelimit-reset") or ""
    is_number = said.isascii() and said.isdigit()
    return min(timedelta(seconds=int(said[:9])), LONGEST_WAIT) if is_number else None


async def _body(response: httpx2.Response) -> bytes:
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > MAX_ANSWER:
            raise AskError("its answer is too long")
    return bytes(body)
