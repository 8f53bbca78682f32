from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from builders import NOON
from stage import Stage, a_policy

from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.feed import (
    FeedAnswer,
    FeedError,
    FeedEvent,
    FeedReading,
    Guest,
    Window,
)
from sequencer.domain.meeting import MeetingState
from sequencer.domain.rep import Rep
from sequencer.engine.feed_check import check_feeds
from sequencer.engine.feeds import CALENDAR, Feed, calendars
from sequencer.engine.outside import OutsideWatch
from sequencer.engine.policy import UTC_ZONE
from sequencer.store import busy, meetings, outside_looks, seen_events
from sequencer.store.database import Database

ZOE, ADA, MARTA = "zoe@bank.example", "ada@bank.example", "marta@seller.example"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT = NOON + 3 * DAY
NAME = f"{CALENDAR}rep marta"


@dataclass
class Book:
    """A calendar in memory, whose server answers as the test wants.

    Attributes:
        error: what its server says instead.
        unchanged: whether it says that nothing has changed where it was read before.
    """

    events: list[FeedEvent] = field(default_factory=list)
    error: FeedError | None = None
    unchanged: bool = False
    later: tuple[str, ...] = ()
    marks: list[str] = field(default_factory=list)

    async def read(self, mark: str, window: Window) -> FeedAnswer:
        self.marks.append(mark)
        if self.error is not None:
            raise self.error
        if self.unchanged and mark:
            return FeedAnswer(mark, None)
        within = [each for each in self.events if window.touches(each.starts_at, each.ends_at)]
        keys = frozenset({*(each.key for each in self.events), *self.later})
        return FeedAnswer("a mark", FeedReading(tuple(within), len(keys), keys))


def an_event(
    uid: str = "u1", at: datetime = AT, guests: Sequence[Guest] = (), **more: Any
) -> FeedEvent:
    people = tuple(guests) or (Guest(ZOE, "Zoe", "ACCEPTED"),)
    event = FeedEvent(uid, at, at + HOUR, organizer=MARTA, guests=people, changed_at=NOON)
    return replace(event, **more)


def others(number: int = 6) -> list[FeedEvent]:
    """What else is in the calendar, and concerns nobody."""
    return [
        an_event(f"other {n}", AT + n * DAY, [Guest("x@friends.example")]) for n in range(number)
    ]


@pytest.fixture
def book() -> Book:
    return Book(others())


@pytest.fixture
def stage(database: Database, book: Book) -> Stage:
    """An engine that looks at the calendar of Marta, over each kind of database in turn."""
    marta = Rep("marta", "Marta Gil", MARTA, UTC_ZONE)
    return open_stage(Stage(database, a_policy(reps={"marta": marta})), book)


def open_stage(stage: Stage, *books: Book) -> Stage:
    """Let the daemon look at the calendars of Marta: of the rep, and of a mailbox."""
    names = ["rep marta", "mailbox marta"]
    feeds = [
        Feed(name, "marta", MARTA, each, timedelta(minutes=5), 60 * DAY)
        for name, each in zip(names, books, strict=False)
    ]
    stage.runner.outside = OutsideWatch(calendars(feeds))
    return stage


async def look(stage: Stage, after: timedelta = timedelta(minutes=5)) -> None:
    """Let so much time pass, and the daemon look at what is due."""
    await stage.work(after)


def met(stage: Stage, address: str = ZOE) -> list[tuple[MeetingState, datetime | None]]:
    found = stage.read(meetings.of_person, stage.person(address))
    return [(each.state, each.starts_at) for each in found]


def problem(stage: Stage) -> str:
    kept = stage.read(outside_looks.get, NAME)
    assert kept is not None
    return str(kept.problem)


async def test_an_event_with_a_prospect_is_a_meeting(stage: Stage, book: Book) -> None:
    """It ends the cadence as a booking does, once however often it is seen."""
    stage.begin(ZOE)
    book.events.append(an_event())
    for _ in range(3):
        await look(stage)
    assert stage.enrollment(ZOE).finish_reason is FinishReason.MEETING_BOOKED
    assert met(stage) == [(MeetingState.BOOKED, AT)]
    assert stage.timeline(ZOE).count("meeting") == 1
    (meeting,) = stage.read(meetings.of_person, stage.person(ZOE))
    assert (meeting.verified, meeting.host, meeting.uid) == (True, MARTA, "u1")


async def test_strangers_are_nobody(stage: Stage, book: Book) -> None:
    """An event without a prospect makes no meeting, and no row that remembers it."""
    stage.begin(ZOE)
    book.events.append(an_event(guests=[Guest("somebody@else.example", "", "ACCEPTED")]))
    await look(stage)
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    assert stage.read(seen_events.of_calendar, NAME) == {}


