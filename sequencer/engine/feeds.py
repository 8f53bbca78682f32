"""Reps' calendars, the net under lost webhooks: whom do they meet, and when have they no time?

An event that is there no more has been cancelled, but only two looks one after another make it so,
and never where the calendar is suddenly empty, or has lost most of what it held: such a calendar is
a mistake of its server more often than not.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

import structlog

from sequencer.domain.address import key_of
from sequencer.domain.feed import FeedAnswer, FeedEvent, FeedReading, Window
from sequencer.domain.feed_meeting import FeedMeeting, has_declined, meeting_in, outsiders
from sequencer.engine.feed_event import Where, believe_gone, take_meeting
from sequencer.engine.outside import Looked, Outside
from sequencer.engine.policy import Policy
from sequencer.engine.world import World
from sequencer.store import aliases, busy, prospects, seen_events
from sequencer.store.bookings import short_key
from sequencer.store.busy import Busy
from sequencer.store.columns import is_storable
from sequencer.store.database import Connection, DatabaseError
from sequencer.store.seen_events import SeenEvent

log = structlog.get_logger()

CALENDAR: Final = "calendar "  # of the names of looks, with that of the rep or mailbox after it
FEW: Final = 4  # times ahead: to lose half of fewer is nothing strange
BELIEVED_AFTER: Final = timedelta(days=1)  # that a calendar holds so little
OVER: Final = timedelta(days=30)  # after which nobody asks about a meeting any more
CHUNK: Final = 500  # addresses of one question


class Calendar(Protocol):
    """A calendar as it is read."""

    async def read(self, mark: str, window: Window) -> FeedAnswer:
        """What is in it within that window, or that nothing has changed since `mark`.

        Raises FeedError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Feed:
    """The calendar of a rep.

    Attributes:
        name: `rep ana` or `mailbox ana`, by where it is in the settings.
        rep: whose it is.
        address: of the rep.
    """

    name: str
    rep: str
    address: str
    calendar: Calendar
    every: timedelta
    horizon: timedelta


@dataclass(frozen=True, slots=True)
class Found:
    """What a calendar holds that is of use to us.

    Attributes:
        busy: when the rep has no time.
        without_people: how many events tell nobody who takes part.
    """

    reading: FeedReading
    meetings: tuple[FeedMeeting, ...]
    busy: tuple[Busy, ...]
    without_people: int


def calendars(feeds: Sequence[Feed]) -> list[Outside]:
    """These calendars, as the daemon looks at them."""
    names = tuple(CALENDAR + each.name for each in feeds)
    return [
        Outside(
            CALENDAR + each.name,
            f"the calendar of {each.rep}",
            each.every,
            partial(_look, each, names),
            has_times=True,
        )
        for each in feeds
    ]


def find(
    connection: Connection, policy: Policy, feed: Feed, reading: FeedReading, window: Window
) -> Found:
    """What of a reading is of use to us."""
    ours, own = our_keys(policy), own_keys(policy, feed)
    put_off = _put_off(connection, feed, reading)
    every = (*reading.events, *put_off)
    people = {key_of(each.address) for event in every for each in outsiders(event, ours)}
    known = _known(connection, sorted(people))
    met = [meeting_in(event, known, ours, own) for event in every]
    taken = [
        Busy(max(each.starts_at, window.since), min(each.ends_at, window.until), each.key)
        for each in reading.events
        if each.is_busy and not each.is_cancelled and not has_declined(each, own)
    ]
    return Found(
        reading,
        tuple(each for each in met if each is not None),
        tuple(each for each in taken if each.ends_at > each.starts_at),
        sum(not (each.guests or each.organizer) for each in reading.events),
    )


def _put_off(connection: Connection, feed: Feed, reading: FeedReading) -> list[FeedEvent]:
    """Events after the window that were seen as meetings before: they were put off."""
    if not reading.later:
        return []
    seen = seen_events.of_calendar(connection, CALENDAR + feed.name)
    return [each for each in reading.later if short_key(each.key) in seen]


def our_keys(policy: Policy) -> frozenset[str]:
    """Address keys of our reps and mailboxes."""
    addresses = [each.address for each in policy.mailboxes.values()]
    addresses += [each.address for each in policy.reps.values()]
    return frozenset(key for each in addresses if (key := key_of(each)))


def own_keys(policy: Policy, feed: Feed) -> frozenset[str]:
    """Address keys of the rep whose calendar it is."""
    own = [each.address for each in policy.mailboxes.values() if each.belongs_to == feed.rep]
    rep = policy.reps.get(feed.rep)
    addresses = [feed.address, *own, *([rep.address] if rep is not None else [])]
    return frozenset(key for each in addresses if (key := key_of(each)))


