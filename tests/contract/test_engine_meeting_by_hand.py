"""What people say of meetings by hand, and what follows from it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from booking_series import PAT, STARTS
from builders import NOON, a_prospect
from stage import EVERYBODY, Stage, a_loaded

from sequencer.domain.booking import BY_HAND, CALENDAR, BookingEvent, BookingKind
from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.meeting import MeetingState
from sequencer.domain.send import SendState
from sequencer.engine import meeting_by_hand as by_hand
from sequencer.engine.bookings import take_in
from sequencer.engine.meeting_asks import HOW
from sequencer.engine.meeting_by_hand import (
    Appointment,
    CalledOff,
    MeetingError,
    UnknownMeetingError,
)
from sequencer.engine.meeting_undo import NEVER_WAS, Undone, undo
from sequencer.engine.next_event import next_instant
from sequencer.engine.stop import UnknownProspectError
from sequencer.store import meetings, tasks
from sequencer.store.database import Database
from sequencer.store.meetings import Meeting

K, S = BookingKind, MeetingState
HALF = timedelta(minutes=30)
WANTED = Appointment(STARTS, HALF, "Europe/Madrid", "Calle Mayor 1", "", "by phone", "visit")


@pytest.fixture
def stage(database: Database) -> Stage:
    """An engine over each kind of database in turn, with somebody in a cadence."""
    stage = Stage(database)
    stage.begin(PAT)
    return stage


def say(stage: Stage, what: Callable[..., Meeting], *said: Any) -> Meeting:
    """What somebody says of a meeting, now."""
    found: Meeting = stage.write(what, stage.desk, *said, "ana", stage.clock.now())
    return found


def book(stage: Stage, wanted: Appointment = WANTED) -> Meeting:
    return say(stage, by_hand.book, PAT, wanted)


def take_back(stage: Stage, number: int) -> Undone:
    undone: Undone = stage.write(undo, stage.desk, number, "ana", stage.clock.now())
    return undone


def refused(stage: Stage, what: Callable[..., Meeting], *said: Any) -> str:
    with pytest.raises(MeetingError) as error:
        say(stage, what, *said)
    return str(error.value)


def titles(stage: Stage) -> list[str]:
    return [task.title for task in stage.read(tasks.listed)]


def after(stage: Stage, by: timedelta = timedelta(days=5)) -> None:
    stage.clock.advance(by)


def test_a_visit_is_booked(stage: Stage) -> None:
    """A meeting that was agreed upon by telephone ends the cadence, and stands with its place."""
    found = book(stage)
    assert (found.source, found.state, found.verified) == (BY_HAND, S.BOOKED, True)
    assert (found.starts_at, found.ends_at) == (STARTS, STARTS + HALF)
    assert (found.place, found.tz, found.event_type) == ("Calle Mayor 1", "Europe/Madrid", "visit")
    assert (found.prospect_id, found.credited_by) == (stage.person(PAT), "address")
    assert stage.enrollment(PAT).finish_reason is FinishReason.MEETING_BOOKED
    assert [each.state for each in stage.sends(PAT)] == [SendState.CANCELLED]


def test_the_zone_of_the_prospect(stage: Stage) -> None:
    """Where no zone is said, it is that of the prospect."""
    stage.bring_in(a_prospect(email="lea@other.example", timezone="America/New_York"))
    assert (
        say(stage, by_hand.book, "lea@other.example", Appointment(STARTS)).tz == "America/New_York"
    )


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Appointment(NOON - HALF), "is past"),
        (Appointment(NOON), "is past"),
        (Appointment(NOON + timedelta(days=800)), "more than two years"),
        (Appointment(STARTS, timedelta(0)), "from one minute"),
        (Appointment(STARTS, timedelta(days=15)), "from one minute"),
    ],
)
def test_no_time_for_a_meeting(stage: Stage, wanted: Appointment, why: str) -> None:
    """A time that cannot be meant is refused, and nothing is changed."""
    assert why in refused(stage, by_hand.book, PAT, wanted)
    assert stage.enrollment(PAT).state is EnrollmentState.ACTIVE


def test_nobody_to_meet(stage: Stage) -> None:
    """Only prospects are booked with."""
    with pytest.raises(UnknownProspectError):
        say(stage, by_hand.book, "nobody@prospect.example", WANTED)


def test_booked_twice_by_hand(stage: Stage) -> None:
    """The same person at the same time is the same meeting, whose number is told."""
    number = book(stage).id
    assert f"Meeting {number} is at that time already" in refused(stage, by_hand.book, PAT, WANTED)


def test_a_tool_tells_of_it_as_well(stage: Stage) -> None:
    """What a rep has noted and a tool tells is one meeting."""
    number = book(stage).id
    event = BookingEvent(K.BOOKED, "calcom", "d", "c1", email=PAT, starts_at=STARTS, verified=True)
    found: Meeting = stage.write(take_in, stage.desk, event, stage.clock.now())
    assert (found.id, found.source, found.place) == (number, "calcom", "Calle Mayor 1")


def test_moved_by_hand(stage: Stage) -> None:
    """A meeting at another time lasts as long as before, and nothing else changes."""
    number = book(stage).id
    later = STARTS + timedelta(days=1)
    found = say(stage, by_hand.move, number, Appointment(later))
    assert (found.starts_at, found.ends_at, found.place) == (later, later + HALF, WANTED.place)
    assert titles(stage) == []
    shorter = say(stage, by_hand.move, number, Appointment(later + HALF, timedelta(minutes=15)))
    assert shorter.ends_at == later + HALF + timedelta(minutes=15)


def test_a_meeting_of_a_tool_is_moved(stage: Stage) -> None:
    """People speak of meetings of any source, and what they said last holds."""
    event = BookingEvent(K.BOOKED, "calcom", "d", "c1", email=PAT, starts_at=STARTS, verified=True)
    number = stage.write(take_in, stage.desk, event, stage.clock.now()).id
    later = STARTS + timedelta(days=1)
    say(stage, by_hand.move, number, Appointment(later))
    found = say(stage, by_hand.move, number, Appointment(later + HALF))
    assert (found.id, found.source, found.starts_at) == (number, "calcom", later + HALF)


@pytest.mark.parametrize("by_whom", ["host", "invitee"])
def test_cancelled_by_hand(stage: Stage, by_whom: str) -> None:
    """Who called it off is kept, with the reason, and somebody has to look at it."""
    number = book(stage).id
    found = say(stage, by_hand.cancel, number, CalledOff(by_whom, "travel"))
    assert (found.state, found.cancelled_by, found.cancel_reason) == (
        S.CANCELLED,
        by_whom,
        "travel",
    )
    assert titles(stage) == ["The meeting was cancelled"]
    assert "is cancelled" in refused(stage, by_hand.cancel, number, CalledOff(by_whom))


def test_a_clock_that_is_ahead(stage: Stage) -> None:
    """What a person says comes after all that was told, whatever stamp somebody has put on that."""
    meeting = book(stage)
    stamp = stage.clock.now() + timedelta(hours=20)
    forged = BookingEvent(
        K.CANCELLED, CALENDAR, "d1", "x", email=PAT, starts_at=STARTS, occurred_at=stamp
    )
    stage.write(take_in, stage.desk, forged, stage.clock.now())
    after(stage, timedelta(minutes=1))
    assert say(stage, by_hand.move, meeting.id, Appointment(STARTS)).state is S.BOOKED
    after(stage, timedelta(minutes=1))
    assert say(stage, by_hand.cancel, meeting.id, CalledOff("host")).state is S.CANCELLED


def test_cancelled_and_booked_again(stage: Stage) -> None:
    """Who books again within a day has moved it: nobody has to look at anything."""
    first = book(stage).id
    say(stage, by_hand.cancel, first, CalledOff("invitee"))
    after(stage, timedelta(hours=1))
    second = book(stage, Appointment(STARTS + timedelta(days=1))).id
    assert stage.read(meetings.get, first).moved_to == second
    assert titles(stage) == []


def test_nobody_is_said_to_have_cancelled(stage: Stage) -> None:
    """Host or invitee: there is no third."""
    number = book(stage).id
    assert "`host`" in refused(stage, by_hand.cancel, number, CalledOff("nobody"))


def test_held(stage: Stage) -> None:
    """A meeting that took place is held, and cannot be moved or cancelled any more."""
    number = book(stage).id
    after(stage)
    assert say(stage, by_hand.held, number).state is S.HELD
    assert titles(stage) == []
    later = Appointment(stage.clock.now() + HALF)
    assert "cannot be moved" in refused(stage, by_hand.move, number, later)
    assert "nothing to cancel" in refused(stage, by_hand.cancel, number, CalledOff("host"))
    assert say(stage, by_hand.no_show, number).state is S.NO_SHOW


def test_nobody_came(stage: Stage) -> None:
    """A missed meeting is a matter until it turns out that they came."""
    number = book(stage).id
    after(stage)
    assert say(stage, by_hand.no_show, number).state is S.NO_SHOW
    assert titles(stage) == ["Nobody came to the meeting"]
    assert f"sequencer meeting came {number}" in refused(stage, by_hand.held, number)
    assert say(stage, by_hand.came, number).state is S.BOOKED
    assert titles(stage) == []
    assert say(stage, by_hand.held, number).state is S.HELD


def test_too_early(stage: Stage) -> None:
    """What has not begun was neither held nor missed, and nobody came after all."""
    number = book(stage).id
    for what in (by_hand.held, by_hand.no_show):
        assert "has not begun" in refused(stage, what, number)
    assert "Nobody was missing" in refused(stage, by_hand.came, number)


def test_confirmed(stage: Stage) -> None:
    """A meeting that only a mail tells of, or that was asked for, is confirmed once."""
    event = BookingEvent(K.REQUESTED, CALENDAR, "d", "u1", email=PAT, uid="u1", starts_at=STARTS)
    number = stage.write(take_in, stage.desk, event, stage.clock.now()).id
    assert "did not take place" not in refused(stage, by_hand.held, number)
    found = say(stage, by_hand.confirm, number)
    assert (found.state, found.verified, found.source) == (S.BOOKED, True, CALENDAR)
    assert stage.enrollment(PAT).finish_reason is FinishReason.MEETING_BOOKED
    assert "confirmed already" in refused(stage, by_hand.confirm, number)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (by_hand.move, (Appointment(STARTS),)),
        (by_hand.cancel, (CalledOff("host"),)),
        (by_hand.held, ()),
        (by_hand.no_show, ()),
        (by_hand.came, ()),
        (by_hand.confirm, ()),
    ],
)
def test_a_number_that_there_is_not(
    stage: Stage, what: Callable[..., Meeting], said: tuple[Any, ...]
) -> None:
    """Whatever is said of a meeting that nobody knows is refused with a hint."""
    with pytest.raises(UnknownMeetingError, match="no meeting 99"):
        say(stage, what, 99, *said)


def test_booked_by_mistake(stage: Stage) -> None:
    """A booking that is taken back was never: the cadence goes on where it stood."""
    number = book(stage).id
    undone = take_back(stage, number)
    assert (undone.said, undone.goes_on, undone.stays) == (K.BOOKED, ("fintech-intro",), ())
    assert undone.meeting.left_out == NEVER_WAS
    assert stage.enrollment(PAT).state is EnrollmentState.ACTIVE
    assert stage.read(meetings.of_person, stage.person(PAT)) == []
    assert titles(stage) == []
    with pytest.raises(MeetingError, match="by hand"):
        take_back(stage, number)
    later = Appointment(STARTS + timedelta(days=1))
    assert "noted by mistake" in refused(stage, by_hand.move, number, later)
    assert book(stage).id != number


async def test_taken_back_before_anything_left(stage: Stage) -> None:
    """What goes on after a mistake sends each mail once."""
    take_back(stage, book(stage).id)
    await stage.work(timedelta(days=1))
    assert len(stage.mails(PAT)) == 1


def test_what_cannot_go_on(stage: Stage) -> None:
    """A cadence that something else is against stays ended, and the reason is told."""
    number = book(stage).id
    stage.apply(a_loaded(cadence="second", audience={**EVERYBODY, "exclusive": "all"}))
    stage.enroll(PAT, slug="second")
    undone = take_back(stage, number)
    assert undone.goes_on == ()
    [why] = undone.stays
    assert why.startswith("fintech-intro: ")


async def test_nothing_goes_on_beside_another_meeting(stage: Stage) -> None:
    """Who has another meeting ahead is left alone, whatever was noted of the first by mistake."""
    first = book(stage).id
    second = book(stage, Appointment(STARTS + timedelta(days=1))).id
    undone = take_back(stage, first)
    assert (undone.goes_on, undone.stays) == (
        (),
        ("fintech-intro: another meeting is coming",),
    )
    await stage.work(timedelta(hours=1))
    assert stage.mails(PAT) == []
    assert [each.id for each in stage.read(meetings.of_person, stage.person(PAT))] == [second]


def test_colleagues_go_on_too(stage: Stage) -> None:
    """Who was stopped by the meeting of a colleague goes on when it was a mistake."""
    rule = {"colleague_reply": "ignore", "meeting": "account"}
    stage.apply(a_loaded(cadence="together", stop_on=rule))
    other = "ada@prospect.example"
    stage.bring_in(other)
    stage.enroll(other, slug="together")
    number = book(stage).id
    assert stage.enrollment(other).finish_reason is FinishReason.MEETING_BOOKED
    assert sorted(take_back(stage, number).goes_on) == ["fintech-intro", "together"]
    assert stage.enrollment(other).state is EnrollmentState.ACTIVE


def test_a_move_taken_back(stage: Stage) -> None:
    """The meeting is where it was before."""
    number = book(stage).id
    after(stage, timedelta(minutes=1))
    say(stage, by_hand.move, number, Appointment(STARTS + timedelta(days=1)))
    undone = take_back(stage, number)
    assert (undone.said, undone.meeting.starts_at) == (K.RESCHEDULED, STARTS)
    assert stage.enrollment(PAT).finish_reason is FinishReason.MEETING_BOOKED


def test_a_cancel_taken_back(stage: Stage) -> None:
    """The meeting stands again, and nobody has to look at it."""
    number = book(stage).id
    after(stage, timedelta(minutes=1))
    say(stage, by_hand.cancel, number, CalledOff("invitee"))
    assert take_back(stage, number).meeting.state is S.BOOKED
    assert titles(stage) == []


def test_a_meeting_in_whose_place_there_is_none(stage: Stage) -> None:
    """Where the booking was a mistake, the one that was cancelled is a matter again."""
    first = book(stage).id
    after(stage, timedelta(minutes=1))
    say(stage, by_hand.cancel, first, CalledOff("invitee"))
    second = book(stage, Appointment(STARTS + timedelta(days=1))).id
    assert titles(stage) == []
    take_back(stage, second)
    assert stage.read(meetings.get, first).moved_to is None
    assert titles(stage) == ["The meeting was cancelled"]


def test_a_tools_word_is_not_taken_back(stage: Stage) -> None:
    """What a tool told stays; what a person confirmed beside it goes."""
    event = BookingEvent(K.BOOKED, CALENDAR, "d", "u1", email=PAT, starts_at=STARTS)
    number = stage.write(take_in, stage.desk, event, stage.clock.now()).id
    with pytest.raises(MeetingError, match="by hand"):
        take_back(stage, number)
    after(stage, timedelta(minutes=1))
    say(stage, by_hand.confirm, number)
    undone = take_back(stage, number)
    assert (undone.meeting.state, undone.meeting.verified) == (S.BOOKED, False)
    assert undone.goes_on == ()


async def test_how_did_it_go(stage: Stage) -> None:
    """An hour after its end, somebody is asked once how a meeting went of which nobody told."""
    number = book(stage).id
    assert stage.read(next_instant, stage.desk, NOON) == STARTS + HALF + timedelta(hours=1)
    await stage.work(STARTS + HALF + timedelta(minutes=59) - NOON)
    assert titles(stage) == []
    await stage.work(timedelta(minutes=1))
    await stage.work(timedelta(days=1))
    assert titles(stage) == [HOW]
    [task] = stage.read(tasks.listed)
    assert f"sequencer meeting held {number}" in task.about
    say(stage, by_hand.held, number)
    assert titles(stage) == []


async def test_moved_after_the_question(stage: Stage) -> None:
    """Who moves a meeting that is over has answered; after the new time somebody is asked again."""
    number = book(stage).id
    await stage.work(timedelta(days=5))
    assert titles(stage) == [HOW]
    say(stage, by_hand.move, number, Appointment(stage.clock.now() + HALF))
    assert titles(stage) == []
    await stage.work(timedelta(hours=3))
    assert titles(stage) == [HOW]


@pytest.mark.parametrize("state", ["held", "cancelled", "of nobody", "long ago"])
async def test_not_asked(stage: Stage, state: str) -> None:
    """What was told, what fell through, what is nobody's and what is long over is not asked."""
    if state == "of nobody":
        event = BookingEvent(K.BOOKED, "t", "d", "m", email="x@y.example", starts_at=STARTS)
        stage.write(take_in, stage.desk, event, stage.clock.now())
        await stage.work(timedelta(days=5))
    elif state == "long ago":
        book(stage)
        await stage.work(timedelta(days=40))
    else:
        number = book(stage).id
        after(stage, STARTS - NOON)
        if state == "held":
            say(stage, by_hand.held, number)
        else:
            say(stage, by_hand.cancel, number, CalledOff("host"))
        await stage.work(timedelta(days=2))
    assert HOW not in titles(stage)