async def test_an_invitation_that_waits(stage: Stage, book: Book) -> None:
    """Our own invitation pauses until it is answered, and a no is no booking."""
    stage.begin(ZOE, ADA)
    waiting = an_event(guests=[Guest(ZOE, "", "NEEDS-ACTION")])
    book.events += [waiting, an_event("u2", AT + DAY, [Guest(ADA, "", "DECLINED")])]
    await look(stage)
    assert met(stage) == [(MeetingState.REQUESTED, AT)]
    assert stage.enrollment(ZOE).state is EnrollmentState.PAUSED
    assert met(stage, ADA) == [(MeetingState.REJECTED, AT + DAY)]
    book.events[-2] = an_event(changed_at=NOON + timedelta(minutes=6))
    await look(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT)]
    assert stage.enrollment(ZOE).finish_reason is FinishReason.MEETING_BOOKED


async def test_an_event_that_is_moved(stage: Stage, book: Book) -> None:
    """It is the same meeting at another time, also where that is far away."""
    stage.begin(ZOE)
    book.events.append(an_event())
    await look(stage)
    book.events[-1] = an_event(at=AT + DAY, revision=1, changed_at=NOON + timedelta(minutes=7))
    await look(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT + DAY)]
    book.events.pop()
    book.later = ("u1",)
    for _ in range(3):
        await look(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT + DAY)]


async def test_an_event_that_is_cancelled(stage: Stage, book: Book) -> None:
    """STATUS:CANCELLED ends a meeting that was on; of one that never was it tells nothing."""
    stage.begin(ZOE, ADA)
    book.events += [an_event(), an_event("u2", AT + DAY, [Guest(ADA)], is_cancelled=True)]
    await look(stage)
    assert met(stage, ADA) == []
    changed_at = NOON + timedelta(minutes=6)
    book.events[-2] = an_event(is_cancelled=True, revision=1, changed_at=changed_at)
    await look(stage)
    assert met(stage) == [(MeetingState.CANCELLED, AT)]


@pytest.mark.parametrize("unchanged", [False, True])
async def test_an_event_that_is_gone(stage: Stage, book: Book, *, unchanged: bool) -> None:
    """It was cancelled, once two looks have not found it; to hear of no change is a look too."""
    stage.begin(ZOE)
    book.events.append(an_event())
    await look(stage)
    book.events.pop()
    await look(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT)]
    book.unchanged = unchanged
    await look(stage)
    assert met(stage) == [(MeetingState.CANCELLED, AT)]
    (meeting,) = stage.read(meetings.of_person, stage.person(ZOE))
    assert meeting.cancelled_by == "host"


async def test_an_event_that_comes_back(stage: Stage, book: Book) -> None:
    """What was missing once is as it was; what was believed to be gone is booked anew."""
    stage.begin(ZOE)
    book.events.append(an_event())
    await look(stage)
    event = book.events.pop()
    await look(stage)
    book.events.append(event)
    await look(stage)
    book.events.pop()
    await look(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT)]
    await look(stage)
    assert met(stage) == [(MeetingState.CANCELLED, AT)]
    book.events.append(event)
    await look(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT)]
    book.events.pop()
    await look(stage)
    await look(stage)
    assert met(stage) == [(MeetingState.CANCELLED, AT)]


async def test_a_guest_who_is_taken_out(stage: Stage, book: Book) -> None:
    """An event that goes on without the prospect is a meeting with nobody."""
    stage.begin(ZOE)
    book.events.append(an_event())
    await look(stage)
    book.events[-1] = an_event(guests=[Guest("x@friends.example")], changed_at=NOON + HOUR)
    await look(stage)
    await look(stage)
    assert met(stage) == [(MeetingState.CANCELLED, AT)]


async def test_a_meeting_that_is_over_is_not_gone(stage: Stage, book: Book) -> None:
    """Who tidies up the past cancels nothing."""
    stage.begin(ZOE)
    book.events.append(an_event())
    await look(stage)
    await look(stage, 4 * DAY)
    book.events.pop()
    await look(stage)
    await look(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT)]


async def test_a_calendar_that_does_not_answer(stage: Stage, book: Book) -> None:
    """Nothing is cancelled, the wait grows up to an hour, and it is told since when."""
    stage.begin(ZOE)
    book.events.append(an_event())
    await look(stage)
    book.error = FeedError("cal.example answered 500")
    tried = len(book.marks)
    for _ in range(36):
        await look(stage)
    assert 4 <= len(book.marks) - tried <= 9
    kept = stage.read(outside_looks.get, NAME)
    assert kept is not None
    assert kept.failing_since is not None
    assert kept.problem == "cal.example answered 500"
    assert met(stage) == [(MeetingState.BOOKED, AT)]
    book.error = None
    await look(stage, HOUR)
    kept = stage.read(outside_looks.get, NAME)
    assert kept is not None
    assert (kept.failing_since, kept.problem) == (None, "")


