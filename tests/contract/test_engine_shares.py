"""Who serves which mailbox, when several daemons work on one database."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from builders import NOON
from stage import Stage, a_loaded, a_policy

from sequencer.domain.mailbox import MailboxState
from sequencer.domain.pacing import Pace
from sequencer.domain.send import SendState
from sequencer.engine.leases import LEASE, RENEW_S, Lease, give_all_back
from sequencer.engine.policy import MailboxPolicy, Policy
from sequencer.engine.runner import Runner
from sequencer.store import daemons, hooks, leases, mailboxes, schema
from sequencer.store.database import Connection, Database, database_now
from sequencer.store.memory import MemoryDatabase

BOXES = [f"box{number}" for number in range(6)]
ZOE = "zoe@bank.example"


def many_boxes(names: list[str]) -> Policy:
    boxes = {
        name: MailboxPolicy(name, f"{name}@seller.example", name, pace=Pace()) for name in names
    }
    return a_policy(mailboxes=boxes)


def another(stage: Stage, holder: str, policy: Policy | None = None) -> Runner:
    """One more daemon on the same database and servers."""
    other = Stage(
        stage.database,
        policy or stage.policy,
        clock=stage.clock,
        mailers=stage.mailers,
        inboxes=stage.inboxes,
    )
    other.runner.holder = holder
    return other.runner


@pytest.fixture
def office(database: Database) -> Stage:
    """Six mailboxes, and no daemon yet."""
    stage = Stage(database, many_boxes(BOXES))
    stage.runner.holder = "first"
    return stage


def let_pass(stage: Stage, holder: str) -> None:
    """Let a lease's time pass for one daemon, by the clock of the database."""
    with stage.database.write() as connection:
        at = database_now(connection) - LEASE
        leases.renew(connection, leases.Term(holder, at, at))
        daemons.sign(connection, holder, at)


def owners(stage: Stage) -> list[str | None]:
    return [each.holder for each in stage.read(mailboxes.listed)]


async def test_a_daemon_alone_has_all(office: Stage) -> None:
    """Where there is one daemon it serves every mailbox."""
    await office.runner.take_leases()
    assert sorted(office.runner.leases) == BOXES
    assert set(owners(office)) == {"first"}


