"""PostgreSQL is restarted again and again while mails go out: is one lost, or sent twice?"""

import asyncio
import os
import random
import sys
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from servers.fleet import Fleet, end, fleet
from servers.postgres import Server, postgres_server
from servers.seller import PASSWORD, Box, until
from servers.settings_text import address_of

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.sandbox.mail_world import MailWorld
from sequencer.adapters.sandbox.smtp_server import AcceptedMail

pytestmark = pytest.mark.real_server

SENDS = int(os.environ.get("RESTARTS_SENDS", "500"))
EVERY_S = tuple(float(each) for each in os.environ.get("RESTARTS_EVERY_S", "2,6").split(","))
LONG_S = float(os.environ.get("RESTARTS_LIMIT_S", "240"))
# What was committed must outlast an immediate stop; only the machine's own crash does not come.
SETTINGS = ["fsync=off", "max_connections=100"]
NAMES = ["ana", "luis", "zoe", "bob"]
ANSWER_S = 0.15  # so that the mails take longer than a few restarts


async def restart_often(server: Server, restarts: Counter[str]) -> None:
    """Stop and start for ever, at moments drawn from a fixed seed."""
    moments = random.Random(20261123)
    for number in count():
        await asyncio.sleep(moments.uniform(*EVERY_S))
        await asyncio.to_thread(server.stop, at_once=number % 2 == 0)
        await asyncio.sleep(moments.uniform(0, 1))
        await asyncio.to_thread(server.start)
        restarts["at once" if number % 2 == 0 else "in order"] += 1


async def test_restarts(tmp_path: Path) -> None:
    """Two daemons go on by themselves after each restart, and every person gets one mail."""

    async def think(_mail: AcceptedMail, _at: object) -> None:
        await asyncio.sleep(ANSWER_S)

    with postgres_server(SETTINGS) as server:
        names = {address_of(name): PASSWORD for name in NAMES}
        async with MailWorld(names, SystemClock().now) as world:
            world.listeners.append(think)
            ports = world.smtp.port, world.imap.port
            boxes = [Box(name, *ports, per_hour=SENDS, per_day=2 * SENDS) for name in NAMES]
            with fleet(Fleet(tmp_path, boxes, server.url)) as office:
                office.write()
                people = await asyncio.to_thread(enrol_all, office)
                daemons = [office.start(1), office.start(1)]
                await until("a first mail", lambda: bool(world.accepted), 60)
                await trouble(server, lambda: people <= {mail.recipient for mail in world.accepted})
                await until("the outcomes", lambda: is_stored(office), 60)
                await end(*daemons)
                assert office.said('"level": "error"') == 0
    counted = Counter(mail.recipient for mail in world.accepted)
    assert {each: counted[each] for each in people} == dict.fromkeys(people, 1)


def enrol_all(office: Fleet) -> set[str]:
    """People of each mailbox, enrolled."""
    people = [f"p{number}@buyer{number}.example" for number in range(SENDS)]
    for place, name in enumerate(NAMES):
        office.enrol(name, people[place :: len(NAMES)])
    return set(people)


async def trouble(server: Server, is_done: Callable[[], bool]) -> None:
    """Restart the server until it is done, and leave it running."""
    restarts: Counter[str] = Counter()
    clock = SystemClock()
    began_s = clock.boot()
    monkey = asyncio.create_task(restart_often(server, restarts))
    await until("all mails", is_done, LONG_S)
    took_s = clock.boot() - began_s
    monkey.cancel()
    await asyncio.gather(monkey, return_exceptions=True)
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)
    assert restarts.total() > 1
    sys.stdout.write(f"{SENDS} sends in {took_s:.0f} s, restarts: {dict(restarts)}\n")


def is_stored(office: Fleet) -> bool:
    """Whether the ledger knows that each mail was sent."""
    return set(office.states().values()) == {"sent"}
