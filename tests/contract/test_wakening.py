"""Work that another process makes is begun by an event, and not by the next tick."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import sqlalchemy as sa
from builders import NOON
from fakes.fake_mailer import FakeMailer
from stage import Stage

from sequencer.domain.booking import BookingEvent, DeliveryError
from sequencer.engine.daemon import Daemon, Job
from sequencer.engine.hooks import Source, store_delivery
from sequencer.engine.leases import give_all_back
from sequencer.mail.transaction import Envelope, Outcome
from sequencer.store import hooks
from sequencer.store.database import Connection, Database

HANG_S = 30.0
ZOE = "zoe@bank.example"


class NoTicker:
    """A ticker of which the next tick is an hour away."""

    def start(self) -> None:
        """Nothing is called."""

    def stop(self) -> None:
        """Nothing was called."""


def no_ticker(_jobs: Mapping[str, tuple[Job, float]]) -> NoTicker:
    return NoTicker()


class Ringing(FakeMailer):
    """A mailer that tells when it has taken a mail."""

    def __init__(self) -> None:
        super().__init__()
        self.rang = asyncio.Event()

    async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        """As the fake."""
        outcome = await super().send(envelope, hand)
        self.rang.set()
        return outcome


@asynccontextmanager
async def working(stage: Stage) -> AsyncIterator[Daemon]:
    """A daemon on the stage that has begun to listen."""
    ready = asyncio.Event()

    async def serve(stopping: asyncio.Event) -> None:
        await stopping.wait()

    daemon = Daemon(stage.runner, no_ticker, serve)
    running = asyncio.create_task(daemon.run(ready.set))
    await ready.wait()
    try:
        yield daemon
    finally:
        daemon.stop()
        await running


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(HANG_S):
        while not happened():
            await turn()


async def turn() -> None:
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    loop.call_later(0.01, done.set_result, None)
    await done


@pytest.fixture
def stage(postgres_database: Database) -> Stage:
    stage = Stage(postgres_database)
    stage.apply()
    return stage


@pytest.fixture
def elsewhere(stage: Stage) -> Iterator[Stage]:
    """Another process: it shares nothing but the server."""
    database = Database(stage.database.url.render_as_string(hide_password=False))
    yield Stage(database)
    database.dispose()


async def test_an_enrolment_wakes_the_daemon(stage: Stage, elsewhere: Stage) -> None:
    """Who is enrolled by a command gets the mail at once."""
    stage.mailers["ana"] = mailer = Ringing()
    stage.restart()
    async with working(stage):
        elsewhere.bring_in(ZOE)
        assert [answer.enrolled for answer in elsewhere.enroll(ZOE)] == [True]
        await asyncio.wait_for(mailer.rang.wait(), HANG_S)
    assert len(stage.mails(ZOE)) == 1


async def test_a_webhook_wakes_the_daemon(stage: Stage, elsewhere: Stage) -> None:
    """A delivery that another daemon's web server stored is worked through at once."""

    def read(_body: bytes) -> list[BookingEvent]:
        raise DeliveryError("not understood")

    source = Source("tool", lambda *_: True, read)
    async with working(stage):
        assert elsewhere.write(store_delivery, source, b"{}", NOON)
        await until(lambda: stage.read(hooks.waiting) == [])


async def test_a_lease_given_back_wakes_the_others(stage: Stage, elsewhere: Stage) -> None:
    """Mailboxes of a daemon that ends are served by another one at once."""
    elsewhere.runner.holder = "elsewhere"
    await elsewhere.take_leases()
    async with working(stage):
        assert stage.runner.leases == {}
        elsewhere.write(give_all_back, "elsewhere")
        await until(lambda: sorted(stage.runner.leases) == ["ana", "luis"])


async def test_a_new_daemon_wakes_the_others(stage: Stage, elsewhere: Stage) -> None:
    """What a daemon has too much is given to one that has just come."""
    elsewhere.runner.holder = "elsewhere"
    async with AsyncExitStack() as running:
        await running.enter_async_context(working(stage))
        await running.enter_async_context(working(elsewhere))
        await until(lambda: len(elsewhere.runner.leases) == len(stage.runner.leases) == 1)


async def test_a_lost_listener_comes_back(stage: Stage, elsewhere: Stage) -> None:
    """A connection that was cut is made anew, and what was told meanwhile is looked for."""
    stage.mailers["ana"] = mailer = Ringing()
    stage.restart()
    kill = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND starts_with(query, 'LISTEN')"
    )
    async with working(stage):
        elsewhere.bring_in(ZOE)
        await until(lambda: bool(elsewhere.write(Connection.scalar, sa.text(kill))))
        assert [answer.enrolled for answer in elsewhere.enroll(ZOE)] == [True]
        await asyncio.wait_for(mailer.rang.wait(), HANG_S)
    assert len(stage.mails(ZOE)) == 1
