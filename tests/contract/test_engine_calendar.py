"""Calendars at work: holidays, days, hours of a step, absences; seen in due times and in words."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import NOON, a_prospect
from stage import SLUG, Stage, a_loaded, a_policy

from sequencer.domain.absence import Absence
from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.ledger import Kind
from sequencer.domain.reason import Reason
from sequencer.domain.send import SendState
from sequencer.engine.away import BATCH, follow_absence, returns_at
from sequencer.engine.next_event import next_instant
from sequencer.engine.pause import resume
from sequencer.engine.policy import Policy
from sequencer.engine.why import why
from sequencer.store import enrollments, ledger
from sequencer.store.database import Database

ZOE, ADA = "zoe@bank.example", "ada@bank.example"
BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
OFFICE = {"window": {"mon-fri": ["08:30-17:00"]}, "timezone": "prospect", "jitter_minutes": 0}
AWAY = Absence(date(2026, 3, 4), date(2026, 3, 13))  # NOON is on the 3rd, a Tuesday
BACK = datetime(2026, 3, 14, tzinfo=UTC)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def with_absence(*away: Absence) -> Policy:
    policy = a_policy()
    ana = replace(policy.mailboxes["ana"], away=away, sender_name="Ana")
    return replace(policy, mailboxes={**policy.mailboxes, "ana": ana})


def away_stage(database: Database, *away: Absence) -> Stage:
    stage = Stage(database, policy=with_absence(*away))
    stage.begin(ZOE)
    return stage


def details(stage: Stage, kind: Kind) -> list[str]:
    entries = stage.read(ledger.latest, 10_000)
    return [entry.detail for _, entry in entries if entry.kind is kind]


def test_moved_over_a_holiday(stage: Stage) -> None:
    """A step that would be due on a holiday says which one, and when it is due instead."""
    stage.clock.advance(berlin("2027-05-01T12:00") - NOON)  # a Saturday
    stage.apply(a_loaded(schedule=OFFICE))
    stage.bring_in(a_prospect(email=ZOE, country="GB", subdivision="ENG", timezone="Europe/London"))
    stage.enroll(ZOE)
    [send] = stage.sends(ZOE)
    assert send.due_at == datetime(2027, 5, 4, 7, 30, tzinfo=UTC)
    assert send.why == "window closed until 08:30 (May Day, GB)"
    [told] = details(stage, Kind.QUEUED)
    assert told == ("due Tuesday 4 May 08:30 London time: window closed until 08:30 (May Day, GB)")


async def test_holiday_at_the_last_look(stage: Stage) -> None:
    """What is a holiday only now, since the person moved, is seen before the mail leaves."""
    stage.clock.advance(berlin("2026-05-01T10:00") - NOON)
    stage.apply(a_loaded(schedule=OFFICE))
    stage.bring_in(a_prospect(email=ZOE, country="US", timezone="Europe/Berlin"))
    stage.enroll(ZOE)
    stage.bring_in(a_prospect(email=ZOE, country="DE", timezone="Europe/Berlin"))
    await stage.work()
    assert stage.mails(ZOE) == []
    [send] = stage.sends(ZOE)
    assert send.due_at == berlin("2026-05-04T08:30")
    assert send.why == "window closed until 08:30 (Labour Day, DE)"
    assert details(stage, Kind.POSTPONED) == [
        "to Monday 4 May 08:30 Berlin time: window closed until 08:30 (Labour Day, DE)"
    ]
    report = stage.read(why, stage.desk, ZOE, stage.clock.now())
    refusals = [each for each in report.enrollments[0].refusals if each.reason is Reason.HOLIDAY]
    assert [each.sentence for each in refusals] == [
        "window closed until Mon 4 May 08:30, Berlin time (Labour Day, DE)"
    ]


def test_calendar_in_words(stage: Stage) -> None:
    """A report says whose clock and whose holidays count, and why there are none."""
    stage.apply(a_loaded(schedule=OFFICE))
    people = {ZOE: ("DE", "BE"), ADA: ("", ""), "eva@bank.example": ("QQ", "")}
    for email, (country, part) in people.items():
        stage.bring_in(a_prospect(email=email, country=country, subdivision=part))
        stage.enroll(email)
    told = [
        stage.read(why, stage.desk, email, stage.clock.now()).enrollments[0].calendar
        for email in people
    ]
    zone = "hours of Europe/Berlin, the prospect's zone"
    ana = "no holidays for ana, of whom no country is known"
    assert told == [
        f"{zone}; holidays of DE-BE for the prospect; {ana}",
        f"{zone}; no holidays for the prospect, of whom no country is known; {ana}",
        f"{zone}; no holidays for the prospect, as none are known of QQ; {ana}",
    ]


async def test_zone_changes_while_waiting(stage: Stage) -> None:
    """Who moves to Tokyo while a mail waits gets it in the hours there."""
    stage.apply(a_loaded(schedule=OFFICE))
    stage.bring_in(a_prospect(email=ZOE, country=""))
    stage.enroll(ZOE)
    stage.bring_in(a_prospect(email=ZOE, country="", timezone="Asia/Tokyo"))
    await stage.work()
    assert stage.mails(ZOE) == []
    [send] = stage.sends(ZOE)
    assert send.due_at == datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
    assert send.why == "window closed until 08:30"


async def test_days_are_counted_from_the_step_before(stage: Stage) -> None:
    """A cadence by days waits for business days, and what leaves late moves what follows."""
    steps = [
        {"id": "intro", "email": "intro.md", "day": 1},
        {"id": "bump", "email": "bump.md", "day": 3},
    ]
    stage.apply(a_loaded(schedule=OFFICE, steps=steps))
    stage.bring_in(a_prospect(email=ZOE, country=""))
    stage.enroll(ZOE)
    await stage.work(2 * DAY)  # the daemon was down from Tuesday to Thursday
    assert len(stage.mails(ZOE)) == 1
    assert stage.sends(ZOE)[1].due_at == stage.clock.now() + 4 * DAY  # Monday


@pytest.mark.parametrize("leap", [{}, {"goto": "last-mail"}])
async def test_a_day_stays_that_day(stage: Stage, leap: dict[str, str]) -> None:
    """Whoever is spared a step gets the one after it on its own day all the same."""
    steps = [
        {"id": "intro", "email": "intro.md", "day": 1, **leap},
        {"id": "bump", "email": "bump.md", "day": 5, "when": 'stage == "customer"'},
        {"id": "last-mail", "email": "last-mail.md", "day": 8},
    ]
    stage.apply(a_loaded(schedule=OFFICE, steps=steps))
    stage.bring_in(a_prospect(email=ZOE, country=""))
    stage.enroll(ZOE)
    await stage.work()
    due_at = stage.sends(ZOE)[1].due_at
    assert due_at == stage.clock.now() + 9 * DAY  # Thursday of the week after
    assert stage.sends(ZOE)[1].step_id == "last-mail"


def test_hours_of_steps(stage: Stage) -> None:
    """A first touch has its own hours, and a step with a clock time comes at that time."""
    schedule = {**OFFICE, "first_window": {"mon-fri": ["15:00-16:00"]}}
    steps = [{"id": "intro", "email": "intro.md"}]
    stage.apply(
        a_loaded(schedule=schedule, steps=steps),
        a_loaded(cadence="timed", schedule=schedule, steps=[{**steps[0], "at": "16:30"}]),
    )
    stage.bring_in(a_prospect(email=ZOE, country=""), a_prospect(email=ADA, country=""))
    stage.enroll(ZOE)
    stage.enroll(ADA, slug="timed")
    assert stage.sends(ZOE)[0].due_at == berlin("2026-03-03T15:00")
    assert stage.sends(ADA)[0].due_at == berlin("2026-03-03T16:30")


def test_calendar_that_never_opens(stage: Stage) -> None:
    """A window whose only day of the year is skipped is a matter for a person, not an error."""
    days = [(date(2026, 3, 8) + 7 * each * DAY).isoformat() for each in range(60)]
    schedule = {**OFFICE, "window": {"sun": ["10:00-11:00"]}, "skip_dates": days}
    stage.apply(a_loaded(schedule=schedule))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    [send] = stage.sends(ZOE)
    assert send.due_at == stage.clock.now()


async def test_calendar_that_never_opens_is_shown(stage: Stage) -> None:
    """The mail is due at once, so the last look finds it and asks a person."""
    days = [(date(2026, 3, 8) + 7 * each * DAY).isoformat() for each in range(60)]
    schedule = {**OFFICE, "window": {"sun": ["10:00-11:00"]}, "skip_dates": days}
    stage.apply(a_loaded(schedule=schedule))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    await stage.work()
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    assert any("does not open within a year" in each for each in details(stage, Kind.PAUSED))


async def test_absence_pauses_and_resumes(database: Database) -> None:
    """At the begin all is paused; after the return what was left of the wait is waited for."""
    stage = away_stage(database, AWAY)
    await stage.work()
    assert len(stage.mails(ZOE)) == 1
    bump_at = stage.sends(ZOE)[1].due_at
    began_at = datetime(2026, 3, 4, tzinfo=UTC)
    await stage.work(began_at - NOON)
    paused = stage.enrollment(ZOE)
    assert (paused.state, paused.pause_reason) == (EnrollmentState.PAUSED, PauseReason.REP_AWAY)
    assert paused.resume_at == BACK
    assert details(stage, Kind.PAUSED) == ["rep_away until 2026-03-14 00:00 UTC: Ana is away"]
    await stage.work(BACK - began_at - timedelta(seconds=1))
    assert stage.enrollment(ZOE).state is EnrollmentState.PAUSED
    await stage.work(timedelta(seconds=1))
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    assert stage.sends(ZOE)[1].due_at == BACK + (bump_at - began_at)


async def test_absence_of_the_other_rep(database: Database) -> None:
    """What another mailbox runs goes on."""
    stage = Stage(database, policy=with_absence(AWAY))
    stage.apply(a_loaded(mailboxes=("luis",)))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    await stage.work()
    await stage.work(3 * DAY)
    assert len(stage.mails(ZOE)) == 2


async def test_nothing_slips_through(database: Database) -> None:
    """Who begins during an absence is kept back by the gate, and paused until the return."""
    stage = Stage(database, policy=with_absence(AWAY))
    await stage.work(DAY)
    stage.begin(ZOE)
    await stage.work()
    assert stage.mails(ZOE) == []
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REP_AWAY
    await stage.work(BACK - stage.clock.now())
    await stage.work()
    assert len(stage.mails(ZOE)) == 1


@pytest.mark.parametrize(("today", "chosen"), [(NOON, "ana"), (NOON + 2 * DAY, "luis")])
def test_nobody_new_for_who_is_away(database: Database, today: datetime, chosen: str) -> None:
    """Who is away gets nobody new as long as another rep of the cadence is there."""
    stage = Stage(database, policy=with_absence(AWAY))
    stage.clock.advance(today - NOON)
    stage.apply(a_loaded(mailboxes=["ana", "luis"]))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    assert stage.enrollment(ZOE).mailbox == chosen


async def test_resumed_by_hand_while_away(database: Database) -> None:
    """A person's word does not send a mail for somebody who is away: the gate says no again."""
    stage = away_stage(database, AWAY)
    await stage.work(DAY)
    stage.write(resume, stage.desk, ZOE, "Eva", stage.clock.now())
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    await stage.work()
    assert stage.mails(ZOE) == []
    assert stage.enrollment(ZOE).resume_at == BACK


