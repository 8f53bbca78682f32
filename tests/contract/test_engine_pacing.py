"""Limits of a company, a person and a cadence; and who goes first."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from builders import NOON
from rows import add_enrollment, add_send
from stage import DAY, Stage, a_loaded, a_policy

from sequencer.domain.pacing import Limits, Pace, mailbox_refusals
from sequencer.domain.rolling import Ramp
from sequencer.engine.status import usage_of
from sequencer.engine.traffic import mailbox_traffic
from sequencer.engine.turns import due_turns
from sequencer.store import sends, touches, traffic
from sequencer.store.database import Connection, Database
from sequencer.store.touches import MailByHand

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ZOE = "zoe@bank.example"

BATCH = 20


@pytest.fixture
def quick(stage: Stage) -> Database:
    """The database of the quick kind: the queries have tests of their own on every kind."""
    return stage.database


def limited(database: Database, limits: Limits, pace: Pace | None = None) -> Stage:
    """A stage with these limits, and with that pace for Ana."""
    policy = a_policy(limits=limits)
    ana, luis = policy.mailboxes["ana"], policy.mailboxes["luis"]
    boxes = {"ana": replace(ana, pace=pace or ana.pace), "luis": luis}
    return Stage(database, replace(policy, mailboxes=boxes))


def left(stage: Stage) -> list[datetime]:
    """When mails of Ana left, in order."""
    found: list[datetime] = stage.read(traffic.newest_of_mailbox, "ana", 1_000)
    return found


async def test_company(quick: Database) -> None:
    """No more mails to a company than it may get; others are not delayed, nor is free mail."""
    stage = limited(quick, Limits(per_domain=2))
    colleagues = [f"p{number}@bank.example" for number in range(4)]
    strangers = [f"p{number}@gmail.com" for number in range(4)]
    stage.begin(*colleagues, *strangers, "zoe@mill.example")
    await stage.work()
    assert [len(stage.mails(each)) for each in colleagues] == [1, 1, 0, 0]
    assert all(stage.mails(each) for each in [*strangers, "zoe@mill.example"])
    await stage.work(DAY - MINUTE)
    assert [len(stage.mails(each)) for each in colleagues] == [1, 1, 0, 0]
    await stage.work(MINUTE)
    assert [len(stage.mails(each)) for each in colleagues] == [1, 1, 1, 1]


async def test_person(quick: Database) -> None:
    """One person gets no more than they may, over all cadences and mailboxes."""
    stage = limited(quick, Limits(per_person_day=1, per_person_week=2))
    for slug, box in (("one", "ana"), ("two", "luis"), ("three", "ana")):
        stage.apply(a_loaded(cadence=slug, mailboxes=[box]))
    stage.bring_in(ZOE)
    for slug in ("one", "two", "three"):
        assert stage.enroll(ZOE, slug=slug)[0].enrolled
    counts = []
    for _ in range(9):
        await stage.work()
        counts.append(len(stage.mails(ZOE)))
        stage.clock.advance(DAY)
    assert counts == [1, 2, 2, 2, 2, 2, 2, 3, 4]


async def test_new_people(quick: Database) -> None:
    """A cadence begins with no more people in 24 hours than it may; follow-ups are not new."""
    stage = limited(quick, Limits())
    people = [f"p{number}@bank.example" for number in range(5)]
    stage.apply(a_loaded(throttle={"new_per_day": 2}))
    stage.bring_in(*people)
    stage.enroll(*people)
    counts = []
    for _ in range(4):
        await stage.work()
        counts.append(sum(len(stage.mails(each)) for each in people))
        await stage.work(DAY)
    assert counts == [2, 4, 5, 7]


async def test_new_people_as_applied_now(quick: Database) -> None:
    """What the cadence allows today counts, also for those who were let in when it was more."""
    stage = limited(quick, Limits())
    people = [f"p{number}@bank.example" for number in range(5)]
    stage.apply(a_loaded(throttle={"new_per_day": 4}))
    stage.bring_in(*people)
    stage.enroll(*people)
    stage.apply(a_loaded(throttle={"new_per_day": 2}))
    await stage.work()
    assert len(left(stage)) == 2


async def test_new_mailbox(quick: Database) -> None:
    """A new mailbox sends more after each day on which it sent; in an outage it does not grow."""
    pace = Pace(per_day=5, gap=timedelta(0), per_hour=5, ramp=Ramp(begin=1, step=2))
    stage = limited(quick, Limits(), pace)
    stage.begin(*(f"p{number}@bank.example" for number in range(20)))
    counts = []
    for days in (21, 1, 1, 1):
        await stage.work()
        counts.append(len(left(stage)))
        usage = stage.read(usage_of, "ana", pace, stage.clock.now())
        assert (usage.sent_24h, usage.ramp_to) == (usage.per_day, None if len(counts) > 2 else 5)
        stage.clock.advance(days * DAY)
    assert counts == [1, 4, 9, 14]


async def test_rise_of_a_new_mailbox(quick: Database) -> None:
    """After a day with mails there is more room from the midnight on, and `why` knows that."""
    pace = Pace(per_day=5, gap=timedelta(0), per_hour=5, ramp=Ramp(begin=1, step=2))
    stage = limited(quick, Limits(), pace)
    stage.begin(*(f"p{number}@bank.example" for number in range(20)))
    await stage.work()
    midnight = NOON.replace(hour=0) + DAY
    traffic = stage.read(mailbox_traffic, "ana", pace, stage.clock.now())
    [refusal] = mailbox_refusals(pace, traffic, stage.clock.now())
    assert refusal.until == midnight
    stage.clock.advance(midnight - MINUTE - stage.clock.now())
    await stage.work()
    assert len(left(stage)) == 1
    await stage.work(MINUTE)
    assert len(left(stage)) == 3


async def test_first_touches_are_not_starved(stage: Stage) -> None:
    """With follow-ups and first touches due, four of five mails are follow-ups."""
    old = [f"old{number:02}@bank.example" for number in range(12)]
    new = [f"new{number:02}@bank.example" for number in range(12)]
    stage.begin(*old)
    await stage.work()
    stage.bring_in(*new)
    stage.clock.advance(3 * DAY)
    stage.enroll(*new)
    before = len(stage.mailers["ana"].accepted)
    await stage.work()
    kinds = [mail.recipient[:3] for mail in stage.mailers["ana"].accepted[before:]]
    assert len(kinds) == 24
    assert kinds[:15] == (["old"] * 4 + ["new"]) * 3
    assert kinds[15:] == ["new"] * 9


def test_turns_without_first_touches(database: Database) -> None:
    """Follow-ups are not held back for first touches that are not due, nor the other way round."""
    with database.write() as connection:
        for follow_up in (True, False):
            numbers = [add_send(connection, follow_up=follow_up).id for _ in range(BATCH + 3)]
            assert taken(connection) == numbers[:BATCH]
            for number in numbers:
                sends.postpone(connection, number, NOON + DAY, "later")


def test_turns_end_with_what_is_due(database: Database) -> None:
    """Where nothing is due there is no turn."""
    with database.write() as connection:
        assert taken(connection) == []
        number = add_send(connection, add_enrollment(connection).id).id
        assert taken(connection) == [number]


def taken(connection: Connection) -> list[int]:
    """The order in which mails would be tried, if each went out."""
    turns, found = due_turns(connection, "ana", 0.2, NOON, BATCH), []
    for number in turns:
        found.append(number)
        turns.goes()
    return found


async def test_the_example_of_the_page(quick: Database) -> None:
    """What docs/explanation/pacing.md tells of Ana's morning is what happens."""
    stage = limited(quick, Limits(), Pace(per_day=10))
    nine = NOON.replace(hour=9) + 7 * DAY
    old = [f"old{number}@bank.example" for number in range(5)]
    new = [f"new{number}@bank.example" for number in range(3)]
    stage.apply(a_loaded())
    stage.bring_in(*old, *new)
    stage.clock.advance(nine - 4 * DAY - stage.clock.now())
    stage.enroll(*old)
    while len(left(stage)) < 5:
        await stage.work(10 * MINUTE)
    stage.clock.advance(nine - stage.clock.now())
    stage.enroll(*new)
    by_hand = MailByHand(nine - 20 * MINUTE, "ana", None, "mill.example", "1")
    stage.write(touches.add_mail_by_hand, by_hand)
    for person in old:  # all of them are due at nine
        [send] = [each for each in stage.sends(person) if each.handed_at is None]
        stage.write(sends.postpone, send.id, nine, "for the example")
    while stage.clock.now() < nine + 3 * HOUR:
        await stage.work()
        stage.clock.advance(MINUTE)
    instants = [at for at in left(stage) if at >= nine]
    minutes = [round((at - nine) / MINUTE) for at in instants]
    assert minutes == [0, 40, 60, 100, 120, 160]
    recipients = [mail.recipient[:3] for mail in stage.mailers["ana"].accepted[-6:]]
    assert recipients == ["old"] * 4 + ["new", "old"]
