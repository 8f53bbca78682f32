"""A cadence that takes nobody in any more: who is under way ends as ever, then it is archived."""

from datetime import timedelta

import pytest
from builders import NOON
from stage import EVERYBODY, SLUG, Stage, a_loaded

from sequencer.domain.booking import BookingEvent, BookingKind
from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.follow_up import FollowUpState
from sequencer.domain.gate import Occasion
from sequencer.domain.reason import Reason
from sequencer.engine.activate import activate_waiting, next_activation_at, waiting
from sequencer.engine.bookings import take_in
from sequencer.engine.draining import Drained, archive_dry, begin_draining, stop_draining
from sequencer.engine.enroll import UnknownCadenceError
from sequencer.engine.follow_up_deed import NOT_DONE
from sequencer.engine.reopen_enrollment import Request, reopen_enrollment
from sequencer.engine.status import status
from sequencer.engine.stop import stop
from sequencer.engine.why import may_enter, why
from sequencer.store import draining, enrollments, follow_ups, tasks

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PEOPLE = [f"p{number}@bank{number}.example" for number in range(4)]
ZOE = "zoe@bank.example"


def begin(stage: Stage, most: int = 2) -> None:
    """Two are under way, two wait for room."""
    stage.apply(a_loaded(throttle={"max_active": most}))
    stage.bring_in(*PEOPLE)
    assert all(answer.enrolled for answer in stage.enroll(*PEOPLE))


def states(stage: Stage) -> str:
    """First letters of where everybody stands."""
    return "".join(str(stage.enrollment(each).state)[0] for each in PEOPLE)


def drain(stage: Stage) -> Drained:
    done: Drained = stage.write(begin_draining, SLUG, "marta", stage.clock.now())
    return done


async def test_nobody_comes_in(each_stage: Stage) -> None:
    """Whoever is to be enrolled is refused with the code, at the command and beforehand."""
    stage = each_stage
    begin(stage)
    assert drain(stage) == Drained(SLUG, changed=True, under_way=2, waiting=2)
    stage.bring_in(ZOE)
    [answer] = stage.enroll(ZOE)
    assert [refusal.reason for refusal in answer.refusals] == [Reason.CADENCE_DRAINING]
    assert "since" in answer.refusals[0].sentence
    told = stage.read(may_enter, stage.desk, SLUG, ZOE, "ana", NOON)
    refused = {each.rule.reason for each in told if not each.passes}
    assert Reason.CADENCE_DRAINING in refused


async def test_who_waits(each_stage: Stage) -> None:
    """Who waits does not begin although there is room, and is told why."""
    stage = each_stage
    begin(stage)
    drain(stage)
    stage.write(stop, stage.desk, PEOPLE[0], "test", NOON)
    await stage.work(HOUR)
    assert states(stage) == "fapp"
    now = stage.clock.now()
    assert stage.read(waiting, stage.desk, now) == []
    assert stage.read(next_activation_at, stage.desk, now) is None
    number = stage.stored(PEOPLE[2]).id
    assert not stage.write(activate_waiting, stage.desk, number, now)
    [report] = stage.read(why, stage.desk, PEOPLE[2], now).enrollments
    assert Reason.CADENCE_DRAINING in {refusal.reason for refusal in report.refusals}


async def test_run_to_the_end(each_stage: Stage) -> None:
    """Those under way get their mails; when the last has ended, it is archived by itself."""
    stage = each_stage
    begin(stage)
    drain(stage)
    for _ in range(10):
        await stage.work(DAY)
    assert states(stage) == "ffff"
    assert [len(stage.mails(each)) for each in PEOPLE] == [3, 3, 0, 0]
    ends = [stage.enrollment(each).finish_reason for each in PEOPLE]
    assert ends == [FinishReason.COMPLETED] * 2 + [FinishReason.REMOVED] * 2
    [found] = stage.read(draining.listed)
    assert (found.slug, found.by, found.since) == (SLUG, "marta", NOON)
    assert found.archived_at is not None
    assert stage.read(status, stage.desk, stage.clock.now()).draining == (found,)
    assert stage.verify().clean


async def test_nobody_in_it(each_stage: Stage) -> None:
    """A cadence that nobody is in is archived at the next tick."""
    stage = each_stage
    stage.apply(a_loaded())
    assert drain(stage) == Drained(SLUG, changed=True, under_way=0, waiting=0)
    await stage.work()
    [found] = stage.read(draining.listed)
    assert found.archived_at == NOON


