"""The outside: an SMTP server that keeps a durable record, cuts lines and files copies in Sent."""

import asyncio
import logging
import random
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from kill.fast_clock import FastClock
from kill.record import Event, Record, Seen
from kill.scene import BARE, KEPT, PASSWORD
from servers.settings_text import address_of

from sequencer.adapters.sandbox.imap_server import INBOX, SENT, ImapServer
from sequencer.mail.incoming import read_mail
from sequencer.simulation.letters import Quoted, Writer, reply

HOST = "127.0.0.1"
CUTS = 0.03  # of the lines with a mail, a third each at the places below
PLACES = ("before the dot", "before the accept", "after the accept")
ANSWER_S = (0.001, 0.012)  # what it takes to answer, so that kills fall into it too
HELD_S = 5.0  # how long an answer is kept back for a daemon that ends in the meantime
MOST_BYTES = 1_000_000
GREETING = b"220 sink.example ESMTP\r\n"
EHLO = (
    b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
    b"250-SIZE 1000000\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN LOGIN\r\n"
)
_TOKEN = re.compile(rb"Step token: (\w+)")
_ADDRESS = re.compile(rb"<([^>]*)>")


class CutError(Exception):
    """The sink ends the line here."""


class Sink:
    """The servers of all mailboxes.

    Args:
        clock: the daemons' clock, for the dates in the folders.
        record: where everything is written down.
        held: folder in which the recipients lie whose answers are kept back.
        seed: of the cuts.
    """

    def __init__(self, clock: FastClock, record: Record, held: Path, seed: int) -> None:
        self.imap = ImapServer()
        self.clock = clock
        self.record = record
        self.held = held
        self.chance = random.Random(seed)
        self.mails = 0

    async def add_mailboxes(self) -> None:
        """Make the accounts."""
        for name in (*KEPT, *BARE):
            await self.imap.add_user(address_of(name), PASSWORD)

    def add(self, event: Event) -> None:
        """Write an event down."""
        self.record.add(event)

    def now_s(self) -> float:
        """The machine's boot clock."""
        return self.clock.machine.boot()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        line = _Line(self, reader, writer)
        with suppress(CutError, ConnectionError, asyncio.IncompleteReadError, ValueError):
            await line.talk()
        if line.unread is not None:
            line.tell(Seen.GONE, line.unread)
        writer.transport.abort()

    async def file(self, sender: str, event: Event, data: bytes) -> None:
        """What a provider does with an accepted mail, and what the recipient does."""
        recipient = event.recipient
        if recipient in {address_of(name) for name in (*KEPT, *BARE)}:
            await self.imap.deliver(recipient, data, self.clock.now(), INBOX)
        if sender.partition("@")[0] in KEPT:
            await self.imap.deliver(sender, data, self.clock.now(), SENT)
        if recipient.startswith("answers") and event.token == "one":
            mail = read_mail(data)
            writer = Writer(recipient, self.clock.now(), self.mails)
            quoted = Quoted(mail.message_id, sender, recipient, "Hello", "")
            answer = reply(writer, quoted, "Thanks, please call me tomorrow.")
            await self.imap.deliver(sender, answer, self.clock.now(), INBOX)
            self.add(replace(event, seen=Seen.REPLY))


