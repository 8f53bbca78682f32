"""Twenty daemons on one PostgreSQL: is every mailbox served, and nobody written to twice?"""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from servers.fleet import Fleet, end, fleet
from servers.postgres import Server, postgres_server
from servers.seller import PASSWORD, Box, until
from servers.settings_text import address_of

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.sandbox.mail_world import MailWorld
from sequencer.bootstrap import open_workspace
from sequencer.engine.leases import LEASE, RENEW_S
from sequencer.engine.verify import Recorded, verify

pytestmark = pytest.mark.real_server

PROCESSES, DAEMONS = 4, 5  # of each process
NAMES = [f"box{number}" for number in range(PROCESSES * DAEMONS)]
PEOPLE = 4  # for each mailbox, before the kill and after it
WAITING = sa.text("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
TAKEOVER_S = 30.0
LONG_S = 180.0


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server for this file alone: it is burdened, and restarted."""
    with postgres_server() as running:
        yield running


@asynccontextmanager
async def mail_world(names: list[str]) -> AsyncIterator[MailWorld]:
    """Mail servers in this process."""
    clock = SystemClock()
    async with MailWorld({address_of(name): PASSWORD for name in names}, clock.now) as world:
        yield world


def people_of(name: str, wave: str) -> list[str]:
    return [f"{wave}{number}@{name}-buyer{number}.example" for number in range(PEOPLE)]


def counted(world: MailWorld) -> Counter[str]:
    """How often each person's mail was accepted; what a mailbox sends to itself is not for them."""
    found = Counter(mail.recipient for mail in world.accepted)
    return Counter({who: number for who, number in found.items() if "buyer" in who})


async def test_twenty_daemons(server: Server, tmp_path: Path) -> None:
    """All share the work; those that are killed are followed, and each person gets one mail."""
    async with mail_world(NAMES) as world:
        boxes = [Box(name, world.smtp.port, world.imap.port) for name in NAMES]
        with fleet(Fleet(tmp_path, boxes, server.url)) as office:
            office.write()
            await asyncio.to_thread(office.enrol_all, people_of, "early")
            killed, *others = [office.start(DAEMONS) for _ in range(PROCESSES)]
            await until("a share for each", lambda: len(set(office.holders().values())) == 20, 60)
            assert Counter(office.holders().values()) == dict.fromkeys(office.holders().values(), 1)
            await until("the first wave", lambda: len(counted(world)) == 20 * PEOPLE, LONG_S)
            await asyncio.to_thread(office.enrol_all, people_of, "late")
            before = set(office.holders().values())
            killed.kill()
            began_s = SystemClock().boot()
            await until("a takeover", lambda: is_taken_over(office, before), TAKEOVER_S)
            sys.stdout.write(f"taken over after {SystemClock().boot() - began_s:.1f} s\n")
            await until("the second wave", lambda: len(counted(world)) == 40 * PEOPLE, LONG_S)
            await end(*others)
            assert office.holders() == {}
            assert set(counted(world).values()) == {1}
            assert set(office.states().values()) == {"sent"}
            assert_clean(office, world)


async def test_an_end_while_leases_are_renewed(server: Server, tmp_path: Path) -> None:
    """A daemon that is asked to end while a renewal waits for the database gives it all back."""
    async with mail_world(["ana"]) as world:
        boxes = [Box("ana", world.smtp.port, world.imap.port)]
        with fleet(Fleet(tmp_path, boxes, server.url)) as office:
            office.write()
            await asyncio.to_thread(office.enrol_all, people_of, "early")
            daemon = office.start(1)
            await until("the mails", lambda: len(counted(world)) == PEOPLE)
            with sa.create_engine(server.url, poolclass=sa.NullPool).connect() as connection:
                connection.execute(sa.text("LOCK TABLE daemon IN EXCLUSIVE MODE"))
                await until("a renewal that waits", lambda: bool(office.ask(WAITING)))
                os.kill(daemon.pid or 0, signal.SIGTERM)
                await until("the draining", lambda: office.said("draining") == 1)
            await end(daemon)
            assert office.holders() == {}


def is_taken_over(office: Fleet, before: set[str]) -> bool:
    """Whether the living hold all mailboxes, and the dead none."""
    now = office.holders()
    return len(now) == len(NAMES) and len(set(now.values())) == len(before) - DAEMONS


def assert_clean(office: Fleet, world: MailWorld) -> None:
    """Nothing in the ledger contradicts the record of the server."""
    workspace = open_workspace(office.root, office.environ)
    record = [Recorded(each.message_id, each.recipient) for each in world.accepted]
    record = [each for each in record if "buyer" in each.recipient]
    with workspace.database.read() as connection:
        found = verify(connection, workspace.desk, workspace.clock.now(), record)
    workspace.close()
    assert found.clean, found.details


def test_a_takeover_fits_into_half_a_minute() -> None:
    """A lease and the look for free ones end early enough, whatever the moment of a kill."""
    assert LEASE.total_seconds() + RENEW_S + 1 <= TAKEOVER_S - 5
