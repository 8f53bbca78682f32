from dataclasses import replace
from datetime import timedelta
from typing import Any

import holding
import pytest
from builders import NOON, a_prospect
from foreign_mails import a_mail
from stage import EVERYBODY, SLUG, Stage, a_loaded, a_policy

from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.engine.activate import activate_waiting, next_activation_at, waiting
from sequencer.engine.enroll import Enrolment, enroll
from sequencer.engine.next_event import next_instant
from sequencer.engine.pause import pause, resume
from sequencer.engine.stop import stop
from sequencer.store import enrollments, mailboxes, suppressions

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PEOPLE = [f"p{number}@bank{number}.example" for number in range(6)]


def begin(stage: Stage, *addresses: str, **changes: Any) -> list[bool]:
    """Apply, import and enrol; whether each begins at once."""
    stage.apply(a_loaded(**changes))
    stage.bring_in(*addresses)
    answers = stage.enroll(*addresses)
    assert all(answer.enrolled for answer in answers)
    return [not answer.pending for answer in answers]


def states(stage: Stage) -> str:
    """First letters of where everybody stands."""
    return "".join(str(stage.enrollment(each).state)[0] for each in PEOPLE)


async def test_room_for_so_many(each_stage: Stage) -> None:
    """Who is enrolled beyond the limit waits, and begins in order when somebody ends."""
    stage = each_stage
    assert begin(stage, *PEOPLE, throttle={"max_active": 2}) == [True, True] + [False] * 4
    assert states(stage) == "aapppp"
    assert [stage.enrollment(each).mailbox for each in PEOPLE] == ["ana", "ana", *[None] * 4]
    assert [len(stage.sends(each)) for each in PEOPLE] == [1, 1, 0, 0, 0, 0]
    await stage.work()
    assert states(stage) == "aapppp"
    stage.write(stop, stage.desk, PEOPLE[1], "test", NOON)
    stage.write(pause, stage.desk, PEOPLE[0], "test", NOON)
    await stage.work(HOUR)
    assert states(stage) == "pfappp"  # the paused one keeps its place
    assert stage.enrollment(PEOPLE[0]).state is EnrollmentState.PAUSED
    assert stage.timeline(PEOPLE[2])[:3] == ["enrolled", "activated", "queued"]
    assert stage.stored(PEOPLE[2]).activated_at == NOON + HOUR
    assert len(stage.mails(PEOPLE[2])) == 1
    assert stage.verify().clean


async def test_so_many_a_day(each_stage: Stage) -> None:
    """So many begin in any 24 hours, and what comes next can be foreseen."""
    stage = each_stage
    begin(stage, *PEOPLE, throttle={"new_per_day": 2})
    await stage.work(HOUR)
    assert states(stage) == "aapppp"
    now = stage.clock.now()
    assert stage.read(next_activation_at, stage.desk, now) == NOON + DAY
    assert stage.read(next_instant, stage.desk, now) == NOON + DAY
    await stage.work(DAY - HOUR - timedelta(seconds=1))
    assert states(stage) == "aapppp"
    await stage.work(timedelta(seconds=1))
    assert states(stage) == "aaaapp"
    await stage.work(DAY)
    assert states(stage) == "aaaaaa"
    assert stage.read(next_activation_at, stage.desk, stage.clock.now()) is None
    assert stage.verify().clean


def test_nobody_overtakes(stage: Stage) -> None:
    """Who is enrolled while others wait stands behind them, even if room has just come."""
    begin(stage, *PEOPLE[:2], throttle={"max_active": 1})
    stage.write(stop, stage.desk, PEOPLE[0], "test", NOON)
    stage.bring_in(PEOPLE[2])
    [answer] = stage.enroll(PEOPLE[2])
    assert [refusal.detail for refusal in answer.waits] == ["others came earlier"]
    assert stage.read(waiting, stage.desk, NOON) == [stage.stored(PEOPLE[1]).id]


def test_the_throttle_of_today(stage: Stage) -> None:
    """How fast people enter is what the cadence says now, not what it said when they came."""
    begin(stage, *PEOPLE[:3], throttle={"max_active": 1})
    assert len(stage.read(waiting, stage.desk, NOON)) == 0
    stage.apply(a_loaded(throttle={"max_active": 2}))
    assert len(stage.read(waiting, stage.desk, NOON)) == 1


