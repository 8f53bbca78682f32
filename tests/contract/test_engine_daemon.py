import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

import holding
import pytest
from builders import NOON
from fakes.fake_mailer import FakeMailer
from foreign_mails import a_mail
from stage import Stage, a_loaded

from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.history import Seen
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.send import SendState
from sequencer.engine.daemon import Daemon, Job
from sequencer.engine.history import HistoryWatch
from sequencer.engine.leases import LEASE, take_leases
from sequencer.engine.world import World
from sequencer.mail.folder import InboxError
from sequencer.mail.transaction import Envelope, Outcome
from sequencer.simulation.inbox import FakeInbox
from sequencer.store import enrollments, mailboxes
from sequencer.store.database import Connection

ZOE = "zoe@bank.example"
HOUR = timedelta(hours=1)


@dataclass
class FakeTicker:
    """Holds the jobs until a test calls them."""

    jobs: Mapping[str, tuple[Job, float]]
    started: bool = False
    stopped: bool = False

    def start(self) -> None:
        """Note it."""
        self.started = True

    def stop(self) -> None:
        """Note it."""
        self.stopped = True


@dataclass
class Run:
    """A daemon at work on a stage, and the parts of it that a test may touch."""

    stage: Stage
    tickers: list[FakeTicker] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    served: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.daemon = Daemon(self.stage.runner, self._ticker, self._serve)

    def _ticker(self, jobs: Mapping[str, tuple[Job, float]]) -> FakeTicker:
        self.tickers.append(FakeTicker(jobs))
        return self.tickers[-1]

    async def _serve(self, stopping: asyncio.Event) -> None:
        self.served.append("begun")
        await stopping.wait()
        self.served.append("ended")

    async def __aenter__(self) -> Self:
        self.task = asyncio.create_task(self.daemon.run(self.ready.set))
        await asyncio.wait(
            {self.task, asyncio.create_task(self.ready.wait())},
            return_when=asyncio.FIRST_COMPLETED,
        )
        return self

    async def __aexit__(self, *_exception: object) -> None:
        self.daemon.stop()
        self.daemon.stop()
        await self.task

    async def call(self, job: str) -> None:
        """Do what the ticker would."""
        await self.tickers[0].jobs[job][0]()


class NoMarker:
    """A host that has seen nothing yet, and keeps nothing."""

    def load(self) -> Seen | None:
        """Nothing."""
        return None

    def save(self, seen: Seen) -> None:
        """Forget it."""


def holders(stage: Stage) -> set[str | None]:
    return {each.holder for each in stage.read(mailboxes.listed)}


async def test_from_start_to_end(stage: Stage) -> None:
    """A daemon takes its mailboxes, works, serves, and at the end gives everything back."""
    stage.begin(ZOE)
    run = Run(stage)
    async with run:
        assert run.tickers[0].started
        assert holders(stage) == {stage.runner.holder}
        await stage.runner.drain()
        assert len(stage.mails(ZOE)) == 1
        await run.call("tick")
        await run.call("lease")
    assert run.tickers[0].stopped
    assert run.served == ["begun", "ended"]
    assert holders(stage) == {None}
    assert stage.mailers["ana"].closed == 1


async def test_a_daemon_reads_as_soon_as_mail_is_announced(stage: Stage) -> None:
    """An answer that the server announces is acted upon without waiting for the next poll."""
    stage.begin(ZOE)
    async with Run(stage):
        await stage.runner.drain()
        stage.inboxes["ana"].deliver(a_mail(f"From: {ZOE}", "In-Reply-To"))
        while not stage.runner._tasks:
            await stage.clock.sleep(0)
        await stage.runner.drain()
        assert stage.enrollment(ZOE).finish_reason is FinishReason.REPLIED


@pytest.mark.parametrize("trouble", [InboxError("line lost"), RuntimeError("unforeseen")])
async def test_a_watch_survives_trouble(stage: Stage, trouble: Exception) -> None:
    """A mailbox that cannot be watched is tried again after a rest, whatever was the matter."""

    moods = 3

    class Moody(FakeInbox):
        async def wait(self, seconds: float) -> bool:
            nonlocal moods
            moods -= 1
            if moods > 0:
                raise trouble
            return await super().wait(seconds)

    stage.inboxes["ana"] = Moody(stage.clock.now)
    stage.restart()
    async with Run(stage):
        while moods > 0:
            await stage.clock.sleep(0)
    assert stage.clock.now() >= NOON + 2 * timedelta(seconds=30)


