"""What has happened at Calendly since we asked last? As its webhooks would have told it.

Calendly lists meetings by when they are, and says when each was changed: of those that were, and of
those that have begun a short while ago, it is asked who takes part.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import httpx2

from sequencer.adapters.booking.api import ask
from sequencer.adapters.booking.calendly import NAME, read
from sequencer.adapters.booking.calendly_api import BASE
from sequencer.adapters.booking.fields import Fields
from sequencer.adapters.booking.tool import key_of
from sequencer.domain.booking import AskError, BookingEvent, BookingKind, DeliveryError, Polled

OVERLAP: Final = timedelta(minutes=15)  # clocks differ, and lists lag behind
BEGUN: Final = timedelta(hours=26)  # ago at most: then somebody may still say who did not come
BEGUN_EVERY: Final = timedelta(hours=1)
AHEAD: Final = timedelta(days=366)
MOST_PAGES: Final = 20
MOST_ASKED: Final = 60  # meetings of one look; the next goes on
_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,100}")
_FORBIDDEN = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class CalendlyPoll:
    """Asks for the meetings of whoever the token is of, and of their organization if it may."""

    token: str = field(repr=False)
    http: httpx2.AsyncClient
    base: str = BASE
    name: str = NAME

    async def ask(self, mark: str, now: datetime) -> Polled:
        """What is new since `mark`; the first time, what is to come.

        Raises:
            AskError: Calendly does not tell.
        """
        had = _read_mark(mark)
        looks_back = had.begun_at is None or abs(now - had.begun_at) >= BEGUN_EVERY
        listed = sorted(await self._meetings(now), key=_place)
        wanted = [each for each in listed if _is_wanted(each, had, now, looks_back=looks_back)]
        events: list[BookingEvent] = []
        came: list[BookingEvent] = []
        for meeting in wanted[:MOST_ASKED]:
            for invitee in await self._invitees(meeting):
                events += _events(invitee, meeting, is_first=had.since is None)
                if looks_back:
                    came += _came(invitee, meeting, now)
        if len(wanted) > MOST_ASKED:
            reached = _place(wanted[MOST_ASKED - 1])
            has = replace(had, reached=reached, passed_at=had.passed_at or now)
        else:
            begun_at = now if looks_back else had.begun_at
            has = _Mark(since=had.passed_at or now, begun_at=begun_at)
        return Polled(has.text(), tuple(events), tuple(came))

    async def _meetings(self, now: datetime) -> list[Fields]:
        me = (await ask(self.http, f"{self.base}/users/me", self.token)).fields("resource")
        user, organization = me.text("uri"), me.text("current_organization")
        if not user:
            raise AskError("it does not say whose token it is")
        if organization:
            try:
                return await self._listed({"organization": organization}, now)
            except AskError as error:
                if error.status not in _FORBIDDEN:
                    raise
        return await self._listed({"user": user}, now)

    async def _listed(self, whose: dict[str, str], now: datetime) -> list[Fields]:
        times = {"min_start_time": _stamp(now - BEGUN), "max_start_time": _stamp(now + AHEAD)}
        query = {**whose, **times, "count": "100", "sort": "start_time:asc"}
        found: list[Fields] = []
        for _ in range(MOST_PAGES):
            page = await ask(
                self.http, f"{self.base}/scheduled_events?{urlencode(query)}", self.token
            )
            found += page.each("collection")
            token = page.fields("pagination").text("next_page_token")
            if not token:
                return found
            query["page_token"] = token
        return found

    async def _invitees(self, meeting: Fields) -> list[Fields]:
        number = meeting.text("uri").rpartition("/")[2]
        if not _NUMBER.fullmatch(number):
            return []
        url = f"{self.base}/scheduled_events/{number}/invitees?count=100"
        return (await ask(self.http, url, self.token)).each("collection")


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far Calendly was read.

    Attributes:
        since: when it was asked last; None where that was never done to the end.
        begun_at: when it was last asked about what had begun.
        reached: the last meeting of a look that had too many of them, by when it was changed.
        passed_at: when that look began.
    """

    since: datetime | None = None
    begun_at: datetime | None = None
    reached: tuple[str, str] = ("", "")
    passed_at: datetime | None = None

    def text(self) -> str:
        times = {name: getattr(self, name) for name in ("since", "begun_at", "passed_at")}
        told = {name: at.isoformat() for name, at in times.items() if at is not None}
        return json.dumps({**told, "reached": list(self.reached)})


def _read_mark(mark: str) -> _Mark:
    try:
        told = Fields(json.loads(mark or "{}"))
    except ValueError:
        return _Mark()
    times = {name: told.instant(name) for name in ("since", "begun_at", "passed_at")}
    at, uri = (*told.texts("reached"), "", "")[:2]
    return _Mark(**times, reached=(at, uri))


def _is_wanted(meeting: Fields, had: _Mark, now: datetime, *, looks_back: bool) -> bool:
    """Whether anything may be new of a meeting; the first time, what was cancelled is not."""
    if _place(meeting) <= had.reached:
        return False
    if had.since is None:
        return meeting.text("status") == "active"
    starts_at = meeting.instant("start_time")
    has_begun = starts_at is not None and starts_at <= now
    return _changed_at(meeting) >= had.since - OVERLAP or (looks_back and has_begun)


def _changed_at(meeting: Fields) -> datetime:
    return meeting.instant("updated_at", "created_at") or datetime.max.replace(tzinfo=UTC)


def _place(meeting: Fields) -> tuple[str, str]:
    """Where it stands among all meetings, by when it was changed."""
    return _stamp(_changed_at(meeting)), meeting.text("uri")


def _events(invitee: Fields, meeting: Fields, *, is_first: bool) -> Iterator[BookingEvent]:
    """What Calendly's webhooks tell of an invitee by now.

    One who is cancelled is not told as booked before: that would end cadences for a meeting that is
    off.
    """
    payload = {**invitee.all(), "scheduled_event": meeting.all()}
    cancelled, missed = invitee.fields("cancellation"), invitee.fields("no_show")
    if invitee.text("status") == "canceled" or cancelled:
        at = cancelled.text("created_at") or invitee.text("updated_at")
        if not is_first:
            yield from _told("invitee.canceled", at, payload)
        return
    yield from _told("invitee.created", invitee.text("created_at"), payload)
    if missed:
        yield from _told("invitee_no_show.created", missed.text("created_at"), payload)


def _came(invitee: Fields, meeting: Fields, now: datetime) -> Iterator[BookingEvent]:
    """That nobody says of them that they did not come, once the meeting has begun."""
    starts_at, uri = meeting.instant("start_time"), invitee.text("uri")
    has_begun = starts_at is not None and starts_at <= now
    if has_begun and uri and invitee.text("status") == "active" and not invitee.fields("no_show"):
        kind, key = BookingKind.NO_SHOW_UNDONE, key_of("came", uri, now.isoformat())
        yield BookingEvent(
            kind, NAME, key, uri, email=invitee.text("email"), occurred_at=now, verified=True
        )


def _told(event: str, at: str, payload: dict[str, Any]) -> Sequence[BookingEvent]:
    """What a webhook would tell, and nothing where it cannot be read."""
    try:
        return read(json.dumps({"event": event, "created_at": at, "payload": payload}).encode())
    except DeliveryError:
        return []


def _stamp(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"{utc.year:04}{utc:-%m-%dT%H:%M:%S.%fZ}"