async def test_taken_back(each_stage: Stage) -> None:
    """Whoever takes it back finds those who waited still waiting, and they begin."""
    stage = each_stage
    begin(stage)
    drain(stage)
    stage.write(stop, stage.desk, PEOPLE[0], "test", NOON)
    await stage.work(HOUR)
    done = stage.write(stop_draining, SLUG)
    assert done == Drained(SLUG, changed=True, under_way=1, waiting=2)
    await stage.work(HOUR)
    assert states(stage) == "faap"
    assert stage.read(draining.listed) == []


async def test_archived_and_taken_back(each_stage: Stage) -> None:
    """Of an archived cadence everything is taken back too: it takes people in as ever."""
    stage = each_stage
    stage.apply(a_loaded())
    drain(stage)
    await stage.work()
    assert stage.write(stop_draining, SLUG).changed
    stage.bring_in(ZOE)
    [answer] = stage.enroll(ZOE)
    assert answer.enrolled
    assert stage.read(draining.listed) == []


def test_twice(stage: Stage) -> None:
    """The second time changes nothing: neither the instant nor who it was."""
    stage.apply(a_loaded())
    drain(stage)
    again = stage.write(begin_draining, SLUG, "luis", NOON + DAY)
    assert not again.changed
    [found] = stage.read(draining.listed)
    assert (found.by, found.since) == ("marta", NOON)
    assert stage.write(stop_draining, SLUG).changed
    assert not stage.write(stop_draining, SLUG).changed


def test_unknown_cadence(stage: Stage) -> None:
    """What has never been applied can be neither archived nor taken back."""
    with pytest.raises(UnknownCadenceError):
        stage.write(begin_draining, "never-heard-of", "marta", NOON)
    with pytest.raises(UnknownCadenceError):
        stage.write(stop_draining, "never-heard-of")


def test_looked_at_too_early(stage: Stage) -> None:
    """What was taken back since it was looked at, or has people in it, is not archived."""
    begin(stage)
    assert not stage.write(archive_dry, stage.desk, SLUG, NOON)
    drain(stage)
    assert not stage.write(archive_dry, stage.desk, SLUG, NOON)
    assert [each.archived_at for each in stage.read(draining.listed)] == [None]
    assert states(stage) == "aapp"


async def test_more_wait_than_end_at_once(each_stage: Stage) -> None:
    """Very many who wait end in portions; only then it is archived."""
    stage = each_stage
    people = [f"q{number}@firm{number}.example" for number in range(101)]
    stage.apply(a_loaded(throttle={"max_active": 1}))
    stage.bring_in(*people)
    stage.enroll(*people)
    stage.write(stop, stage.desk, people[0], "test", NOON)
    drain(stage)
    assert not stage.write(archive_dry, stage.desk, SLUG, NOON)
    assert stage.enrollment(people[-1]).state is EnrollmentState.FINISHED
    assert stage.write(archive_dry, stage.desk, SLUG, NOON)
    assert stage.verify().clean


async def test_reopened(each_stage: Stage) -> None:
    """Somebody may be let back in by hand; until they are through, the cadence is not archived."""
    stage = each_stage
    stage.apply(a_loaded())
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    await stage.work()
    stage.write(stop, stage.desk, ZOE, "test", stage.clock.now())
    drain(stage)
    await stage.work(HOUR)
    wanted = Request(ZOE, "marta", "she asked for it", "")
    assert [each.archived_at is None for each in stage.read(draining.listed)] == [False]
    stage.write(reopen_enrollment, stage.desk, wanted, stage.clock.now())
    assert [each.archived_at is None for each in stage.read(draining.listed)] == [True]
    for _ in range(9):
        await stage.work(DAY)
    assert [each.archived_at is None for each in stage.read(draining.listed)] == [False]
    assert len(stage.mails(ZOE)) == 3
    assert stage.enrollment(ZOE).finish_reason is FinishReason.COMPLETED


def hear(stage: Stage, kind: BookingKind) -> None:
    """Something happens to a meeting with Zoe."""
    now = stage.clock.now()
    event = BookingEvent(
        kind=kind,
        source="calcom",
        delivery_key=f"{kind} {now}",
        meeting_key="m1",
        email=ZOE,
        starts_at=NOON + 2 * HOUR,
        occurred_at=now,
        verified=True,
    )
    stage.write(take_in, stage.desk, event, now)