async def test_each_gets_its_share(office: Stage) -> None:
    """With every daemon that comes the others give back as many as it is to have."""
    runners = [office.runner, another(office, "second"), another(office, "third")]
    for come in range(1, len(runners) + 1):
        for _ in range(2):
            for runner in runners[:come]:
                await runner.take_leases()
        assert {len(each.leases) for each in runners[:come]} == {len(BOXES) // come}
        held = [name for each in runners[:come] for name in each.leases]
        assert sorted(held) == BOXES


@pytest.mark.parametrize(
    ("boxes", "loads"),
    [
        (4, [2, 1, 1]),
        (5, [2, 2, 1]),
        (6, [2, 2, 1, 1]),
        (2, [1, 1, 0]),
        (6, [1, 1, 1, 1, 1, 1]),
    ],
)
async def test_shares_are_even(database: Database, boxes: int, loads: list[int]) -> None:
    """Whoever comes late gets its share too, and then no mailbox goes from hand to hand."""
    office = Stage(database, many_boxes(BOXES[:boxes]))
    runners = [office.runner, *(another(office, str(number)) for number in range(1, len(loads)))]
    for come in range(1, len(runners) + 1):
        for _ in range(2):
            for runner in runners[:come]:
                await runner.take_leases()
    before = owners(office)
    assert None not in before
    for _ in range(3):
        for runner in runners:
            await runner.take_leases()
        assert owners(office) == before
    assert sorted((len(each.leases) for each in runners), reverse=True) == loads


async def test_an_uneven_share_of_the_dead(database: Database) -> None:
    """What a dead daemon had is shared by the others as soon as its leases have run out."""
    office = Stage(database, many_boxes(BOXES[:4]))
    office.runner.holder = "first"
    second, third = another(office, "second"), another(office, "third")
    for _ in range(3):
        for runner in (office.runner, second, third):
            await runner.take_leases()
    let_pass(office, "first")
    for _ in range(2):
        for runner in (second, third):
            await runner.take_leases()
    assert sorted(len(each.leases) for each in (second, third)) == [2, 2]
    assert None not in owners(office)


async def test_nothing_is_given_away_at_work(office: Stage) -> None:
    """A mailbox in which something is under way is given to another daemon once that has ended."""
    first, second = office.runner, another(office, "second")
    await first.take_leases()
    await second.take_leases()
    busy = {name: office.world.clock.sleep(0) for name in BOXES}
    for name, work in busy.items():
        first.start(f"serve {name}", work)
    await first.take_leases()
    assert sorted(first.leases) == BOXES
    assert office.world.leaving == {"box3", "box4", "box5"}
    assert all(office.world.must_end(name) for name in office.world.leaving)
    await first.drain()
    await first.take_leases()
    assert sorted(first.leases) == ["box0", "box1", "box2"]
    assert office.world.leaving == set()
    await second.take_leases()
    assert sorted(second.leases) == ["box3", "box4", "box5"]


async def test_the_dead_are_followed(office: Stage) -> None:
    """When a daemon has shown no sign of life for a lease, the others have its mailboxes."""
    first, second = office.runner, another(office, "second")
    for runner in (first, second, first, second):
        await runner.take_leases()
    let_pass(office, "first")
    await second.take_leases()
    assert sorted(second.leases) == BOXES
    assert [each.name for each in office.read(daemons.living, NOON)] == ["second"]
    assert {each.fence for each in second.leases.values()} == {2}
    await first.take_leases()
    assert first.leases == {}


async def test_whoever_ends_leaves_at_once(office: Stage) -> None:
    """What an orderly end gives back is taken without waiting for anything to expire."""
    first, second = office.runner, another(office, "second")
    await first.take_leases()
    office.write(give_all_back, "first")
    await second.take_leases()
    assert sorted(second.leases) == BOXES
    assert owners(office) == ["second"] * len(BOXES)


async def test_only_the_own_are_given_back(office: Stage) -> None:
    """A daemon that ends leaves the mailboxes of others alone."""
    first, second = office.runner, another(office, "second")
    for runner in (first, second, first, second):
        await runner.take_leases()
    office.write(give_all_back, "second")
    assert owners(office) == ["first"] * 3 + [None] * 3
    assert [each.name for each in office.read(daemons.living, NOON)] == ["first"]


async def test_after_a_silence_others_may_come_back(office: Stage) -> None:
    """Who comes back first after an outage keeps its own, and takes nothing for a moment."""
    first, second = office.runner, another(office, "second")
    for runner in (first, second, first, second):
        await runner.take_leases()
    for holder in ("first", "second"):
        let_pass(office, holder)
    await first.take_leases(only_own=True)
    assert sorted(first.leases) == ["box0", "box1", "box2"]
    await second.take_leases(only_own=True)
    await first.take_leases()
    assert sorted(first.leases) == ["box0", "box1", "box2"]
    assert sorted(second.leases) == ["box3", "box4", "box5"]
    assert {each.fence for each in first.leases.values()} == {1}


async def test_daemons_with_other_settings(database: Database) -> None:
    """What only one daemon knows is served by it, however many it has by then."""
    office = Stage(database, many_boxes(BOXES[:4]))
    office.runner.holder = "first"
    second = another(office, "second", many_boxes(BOXES[4:]))
    await second.take_leases()
    for _ in range(3):
        await office.runner.take_leases()
        await second.take_leases()
    assert sorted(office.runner.leases) == BOXES[:4]
    assert sorted(second.leases) == BOXES[4:]


class HandClock:
    """The clock of a database in memory, moved by hand."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


async def rounds(clock: HandClock, runners: list[Runner], number: int) -> list[list[list[str]]]:
    """What each daemon has, after each of so many renewals."""
    seen = []
    for _ in range(number):
        for runner in runners:
            await runner.take_leases()
        seen.append([sorted(each.leases) for each in runners])
        clock.at += timedelta(seconds=RENEW_S)
    return seen


async def test_what_nobody_else_knows_is_kept() -> None:
    """Nine mailboxes beside one are offered once each in vain; no password is tried anew."""
    clock = HandClock()
    database = MemoryDatabase()
    database.clock = clock
    schema.upgrade(database)
    nine, one = [f"a{number}" for number in range(9)], ["b0"]
    office = Stage(database, many_boxes(nine))
    office.runner.holder = "first"
    second = another(office, "second", many_boxes(one))
    await office.runner.take_leases()
    for name in nine:
        office.write(mailboxes.set_health, name, MailboxState.NEEDS_SIGN_IN, "535")
    begun = await rounds(clock, [office.runner, second], 24)
    assert [nine[:5], one] in begun
    assert begun[-1] == [nine, one]
    before = dict(office.runner.leases)
    assert {each.fence for each in before.values()} == {2}
    assert await rounds(clock, [office.runner, second], 20) == [[nine, one]] * 20
    assert office.runner.leases == before
    assert refused_in(office) == nine
    third = another(office, "third", many_boxes(nine))
    seen = await rounds(clock, [office.runner, second, third], 20)
    assert seen[10:] == [[nine[:3] + nine[6:], one, nine[3:6]]] * 10
    assert refused_in(office) == nine[:3] + nine[6:]
    database.dispose()


def refused_in(stage: Stage) -> list[str]:
    """Mailboxes whose sign-in was refused, and is not tried at once."""
    every = stage.read(mailboxes.listed)
    return [each.name for each in every if each.health.state is MailboxState.NEEDS_SIGN_IN]


async def test_a_mailbox_changes_hands_in_order(postgres_database: Database) -> None:
    """Each mailbox is served by one daemon at a time, and a dead one's by the other later on."""
    stage = Stage(postgres_database)
    stage.begin(ZOE)
    stage.runner.holder = "first"
    second = another(stage, "second")
    await stage.runner.take_leases()
    await second.take_leases()
    assert sorted(stage.runner.leases) == ["ana", "luis"]
    await second.tick()
    await second.drain()
    assert stage.mails(ZOE) == []
    let_pass(stage, "first")
    await second.take_leases()
    assert sorted(second.leases) == ["ana", "luis"]
    await stage.runner.tick()
    await stage.runner.drain()
    assert stage.mails(ZOE) == []
    await second.tick()
    await second.drain()
    assert len(stage.mails(ZOE)) == 1


async def test_a_doubtful_renewal_begins_nothing(office: Stage) -> None:
    """Where a mailbox may have been given back, nothing is begun in it until that is known."""
    office.write(mailboxes.ensure, BOXES)
    await office.runner.take_leases()
    office.write(Connection.exec_driver_sql, "ALTER TABLE daemon RENAME TO another")
    with pytest.raises(Exception, match="daemon"):
        await office.runner.take_leases()
    await office.runner.tick()
    assert [name for name in office.runner._tasks if name.endswith(tuple(BOXES))] == []
    office.write(Connection.exec_driver_sql, "ALTER TABLE another RENAME TO daemon")
    await office.runner.take_leases()
    await office.runner.tick()
    assert {f"serve {name}" for name in BOXES} <= office.runner._tasks.keys()
    await office.runner.drain()


async def test_a_surplus_begins_no_mail(stage: Stage) -> None:
    """In a mailbox that another daemon is to get, no further mail is begun."""
    stage.apply(a_loaded())
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    await stage.take_leases()
    stage.runner.leases["ana"] = replace(stage.runner.leases["ana"], surplus=True)
    await stage.work()
    assert stage.sends(ZOE)[0].state is SendState.QUEUED
    assert stage.runner.leases["luis"] == Lease("luis", 1)


async def test_the_eldest_does_what_belongs_to_nobody(postgres_database: Database) -> None:
    """On a server one daemon works through webhooks; another one does where nobody has for long."""
    stage = Stage(postgres_database)
    stage.runner.holder = "first"
    second = another(stage, "second")
    await stage.runner.take_leases()
    await second.take_leases()
    await second.tick()
    stage.write(hooks.add, "nobody", "1", b"{}", NOON)
    await second.tick()
    assert stage.read(hooks.waiting) == [1]
    await stage.runner.tick()
    assert stage.read(hooks.waiting) == []
    stage.write(hooks.add, "nobody", "2", b"{}", NOON)
    stage.clock.boot_s += 60
    await second.tick()
    assert stage.read(hooks.waiting) == []
    await second.drain()
    await stage.runner.drain()
