"""Who gets a meeting, from what the database knows of everybody."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from builders import NOON, a_prospect
from stage import Stage, a_loaded, a_policy

from sequencer.cli.handover_words import page_lines
from sequencer.domain.absence import Absence
from sequencer.domain.assignment import Choice, Decision
from sequencer.domain.booking import BookingEvent, BookingKind
from sequencer.domain.handover import HandoverEvent
from sequencer.domain.handover_policy import HandoverPolicy
from sequencer.domain.handover_record import Record, as_json
from sequencer.domain.meeting import MeetingState
from sequencer.domain.rep import Rep, Territory
from sequencer.engine.assignment import choose_rep, decide_rep
from sequencer.engine.handover_answer import refuse_number
from sequencer.engine.handover_list import handover_page
from sequencer.engine.handover_offer import offer_next
from sequencer.store import assignments, bookings, busy, handovers, meetings
from sequencer.store.busy import Busy
from sequencer.store.database import Connection, Database
from sequencer.store.handovers import NewHandover
from sequencer.store.meetings import Meeting

ZOE, LEE = "zoe@bank.example", "lee@bank.example"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TZ = ZoneInfo("Europe/Madrid")
STARTS = NOON + 2 * DAY
MARTA = Rep("marta", "Marta Gil", "marta@field.example", TZ)
PAU = Rep("pau", "Pau Riba", "pau@field.example", TZ)
ANA = Rep("ana", "Ana Ruiz", "ana.ruiz@seller.example", TZ)


@pytest.fixture
def stage(database: Database) -> Stage:
    """Two reps who take turns, over each kind of database in turn."""
    return Stage(database, policy=with_reps(MARTA, PAU))


def with_reps(*reps: Rep, to: tuple[str, ...] = ("round_robin",)) -> Any:
    return a_policy(reps={rep.name: rep for rep in reps}, handover=HandoverPolicy(to=to))


def settle(stage: Stage, *reps: Rep, to: tuple[str, ...] = ("round_robin",)) -> None:
    """Begin anew with other settings."""
    stage.policy = with_reps(*reps, to=to)
    stage.restart()


def a_meeting(stage: Stage, key: str = "m1", address: str = ZOE, **changes: Any) -> Meeting:
    """A meeting that is booked with somebody who is known."""
    person = stage.person(address)
    meeting = replace(
        Meeting("tool", key, "", MeetingState.BOOKED, address, person, STARTS, STARTS + HOUR),
        **changes,
    )
    return replace(meeting, id=stage.write(meetings.add, meeting, NOON))


def hand(connection: Connection, meeting: Meeting, rep: str, at: Any) -> int:
    told = as_json(Record("", meeting.email, starts_at=meeting.starts_at))
    new = NewHandover(f"{meeting.id} {rep}", meeting.id, rep, "", "", 0, told, None, None)
    return handovers.add(connection, new, at)


def give(stage: Stage, key: str, rep: str, at: Any = NOON, **changes: Any) -> tuple[Meeting, int]:
    """A meeting at another hour that a rep has got."""
    meeting = a_meeting(stage, key, starts_at=STARTS + 5 * HOUR, **changes)
    return meeting, stage.write(hand, meeting, rep, at)


def chosen(stage: Stage, meeting: Meeting, *but: str) -> Choice | None:
    found: Choice | None = stage.read(choose_rep, stage.desk, meeting, but, NOON)
    return found


def reasons(stage: Stage, meeting: Meeting, *but: str) -> dict[str, str]:
    found: Decision = stage.read(decide_rep, stage.desk, meeting, but, NOON)
    return dict(found.passed_over)


def name_of(choice: Choice | None) -> str:
    return choice.rep.name if choice else "nobody"


def test_turns(stage: Stage) -> None:
    """Whoever has had fewer meetings is next, and whoever waited longest."""
    stage.bring_in(a_prospect())
    asked = a_meeting(stage)
    first = chosen(stage, asked)
    assert first is not None
    assert first.because == "marta: round robin, first by name"
    give(stage, "g1", "marta", NOON - DAY)
    second = chosen(stage, asked)
    assert second is not None
    assert second.because == "pau: round robin, fewest meetings"
    assert second.passed_over == (("marta", "had 1 meeting in 28 days; it is pau's turn"),)
    give(stage, "g2", "pau", NOON)
    third = chosen(stage, asked)
    assert third is not None
    assert third.because == "marta: round robin, least recently assigned"
    assert name_of(chosen(stage, asked, "marta")) == "pau"
    assert chosen(stage, asked, "marta", "pau") is None


@pytest.mark.parametrize("state", [MeetingState.CANCELLED, MeetingState.NO_SHOW])
def test_credit_back(stage: Stage, state: MeetingState) -> None:
    """A meeting that fell through, or to which nobody came, does not count."""
    stage.bring_in(a_prospect())
    asked = a_meeting(stage)
    lost, _ = give(stage, "g1", "marta", NOON - DAY)
    give(stage, "g2", "pau", NOON - 2 * DAY)
    assert name_of(chosen(stage, asked)) == "pau"
    stage.write(meetings.save, replace(lost, state=state), NOON)
    assert name_of(chosen(stage, asked)) == "marta"


def test_refused_does_not_count(stage: Stage) -> None:
    """Who did not take a meeting has not had it."""
    stage.bring_in(a_prospect())
    asked = a_meeting(stage)
    _, number = give(stage, "g1", "marta", NOON - DAY)
    give(stage, "g2", "pau", NOON - 2 * DAY)
    assert stage.write(handovers.move, number, HandoverEvent.REFUSE)
    assert name_of(chosen(stage, asked)) == "marta"


def test_old_meetings_do_not_count(stage: Stage) -> None:
    """What was handed over four weeks ago is forgotten, but not who had one last."""
    stage.bring_in(a_prospect())
    asked = a_meeting(stage)
    for number in range(3):
        give(stage, f"old {number}", "marta", NOON - 29 * DAY)
    choice = chosen(stage, asked)
    assert choice is not None
    assert choice.because == "pau: round robin, least recently assigned"


def test_the_meeting_itself_does_not_count(stage: Stage) -> None:
    """Whoever has the meeting may be asked whether they can have it at another time."""
    stage.bring_in(a_prospect())
    settle(stage, replace(MARTA, most_per_week=1))
    asked = a_meeting(stage)
    stage.write(hand, asked, "marta", NOON)
    assert name_of(chosen(stage, asked)) == "marta"
    other = a_meeting(stage, "m2")
    assert reasons(stage, other) == {"marta": "has a meeting within seven days, and takes no more"}


def test_most_per_week_counts_by_the_meeting(stage: Stage) -> None:
    """Meetings of another week are no matter, whenever they were handed over."""
    stage.bring_in(a_prospect())
    settle(stage, replace(MARTA, most_per_week=1))
    late = a_meeting(stage, "late", starts_at=STARTS + 7 * DAY)
    stage.write(hand, late, "marta", NOON)
    assert name_of(chosen(stage, a_meeting(stage))) == "marta"
    sooner = a_meeting(stage, "m2", starts_at=STARTS + HOUR)
    assert name_of(chosen(stage, sooner)) == "nobody"


def test_busy_by_the_calendar(stage: Stage) -> None:
    """A rep whose calendar has something at that time does not get the meeting."""
    stage.bring_in(a_prospect())
    stage.write(fill_calendar, "marta", STARTS - HOUR, STARTS + timedelta(minutes=1))
    assert name_of(chosen(stage, a_meeting(stage))) == "pau"
    told = reasons(stage, a_meeting(stage, "m2"))["marta"]
    assert told == "busy from 2026-03-05 12:00 to 13:01 (Europe/Madrid)"
    after = a_meeting(stage, "m3", starts_at=STARTS + HOUR, ends_at=STARTS + 2 * HOUR)
    assert name_of(chosen(stage, after)) == "marta"


def test_the_meeting_in_the_calendar(stage: Stage) -> None:
    """What the calendar has of the meeting itself, or of our invitation, is not in its way."""
    stage.bring_in(a_prospect())
    settle(stage, MARTA)
    asked = a_meeting(stage, uid="uid of the booking")
    new = NewHandover("k", asked.id, "marta", "", "uid of ours", 0, {}, None, None)
    stage.write(handovers.add, new, NOON)
    for uid in ("uid of the booking", "uid of ours"):
        stage.write(fill_calendar, "marta", STARTS, STARTS + HOUR, uid)
        assert name_of(chosen(stage, asked)) == "marta"
    stage.write(fill_calendar, "marta", STARTS, STARTS + HOUR, "another")
    assert name_of(chosen(stage, asked)) == "nobody"


def fill_calendar(
    connection: Connection, rep: str, start: datetime, end: datetime, uid: str = ""
) -> None:
    busy.replace(connection, f"of {rep} {uid}", rep, [Busy(start, end, uid)])


def test_absence_and_holidays(stage: Stage) -> None:
    """Nobody gets a meeting on a day off, by the dates of their own zone."""
    stage.bring_in(a_prospect())
    gone = replace(MARTA, away=(Absence(date(2026, 3, 5), date(2026, 3, 8)),))
    settle(stage, gone, replace(PAU, country="ES"))
    asked = a_meeting(stage)
    assert name_of(chosen(stage, asked)) == "pau"
    assert reasons(stage, asked)["marta"] == "Marta Gil is away until 8 March"
    friday = a_meeting(stage, "m2", starts_at=STARTS.replace(month=5, day=1), ends_at=None)
    assert reasons(stage, friday) == {"pau": "Labour Day, ES"}


def test_host(stage: Stage) -> None:
    """The host counts by their own address, or by that of their mailbox, in any spelling."""
    stage.bring_in(a_prospect())
    settle(stage, ANA, MARTA, to=("host",))
    assert name_of(chosen(stage, a_meeting(stage, host="Marta@FIELD.example"))) == "marta"
    assert name_of(chosen(stage, a_meeting(stage, "m2", host="ana@seller.example"))) == "ana"
    assert name_of(chosen(stage, a_meeting(stage, "m3", host="no address"))) == "nobody"
    asked = a_meeting(stage, "m4", host="somebody@seller.example")
    hosts = ("somebody@seller.example", "marta@field.example")
    event = BookingEvent(BookingKind.BOOKED, "tool", "d1", "m4", hosts=hosts)
    stage.write(bookings.add, asked.id, event, NOON)
    assert name_of(chosen(stage, asked)) == "marta"


def test_owner(stage: Stage) -> None:
    """The owner of the prospect, else the one whom the others of the account share."""
    stage.bring_in(a_prospect(owner="Marta"), a_prospect(email=LEE))
    settle(stage, MARTA, PAU, to=("owner",))
    assert name_of(chosen(stage, a_meeting(stage))) == "marta"
    choice = chosen(stage, a_meeting(stage, "m2", LEE))
    assert choice is not None
    assert choice.because == "marta: owner of the others of the account"
    stage.bring_in(a_prospect(email="third@bank.example", owner="pau"))
    assert name_of(chosen(stage, a_meeting(stage, "m3", LEE))) == "nobody"


def test_territory(stage: Stage) -> None:
    """A prospect of a country goes to the rep whose country it is."""
    stage.bring_in(a_prospect())
    germany = Territory(countries=frozenset({"DE"}))
    settle(stage, MARTA, replace(PAU, territory=germany), to=("territory", "round_robin"))
    choice = chosen(stage, a_meeting(stage))
    assert choice is not None
    assert choice.because == "pau: territory DE"


def test_client(stage: Stage) -> None:
    """A meeting belongs to the client of its cadence; one that may be another's stays with us."""
    stage.apply(a_loaded(), a_loaded(cadence="for-acme", client="acme"))
    stage.bring_in(a_prospect())
    settle(stage, MARTA, replace(PAU, client="acme"))
    assert name_of(chosen(stage, a_meeting(stage))) == "marta"
    stage.enroll(ZOE, slug="for-acme")
    theirs = stage.stored(ZOE)
    assert name_of(chosen(stage, a_meeting(stage, "m2"))) == "pau"
    stage.enroll(ZOE)
    assert name_of(chosen(stage, a_meeting(stage, "m3"))) == "marta"
    assert name_of(chosen(stage, a_meeting(stage, "m4", enrollment_id=theirs.id))) == "pau"