async def test_rule_that_reopens(each_stage: Stage) -> None:
    """A rule lets nobody go on in a cadence that is archived; a person is asked instead."""
    stage = each_stage
    stage.apply(a_loaded(on={"meeting.no_show": {"reopen": "next_step"}}))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    await stage.work()
    hear(stage, BookingKind.BOOKED)
    await stage.work(HOUR)
    drain(stage)
    await stage.work(2 * HOUR)
    hear(stage, BookingKind.NO_SHOW)
    for _ in range(6):
        await stage.work(DAY)
    assert len(stage.mails(ZOE)) == 1
    assert stage.enrollment(ZOE).finish_reason is FinishReason.MEETING_BOOKED
    assert [each for each in stage.read(tasks.listed) if "cadence_draining" in each.about]
    [row] = stage.read(draining.listed)
    assert row.archived_at is not None


async def test_rule_that_lets_go_on(each_stage: Stage) -> None:
    """A rule that had begun a cadence, and took that back, does not begin it again once it ends."""
    stage = each_stage
    rule = {"meeting.no_show": {"enroll": "missed-you"}}
    step = {"id": "a", "wait": "2 days", "email": "intro.md"}
    stage.apply(a_loaded(on=rule), a_loaded(cadence="missed-you", on={}, steps=[step]))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    await stage.work()
    hear(stage, BookingKind.BOOKED)
    await stage.work(3 * HOUR)
    hear(stage, BookingKind.NO_SHOW)
    await stage.work(HOUR)
    hear(stage, BookingKind.NO_SHOW_UNDONE)
    await stage.work(HOUR)
    stage.write(begin_draining, "missed-you", "marta", stage.clock.now())
    await stage.work(HOUR)
    hear(stage, BookingKind.NO_SHOW)
    for _ in range(6):
        await stage.work(DAY)
    assert len(stage.mails(ZOE)) == 1
    every = stage.read(enrollments.of_prospect, stage.person(ZOE))
    [begun] = [each.enrollment for each in every if each.slug == "missed-you"]
    assert begun.state is EnrollmentState.FINISHED
    assert [each for each in stage.read(tasks.listed) if "cadence_draining" in each.about]


async def test_rule_that_enrols(each_stage: Stage) -> None:
    """A rule that would enrol into it is refused with the reason, and a person is asked."""
    stage = each_stage
    rule = {"meeting.no_show": {"enroll": "missed-you"}}
    stage.apply(a_loaded(on=rule), a_loaded(cadence="missed-you", audience=EVERYBODY, on={}))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    stage.write(begin_draining, "missed-you", "marta", NOON)
    for kind, hours in ((BookingKind.BOOKED, 0), (BookingKind.NO_SHOW, 3)):
        await stage.work(hours * HOUR)
        hear(stage, kind)
    await stage.work(DAY)
    [row] = stage.read(follow_ups.of_person, stage.person(ZOE))
    assert row.state is FollowUpState.DONE
    assert "cadence_draining" in row.why
    [task] = [each for each in stage.read(tasks.listed) if each.title == NOT_DONE]
    assert "cadence_draining" in task.about
    every = stage.read(enrollments.of_prospect, stage.person(ZOE))
    assert [each.slug for each in every] == [SLUG]


def test_rule_of_the_gate(stage: Stage) -> None:
    """Nobody who is in it already is kept from a mail by it."""
    begin(stage)
    drain(stage)
    [report] = stage.read(why, stage.desk, PEOPLE[0], NOON).enrollments
    codes = {refusal.reason for refusal in report.refusals}
    assert Reason.CADENCE_DRAINING not in codes
    rule = next(each.rule for each in report.answers if each.rule.reason is Reason.CADENCE_DRAINING)
    assert rule.asked == {Occasion.ENROLMENT, Occasion.ACTIVATION}


async def test_one_that_fails(each_stage: Stage) -> None:
    """A cadence at whose end the engine fails is tried again, and keeps nobody else waiting."""
    stage = each_stage
    begin(stage)
    drain(stage)
    for each in PEOPLE[:2]:
        stage.write(stop, stage.desk, each, "test", NOON)
    with stage.database.write() as connection:
        connection.exec_driver_sql("UPDATE cadence_version SET document = '{}'")
    stage.forget_versions()
    stage.apply(a_loaded(cadence="another"))
    stage.bring_in(ZOE)
    stage.enroll(ZOE, slug="another")
    await stage.work()
    assert len(stage.mails(ZOE)) == 1
    assert [each.archived_at for each in stage.read(draining.listed)] == [None]