async def test_delayed_start(each_stage: Stage) -> None:
    """Who starts on a day waits for it, without any throttle, and is bound to a mailbox then."""
    stage = each_stage
    stage.apply(a_loaded(mailboxes=["ana", "luis"]))
    stage.bring_in(*PEOPLE[:2])
    wanted = Enrolment(SLUG, PEOPLE[:2], "test", starts_at=NOON + DAY)
    answers = enroll(stage.database, stage.desk, wanted, stage.new_key, NOON)
    assert [each.code for answer in answers for each in answer.waits] == ["starts_later"] * 2
    assert stage.read(next_instant, stage.desk, NOON) == NOON + DAY
    await stage.work(DAY - timedelta(seconds=1))
    assert stage.sends(PEOPLE[0]) == []
    stage.write(mailboxes.set_health, "ana", MailboxState.NEEDS_SIGN_IN)
    await stage.work(timedelta(seconds=1))
    assert [stage.enrollment(each).mailbox for each in PEOPLE[:2]] == ["luis", "luis"]
    assert len(stage.mails(PEOPLE[0])) == 1


async def test_stopped_while_waiting(stage: Stage) -> None:
    """A stop reaches those who wait too, and they never begin."""
    begin(stage, *PEOPLE[:2], throttle={"max_active": 1})
    assert stage.write(stop, stage.desk, PEOPLE[1], "test", NOON) == 1
    stage.write(stop, stage.desk, PEOPLE[0], "test", NOON)
    await stage.work(DAY)
    assert stage.enrollment(PEOPLE[1]).finish_reason is FinishReason.REMOVED
    assert stage.mails(PEOPLE[1]) == []


async def test_held_while_waiting(stage: Stage) -> None:
    """A pause holds those who wait; resumed, they wait for their turn again."""
    begin(stage, *PEOPLE[:2], throttle={"max_active": 1})
    assert stage.write(pause, stage.desk, PEOPLE[1], "test", NOON) == 1
    stage.write(stop, stage.desk, PEOPLE[0], "test", NOON)
    await stage.work(DAY)
    assert stage.enrollment(PEOPLE[1]).pause_reason is PauseReason.MANUAL
    assert stage.write(resume, stage.desk, PEOPLE[1], "test", stage.clock.now()) == 1
    assert stage.enrollment(PEOPLE[1]).state is EnrollmentState.PENDING
    await stage.work(HOUR)
    assert stage.enrollment(PEOPLE[1]).state is EnrollmentState.ACTIVE
    assert len(stage.mails(PEOPLE[1])) == 1


async def test_suppressed_while_waiting(stage: Stage) -> None:
    """An entry that stopped nobody, after a restore say, ends who waits when their turn comes."""
    begin(stage, *PEOPLE[:2], throttle={"max_active": 1})
    entry = Suppression(SuppressionKind.ADDRESS, PEOPLE[1], SuppressionReason.OPTED_OUT)
    stage.write(suppressions.add, entry, "restored", NOON)
    stage.write(stop, stage.desk, PEOPLE[0], "test", NOON)
    await stage.work(HOUR)
    assert stage.enrollment(PEOPLE[1]).finish_reason is FinishReason.OPTED_OUT
    assert stage.mails(PEOPLE[1]) == []


async def test_a_no_when_the_turn_comes(stage: Stage) -> None:
    """Who may not begin when their turn comes lets others go first, and is asked again."""
    audience = {**EVERYBODY, "max_active_per_account": 1}
    stage.apply(a_loaded(cadence="other"))
    stage.bring_in("first@bank9.example", "boss@bank1.example")
    begin(stage, "first@bank9.example", *PEOPLE[1:3], throttle={"max_active": 1}, audience=audience)
    stage.enroll("boss@bank1.example", slug="other")
    stage.write(stop, stage.desk, "first@bank9.example", "test", NOON)
    await stage.work(HOUR)
    await stage.work(timedelta(seconds=1))
    found = [stage.enrollment(each).state for each in PEOPLE[1:3]]
    assert found == [EnrollmentState.PENDING, EnrollmentState.ACTIVE]
    assert stage.stored(PEOPLE[1]).starts_at == NOON + 2 * HOUR
    stage.write(stop, stage.desk, "boss@bank1.example", "test", NOON)
    stage.write(stop, stage.desk, PEOPLE[2], "test", NOON)
    await stage.work(HOUR)
    assert stage.enrollment(PEOPLE[1]).state is EnrollmentState.ACTIVE