async def test_a_server_that_asks_for_patience(stage: Stage, book: Book) -> None:
    """It is left alone for as long as it wants."""
    book.error = FeedError("too many", timedelta(hours=2))
    await look(stage)
    asked = len(book.marks)
    await look(stage, timedelta(minutes=119))
    assert len(book.marks) == asked
    await look(stage, timedelta(minutes=2))
    assert len(book.marks) == asked + 1


@pytest.mark.parametrize("left", [0, 1])
async def test_a_calendar_that_shrinks(stage: Stage, book: Book, left: int) -> None:
    """Where it is suddenly empty, or half of it is gone, nothing is cancelled, and it says why."""
    stage.begin(ZOE)
    book.events.append(an_event())
    await look(stage)
    whole, book.events = book.events, book.events[:left]
    for _ in range(4):
        await look(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT)]
    assert "nothing in it is taken for cancelled" in problem(stage)
    assert len(stage.read(busy.of_rep, "marta", NOON, NOON + 60 * DAY)) == len(whole)
    book.events = whole
    await look(stage)
    assert problem(stage) == ""


async def test_a_calendar_that_stays_small(stage: Stage, book: Book) -> None:
    """After a day its times are believed; that a meeting was cancelled is not, ever."""
    stage.begin(ZOE)
    book.events.append(an_event())
    await look(stage)
    book.events = book.events[:2]
    await look(stage)
    await look(stage, DAY)
    assert "1 meetings are no longer in it" in problem(stage)
    assert len(stage.read(busy.of_rep, "marta", NOON, NOON + 60 * DAY)) == 2
    await look(stage)
    assert problem(stage) == ""
    await look(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT)]


async def test_when_a_rep_has_no_time(stage: Stage, book: Book) -> None:
    """All that is not free, cancelled or declined counts, and is replaced with each look."""
    book.events = [
        an_event("taken", AT),
        an_event("free", AT + 1 * DAY, is_busy=False),
        an_event("off", AT + 2 * DAY, is_cancelled=True),
        an_event("no", AT + 3 * DAY, [Guest(MARTA, "", "DECLINED")]),
    ]
    await look(stage)

    def is_free(at: datetime, but: str = "") -> bool:
        return bool(stage.read(busy.is_free, "marta", at, at + HOUR, but))

    assert [is_free(AT + n * DAY) for n in range(4)] == [False, True, True, True]
    assert is_free(AT, "taken")
    assert is_free(AT + HOUR)
    assert is_free(AT - HOUR)
    book.events[0] = an_event("taken", AT + 4 * DAY)
    await look(stage)
    assert is_free(AT)
    assert not is_free(AT + 4 * DAY)


async def test_a_calendar_that_is_not_looked_at_any_more(stage: Stage, book: Book) -> None:
    """Its times are forgotten, and its meetings stay."""
    stage.begin(ZOE)
    book.events.append(an_event())
    await look(stage)
    stage.restart()
    await look(stage)
    assert stage.read(busy.of_rep, "marta", NOON, NOON + 60 * DAY) == []
    assert met(stage) == [(MeetingState.BOOKED, AT)]


async def test_an_event_in_two_calendars(stage: Stage, book: Book) -> None:
    """It is one meeting, and there as long as one of them has it."""
    second = Book([*others(), an_event()])
    open_stage(stage, book, second)
    stage.begin(ZOE)
    book.events.append(an_event())
    await look(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT)]
    assert stage.timeline(ZOE).count("meeting") == 1
    book.events.pop()
    await look(stage)
    await look(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT)]
    second.events.pop()
    await look(stage)
    await look(stage)
    assert met(stage) == [(MeetingState.CANCELLED, AT)]


async def test_one_daemon_looks(stage: Stage, book: Book) -> None:
    """Of two daemons on one database, one looks at a time."""
    await look(stage)
    first = len(book.marks)
    watch = stage.runner.outside
    stage.restart()
    stage.runner.outside = OutsideWatch(watch.outside)
    await stage.work()
    assert len(book.marks) == first
    await look(stage)
    assert len(book.marks) == first + 1


async def test_to_read_a_calendar_now_keeps_nothing(stage: Stage, book: Book) -> None:
    """What a person wants to see is not what follows."""
    stage.begin(ZOE)
    book.events.append(an_event())
    feed = Feed("rep marta", "marta", MARTA, book, timedelta(minutes=5), 60 * DAY)
    broken = Feed("mailbox x", "x", "x", Book(error=FeedError("no")), HOUR, DAY)
    found, none = await check_feeds(stage.database, stage.policy, [feed, broken], NOON)
    assert [each.email for each in found.meetings] == [ZOE]
    assert (found.events, found.held, found.busy, found.problem) == (7, 7, 6 * HOUR, "")
    assert (none.problem, none.events) == ("no", 0)
    assert met(stage) == []