def _known(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Those of the address keys that are prospects'."""
    storable = [each for each in keys if each and is_storable(each)]
    found = set[str]()
    for at in range(0, len(storable), CHUNK):
        some = storable[at : at + CHUNK]
        found |= prospects.find_many(connection, some).keys()
        found |= aliases.find_many(connection, some).keys()
    return found


async def _look(feed: Feed, names: Sequence[str], world: World, kept: str, now: datetime) -> Looked:
    """Look at a calendar, and do what follows."""
    window, known = Window(now, now + feed.horizon), _kept(kept)
    where = Where(CALENDAR + feed.name, feed.rep, feed.address, tuple(names))
    answer = await feed.calendar.read(known.get("mark", ""), window)
    if answer.reading is None:
        await _believe(world, where, await world.read(_missing_already, where.name), now)
        return Looked(kept)
    found = await world.read(find, world.desk.policy, feed, answer.reading, window)
    for each in found.meetings:
        await _take(world, where, each, now)
    missing = await world.read(_missing, where.name, found, window)
    odd = "; ".join(found.reading.oddities)
    strange = await world.read(_strange, where.name, found, window)
    if strange:
        since = _since(known, now)
        if now - since < BELIEVED_AFTER:
            return Looked(json.dumps({"small_since": since.isoformat()}), strange)
        await world.write(_give_up, missing, now)
        odd = f"{strange}; {len(missing)} meetings are no longer in it"
    else:
        await _believe(world, where, missing, now)
    await world.write(_keep, where, found, now)
    return Looked(json.dumps({"mark": answer.mark}), odd)


async def _take(world: World, where: Where, meeting: FeedMeeting, now: datetime) -> None:
    """Take one meeting in; one that nobody could foresee keeps no other from it."""
    try:
        await world.write(take_meeting, world.desk, where, meeting, now)
    except DatabaseError:
        raise
    except Exception:
        log.exception("calendar_event_failed", calendar=where.name, event=meeting.event.key)


async def _believe(world: World, where: Where, missing: Sequence[SeenEvent], now: datetime) -> None:
    """Take for cancelled what was missing at the last look already; note what is since now."""
    for each in missing:
        try:
            if each.missing_since is None:
                await world.write(seen_events.save, replace(each, missing_since=now))
            else:
                await world.write(believe_gone, world.desk, where, each, now)
        except DatabaseError:
            raise
        except Exception:
            log.exception("calendar_event_failed", calendar=where.name, event=each.event_key)


def _missing_already(connection: Connection, calendar: str) -> list[SeenEvent]:
    seen = seen_events.of_calendar(connection, calendar).values()
    return [each for each in seen if each.missing_since is not None and each.gone_at is None]


def _missing(
    connection: Connection, calendar: str, found: Found, window: Window
) -> list[SeenEvent]:
    """Meetings to come that were seen in the calendar, and are there no more, or no meetings.

    What was moved to after the window is still there.
    """
    met = {short_key(each.event.key) for each in found.meetings}
    within = {short_key(each.key) for each in found.reading.events}
    there = met | ({short_key(each) for each in found.reading.keys} - within)
    return [
        each
        for key, each in seen_events.of_calendar(connection, calendar).items()
        if key not in there
        and each.gone_at is None
        and window.since < each.starts_at < window.until
    ]


def _strange(connection: Connection, calendar: str, found: Found, window: Window) -> str:
    """Why a reading is not believed as far as something is missing; empty where it is."""
    if not found.reading.is_whole:
        return "the calendar holds too much to be read: nothing in it is taken for cancelled"
    before = busy.still_ahead(connection, calendar, window.since, window.until)
    after = sum(each.starts_at > window.since for each in found.busy)
    if not found.reading.held and (before or _seen_ahead(connection, calendar, window)):
        return "the calendar is suddenly empty: nothing in it is taken for cancelled"
    if before >= FEW and after * 2 < before:
        return (
            f"the calendar has suddenly {after} events ahead in place of {before}: nothing in it "
            "is taken for cancelled"
        )
    return ""


def _seen_ahead(connection: Connection, calendar: str, window: Window) -> bool:
    seen = seen_events.of_calendar(connection, calendar).values()
    return any(each.starts_at > window.since and each.gone_at is None for each in seen)


def _give_up(connection: Connection, missing: Sequence[SeenEvent], now: datetime) -> None:
    """Wait no longer for meetings of which nobody knows whether they were cancelled."""
    for each in missing:
        seen_events.save(connection, replace(each, gone_at=now))


def _keep(connection: Connection, where: Where, found: Found, now: datetime) -> None:
    """Keep when the rep has no time."""
    busy.replace(connection, where.name, where.rep, found.busy)
    seen_events.forget(connection, now - OVER)


def _kept(mark: str) -> Mapping[str, str]:
    try:
        found = json.loads(mark or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _since(known: Mapping[str, str], now: datetime) -> datetime:
    """Since when the calendar has been strange."""
    try:
        return datetime.fromisoformat(known.get("small_since", ""))
    except ValueError:
        return now