async def test_two_of_an_account_who_wait(each_stage: Stage) -> None:
    """Colleagues who wait for the same place do not wait for each other: the first takes it."""
    stage = each_stage
    stage.apply(a_loaded(audience={**EVERYBODY, "max_active_per_account": 1}))
    stage.bring_in("a@one.example", "b@two.example")
    addresses = ("a@one.example", "b@two.example")
    wanted = Enrolment(SLUG, addresses, "test", starts_at=NOON + DAY)
    enroll(stage.database, stage.desk, wanted, stage.new_key, NOON)
    stage.bring_in(*(a_prospect(email=each, account="Acme") for each in addresses))
    await stage.work(DAY)
    found = [str(stage.enrollment(each).state) for each in addresses]
    assert found == ["active", "pending"]


async def test_touched_while_waiting(stage: Stage) -> None:
    """Where time heals what keeps somebody from beginning, that instant is waited for."""
    audience = {**EVERYBODY, "min_days_since_touch": 3}
    stage.apply(a_loaded(cadence="other"))
    people = [a_prospect(email=each, timezone="UTC", country="") for each in PEOPLE[:2]]
    stage.bring_in(*people)
    begin(stage, *PEOPLE[:2], throttle={"max_active": 1}, audience=audience)
    stage.enroll(PEOPLE[1], slug="other")
    await stage.work()
    sent_at = stage.clock.now()
    stage.write(stop, stage.desk, PEOPLE[0], "test", NOON)
    await stage.work(HOUR)
    waits = [
        each
        for each in stage.read(enrollments.of_prospect, stage.person(PEOPLE[1]))
        if each.slug == SLUG
    ]
    assert waits[0].starts_at is not None
    assert abs(waits[0].starts_at - (sent_at + 3 * DAY)) < timedelta(minutes=1)


def test_two_daemons_and_one_place(each_stage: Stage) -> None:
    """Asked twice for one place, only one gets it."""
    stage = each_stage
    begin(stage, *PEOPLE, throttle={"max_active": 1})
    stage.write(stop, stage.desk, PEOPLE[0], "test", NOON)
    numbers = [stage.stored(each).id for each in PEOPLE[1:]]
    begun = [stage.write(activate_waiting, stage.desk, number, NOON) for number in numbers]
    assert begun == [True, False, False, False, False]
    assert not stage.write(activate_waiting, stage.desk, numbers[0], NOON)


async def test_an_error_for_one(stage: Stage) -> None:
    """One who cannot be activated for an unforeseen reason is pushed forward, others begin."""
    begin(stage, *PEOPLE[:3], throttle={"max_active": 1})
    with stage.database.write() as connection:
        connection.exec_driver_sql("UPDATE enrollment SET overrides = '{\"skip\": 7}' WHERE id = 2")
    stage.write(stop, stage.desk, PEOPLE[0], "test", NOON)
    await stage.work(HOUR)
    await stage.work(HOUR / 2)
    assert stage.enrollment(PEOPLE[1]).state is EnrollmentState.PENDING
    assert stage.enrollment(PEOPLE[2]).state is EnrollmentState.ACTIVE


# What becomes of a mailbox that is gone.


def without_ana(stage: Stage, *names: str) -> Stage:
    """The same workspace after its settings have lost Ana's mailbox."""
    policy = a_policy()
    left = replace(policy, mailboxes={name: policy.mailboxes[name] for name in names})
    other = Stage(stage.database, left)
    other.clock, other.mailers["luis"] = stage.clock, stage.mailers["luis"]
    other.restart()
    with stage.database.write() as connection:
        holding.release(connection, "daemon 1")
    return other