@pytest.mark.parametrize("until_on", [date(2026, 3, 9), date(2026, 3, 20)])
async def test_absence_is_changed(database: Database, until_on: date) -> None:
    """A daemon that begins with another end of the absence moves the pauses to it."""
    stage = away_stage(database, AWAY)
    await stage.work(DAY)
    stage.policy = with_absence(replace(AWAY, until_on=until_on))
    stage.restart()
    await stage.work()
    expected = datetime.combine(until_on + DAY, datetime.min.time(), UTC)
    assert stage.enrollment(ZOE).resume_at == expected
    assert len(details(stage, Kind.PAUSED)) == 2


async def test_absence_is_called_off(database: Database) -> None:
    """Who does not go after all lets everything go on at once."""
    stage = away_stage(database, AWAY)
    await stage.work(DAY)
    stage.policy = with_absence()
    stage.restart()
    await stage.work()
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    await stage.work()
    assert len(stage.mails(ZOE)) == 1


async def test_other_pauses_are_left_alone(database: Database) -> None:
    """What waits for somebody else waits on, and an absence is told only once."""
    stage = away_stage(database, AWAY)
    await stage.work(DAY)
    number = stage.stored(ZOE).id
    assert not stage.write(follow_absence, stage.desk, number, stage.clock.now())
    [paused] = details(stage, Kind.PAUSED)
    assert "Ana is away" in paused
    with stage.database.write() as connection:
        stored = enrollments.get(connection, number)
        review = replace(stored.enrollment, pause_reason=PauseReason.REVIEW, resume_at=None)
        assert enrollments.save(connection, stored, review, stage.clock.now())
    assert not stage.write(follow_absence, stage.desk, number, stage.clock.now())
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW


def test_begin_is_foreseen(database: Database) -> None:
    """Whoever moves a clock is told when an absence begins."""
    stage = Stage(database, policy=with_absence(AWAY))
    began_at = datetime(2026, 3, 4, tzinfo=UTC)
    assert stage.read(next_instant, stage.desk, NOON) == began_at
    assert stage.read(next_instant, stage.desk, began_at) is None


async def test_many_are_paused_at_once(database: Database) -> None:
    """All of a mailbox are paused in the tick in which the absence begins."""
    people = [f"p{number}@bank{number}.example" for number in range(BATCH + 5)]
    stage = Stage(database, policy=with_absence(AWAY))
    stage.apply(a_loaded(schedule=OFFICE))
    stage.bring_in(*people)
    stage.clock.advance(timedelta(hours=8))  # after the hours of the window
    stage.enroll(*people, slug=SLUG)
    await stage.work(DAY / 2)
    states = {stage.enrollment(each).pause_reason for each in people}
    assert states == {PauseReason.REP_AWAY}
    assert all(send.state is SendState.QUEUED for send in stage.sends(people[0]))


def test_nobody_is_away(stage: Stage) -> None:
    """A mailbox without absences, or one that is gone, has nobody to come back."""
    assert returns_at(stage.desk, "ana", NOON) is None
    assert returns_at(stage.desk, "nobody", NOON) is None