class _Line:
    """One client: what it has said of the mail that is under way."""

    def __init__(
        self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.sink, self.reader, self.writer = sink, reader, writer
        self.mailbox = self.recipient = ""
        self.unread: Event | None = None

    async def talk(self) -> None:
        """Answer commands until QUIT."""
        self.say(GREETING)
        while line := await self.reader.readline():
            if self.unread is not None:
                self.tell(Seen.NEXT, self.unread)
                self.unread = None
            verb = line[:4].upper().strip()
            if verb == b"QUIT":
                self.say(b"221 2.0.0 bye\r\n")
                return
            if verb == b"DATA":
                await self.take()
            elif verb == b"AUTH":
                await self.sign_in(line)
            else:
                self.answer(verb, line)

    def answer(self, verb: bytes, line: bytes) -> None:
        """Answer a command that stands alone."""
        match verb:
            case b"EHLO":
                self.say(EHLO)
            case b"MAIL":
                self.mailbox = self.address(line).partition("@")[0]
                self.say(b"250 2.1.0 fine\r\n")
            case b"RCPT":
                self.recipient = self.address(line)
                self.say(b"250 2.1.5 fine\r\n")
            case b"RSET" | b"NOOP":
                self.say(b"250 2.0.0 fine\r\n")
            case _:
                self.say(b"502 5.5.1 no such command\r\n")

    async def sign_in(self, line: bytes) -> None:
        """Take any password: this is not what is tested here."""
        words = line.split()
        if words[1].upper() == b"LOGIN":
            for prompt in (b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n")[len(words) - 2 :]:
                self.say(prompt)
                await self.reader.readline()
        self.say(b"235 2.7.0 welcome\r\n")

    async def take(self) -> None:
        """Take a mail, unless the line is to be cut."""
        sink, began_s = self.sink, self.sink.now_s()
        sink.mails += 1
        mail = Event(
            Seen.BODY, began_s, sink.mails, began_s, mailbox=self.mailbox, recipient=self.recipient
        )
        place = sink.chance.choice(PLACES) if sink.chance.random() < CUTS else ""
        self.say(b"354 go on\r\n")
        self.tell(Seen.BODY, mail)
        if place == PLACES[0]:
            await self.reader.readline()
            self.cut(mail, place)
        data = await self.reader.readuntil(b"\r\n.\r\n")
        if place == PLACES[1]:
            self.cut(mail, place)
        found = _TOKEN.search(data)
        mail = self.tell(Seen.ACCEPT, mail, token=found[1].decode() if found else "")
        text = data[:-3].replace(b"\r\n..", b"\r\n.")
        await sink.file(address_of(self.mailbox), mail, text)
        if place == PLACES[2]:
            self.cut(mail, place)
        await self.keep_back()
        self.say(b"250 2.0.0 kept\r\n")
        self.unread = self.tell(Seen.ANSWER, mail)

    async def keep_back(self) -> None:
        """Take a moment; where a daemon asked for it, so long that it can end before the answer."""
        wish = self.sink.held / self.recipient
        if not wish.exists():
            await self.sink.clock.machine.sleep(self.sink.chance.uniform(*ANSWER_S))
            return
        (self.sink.held / f"{self.recipient}.accepted").touch()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.reader.read(1), HELD_S)
        wish.unlink(missing_ok=True)
        (self.sink.held / f"{self.recipient}.accepted").unlink(missing_ok=True)

    def address(self, line: bytes) -> str:
        """The address in a command."""
        found = _ADDRESS.search(line)
        return found[1].decode() if found else ""

    def cut(self, mail: Event, place: str) -> None:
        """End the line without a word."""
        self.tell(Seen.CUT, mail, place=place)
        raise CutError

    def tell(self, seen: Seen, mail: Event, token: str = "", place: str = "") -> Event:
        """Write down what happened to a mail."""
        event = Event(
            seen,
            self.sink.now_s(),
            mail.mail,
            mail.since_s,
            mail.mailbox,
            mail.recipient,
            token or mail.token,
            place,
        )
        self.sink.add(event)
        return event

    def say(self, words: bytes) -> None:
        """Write a reply; one that nobody reads is no concern of ours."""
        self.writer.write(words)


def run_sink(clock: FastClock, root: Path, seed: int, ready: Callable[[int, int], None]) -> None:
    """Be the sink until killed; `ready` is told the two ports."""

    async def serve() -> None:
        (root / "held").mkdir()
        sink = Sink(clock, Record(root / "sink.jsonl"), root / "held", seed)
        async with sink.imap:
            await sink.add_mailboxes()
            listener = await asyncio.start_server(sink.serve, HOST, 0, limit=MOST_BYTES)
            ready(listener.sockets[0].getsockname()[1], sink.imap.port)
            await asyncio.Event().wait()

    logging.getLogger("asyncio").setLevel(logging.ERROR)  # it minds clients that are killed
    asyncio.run(serve())
