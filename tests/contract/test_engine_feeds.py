import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from builders import NOON
from stage import Stage, a_policy

from sequencer.adapters.booking.calendly import read
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
from sequencer.engine.hooks import Source, store_delivery
from sequencer.engine.outside import OutsideWatch
from sequencer.engine.policy import UTC_ZONE
from sequencer.store import assignments, meetings, outside_looks, seen_events
from sequencer.store.database import Database

CALENDLY = Source("calendly", lambda _post, _now: True, read)
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
    is_whole: bool = True
    marks: list[str] = field(default_factory=list)

    async def read(self, mark: str, window: Window) -> FeedAnswer:
        self.marks.append(mark)
        if self.error is not None:
            raise self.error
        if self.unchanged and mark:
            return FeedAnswer(mark, None)
        within = [each for each in self.events if window.touches(each.starts_at, each.ends_at)]
        keys = frozenset(each.key for each in self.events)
        later = tuple(each for each in self.events if each.starts_at >= window.until)
        reading = FeedReading(tuple(within), len(keys), keys, is_whole=self.is_whole, later=later)
        return FeedAnswer("a mark", reading)


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
    policy = a_policy(reps={"marta": marta})
    return open_stage(Stage(database, policy, sources={"calendly": CALENDLY}), book)


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


def taken(stage: Stage) -> list[tuple[str, datetime, datetime]]:
    """When a rep has no time, as far as that is known."""
    found: list[tuple[str, datetime, datetime]] = stage.read(
        assignments.busy, NOON, NOON + 60 * DAY
    )
    return found


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


async def test_an_invitation_that_nobody_has_answered(stage: Stage, book: Book) -> None:
    """Calendars take in what anybody sends: it proves nothing before the rep has accepted it."""
    stage.begin(ZOE)
    book.events.append(an_event(organizer=ZOE, guests=[Guest(MARTA, "", "NEEDS-ACTION")]))
    await look(stage)
    assert stage.enrollment(ZOE).finish_reason is FinishReason.MEETING_BOOKED
    (meeting,) = stage.read(meetings.of_person, stage.person(ZOE))
    assert (meeting.state, meeting.verified) == (MeetingState.BOOKED, False)
    book.events[-1] = replace(book.events[-1], guests=(Guest(MARTA, "", "ACCEPTED"),))
    await look(stage)
    (meeting,) = stage.read(meetings.of_person, stage.person(ZOE))
    assert (meeting.state, meeting.verified) == (MeetingState.BOOKED, True)


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
    changed_at = NOON + timedelta(minutes=12)
    book.events[-1] = an_event(at=AT + 100 * DAY, revision=2, changed_at=changed_at)
    book.events.append(an_event("new", AT + 200 * DAY))
    for _ in range(3):
        await look(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT + 100 * DAY)]


async def test_a_calendar_that_does_not_say_when(stage: Stage, book: Book) -> None:
    """Where nothing tells that it was changed, the order of the looks counts."""
    stage.begin(ZOE)
    book.events.append(an_event())
    for day in (3, 1, 4, 2, 5, 0):
        book.events[-1] = an_event(at=AT + day * DAY)
        await look(stage)
        assert met(stage) == [(MeetingState.BOOKED, AT + day * DAY)]
    book.events[-1] = an_event(guests=[Guest(ZOE, "", "DECLINED")])
    await look(stage)
    assert met(stage) == [(MeetingState.REJECTED, AT)]
    book.events[-1] = an_event()
    await look(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT)]


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
    assert len(taken(stage)) == len(whole)
    book.events = whole
    await look(stage)
    assert problem(stage) == ""


async def test_a_calendar_that_holds_too_much(stage: Stage, book: Book) -> None:
    """Of what was not read, nobody knows whether it is gone."""
    stage.begin(ZOE)
    book.events.append(an_event())
    await look(stage)
    book.events.pop()
    book.is_whole = False
    for _ in range(3):
        await look(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT)]
    assert "too much to be read" in problem(stage)


async def test_a_calendar_that_stays_small(stage: Stage, book: Book) -> None:
    """After a day its times are believed; that a meeting was cancelled is not, ever."""
    stage.begin(ZOE)
    book.events.append(an_event())
    await look(stage)
    book.events = book.events[:2]
    await look(stage)
    await look(stage, DAY)
    assert "1 meetings are no longer in it" in problem(stage)
    assert len(taken(stage)) == 2
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

    def is_free(at: datetime, *but: str) -> bool:
        return not stage.read(assignments.busy, at, at + HOUR, but)

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
    assert taken(stage) == []
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


def calendly(event: str, minute: int) -> bytes:
    """A webhook about a meeting at the time of the event in the calendar."""
    payload = {
        "uri": "https://api/i/1",
        "email": ZOE,
        "scheduled_event": {"start_time": AT.isoformat()},
    }
    at = (NOON + timedelta(minutes=minute)).isoformat()
    return json.dumps({"event": event, "created_at": at, "payload": payload}).encode()


@pytest.mark.parametrize("webhook_first", [True, False])
async def test_a_webhook_and_the_calendar(stage: Stage, book: Book, *, webhook_first: bool) -> None:
    """One meeting, booked once and cancelled once, whoever is the first to tell."""

    async def post(event: str, minute: int) -> None:
        stage.write(store_delivery, CALENDLY, calendly(event, minute), stage.clock.now())
        await stage.work()

    stage.begin(ZOE)
    book.events.append(an_event("another-uid@google.com", guests=[Guest(ZOE, "", "NEEDS-ACTION")]))
    if webhook_first:
        await post("invitee.created", 0)
        await look(stage)
    else:
        await look(stage)
        await post("invitee.created", 0)
    assert met(stage) == [(MeetingState.BOOKED, AT)]
    assert stage.enrollment(ZOE).finish_reason is FinishReason.MEETING_BOOKED
    book.events.pop()
    if webhook_first:
        await post("invitee.canceled", 8)
    await look(stage)
    await look(stage)
    await post("invitee.canceled", 8)
    assert met(stage) == [(MeetingState.CANCELLED, AT)]


async def test_whatever_an_event_says(stage: Stage, book: Book) -> None:
    """Texts that no database takes, or that are too long, keep no meeting from being one."""
    stage.begin(ZOE)
    ugly = "\x00 \ud800 " + "x" * 5_000
    book.events.append(an_event(f"u {ugly}", title=ugly, place=ugly, link=ugly))
    for _ in range(2):
        await look(stage)
    assert met(stage) == [(MeetingState.BOOKED, AT)]
    assert stage.timeline(ZOE).count("meeting") == 1
    book.events.pop()
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
