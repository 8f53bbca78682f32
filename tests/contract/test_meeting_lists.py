"""Lists of meetings and handovers, and a booking that is asked for twice, on each database."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from builders import NOON
from stage import DAY, Stage

from sequencer.domain.handover import HandoverState
from sequencer.domain.handover_policy import HandoverPolicy
from sequencer.domain.meeting import MeetingState
from sequencer.domain.rep import Rep
from sequencer.engine import handover_view
from sequencer.engine.handover_answer import HandoverError, UnknownHandoverError
from sequencer.engine.handover_view import Answer, WantedHandovers
from sequencer.engine.meeting_by_hand import Appointment, MeetingError, UnknownMeetingError
from sequencer.engine.meeting_once import book_once
from sequencer.engine.meeting_view import Viewer
from sequencer.store import meeting_list, meetings
from sequencer.store.meeting_list import Wanted
from sequencer.store.meetings import Meeting

ZOE = "zoe@bank.example"
HOUR = timedelta(hours=1)
_S = MeetingState


@pytest.fixture
def stage(each_stage: Stage) -> Stage:
    """Somebody in a cadence, and two reps."""
    madrid = ZoneInfo("Europe/Madrid")
    reps = {name: Rep(name, name, f"{name}@field.example", madrid) for name in ("omar", "petra")}
    each_stage.policy = replace(
        each_stage.policy, reps=reps, handover=HandoverPolicy(to=("omar", "petra"))
    )
    each_stage.restart()
    each_stage.begin(ZOE)
    return each_stage


def add(stage: Stage, state: MeetingState, at: timedelta | None, **changes: Any) -> int:
    """Number of a meeting of an hour that long from now."""
    begin = stage.clock.now() + at if at is not None else None
    end = begin + HOUR if begin else None
    key = f"m{stage.new_key()}"
    new = Meeting("calendly", key, "", state, ZOE, None, begin, end)
    new = replace(new, **changes)
    return int(stage.write(meetings.add, new, stage.clock.now()))


def test_what_comes_and_what_was(stage: Stage) -> None:
    """A meeting is in one of the two lists, as long as it runs in the first; none is in both."""
    now = stage.clock.now()
    late = add(stage, _S.BOOKED, 2 * DAY)
    soon = add(stage, _S.REQUESTED, HOUR)
    runs = add(stage, _S.BOOKED, -HOUR / 2)
    endless = add(stage, _S.BOOKED, -HOUR / 2, ends_at=None)
    no_time = add(stage, _S.ASKED_AGAIN, None)
    over = add(stage, _S.BOOKED, -2 * HOUR)
    off = add(stage, _S.CANCELLED, DAY)
    held = add(stage, _S.HELD, -DAY)
    never = add(stage, _S.REJECTED, None)
    add(stage, _S.BOOKED, DAY, left_out="of another kind")
    coming = stage.read(meeting_list.coming, now, 0, 100)
    past = stage.read(meeting_list.past, now, 0, 100)
    assert coming == [runs, soon, late, no_time]
    assert past == [off, endless, over, held, never]
    assert stage.read(meeting_list.coming, now, 1, 2) == coming[1:3]
    assert stage.read(meeting_list.past, now, 4, 2) == past[4:]


def test_by_state_and_time(stage: Stage) -> None:
    """Each filter leaves out what it does not name; the left out are in no list."""
    numbers = [add(stage, _S.BOOKED, day * DAY) for day in (1, 2, 3)]
    off = add(stage, _S.CANCELLED, 2 * DAY)
    add(stage, _S.BOOKED, 2 * DAY, left_out="of another kind")
    begin, end = NOON + 2 * DAY, NOON + 3 * DAY

    def found(after: int = 0, most: int = 100, **wanted: Any) -> list[int]:
        asked = Wanted(**wanted)
        return list(stage.read(meeting_list.numbers_after, asked, after, most))

    assert found() == [*numbers, off]
    assert found(after=numbers[0], most=2) == numbers[1:]
    assert found(state=_S.CANCELLED) == [off]
    assert found(begins_from=begin, begins_before=end) == [numbers[1], off]
    assert found(begins_from=end) == [numbers[2]]


def test_booked_once(stage: Stage) -> None:
    """The same key gives the same meeting, however it stands by then."""
    wanted = Appointment(NOON + DAY, key="desk order-7")
    now = stage.clock.now()
    first, new = stage.write(book_once, stage.desk, ZOE, wanted, "Ana", now)
    stage.clock.advance(HOUR)
    now = stage.clock.now()
    again = stage.write(book_once, stage.desk, "ZOE@bank.example", wanted, "Ana", now)
    assert (new, again[1], again[0].id) == (True, False, first.id)
    stage.bring_in("bea@bank.example")
    with pytest.raises(MeetingError, match="somebody else"):
        stage.write(book_once, stage.desk, "bea@bank.example", wanted, "Ana", now)
    with pytest.raises(MeetingError, match="at that time already"):
        stage.write(book_once, stage.desk, ZOE, replace(wanted, key=""), "Ana", now)


def test_handovers(stage: Stage) -> None:
    """They are found by their state, rep and meeting, and answered for their reps."""
    viewer = Viewer(stage.desk)
    now = stage.clock.now()
    first, _ = stage.write(book_once, stage.desk, ZOE, Appointment(NOON + DAY), "Ana", now)
    refused = Answer(takes=False, by="Ana", because="ill")
    assert stage.write(handover_view.answer, viewer, 1, refused, now).state is HandoverState.REFUSED

    def found(after: int = 0, most: int = 100, **wanted: Any) -> list[int]:
        asked = WantedHandovers(**wanted)
        page = stage.read(handover_view.page, viewer, asked, after, most)
        return [each.id for each in page.handovers]

    assert found() == [1, 2]
    assert found(after=1) == [2]
    assert found(most=1) == [1]
    assert found(state=HandoverState.OFFERED) == [2]
    assert found(rep="omar") == [1]
    assert found(rep="\x00") == []
    assert found(meeting=first.id + 1) == []
    with pytest.raises(HandoverError, match="not yours any more"):
        stage.write(handover_view.answer, viewer, 1, Answer(takes=True, by="Ana"), now)
    taken = stage.write(handover_view.answer, viewer, 2, Answer(takes=True, by="Ana"), now)
    assert (taken.rep, taken.state) == ("petra", HandoverState.ACCEPTED)


def test_a_client_sees_nothing_of_ours(stage: Stage) -> None:
    """Not a meeting, nor a handover, by number or in a list, however many there are."""
    now = stage.clock.now()
    stage.write(book_once, stage.desk, ZOE, Appointment(NOON + DAY), "Ana", now)
    for _ in range(3):
        add(stage, _S.BOOKED, DAY)
    viewer = Viewer(stage.desk, "acme")
    assert stage.read(viewer.page, Wanted(), 0, 2).views == ()
    assert stage.read(viewer.page, Wanted(), 0, 2).after is None
    assert stage.read(viewer.coming, now, 0, 10) == []
    assert stage.read(viewer.past, now, 0, 10) == []
    assert stage.read(handover_view.page, viewer, WantedHandovers(), 0, 10).handovers == ()
    with pytest.raises(UnknownMeetingError):
        stage.read(viewer.see, 1)
    with pytest.raises(UnknownHandoverError):
        stage.read(handover_view.see, viewer, 1)
    assert len(stage.read(Viewer(stage.desk).page, Wanted(), 0, 10).views) == 4