async def test_gone_before_the_first_mail(each_stage: Stage) -> None:
    """Before the first mail another mailbox of the cadence takes over, and nobody is asked."""
    stage = each_stage
    begin(stage, *PEOPLE[:2], mailboxes=["ana", "luis"])
    assert stage.enrollment(PEOPLE[0]).mailbox == "ana"
    other = without_ana(stage, "luis")
    await other.work(HOUR)
    assert other.enrollment(PEOPLE[0]).mailbox == "luis"
    assert len(other.mails(PEOPLE[0])) == 1
    assert "moved" in other.timeline(PEOPLE[0])
    assert other.verify().clean


async def test_gone_after_the_first_mail(stage: Stage) -> None:
    """After it nobody else writes: the enrollment is paused, and one task asks a person."""
    begin(stage, PEOPLE[0], mailboxes=["ana", "luis"])
    await stage.work()
    other = without_ana(stage, "luis")
    await other.work(3 * DAY)
    assert other.enrollment(PEOPLE[0]).pause_reason is PauseReason.MAILBOX
    assert other.timeline(PEOPLE[0])[-2:] == ["paused", "task"]
    assert len(stage.mails(PEOPLE[0])) == 1
    assert other.mails(PEOPLE[0]) == []


async def test_locked_out_before_the_first_mail(stage: Stage) -> None:
    """A mailbox that needs a sign-in is as good as gone to whom nobody has written yet."""
    begin(stage, *PEOPLE[:2], mailboxes=["ana", "luis"])
    await stage.take_leases()
    stage.write(mailboxes.set_health, "ana", MailboxState.NEEDS_SIGN_IN, "535", NOON + DAY)
    await stage.work()
    await stage.work(HOUR)
    assert [len(stage.mails(each)) for each in PEOPLE[:2]] == [1, 1]
    assert stage.enrollment(PEOPLE[0]).mailbox == "luis"


async def test_locked_out_after_the_first_mail(stage: Stage) -> None:
    """A sign-in may be mended within the day; after it a person is asked."""
    begin(stage, PEOPLE[0], mailboxes=["ana", "luis"])
    await stage.work()
    far = NOON + 30 * DAY
    stage.write(mailboxes.set_health, "ana", MailboxState.NEEDS_SIGN_IN, "535", far)
    await stage.work(3 * DAY + HOUR)
    assert stage.enrollment(PEOPLE[0]).state is EnrollmentState.ACTIVE
    await stage.work(DAY)
    assert stage.enrollment(PEOPLE[0]).pause_reason is PauseReason.MAILBOX


async def test_served_by_another_daemon(stage: Stage) -> None:
    """A mailbox that these settings do not know, but somebody serves, is not gone."""
    begin(stage, PEOPLE[0], mailboxes=["ana", "luis"])
    await stage.take_leases()
    policy = a_policy()
    narrow = replace(policy, mailboxes={"luis": policy.mailboxes["luis"]})
    other = Stage(stage.database, narrow)
    other.clock = stage.clock
    with stage.database.write() as connection:
        connection.exec_driver_sql("UPDATE mailbox SET lease_until = '2026-03-03 12:00:30.000000'")
    await other.runner.tick()
    assert other.enrollment(PEOPLE[0]).mailbox == "ana"


@pytest.mark.parametrize("kind", ["reply", "away"])
async def test_an_answer_while_waiting(stage: Stage, kind: str) -> None:
    """Somebody who answers an older mail while they wait is stopped, or held, as all others."""
    stage.apply(a_loaded(cadence="other"))
    begin(stage, *PEOPLE[:2], throttle={"max_active": 1})
    stage.enroll(PEOPLE[1], slug="other")
    await stage.work()
    more = ["Auto-Submitted: auto-replied"] if kind == "away" else []
    stage.inboxes["ana"].deliver(a_mail(f"From: {PEOPLE[1]}", *more))
    await stage.work(HOUR)
    [waits] = [
        each.enrollment
        for each in stage.read(enrollments.of_prospect, stage.person(PEOPLE[1]))
        if each.slug == SLUG
    ]
    if kind == "reply":
        assert waits.finish_reason is FinishReason.REPLIED
    else:
        assert waits.pause_reason is PauseReason.AUTO_REPLY
