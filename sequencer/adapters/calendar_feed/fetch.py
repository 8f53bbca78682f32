"""What does a calendar server answer? Within limits of time and size, and never led astray.

Addresses of calendars are secrets: of one that fails, no more than its host is told.
"""

import asyncio
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Final

import httpx2

from sequencer.domain.feed import FeedError
from sequencer.mail.server import is_loopback

HTTP_S: Final = 20.0  # for everything, redirects and all
MAX_BODY: Final = 5 * 1024 * 1024
MOST_REDIRECTS: Final = 5
LONGEST_WAIT: Final = timedelta(hours=6)  # that a server may ask for
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_NUMBER: Final = re.compile(r"(?i)(?:^|\.)(?:[0-9]+|0x[0-9a-f]*|localhost)\.?$")
_BUSY: Final = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Ask:
    """A question.

    Attributes:
        headers: sent along, also where the server sends us elsewhere.
        password: of the user; given to no other host than the first.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    username: str = ""
    password: str = field(default="", repr=False)
    max_body: int = MAX_BODY
    within_s: float = HTTP_S


@dataclass(frozen=True, slots=True)
class Answer:
    """What came; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def fetch(http: httpx2.AsyncClient, ask: Ask, now: datetime) -> Answer:
    """The answer, whatever its status except those that ask us to wait.

    Raises:
        FeedError: it cannot be reached, takes too long, is too large, or sends us astray.
    """
    host = _host(ask.url)
    try:
        async with asyncio.timeout(ask.within_s):
            answer = await _followed(http, ask)
    except TimeoutError:
        raise FeedError(f"{host} took more than {ask.within_s:g} seconds to answer") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, ValueError) as error:
        raise FeedError(f"{host} cannot be reached: {_reason(error)}") from None
    if answer.status in _BUSY:
        wait = _wait(answer.headers.get("retry-after", ""), now)
        raise FeedError(f"{host} wants to be left alone for a while ({answer.status})", wait)
    return answer


def _host(url: str) -> str:
    try:
        return httpx2.URL(url).host
    except httpx2.InvalidURL:
        raise FeedError("the address of the calendar cannot be understood") from None


async def _followed(http: httpx2.AsyncClient, ask: Ask) -> Answer:
    url = httpx2.URL(ask.url)
    for _ in range(MOST_REDIRECTS + 1):
        answer = await _once(http, ask, url)
        if answer.status not in _REDIRECTS:
            return answer
        target = answer.headers.get("location", "")
        if not target:
            raise FeedError(f"{url.host} sends us elsewhere and does not say where")
        url = _allowed(url, url.join(target), has_password=bool(ask.password))
    raise FeedError(f"{url.host} sends us around in circles")


def _allowed(before: httpx2.URL, url: httpx2.URL, *, has_password: bool) -> httpx2.URL:
    """The address that we are sent to, if we go there."""
    is_same = (url.scheme, url.host, url.port) == (before.scheme, before.host, before.port)
    if is_same:
        return url
    if url.scheme != "https":
        raise FeedError(f"{before.host} sends us to an address without https")
    if _is_inside(url.host):
        raise FeedError(f"{before.host} sends us to {url.host}, which is within this network")
    if has_password and url.host != before.host:
        raise FeedError(
            f"{before.host} sends us to {url.host}, which does not get the password: write that "
            "address into the settings"
        )
    return url


def _is_inside(host: str) -> bool:
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return is_loopback(host) or _NUMBER.search(host) is not None
    return not address.is_global


async def _once(http: httpx2.AsyncClient, ask: Ask, url: httpx2.URL) -> Answer:
    headers = {"Accept-Encoding": "gzip", "User-Agent": "sequencer", **ask.headers}
    auth = httpx2.BasicAuth(ask.username, ask.password) if ask.password else None
    request = http.build_request(ask.method, url, headers=headers, content=ask.body or None)
    response = await http.send(request, auth=auth, stream=True, follow_redirects=False)
    try:
        named = {name.lower(): value for name, value in response.headers.items()}
        body = await _body(response, ask, url.host)
        return Answer(response.status_code, named, body)
    finally:
        await response.aclose()


async def _body(response: httpx2.Response, ask: Ask, host: str) -> bytes:
    """The body, unpacked no further than the limit: a small one may unpack to anything."""
    packed = response.headers.get("content-encoding", "identity").strip().lower()
    if packed not in {"identity", "", "gzip", "x-gzip"}:
        raise FeedError(f"{host} answers in a coding that was not asked for: {packed[:40]}")
    unpack = zlib.decompressobj(wbits=31) if "gzip" in packed else None
    body, limit = bytearray(), ask.max_body
    async for part in response.aiter_raw():
        body += _unpacked(unpack, part, limit + 1 - len(body), host) if unpack else part
        if len(body) > limit:
            size = f"{limit // 1024 // 1024} MB" if limit >= 1024 * 1024 else f"{limit} bytes"
            raise FeedError(f"the calendar at {host} is too large: more than {size}")
    if unpack is not None and body and not unpack.eof:
        raise FeedError(f"what {host} sent ends in the middle")
    return bytes(body)


def _unpacked(unpack: "zlib._Decompress", part: bytes, most: int, host: str) -> bytes:
    """What a part unpacks to, up to so many bytes."""
    try:
        return unpack.decompress(unpack.unconsumed_tail + part, most)
    except zlib.error:
        raise FeedError(f"what {host} sent cannot be unpacked") from None


def _reason(error: Exception) -> str:
    told = str(error).partition("\n")[0][:200]
    return told if told and "://" not in told else type(error).__name__


def _wait(said: str, now: datetime) -> timedelta | None:
    """How long Retry-After asks for (RFC 9110 section 10.2.3): seconds, or a date."""
    if said.isascii() and said.isdigit():
        return min(timedelta(seconds=int(said[:9])), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(said)
    except ValueError:
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return min(max(at - now, timedelta(0)), LONGEST_WAIT)
