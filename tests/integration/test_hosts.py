"""Daemons on hosts that are cut from the database or from the mail server, and come back."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from servers.fleet import Fleet, end, fleet
from servers.namespace import Host, host
from servers.postgres import Server, postgres_server
from servers.relay import relay
from servers.seller import PASSWORD, Box, until
from servers.settings_text import address_of

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.sandbox.mail_world import MailWorld

pytestmark = pytest.mark.real_server

NAMES = ["ana", "luis"]
PEOPLE = 10
RETURN_S = 45.0  # a cut is noticed on both sides, leases end, and what failed is tried again


def people(name: str, wave: str) -> list[str]:
    return [f"{wave}{number}@{name}-buyer{number}.example" for number in range(PEOPLE)]


@dataclass
class Scene:
    """Two hosts with a daemon each, and the machine with the servers."""

    office: Fleet
    world: MailWorld
    server: Server
    hosts: list[Host]

    async def enrol(self, wave: str) -> None:
        """Enrol a wave of people."""
        await asyncio.to_thread(self.office.enrol_all, people, wave)

    async def owners(self, number: int) -> dict[str, str]:
        """Who has which mailbox, once that many daemons have all of them."""

        def is_so() -> bool:
            held = self.office.holders()
            return held.keys() == set(NAMES) and len(set(held.values())) == number

        await until(f"{number} daemons with all mailboxes", is_so, RETURN_S)
        return self.office.holders()

    async def arrival(self, *waves: str, to: Sequence[str] = NAMES) -> None:
        """Return when all of these people have their mail."""
        wanted = {each for wave in waves for name in to for each in people(name, wave)}
        await until(f"mails to {to}", lambda: wanted <= counted(self.world).keys(), RETURN_S)


@asynccontextmanager
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """Everything set up, and both daemons at work."""
    async with AsyncExitStack() as open_:
        hosts = [open_.enter_context(host()) for _ in NAMES]
        server = open_.enter_context(postgres_server(listen="*"))
        names = {address_of(name): PASSWORD for name in NAMES}
        world = await open_.enter_async_context(MailWorld(names, SystemClock().now))
        boxes = [Box(name, world.smtp.port, world.imap.port) for name in NAMES]
        office = open_.enter_context(fleet(Fleet(tmp_path / "office", boxes, server.url)))
        office.write()
        await asyncio.to_thread(office.enrol_all, people, "first")
        for each in hosts:
            for port in (world.smtp.port, world.imap.port):
                open_.callback((await relay(each.machine, "127.0.0.1", port)).close)
            office.start(1, each, server.url_at(each.machine))
        yield Scene(office, world, server, hosts)


async def test_hosts(tmp_path: Path) -> None:
    """Cut from the database a host sends nothing, and another one does; then it works again.

    Cut from the mail server its mails wait, and nobody else's; nobody is written to twice.
    """
    async with scene(tmp_path) as at:
        cut, office = at.hosts[0], at.office
        owners = await at.owners(2)
        await at.arrival("first")
        cut.cut(at.server.port)
        await at.owners(1)
        await at.enrol("second")
        await at.arrival("second")
        cut.mend(at.server.port)
        again = await at.owners(2)
        assert set(again.values()) == set(owners.values())

        [mine] = [name for name, holder in again.items() if holder == daemon_of(office, again)]
        others = [name for name in NAMES if name != mine]
        cut.cut(at.world.smtp.port)
        await at.enrol("third")
        await at.arrival("third", to=others)
        assert not counted(at.world).keys() & set(people(mine, "third"))
        cut.mend(at.world.smtp.port)
        await end(office.began[0])
        assert set(counted(at.world).values()) == {1}


def daemon_of(office: Fleet, owners: dict[str, str]) -> str:
    """The daemon on the first host: it names itself by the number of its process."""
    pid = office.began[0].pid
    [found] = {holder for holder in owners.values() if f":{pid}:" in holder}
    return found


def counted(world: MailWorld) -> Counter[str]:
    """How often each person's mail was accepted; what a mailbox sends to itself is not for them."""
    found = Counter(mail.recipient for mail in world.accepted)
    return Counter({who: number for who, number in found.items() if "buyer" in who})
