"""Booking tools that are asked, as a net under their webhooks; and whether these still come.

What is asked for is told in the very words of the webhooks, so that both count once.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

import structlog

from sequencer.domain.booking import BookingEvent, BookingKind, Polled, Subscription
from sequencer.domain.meeting_filter import MeetingFilter
from sequencer.engine.bookings import take_in
from sequencer.engine.desk import Desk
from sequencer.engine.outside import Looked, Outside
from sequencer.engine.world import World
from sequencer.files.hook_settings import HookSettings
from sequencer.store import bookings, meetings
from sequencer.store.database import Connection, DatabaseError

log = structlog.get_logger()

POLL: Final = "poll "  # of the names of looks, with that of the tool after it
SUBSCRIPTION: Final = "subscription "
SUBSCRIPTION_EVERY: Final = timedelta(hours=1)
ANEW: Final = "create the subscription anew: docs/how-to/bookings/calendly.md"
_WHO_CAME: Final = frozenset({BookingKind.NO_SHOW, BookingKind.NO_SHOW_UNDONE})

AskSubscriptions = Callable[[], Awaitable[Sequence[Subscription]]]


class Poller(Protocol):
    """A booking tool that can be asked."""

    @property
    def name(self) -> str:
        """As in the settings."""
        ...

    async def ask(self, mark: str, now: datetime) -> Polled:
        """What is new since `mark`. Raises AskError."""
        ...


def poll(poller: Poller, every: timedelta, counts: MeetingFilter) -> Outside:
    """A booking tool, as the daemon asks it."""
    return Outside(
        POLL + poller.name, f"meetings at {poller.name}", every, partial(_poll, poller, counts)
    )


def tools_outside(
    settings: HookSettings,
    pollers: Mapping[str, Poller],
    ask_calendly: Callable[[str], Awaitable[Sequence[Subscription]]],
    public_url: str,
) -> list[Outside]:
    """What is asked of booking tools, by the settings."""
    found = []
    for name, minutes in (
        ("calendly", settings.calendly.poll_minutes),
        ("calcom", settings.calcom.poll_minutes),
    ):
        if name in pollers and minutes:
            every = timedelta(minutes=minutes)
            found.append(poll(pollers[name], every, settings.of(name).counts()))
    token = settings.calendly.token()
    if token and settings.calendly.secrets("signing_keys"):
        found.append(watch_subscription("calendly", partial(ask_calendly, token), public_url))
    return found


def watch_subscription(name: str, ask: AskSubscriptions, public_url: str) -> Outside:
    """The subscriptions at a booking tool, as the daemon looks whether ours is in order."""
    url = f"{public_url.rstrip('/')}/hooks/{name}"
    return Outside(
        SUBSCRIPTION + name,
        f"the subscription at {name}",
        SUBSCRIPTION_EVERY,
        partial(_watch, ask, url),
    )


async def _poll(
    poller: Poller, counts: MeetingFilter, world: World, mark: str, now: datetime
) -> Looked:
    polled = await poller.ask(mark, now)
    for each in (*polled.events, *polled.came):
        try:
            await world.write(take_polled, world.desk, each, counts, now)
        except DatabaseError:
            raise
        except Exception:
            log.exception("polled_event_failed", source=poller.name, meeting=each.meeting_key)
    return Looked(polled.mark)


def take_polled(
    connection: Connection, desk: Desk, event: BookingEvent, counts: MeetingFilter, now: datetime
) -> bool:
    """Whether what a tool was asked for tells anything new."""
    if event.kind in _WHO_CAME:
        is_known = _has_missed(connection, event) is (event.kind is BookingKind.NO_SHOW)
        if is_known:
            return False
    return take_in(connection, desk, replace(event, verified=True), now, counts) is not None


def _has_missed(connection: Connection, event: BookingEvent) -> bool:
    """Whether the tool itself has told that this person did not come, and not taken it back."""
    meeting = meetings.find(connection, event.source, event.meeting_key)
    told = bookings.told(connection, meeting.id) if meeting is not None else []
    of_them = [
        each.kind
        for each in told
        if each.kind in _WHO_CAME
        and each.source == event.source
        and each.email.casefold() == event.email.casefold()
    ]
    return of_them[-1:] == [BookingKind.NO_SHOW]


async def _watch(
    ask: AskSubscriptions, url: str, _world: World, _mark: str, _now: datetime
) -> Looked:
    """Look whether deliveries still come to our address."""
    ours = [each for each in await ask() if each.url.partition("?")[0].rstrip("/") == url]
    return Looked("", _trouble(ours, url))


def _trouble(ours: Sequence[Subscription], url: str) -> str:
    """What is wrong with the subscriptions to our address; empty where nothing is."""
    if not ours:
        return f"it has no subscription that reports to {url}: {ANEW}"
    active = [each for each in ours if each.state == "active"]
    if not active:
        return f"the subscription to {url} is {ours[0].state}, nothing is reported: {ANEW}"
    failing = [each.failing_since for each in active if each.failing_since is not None]
    if len(failing) == len(active):
        return (
            f"deliveries to {url} fail since {min(failing):%Y-%m-%d %H:%M} UTC; after 24 hours the "
            "subscription is disabled: is this address reached from outside?"
        )
    return ""
