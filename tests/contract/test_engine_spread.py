"""Many go on at once: their mails are planned under the pace of the mailbox, and shown first."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from builders import NOON
from stage import DAY, SLUG, Stage, a_loaded, a_policy

from sequencer.domain.absence import Absence
from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.event import Held
from sequencer.domain.pacing import Limits, Pace, Traffic, mailbox_refusals
from sequencer.engine.pause import ResumePlan, Wanted, pause, plan, resume, resume_many
from sequencer.engine.react import open_due_at, react
from sequencer.engine.stop import UnknownProspectError
from sequencer.mail.transaction import Outcome, OutcomeKind, Phase
from sequencer.store import enrollments, traffic
from sequencer.store.database import Connection

HOUR = timedelta(hours=1)
PACE = Pace(per_day=6, gap=timedelta(minutes=2))
PEOPLE = [f"p{number:02}@bank.example" for number in range(14)]
EVERYBODY = Wanted()


@pytest.fixture
def paced(stage: Stage) -> Stage:
    """Fourteen people in a cadence of a mailbox that may send six mails a day."""
    policy = a_policy()
    ana = replace(policy.mailboxes["ana"], pace=PACE)
    paced = Stage(stage.database, replace(policy, mailboxes={"ana": ana}))
    paced.begin(*PEOPLE)
    return paced


def pause_all(stage: Stage, *people: str) -> None:
    """Pause these people, or everybody."""
    for person in people or PEOPLE:
        assert stage.write(pause, stage.desk, person, "Eva", stage.clock.now()) == 1


def planned(stage: Stage, wanted: Wanted = EVERYBODY) -> ResumePlan:
    """The plan as it is shown."""
    found: ResumePlan = stage.read(plan, stage.desk, wanted, stage.clock.now())
    return found


def go_on(stage: Stage, wanted: Wanted = EVERYBODY) -> int:
    """Let them go on."""
    return resume_many(stage.database, stage.desk, wanted, "Eva", stage.clock.now())


def due(stage: Stage) -> list[datetime]:
    """When the next mails of all people are due, in order."""
    return sorted(stage.sends(person)[-1].due_at for person in PEOPLE)


def keeps_pace(stage: Stage, instants: list[datetime]) -> bool:
    """Whether mails at these instants, after all that left, stay under every limit."""
    mails = stage.read(traffic.newest_of_mailbox, "ana", 100)
    for at in instants:
        if mailbox_refusals(PACE, Traffic(mails), at):
            return False
        mails = [*mails, at]
    return True


def test_what_is_shown_is_what_happens(paced: Stage) -> None:
    """The mails are due when the plan says, spread over days under all limits."""
    pause_all(paced)
    paced.clock.advance(HOUR)
    shown = planned(paced)
    instants = sorted(going.due_at for going in shown.going if going.due_at is not None)
    assert len(instants) == len(PEOPLE)
    assert instants[0] == paced.clock.now()
    assert instants[-1] >= paced.clock.now() + 2 * DAY
    assert go_on(paced) == len(PEOPLE)
    assert due(paced) == instants
    assert keeps_pace(paced, instants)
    assert go_on(paced) == 0


def limited(paced: Stage, limits: Limits) -> Stage:
    """The same with other limits than those of the mailbox, and a pace that is no limit."""
    policy = a_policy(limits=limits)
    return Stage(paced.database, policy, clock=paced.clock, _keys=len(PEOPLE))


def most_in_a_day(instants: Sequence[datetime]) -> int:
    """How many of them lie within 24 hours at most."""
    return max(sum(at - DAY < each <= at for each in instants) for at in instants)


def instants_of(shown: ResumePlan, slug: str = SLUG) -> list[datetime]:
    """When the mails of a cadence are planned, in order."""
    return sorted(each.due_at for each in shown.going if each.due_at and each.slug == slug)


def test_under_the_limit_of_a_company(paced: Stage) -> None:
    """No more mails to a company are planned than it may get, and others do not wait for that."""
    stage = limited(paced, Limits(per_domain=4))
    others = ["ada@mill.example", "bob@gmail.com", "eve@gmail.com"]
    stage.bring_in(*others)
    stage.enroll(*others)
    pause_all(stage, *PEOPLE, *others)
    shown = planned(stage)
    due_at = {each.address: each.due_at for each in shown.going if each.due_at}
    assert most_in_a_day(instants_of(shown)[3:]) == 4
    assert instants_of(shown)[-1] == NOON + 3 * DAY
    assert {due_at[each] for each in others} == {NOON}
    go_on(stage)
    assert due(stage) == sorted(due_at[each] for each in PEOPLE)


async def test_under_the_limit_of_a_person(paced: Stage) -> None:
    """Of two cadences of one person, from two mailboxes, one mail a day is planned."""
    stage = limited(paced, Limits(per_person_day=1))
    stage.apply(a_loaded(cadence="upsell", mailboxes=["luis"]))
    stage.enroll(PEOPLE[0], slug="upsell")
    assert stage.write(pause, stage.desk, PEOPLE[0], "Eva", NOON) == 2
    shown = planned(stage)
    assert sorted(each.due_at for each in shown.going if each.due_at) == [NOON, NOON + DAY]


async def test_under_the_limit_of_new_people(paced: Stage) -> None:
    """First touches are planned as fast as their cadence lets people begin; follow-ups are not."""
    stage = limited(paced, Limits())
    await stage.work()
    stage.clock.advance(timedelta(days=3))
    stage.apply(a_loaded(cadence="upsell"))
    stage.enroll(*PEOPLE, slug="upsell")
    for person in PEOPLE:
        assert stage.write(pause, stage.desk, person, "Eva", stage.clock.now()) == 2
    stage.apply(a_loaded(throttle={"new_per_day": 3}))
    stage.apply(a_loaded(cadence="upsell", throttle={"new_per_day": 3}))
    shown = planned(stage)
    assert most_in_a_day(instants_of(shown)) == len(PEOPLE)
    assert most_in_a_day(instants_of(shown, "upsell")) == 3


async def test_while_the_rep_is_away(paced: Stage) -> None:
    """Nothing is planned before the return; what goes on meanwhile keeps the rest of its wait."""
    policy = limited(paced, Limits()).policy
    away = (Absence(date(2026, 3, 4), date(2026, 3, 13)),)
    ana = replace(policy.mailboxes["ana"], away=away)
    stage = Stage(paced.database, replace(policy, mailboxes={"ana": ana}), clock=paced.clock)
    pause_all(stage)
    stage.clock.advance(2 * DAY)
    back = datetime(2026, 3, 14, tzinfo=UTC)
    assert set(instants_of(planned(stage))) == {back}
    go_on(stage)
    assert set(due(stage)) == {stage.clock.now()}
    stage.clock.advance(HOUR)
    stage.restart()
    await stage.work()
    stage.clock.advance(back - stage.clock.now())
    await stage.work()
    assert [len(stage.mails(person)) for person in PEOPLE] == [1] * len(PEOPLE)


async def test_the_plan_is_kept(paced: Stage) -> None:
    """If nothing comes between, each mail leaves when it is planned."""
    pause_all(paced)
    go_on(paced)
    for at in due(paced):
        paced.clock.advance(max(at - paced.clock.now(), timedelta(0)))
        await paced.work()
    assert [len(paced.mails(person)) for person in PEOPLE] == [1] * len(PEOPLE)


async def test_the_rest_of_the_wait(paced: Stage) -> None:
    """What was left of a wait is kept, however much room the mailbox has."""
    await paced.work()
    [first] = [person for person in PEOPLE if paced.mails(person)]
    paced.clock.advance(DAY)
    pause_all(paced, first)
    paced.clock.advance(7 * DAY)
    [going] = planned(paced).going
    assert going.due_at is not None
    assert going.due_at >= paced.clock.now() + 2 * DAY


def test_beside_what_is_queued(paced: Stage) -> None:
    """Those who are not paused keep their places."""
    before = {person: paced.sends(person)[-1].due_at for person in PEOPLE[:9]}
    pause_all(paced, *PEOPLE[9:])
    [*going] = planned(paced).going
    assert min(each.due_at for each in going if each.due_at) >= NOON + DAY
    go_on(paced)
    assert before == {person: paced.sends(person)[-1].due_at for person in PEOPLE[:9]}


def test_beside_what_is_queued_to_the_company(paced: Stage) -> None:
    """What waits for others there, from whatever mailbox, takes its part of the days."""
    stage = limited(paced, Limits(per_domain=4))
    pause_all(stage)
    stage.apply(a_loaded(cadence="upsell", mailboxes=["luis"]))
    running = [f"q{number}@bank.example" for number in range(6)]
    stage.bring_in(*running)
    stage.enroll(*running, slug="upsell")
    days = [1] * 2 + [2] * 4 + [3] * 4 + [4] * 4
    assert instants_of(planned(stage)) == [NOON + day * DAY for day in days]


@pytest.mark.parametrize(
    "limits", [Limits(per_person_day=1), Limits(per_person_week=1)], ids=["day", "week"]
)
def test_beside_what_is_queued_to_the_person(paced: Stage, limits: Limits) -> None:
    """A mail of another cadence that waits already comes first; other people wait for nothing."""
    stage = limited(paced, limits)
    pause_all(stage, *PEOPLE[:2])
    stage.apply(a_loaded(cadence="upsell", mailboxes=["luis"]))
    stage.enroll(PEOPLE[0], slug="upsell")
    wait = DAY if limits.per_person_day else 7 * DAY
    assert instants_of(planned(stage)) == [NOON, NOON + wait]


def test_beside_those_who_begin(paced: Stage) -> None:
    """First touches that wait already take their part of what the cadence lets begin in a day."""
    stage = limited(paced, Limits())
    pause_all(stage, *PEOPLE[:5])
    stage.apply(a_loaded(throttle={"new_per_day": 7}))
    assert instants_of(planned(stage)) == [NOON + DAY] * 5


def test_who_is_chosen(paced: Stage) -> None:
    """By address, by cadence, by reason, or all."""
    paced.apply(a_loaded(cadence="upsell"))
    paced.enroll(PEOPLE[0], slug="upsell")
    for person in PEOPLE[:2]:
        paced.write(pause, paced.desk, person, "Eva", NOON)
    paced.write(hold_back, paced, PEOPLE[2])

    def chosen(wanted: Wanted = EVERYBODY) -> list[tuple[str, str]]:
        return [(each.address[:3], each.slug) for each in planned(paced, wanted).going]

    first, second, third = ("p00", SLUG), ("p01", SLUG), ("p02", SLUG)
    upsell = ("p00", "upsell")
    assert chosen() == [first, second, third, upsell]
    assert chosen(Wanted((PEOPLE[0], PEOPLE[5]))) == [first, upsell]
    assert chosen(Wanted(slug=SLUG)) == [first, second, third]
    assert chosen(Wanted(reason=PauseReason.AUTO_REPLY)) == [third]
    assert chosen(Wanted((), "upsell", PauseReason.AUTO_REPLY)) == []
    with pytest.raises(UnknownProspectError):
        planned(paced, Wanted(("who@bank.example",)))


def hold_back(connection: Connection, stage: Stage, address: str) -> None:
    """Pause somebody as a notice of absence does, until an hour from now."""
    now = stage.clock.now()
    for stored in enrollments.live_of(connection, [stage.person(address)]):
        resume_at = now + HOUR
        event = Held(PauseReason.AUTO_REPLY, resume_at, open_due_at(connection, stored.id))
        react(connection, stage.desk, stored, event, "away", now)


async def test_pauses_that_end_together(paced: Stage) -> None:
    """Where a date ends the pauses of many, their mails are spread the same way."""
    for person in PEOPLE:
        paced.write(hold_back, paced, person)
    await paced.work(HOUR)
    assert all(paced.enrollment(each).state is EnrollmentState.ACTIVE for each in PEOPLE)
    mails = paced.read(traffic.newest_of_mailbox, "ana", 100)
    waiting = [at for at in due(paced) if at > paced.clock.now()]
    assert len(mails) + len(waiting) >= len(PEOPLE)
    assert waiting[-1] >= paced.clock.now() + 2 * DAY


async def test_a_mail_in_doubt(paced: Stage) -> None:
    """Whoever is chosen by name has been looked at; whoever comes with all the others has not."""
    paced.mailers["ana"].plan(PEOPLE[0], Outcome(OutcomeKind.UNKNOWN, Phase.DOT))
    await paced.work()
    await paced.work(timedelta(minutes=20))
    assert paced.enrollment(PEOPLE[0]).state is EnrollmentState.PAUSED
    shown = planned(paced)
    assert (shown.going, shown.left_out) == ((), 1)
    assert go_on(paced) == 0
    assert go_on(paced, Wanted((PEOPLE[0],))) == 1
    assert paced.enrollment(PEOPLE[0]).state is EnrollmentState.ACTIVE


def test_one_that_cannot_be_planned(paced: Stage) -> None:
    """Whose mailbox is not in the settings any more goes on without a plan, like all others."""
    pause_all(paced, *PEOPLE[:2])
    policy = a_policy()
    other = Stage(paced.database, replace(policy, mailboxes={"luis": policy.mailboxes["luis"]}))
    assert [each.due_at for each in planned(other).going] == [NOON, NOON]
    assert other.write(resume, other.desk, PEOPLE[0], "Eva", NOON) == 1


async def test_one_that_cannot_be_read(paced: Stage) -> None:
    """A cadence that cannot be read any more delays nobody else: its people are pushed forward."""
    paced.apply(a_loaded(cadence="upsell"))
    paced.bring_in("ada@mill.example")
    paced.enroll("ada@mill.example", slug="upsell")
    for person in ("ada@mill.example", *PEOPLE[:3]):
        paced.write(hold_back, paced, person)
    paced.write(spoil)
    paced.forget_versions()
    await paced.work(HOUR)
    assert all(paced.enrollment(each).state is EnrollmentState.ACTIVE for each in PEOPLE[:3])
    spoilt = paced.enrollment("ada@mill.example")
    assert spoilt.state is EnrollmentState.PAUSED
    assert spoilt.resume_at == paced.clock.now() + HOUR
    [going] = planned(paced, Wanted(("ada@mill.example",))).going
    assert going.due_at is None


def spoil(connection: Connection) -> None:
    """Leave nothing of a cadence that could be read."""
    connection.exec_driver_sql("UPDATE cadence_version SET document = '{}' WHERE slug = 'upsell'")
