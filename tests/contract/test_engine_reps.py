"""The list of reps, from the settings and from what the database knows of them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import NOON, a_prospect
from stage import Stage, a_loaded, a_policy

from sequencer.domain.absence import Absence
from sequencer.domain.handover_policy import HandoverPolicy
from sequencer.domain.meeting import MeetingState
from sequencer.domain.rep import Rep, Territory
from sequencer.engine.reps import RepLine, Trial, rep_lines, try_assignment
from sequencer.engine.stop import UnknownProspectError
from sequencer.store import handovers, meetings, outside_looks
from sequencer.store.database import Connection, Database
from sequencer.store.handovers import NewHandover
from sequencer.store.meetings import Meeting
from sequencer.store.outside_looks import OutsideLook

ZOE = "zoe@bank.example"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TZ = ZoneInfo("Europe/Madrid")
ANA = Rep("ana", "Ana Ruiz", "ana@seller.example", TZ, takes_meetings=False)
MARTA = Rep(
    "marta",
    "Marta Gil",
    "marta@field.example",
    TZ,
    territory=Territory(frozenset({"DE"})),
    away=(Absence(date(2026, 3, 3), date(2026, 3, 4)),),
)
PAU = Rep("pau", "Pau Riba", "pau@acme.example", TZ, client="acme")


@pytest.fixture
def stage(database: Database) -> Stage:
    """Three reps over each kind of database in turn."""
    reps = {rep.name: rep for rep in (PAU, ANA, MARTA)}
    ways = HandoverPolicy(to=("host", "territory", "round_robin"))
    return Stage(database, policy=a_policy(reps=reps, handover=ways))


def lines(stage: Stage) -> dict[str, RepLine]:
    found: list[RepLine] = stage.read(rep_lines, stage.desk, NOON)
    return {each.name: each for each in found}


def give(
    connection: Connection,
    key: str,
    rep: str,
    starts_at: datetime = NOON + DAY,
    state: MeetingState = MeetingState.BOOKED,
) -> None:
    """A meeting that a rep has got a day ago."""
    number = meetings.add(connection, Meeting("tool", key, "", state, ZOE, None, starts_at), NOON)
    new = NewHandover(key, number, rep, "", "", 0, {}, None, None)
    handovers.add(connection, new, NOON - DAY)


def test_what_they_have(stage: Stage) -> None:
    """Meetings of four weeks, those of the next seven days, and when the last one came."""
    stage.write(give, "m1", "marta")
    stage.write(give, "m2", "marta", starts_at=NOON + 8 * DAY)
    stage.write(give, "m3", "marta", state=MeetingState.CANCELLED)
    stage.write(give, "m4", "marta", starts_at=NOON - HOUR)
    found = lines(stage)
    assert list(found) == ["ana", "marta", "pau"]
    marta = found["marta"]
    assert (marta.handed, marta.ahead, marta.last_at) == (3, 1, NOON - DAY)
    assert (found["pau"].handed, found["pau"].ahead, found["pau"].last_at) == (0, 0, None)


def test_who_they_are(stage: Stage) -> None:
    """Territory, client and absence are told as people would."""
    found = lines(stage)
    assert (found["marta"].territory, found["pau"].client) == ("DE", "acme")
    assert found["marta"].off == "Marta Gil is away until 4 March"
    assert found["marta"].back_at is not None
    assert not found["ana"].takes_meetings


def test_calendars(stage: Stage) -> None:
    """The state of every calendar of theirs is told, of their mailboxes' as well."""
    names = ["rep marta", "rep ana", "mailbox ana", "mailbox luis"]
    stage.write(outside_looks.add_missing, names)
    stage.write(outside_looks.fail, OutsideLook("mailbox ana"), NOON, NOON + HOUR, "401")
    stage.write(outside_looks.succeed, OutsideLook("rep marta"), NOON, NOON + HOUR)
    found = lines(stage)
    assert [each.name for each in found["ana"].calendars] == ["mailbox ana", "rep ana"]
    failing = found["ana"].calendars[0]
    assert (failing.failing_since, failing.problem) == (NOON, "401")
    assert found["marta"].calendars[0].read_at == NOON
    assert found["pau"].calendars == ()


def test_try(stage: Stage) -> None:
    """A trial asks what a meeting would, and changes nothing."""
    stage.apply(a_loaded(), a_loaded(cadence="for-acme", client="acme"))
    stage.bring_in(a_prospect())
    away = stage.read(try_assignment, stage.desk, Trial(ZOE, NOON + DAY), NOON)
    assert away.choice is None
    assert dict(away.passed_over)["marta"] == "Marta Gil is away until 4 March"
    back = stage.read(try_assignment, stage.desk, Trial(ZOE, NOON + 2 * DAY), NOON)
    assert back.choice is not None
    assert back.choice.because == "marta: territory DE"
    hosted = Trial(ZOE, NOON + 2 * DAY, host="MARTA@field.example")
    found = stage.read(try_assignment, stage.desk, hosted, NOON)
    assert found.choice is not None
    assert found.choice.because == "marta: host of the booking"
    stage.enroll(ZOE, slug="for-acme")
    theirs = stage.read(try_assignment, stage.desk, Trial(ZOE), NOON)
    assert theirs.choice is not None
    assert theirs.choice.because == "pau: round robin"
    assert stage.read(handovers.count) == 0


def test_a_stranger(stage: Stage) -> None:
    """Nobody can be asked about who is not there."""
    with pytest.raises(UnknownProspectError):
        stage.read(try_assignment, stage.desk, Trial("nobody@bank.example"), NOON)
