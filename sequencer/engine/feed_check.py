"""Can a rep's calendar be read now, and what counts in it? A person asks; nothing is kept."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sequencer.domain.feed import FeedError, FeedReading, Window
from sequencer.domain.feed_meeting import FeedMeeting
from sequencer.engine.feeds import Feed, Found, find
from sequencer.engine.policy import Policy
from sequencer.store.database import Database


@dataclass(frozen=True, slots=True)
class FeedCheck:
    """What was found in one calendar.

    Attributes:
        name: where it is in the settings.
        events: how many take place within the horizon.
        held: how many it has at all, as far as it told.
        without_people: how many of the events name nobody who takes part.
        busy: how much of the rep's time is taken.
        problem: why it cannot be read; empty where it can.
    """

    name: str
    rep: str
    horizon: timedelta
    events: int = 0
    held: int = 0
    without_people: int = 0
    busy: timedelta = timedelta(0)
    meetings: tuple[FeedMeeting, ...] = ()
    oddities: tuple[str, ...] = field(default=())
    problem: str = ""


async def check_feeds(
    database: Database, policy: Policy, feeds: Sequence[Feed], now: datetime
) -> list[FeedCheck]:
    """What is in these calendars now, all read at the same time."""
    return list(await asyncio.gather(*(_check(database, policy, each, now) for each in feeds)))


async def _check(database: Database, policy: Policy, feed: Feed, now: datetime) -> FeedCheck:
    window = Window(now, now + feed.horizon)
    try:
        answer = await feed.calendar.read("", window)
    except FeedError as error:
        return FeedCheck(feed.name, feed.rep, feed.horizon, problem=str(error))
    with database.read() as connection:
        found = find(connection, policy, feed, answer.reading or FeedReading(), window)
    return FeedCheck(
        feed.name,
        feed.rep,
        feed.horizon,
        events=len(found.reading.events),
        held=found.reading.held,
        without_people=found.without_people,
        busy=_taken(found),
        meetings=found.meetings,
        oddities=found.reading.oddities,
    )


def _taken(found: Found) -> timedelta:
    """How much time is taken; what overlaps counts once."""
    total, end = timedelta(0), None
    for each in sorted(found.busy, key=lambda busy: busy.starts_at):
        start = each.starts_at if end is None else max(each.starts_at, end)
        total += max(each.ends_at - start, timedelta(0))
        end = each.ends_at if end is None else max(each.ends_at, end)
    return total
