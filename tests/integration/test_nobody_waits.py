"""Does a recipient who always fails, or a server that stalls, keep mails of others waiting?"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fakes.rude_smtp import Mishap, RudeServer, Then, rude_server
from servers.seller import PASSWORD, Box, Seller, running, until
from servers.settings_text import address_of

from sequencer.adapters.sandbox.imap_server import ImapServer

BEHIND = [f"p{number}@buyer{number}.example" for number in range(6)]
_TO = re.compile(rb"^To:.*<?(p\d+@[^>\s]+)", re.MULTILINE)


@dataclass
class Script:
    """An SMTP server that treats each recipient by a script of its own.

    Attributes:
        answers: what it says to RCPT; where that is empty it drops the line.
        asked: the recipients, in the order in which they were named.
        accepted: those whose mail was accepted.
    """

    answers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation."""
        writer.write(b"220 script\r\n")
        recipient = ""
        while line := await reader.readline():
            verb = line[:4].upper().strip().decode()
            said = {
                "EHLO": "250-script\r\n250 AUTH PLAIN LOGIN",
                "AUTH": "235 2.7.0 welcome",
                "DATA": "354 go on",
            }.get(verb, "250 2.0.0 fine")
            if verb == "RCPT":
                recipient = line.partition(b"<")[2].partition(b">")[0].decode()
                self.asked.append(recipient)
                said = self.answers.get(recipient, said)
            if not said:
                break
            writer.write(f"{said}\r\n".encode())
            if verb == "DATA":
                await reader.readuntil(b"\r\n.\r\n")
                self.accepted.append(recipient)
                writer.write(b"250 2.0.0 kept\r\n")
        writer.close()


@asynccontextmanager
async def scripted() -> AsyncIterator[Script]:
    """A scripted server that listens until the end of the block."""
    script = Script()
    listener = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    script.port = listener.sockets[0].getsockname()[1]
    async with listener:
        yield script


@asynccontextmanager
async def folders(*names: str) -> AsyncIterator[int]:
    """Port of an IMAP server with these mailboxes."""
    async with ImapServer() as imap:
        for name in names:
            await imap.add_user(address_of(name), PASSWORD)
        yield imap.port


async def test_a_recipient_who_always_fails_delays_nobody(tmp_path: Path) -> None:
    """Whoever is due after those who fail gets the mail before they are tried again."""
    bad = {
        "later@busy.example": "451 4.2.1 try again later",
        "never@gone.example": "554 5.1.1 no such user",
    }
    async with scripted() as script, folders("ana") as imap:
        script.answers = bad
        seller = Seller(tmp_path / "workspace", [Box("ana", script.port, imap)])
        seller.write()
        seller.enrol("ana", [*bad, *BEHIND])
        with running(seller, tmp_path / "log") as daemon:
            await until("all that can", lambda: set(BEHIND) <= set(script.accepted), 60)
            assert [script.asked.count(address) for address in bad] == [1, 1]
            daemon.process.terminate()
            assert await daemon.end(30) == 0
        states = seller.states()
    assert states["later@busy.example"] == "deferred"
    assert states["never@gone.example"] == "rejected"


async def test_a_recipient_at_whom_the_line_breaks_delays_only_its_mailbox(
    tmp_path: Path,
) -> None:
    """A line that is lost lets its own mailbox rest, and no other one."""
    async with scripted() as script, folders("ana", "bea") as imap:
        script.answers = {"cut@gone.example": ""}
        boxes = [Box("ana", script.port, imap), Box("bea", script.port, imap)]
        seller = Seller(tmp_path / "workspace", boxes)
        seller.write()
        seller.enrol("ana", ["cut@gone.example"])
        seller.enrol("bea", BEHIND)
        with running(seller, tmp_path / "log") as daemon:
            await until("the break", lambda: "cut@gone.example" in script.asked)
            await until("all that can", lambda: set(BEHIND) <= set(script.accepted), 60)
            assert script.asked.count("cut@gone.example") == 1
            daemon.process.terminate()
            assert await daemon.end(30) == 0


async def test_a_server_that_stalls_delays_no_other_mailbox(tmp_path: Path) -> None:
    """While one server has not even finished its greeting, all other mailboxes are done."""
    async with AsyncExitStack() as stack:
        script = await stack.enter_async_context(scripted())
        silent, dripping = [
            await stack.enter_async_context(rude_server(extensions=("AUTH PLAIN LOGIN",)))
            for _ in range(2)
        ]
        silent.script["connect"] = Mishap(then=Then.STALL)
        dripping.script["connect"] = Mishap(then=Then.DRIP)
        imap = await stack.enter_async_context(folders("ana", "bea", "silent", "dripping"))
        boxes = [
            Box("silent", silent.port, imap),
            Box("dripping", dripping.port, imap),
            Box("ana", script.port, imap),
            Box("bea", script.port, imap),
        ]
        seller = Seller(tmp_path / "workspace", boxes)
        seller.write()
        for box in ("silent", "dripping"):
            seller.enrol(box, [f"{box}{number}@stuck.example" for number in range(3)])
        with running(seller, tmp_path / "log") as daemon:
            await until("the stalls", lambda: has_met(silent) and has_met(dripping))
            # Both are in a greeting that does not end; whatever follows, follows while they are.
            seller.enrol("ana", BEHIND[:3])
            seller.enrol("bea", BEHIND[3:])
            await until("all others", lambda: set(BEHIND) <= set(script.accepted), 60)
            assert silent.commands == []
            assert dripping.commands == []
            daemon.process.kill()


def has_met(server: RudeServer) -> bool:
    """Whether somebody has connected to it."""
    return server.connections > 0
