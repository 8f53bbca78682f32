"""SIGTERM in the middle of a mail: is it finished, or found in doubt, and is the end in time?"""

import asyncio
from pathlib import Path

from servers.seller import PASSWORD, Box, Seller, running, until
from servers.settings_text import address_of

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.sandbox.mail_world import MailWorld
from sequencer.adapters.sandbox.smtp_server import AcceptedMail

ZOE, BOB = "zoe@buyer.example", "bob@other.example"
END_S = 30.0  # what service managers wait before they kill


async def test_a_mail_whose_answer_comes_is_finished(tmp_path: Path) -> None:
    """The dot is out when the signal comes: its answer is waited for, and no other mail begun."""
    dot, answer = asyncio.Event(), asyncio.Event()
    async with slow_world(dot, answer) as world:
        seller = workspace(tmp_path, world)
        with running(seller, tmp_path / "log") as daemon:
            await asyncio.wait_for(dot.wait(), END_S)
            daemon.process.terminate()
            await until("the draining", lambda: bool(daemon.events("draining")))
            answer.set()
            assert await daemon.end(END_S) == 0
        assert sorted(seller.states().values()) == ["queued", "sent"]
        assert len(to_people(world)) == 1


async def test_a_mail_without_an_answer_is_in_doubt(tmp_path: Path) -> None:
    """The answer never comes: the daemon ends in time, and nobody calls the mail sent or unsent."""
    dot, answer = asyncio.Event(), asyncio.Event()
    async with slow_world(dot, answer) as world:
        seller = workspace(tmp_path, world)
        with running(seller, tmp_path / "log") as daemon:
            await asyncio.wait_for(dot.wait(), END_S)
            daemon.process.terminate()
            await daemon.end(END_S)
        states = set(seller.states().values())
        assert states in ({"handed", "queued"}, {"unknown", "queued"})
        with running(seller, tmp_path / "log") as daemon:
            await until("the doubt", lambda: "unknown" in seller.states().values())
            daemon.process.kill()
        assert len(to_people(world)) == 1


def slow_world(dot: asyncio.Event, answer: asyncio.Event) -> MailWorld:
    """Servers that answer the first mail to a person only once they may."""

    async def wait(mail: AcceptedMail, _at: object) -> None:
        if mail.recipient in {ZOE, BOB}:
            dot.set()
            await answer.wait()

    world = MailWorld({address_of("ana"): PASSWORD}, SystemClock().now)
    world.listeners.append(wait)
    return world


def workspace(root: Path, world: MailWorld) -> Seller:
    """Two people who are to hear from one mailbox, the second some seconds after the first."""
    box = Box("ana", world.smtp.port, world.imap.port, gap_s=3_600)
    seller = Seller(root / "workspace", [box])
    seller.write()
    seller.enrol("ana", [ZOE, BOB])
    return seller


def to_people(world: MailWorld) -> list[str]:
    """Who was sent a mail, apart from what a mailbox sends to itself."""
    return [mail.recipient for mail in world.accepted if mail.recipient in {ZOE, BOB}]