async def test_no_new_mail_is_begun_at_the_end(stage: Stage) -> None:
    """When a daemon is asked to end, the mail under way is finished, and no other one begun."""
    people = [f"p{number}@bank.example" for number in range(9)]
    stage.begin(*people)
    run = Run(stage)

    class Stopper(FakeMailer):
        async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
            run.daemon.stop()
            for _ in range(20):
                await stage.clock.sleep(0)
            return await super().send(envelope, hand)

    stage.mailers["ana"] = Stopper()
    stage.restart()
    run.daemon.runner = stage.runner
    async with run:
        await run.task
    assert len(stage.mailers["ana"].accepted) == 1
    assert stage.sends(people[0])[0].state is SendState.SENT


async def test_a_renewal_that_outlasts_the_end_has_nothing_watched(stage: Stage) -> None:
    """What a renewal of the leases brings while the daemon ends is given back, and not watched.

    Who waited then for mail in a closed mailbox would ask for ever, and let nothing else go on.
    """
    late: list[float] = []

    class Watched(FakeInbox):
        async def wait(self, seconds: float) -> bool:
            if stage.world.ending.is_set():
                late.append(seconds)
            return await super().wait(seconds)

    renewing, may_go_on = asyncio.Event(), asyncio.Event()

    class Slow(HistoryWatch):
        async def look(self, world: World) -> None:
            del world
            if run.ready.is_set():
                renewing.set()
                await may_go_on.wait()

    stage.inboxes |= {name: Watched(stage.clock.now) for name in stage.inboxes}
    stage.restart()
    stage.runner.history = Slow(NoMarker(), lambda: "key")
    run = Run(stage)
    async with run:
        renewal = asyncio.create_task(run.call("lease"))
        await renewing.wait()
        run.daemon.stop()
        await stage.world.ending.wait()
        may_go_on.set()
        await renewal
    for _ in range(20):
        await stage.clock.sleep(0)
    assert late == []
    assert holders(stage) == {None}


async def test_no_mail_is_begun_while_watches_end(stage: Stage) -> None:
    """A server that is slow to let go of a watch gives no time to begin another mail."""
    ending: list[bool] = []

    class Watched(FakeInbox):
        async def wait(self, seconds: float) -> bool:
            try:
                return await super().wait(seconds)
            finally:
                ending.append(stage.world.ending.is_set())

    stage.inboxes |= {name: Watched(stage.clock.now) for name in stage.inboxes}
    stage.restart()
    async with Run(stage):
        await stage.runner.drain()
    assert ending == [True, True]


async def test_mailboxes_are_closed_together(stage: Stage) -> None:
    """Servers that are slow to say goodbye are waited for all at once, however many there are."""
    both = asyncio.Barrier(2)

    class Slow(FakeMailer):
        async def close(self) -> None:
            await both.wait()

    stage.mailers |= {name: Slow() for name in stage.mailers}
    stage.restart()
    async with asyncio.timeout(10):
        async with Run(stage):
            pass
    assert holders(stage) == {None}


async def test_a_daemon_ends_in_order_without_its_database(stage: Stage) -> None:
    """Leases that cannot be given back run out by themselves: that is no failure of the end."""
    run = Run(stage)
    async with run:
        await stage.runner.drain()
        stage.write(Connection.exec_driver_sql, "ALTER TABLE mailbox RENAME TO another")
    assert run.served == ["begun", "ended"]
    assert stage.mailers["ana"].closed == 1
    stage.write(Connection.exec_driver_sql, "ALTER TABLE another RENAME TO mailbox")
    assert holders(stage) == {stage.runner.holder}


async def test_a_web_server_that_fails_ends_the_daemon(stage: Stage) -> None:
    """A daemon that cannot serve ends in order, and says why."""

    async def fail(_stopping: asyncio.Event) -> None:
        raise OSError("port taken")

    run = Run(stage)
    run.daemon.serve = fail
    with pytest.raises(OSError, match="port taken"):
        async with run:
            await run.task
    assert holders(stage) == {None}
    assert run.tickers[0].stopped


async def test_a_daemon_that_cannot_begin_ends_in_order(stage: Stage) -> None:
    """What fails in the first round is raised, after everything was given back."""
    stage.write(Connection.exec_driver_sql, "ALTER TABLE hook RENAME TO another")
    run = Run(stage)
    with pytest.raises(Exception, match="no such table: hook"):
        async with run:
            await run.task
    assert holders(stage) == {None}
    assert run.served == ["begun", "ended"]


async def test_a_lost_lease_serves_nothing(stage: Stage) -> None:
    """A daemon that does not know yet that it lost its mailbox begins no mail."""
    stage.begin(ZOE)
    await stage.take_leases()
    stage.write(holding.take, "ana", "another", LEASE, force=True)
    await stage.runner.tick()
    await stage.runner.drain()
    assert stage.mails(ZOE) == []
    assert stage.sends(ZOE)[0].tries == 0


