"""A calendar that anybody can read who knows its address: an ICS file on a web server.

It is asked for only if it has changed since (RFC 9110 section 13.1), and now and then all the same:
as time passes, events come within sight of which nothing has changed.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import httpx2

from sequencer.adapters.calendar_feed.fetch import Answer, Ask, fetch
from sequencer.adapters.calendar_feed.read import read_calendars
from sequencer.domain.feed import FeedAnswer, FeedError, Window

WHOLE_EVERY: Final = timedelta(hours=6)
MAX_TAG: Final = 400
_ACCEPT: Final = "text/calendar, text/plain;q=0.5, */*;q=0.1"
_OK, _UNCHANGED = 200, 304


@dataclass(frozen=True, slots=True)
class IcsCalendar:
    """One such calendar.

    Attributes:
        url: its address, which is a secret.
        tz: the zone of times that name none.
    """

    url: str = field(repr=False)
    http: httpx2.AsyncClient
    now: Callable[[], datetime]
    tz: str = ""

    async def read(self, mark: str, window: Window) -> FeedAnswer:
        """What is in it within that window, or that nothing has changed since `mark`.

        Raises:
            FeedError: it cannot be read.
        """
        now, known = self.now(), _known(mark)
        whole_at = _instant(known.get("whole_at", ""))
        is_recent = whole_at is not None and abs(now - whole_at) < WHOLE_EVERY
        headers = {"Accept": _ACCEPT, **(_conditions(known) if is_recent else {})}
        answer = await fetch(self.http, Ask("GET", self.url, headers), now)
        if answer.status == _UNCHANGED and is_recent:
            return FeedAnswer(mark, None)
        check_status(answer, httpx2.URL(self.url).host)
        check_whole(answer, httpx2.URL(self.url).host)
        reading = await asyncio.to_thread(read_calendars, [answer.body], window, self.tz)
        return FeedAnswer(_mark(answer, now), reading)


def check_status(answer: Answer, host: str) -> None:
    """FeedError for a status that is no success, in words that say what to do."""
    status = answer.status
    offered = answer.headers.get("www-authenticate", "").lower()
    if status == 401 and "digest" in offered and "basic" not in offered:
        raise FeedError(f"{host} wants a sign-in by Digest: let it take Basic, over https")
    if status in {401, 403}:
        raise FeedError(
            f"{host} lets nobody in with that ({status}): the secret address or the password is "
            "not valid any more"
        )
    if status in {404, 410}:
        raise FeedError(f"{host} has no calendar at this address ({status})")
    if status not in {_OK, 207}:
        raise FeedError(f"{host} answered {status}")


def check_whole(answer: Answer, host: str) -> None:
    """FeedError for what is no calendar, or not all of one."""
    text = answer.body.removeprefix(b"\xef\xbb\xbf").strip()
    if not text[:15].upper().startswith(b"BEGIN:VCALENDAR"):
        kind = answer.headers.get("content-type", "").partition(";")[0].strip()[:60]
        is_page = "html" in kind or text[:1] == b"<"
        hint = ": is it the address of a page, not the one to subscribe to?" if is_page else ""
        raise FeedError(f"what {host} sends is not a calendar ({kind or 'unknown type'}){hint}")
    if not text[-40:].upper().endswith(b"END:VCALENDAR"):
        raise FeedError(f"the calendar that {host} sends ends in the middle")


def _known(mark: str) -> dict[str, str]:
    try:
        found = json.loads(mark or "{}")
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _conditions(known: dict[str, str]) -> dict[str, str]:
    names = {"etag": "If-None-Match", "modified": "If-Modified-Since"}
    return {header: known[name] for name, header in names.items() if known.get(name)}


def _mark(answer: Answer, now: datetime) -> str:
    etag, modified = (answer.headers.get(name, "") for name in ("etag", "last-modified"))
    told = {"etag": etag, "modified": modified}
    kept = {name: value for name, value in told.items() if 0 < len(value) <= MAX_TAG}
    return json.dumps(kept | {"whole_at": now.isoformat()})


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
