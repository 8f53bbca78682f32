"""What leaves when somebody sets the machine's clock by an hour in the middle of it?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from servers.seller import PASSWORD, Box, Daemon, Seller, running, until
from servers.settings_text import address_of
from servers.shifted_daemon import SetClock, set_clock

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.sandbox.mail_world import MailWorld
from sequencer.adapters.sandbox.smtp_server import AcceptedMail

PEOPLE = [f"p{number}@buyer{number}.example" for number in range(6)]
GAP_S = 2
HOUR_S = 3_600
DAEMON = str(Path(__file__).parents[1] / "servers/shifted_daemon.py")


@dataclass
class Sending:
    """A daemon whose clock can be set, and when the mails arrived by a clock that nobody sets."""

    seller: Seller
    shift: Path
    daemon: Daemon
    arrived_s: list[float]

    async def arrived(self, mails: int) -> None:
        """Return once so many have arrived."""
        await until(f"mail {mails}", lambda: len(self.arrived_s) >= mails, 90)

    async def is_read_again(self) -> None:
        """Return once the mailbox has been read by the clock as it stands."""
        now = SetClock(self.shift).now()

        def is_near() -> bool:
            at = self.seller.synced_at("ana")
            return at is not None and abs(at - now) < timedelta(minutes=10)

        await until("a scan by the new clock", is_near, 60)


@asynccontextmanager
async def sending(root: Path) -> AsyncIterator[Sending]:
    """A daemon with people who have been due for hours, so that no step makes one of them wait."""
    machine, shift = SystemClock(), root / "shift"
    arrived_s: list[float] = []

    async def note(mail: AcceptedMail, _at: object) -> None:
        if mail.recipient in PEOPLE:
            arrived_s.append(machine.boot())

    shift.write_text("0")
    world = MailWorld({address_of("ana"): PASSWORD}, SetClock(shift).now)
    world.listeners.append(note)
    async with world:
        box = Box("ana", world.smtp.port, world.imap.port, GAP_S)
        seller = Seller(root / "workspace", [box])
        seller.write()
        seller.enrol("ana", PEOPLE, timedelta(hours=3))
        with running(seller, root / "log", DAEMON, str(seller.root), str(shift)) as daemon:
            yield Sending(seller, shift, daemon, arrived_s)
    # The gap counts from the hand-over, and a busy machine may take a moment from there.
    assert min(later - earlier for earlier, later in pairwise(arrived_s)) >= GAP_S / 2


async def test_a_clock_that_is_set_forward(tmp_path: Path) -> None:
    """The gap holds by the server's own clock, and no mail waits for anything else."""
    async with sending(tmp_path) as run:
        await run.arrived(2)
        set_clock(run.shift, HOUR_S)
        await run.arrived(len(PEOPLE))


async def test_a_clock_that_is_set_back(tmp_path: Path) -> None:
    """What was dated ahead is no reason to wait for that hour: the gap holds, and all leave."""
    async with sending(tmp_path) as run:
        await run.arrived(2)
        set_clock(run.shift, -HOUR_S)
        await run.is_read_again()
        await run.arrived(len(PEOPLE))