async def test_a_new_daemon_tries_a_sign_in_again(stage: Stage) -> None:
    """Whoever starts a daemon has put the password right; trouble of another kind stays."""
    stage.write(mailboxes.ensure, ["ana", "luis"])
    for name, state in (("ana", MailboxState.NEEDS_SIGN_IN), ("luis", MailboxState.THROTTLED)):
        stage.write(mailboxes.set_health, name, state, "smtp: x", NOON + HOUR)
    stage.write(take_leases, stage.desk, "one")
    assert stage.health("ana").state is MailboxState.OK
    assert stage.health("luis").state is MailboxState.THROTTLED
    stage.write(mailboxes.set_health, "ana", MailboxState.NEEDS_SIGN_IN, "smtp: x", NOON + HOUR)
    stage.write(take_leases, stage.desk, "one")
    assert stage.health("ana").state is MailboxState.NEEDS_SIGN_IN


ABORT = "CREATE TRIGGER t BEFORE INSERT ON attempt BEGIN SELECT RAISE(ABORT, 'constraint'); END"


@pytest.mark.parametrize(
    ("breaking", "mending"),
    [
        ("ALTER TABLE attempt RENAME TO another", "ALTER TABLE another RENAME TO attempt"),
        (ABORT, "DROP TRIGGER t"),
    ],
)
async def test_what_an_outage_left_behind_is_put_right(
    stage: Stage, breaking: str, mending: str
) -> None:
    """A send whose outcome could not be stored is found at the next round, without a restart.

    Our own copy in Sent, filed once the server has accepted a mail, tells what became of it.
    """
    stage.begin(ZOE)
    stage.write(Connection.exec_driver_sql, breaking)
    await stage.work()
    assert stage.sends(ZOE)[0].state in {SendState.HANDED, SendState.UNKNOWN}
    stage.write(Connection.exec_driver_sql, mending)
    await stage.work()
    assert stage.sends(ZOE)[0].state in {SendState.UNKNOWN, SendState.SENT}
    await stage.work(timedelta(minutes=16))
    assert stage.sends(ZOE)[0].state is SendState.SENT
    assert len(stage.mails(ZOE)) == 1
    assert stage.verify().clean


async def test_a_claim_left_behind_is_put_right(stage: Stage) -> None:
    """A send that was claimed and then forgotten goes out at the next round."""
    stage.begin(ZOE)
    await stage.take_leases()
    claimed = "UPDATE send SET state = 'claimed', fence = 1, tries = 1"
    stage.write(Connection.exec_driver_sql, claimed)
    await stage.work()
    assert stage.sends(ZOE)[0].state is SendState.SENT
    assert stage.sends(ZOE)[0].tries == 1


async def test_a_pause_that_cannot_be_ended_delays_nobody(stage: Stage) -> None:
    """An enrollment that raises when it is resumed gets another date, and others are resumed."""
    stage.apply(a_loaded(), a_loaded(cadence="other"))
    stage.bring_in(ZOE, "p@bank.example")
    stage.enroll(ZOE)
    stage.enroll("p@bank.example", slug="other")
    for statement in (
        "UPDATE enrollment SET state = 'paused', resume_at = '2026-03-03 12:00:00.000000'",
        "UPDATE cadence_version SET document = '{}' WHERE slug = 'fintech-intro'",
    ):
        stage.write(Connection.exec_driver_sql, statement)
    stage.forget_versions()
    await stage.work()
    assert stage.enrollment("p@bank.example").state is EnrollmentState.ACTIVE
    stuck = stage.enrollment(ZOE)
    assert (stuck.state, stuck.resume_at) == (EnrollmentState.PAUSED, NOON + HOUR)


async def test_a_version_that_cannot_be_read_delays_nobody(stage: Stage) -> None:
    """A send whose cadence is broken is pushed forward; others of the mailbox go out."""
    stage.apply(a_loaded(), a_loaded(cadence="other"))
    stage.bring_in(ZOE, "p@bank.example")
    stage.enroll(ZOE)
    stage.enroll("p@bank.example", slug="other")
    broken = "UPDATE cadence_version SET document = '{}' WHERE slug = 'fintech-intro'"
    stage.write(Connection.exec_driver_sql, broken)
    stage.forget_versions()
    await stage.work()
    assert len(stage.mails("p@bank.example")) == 1
    assert stage.sends(ZOE)[0].due_at == NOON + HOUR


async def test_nothing_to_resume(stage: Stage) -> None:
    """A pause whose date lies ahead, or that waits for a person, goes on."""
    stage.begin(ZOE)
    pause = "UPDATE enrollment SET state = 'paused', resume_at = NULL"
    stage.write(Connection.exec_driver_sql, pause)
    stage.write(Connection.exec_driver_sql, "UPDATE send SET runs = FALSE")
    await stage.work(365 * 24 * HOUR)
    assert stage.enrollment(ZOE).state is EnrollmentState.PAUSED
    assert stage.read(enrollments.to_resume, stage.clock.now()) == []
    assert stage.mails(ZOE) == []