def test_nobody_is_known(stage: Stage) -> None:
    """A meeting with a stranger finds a rep too, who need not be anybody's owner."""
    meeting = Meeting("tool", "m1", "", MeetingState.BOOKED, "x@y.example", None, None)
    asked = replace(meeting, id=stage.write(meetings.add, meeting, NOON))
    settle(stage, MARTA, to=("owner", "territory", "round_robin"))
    assert name_of(chosen(stage, asked)) == "marta"


def test_owners_of_no_account(database: Database) -> None:
    """Nobody shares an account that is not known."""
    with database.read() as connection:
        assert assignments.owners_at(connection, "", 0) == set()
        assert assignments.owners_at(connection, "account:\x00", 0) == set()


def test_given_back_at_the_same_time(postgres_database: Database) -> None:
    """Two reps' refusals at once see each other: nobody gets more than they take."""
    gone = replace(MARTA, most_per_week=2)
    stage = Stage(postgres_database, policy=with_reps(gone, replace(PAU, most_per_week=1)))
    stage.apply()
    stage.bring_in(a_prospect(), a_prospect(email=LEE))
    stage.enroll(ZOE, LEE)
    both = [
        a_meeting(stage, address, address, verified=True, starts_at=STARTS + hours * HOUR)
        for hours, address in enumerate((ZOE, LEE))
    ]
    numbers = [stage.write(hand, meeting, "marta", NOON) for meeting in both]
    gate = Barrier(len(numbers))

    def refuse(number: int) -> None:
        gate.wait()
        stage.write(refuse_number, stage.desk, number, "test", NOON)

    with ThreadPoolExecutor(len(numbers)) as threads:
        list(threads.map(refuse, numbers))
    offered = [each.rep for m in both for each in stage.read(handovers.of_meeting, m.id)]
    assert sorted(offered) == ["marta", "marta", "pau"]


def test_reasons_are_kept(stage: Stage) -> None:
    """A handover keeps why no other rep was asked; that is for us to see, and for no client."""
    stage.apply()
    stage.bring_in(a_prospect())
    stage.enroll(ZOE)
    settle(stage, MARTA, replace(PAU, takes_meetings=False))
    meeting = a_meeting(stage, verified=True)
    assert stage.write(offer_next, stage.desk, meeting, NOON)
    [handover] = stage.read(handovers.of_meeting, meeting.id)
    page = stage.read(handover_page, stage.desk, handover.id, NOON)
    assert page.handover.because == "marta: round robin"
    assert page.passed_over == (("pau", "takes no meetings"),)
    assert "  pau: takes no meetings" in list(page_lines(page, NOON))
    record = {**handover.record, "client": "acme"}
    stage.write(handovers.keep, handover.id, record=record)
    assert stage.read(handover_page, stage.desk, handover.id, NOON, "acme").passed_over == ()
