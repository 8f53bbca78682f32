"""A calendar on a CalDAV server (RFC 4791): asked whether it has changed, and only then for events.

Servers tell a change by a tag of the whole calendar (`getctag`), by a token for synchronising
(RFC 6578), or else by the tags of all events: that is what a look costs where nothing has happened.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import httpx2

from sequencer.adapters.calendar_feed.fetch import MAX_BODY, Answer, Ask, fetch
from sequencer.adapters.calendar_feed.ics import WHOLE_EVERY, check_status
from sequencer.adapters.calendar_feed.multistatus import (
    CALDAV,
    DAV,
    SERVER,
    Response,
    read_multistatus,
)
from sequencer.adapters.calendar_feed.read import read_calendars
from sequencer.domain.feed import FURTHER, FeedAnswer, FeedError, Window

_PROPFIND: Final = (
    b'<?xml version="1.0" encoding="utf-8"?><d:propfind xmlns:d="DAV:" '
    b'xmlns:s="http://calendarserver.org/ns/"><d:prop><d:resourcetype/><s:getctag/>'
    b"<d:sync-token/></d:prop></d:propfind>"
)
_QUERY: Final = (
    '<?xml version="1.0" encoding="utf-8"?><c:calendar-query xmlns:d="DAV:" '
    'xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:getetag/>{what}</d:prop><c:filter>'
    '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">'
    '<c:time-range start="{since:%Y%m%dT%H%M%SZ}" end="{until:%Y%m%dT%H%M%SZ}"/>'
    "</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"
)


@dataclass(frozen=True, slots=True)
class CalDavCalendar:
    """One such calendar; `tz` is the zone of times that name none."""

    url: str
    username: str
    password: str = field(repr=False)
    http: httpx2.AsyncClient
    now: Callable[[], datetime]
    tz: str = ""

    async def read(self, mark: str, window: Window) -> FeedAnswer:
        """What is in it within that window, or that nothing has changed since `mark`.

        Raises:
            FeedError: it cannot be read.
        """
        now = self.now()
        tag = await self._tag(window)
        known_tag, whole_at = _known(mark)
        is_recent = whole_at is not None and abs(now - whole_at) < WHOLE_EVERY
        if tag == known_tag and is_recent:
            return FeedAnswer(mark, None)
        found = await self._query(window, "<c:calendar-data/>")
        texts = [each.properties.get(f"{CALDAV} calendar-data", "") for each in found]
        objects = [text.encode("utf-8", "replace") for text in texts if text]
        reading = await asyncio.to_thread(read_calendars, objects, window, self.tz)
        return FeedAnswer(json.dumps({"tag": tag, "whole_at": now.isoformat()}), reading)

    async def _tag(self, window: Window) -> str:
        """What is another one as soon as anything in the calendar is."""
        answer = await self._ask("PROPFIND", _PROPFIND, "0")
        found = (read_multistatus(answer.body) or [Response()])[0]
        if f"{CALDAV} calendar" not in found.kinds:
            raise FeedError(
                f"what {self._host} has there is not a calendar: the address of one calendar is "
                "needed, not that of the account"
            )
        names = (f"{SERVER} getctag", f"{DAV} sync-token")
        tag = next((value for name in names if (value := found.properties.get(name))), "")
        return _digest([tag]) if tag else _digest_of(await self._query(window, ""))

    async def _query(self, window: Window, what: str) -> list[Response]:
        since, until = window.since.astimezone(UTC), window.until.astimezone(UTC) + FURTHER
        query = _QUERY.format(what=what, since=since, until=until)
        return read_multistatus((await self._ask("REPORT", query.encode(), "1")).body)

    async def _ask(self, method: str, body: bytes, depth: str) -> Answer:
        headers = {"Content-Type": "application/xml; charset=utf-8", "Depth": depth}
        ask = Ask(method, self.url, headers, body, self.username, self.password, 2 * MAX_BODY)
        answer = await fetch(self.http, ask, self.now())
        if answer.status in {405, 501}:
            raise FeedError(f"{self._host} is no CalDAV server, or not at this address")
        check_status(answer, self._host)
        return answer

    @property
    def _host(self) -> str:
        return httpx2.URL(self.url).host


def _digest_of(found: Sequence[Response]) -> str:
    return _digest(sorted(f"{each.href} {each.properties.get(f'{DAV} getetag')}" for each in found))


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def _known(mark: str) -> tuple[str, datetime | None]:
    try:
        told = json.loads(mark or "{}")
        return str(told["tag"]), datetime.fromisoformat(str(told["whole_at"]))
    except (ValueError, KeyError, TypeError):
        return "", None
