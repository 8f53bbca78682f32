"""An IMAP server on loopback that misbehaves as it is told: it dies, lies, forgets and stalls.

It knows just enough of RFC 3501 for a client that reads, and serves one INBOX.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_SECTION = re.compile(r"BODY\.PEEK\[([^]]*)\](?:<0\.(\d+)>)?")


class _OverError(Exception):
    """The conversation has ended."""


@dataclass(slots=True)
class RudeImap:
    """The server, what is wrong with it, and what it saw.

    Attributes:
        messages: raw messages of INBOX by UID.
        sizes: what RFC822.SIZE says where it is not the truth.
        deadly: UIDs whose reading ends the connection, and how often it still does.
        deadly_headers: UIDs of which even the header is deadly.
        refuses: answer to reading messages instead of OK, while their sizes are still told.
        refused: UIDs that only they are refused.
        announces: how many octets it says that a body has, by UID, where it is not the truth.
        structures: BODYSTRUCTURE by UID; none for others.
        sections: what is in the sections of a message, by UID and name.
        received: INTERNALDATE by UID; a day in 2027 for others.
        vanished: UIDs that a search still finds, but a FETCH no more.
        sized: UIDs that tell their size, and are gone when they are read.
        validities: UIDVALIDITY of each connection in turn, the last one for all that follow.
        login: tagged answers to sign-ins, the last one for all that follow; "" hangs up.
        select: answer to EXAMINE instead of OK.
        hangs_up_at: folders that end the connection when they are opened.
        stalls_at: folders that are never opened, and never refused either.
        stalls: commands that are never answered.
        pushes: lines to say in IDLE; at a form feed it waits until it `goes_on`.
        breaks_idle: what IDLE is answered with before the connection ends, None for an IDLE.
        fetches: the items and UIDs of each FETCH.
        appended: what was appended to any folder.
    """

    port: int = 0
    messages: dict[int, bytes] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    deadly: Counter[int] = field(default_factory=Counter)
    deadly_headers: set[int] = field(default_factory=set)
    refuses: str = ""
    refused: set[int] = field(default_factory=set)
    announces: dict[int, int] = field(default_factory=dict)
    structures: dict[int, str] = field(default_factory=dict)
    sections: dict[tuple[int, str], bytes] = field(default_factory=dict)
    received: dict[int, str] = field(default_factory=dict)
    vanished: set[int] = field(default_factory=set)
    sized: set[int] = field(default_factory=set)
    validities: list[int] = field(default_factory=lambda: [7])
    uidnext: int | None = None
    tells_uidnext: bool = True
    capabilities: str = "IMAP4rev1 IDLE"
    listed: list[str] = field(default_factory=lambda: ['(\\HasNoChildren) "/" INBOX'])
    login: list[str] = field(default_factory=lambda: ["OK welcome"])
    greeting: str = "* OK ready"
    select: dict[str, str] = field(default_factory=dict)
    hangs_up_at: set[str] = field(default_factory=set)
    stalls_at: set[str] = field(default_factory=set)
    stalls: set[str] = field(default_factory=set)
    pushes: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)
    breaks_idle: bytes | None = None
    fetches: list[tuple[str, list[int]]] = field(default_factory=list)
    appended: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    stalled: asyncio.Event = field(default_factory=asyncio.Event)
    idling: asyncio.Event = field(default_factory=asyncio.Event)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    def next_uid(self) -> int:
        """What the server calls the UID of the next message."""
        return self.uidnext or max(self.messages, default=0) + 1


@dataclass(slots=True)
class _Conversation:
    server: RudeImap
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    number: int

    async def hold(self) -> None:
        if not self.server.greeting:
            raise _OverError
        await self.say(self.server.greeting)
        while line := await self.reader.readline():
            tag, _, command = line.decode("utf-8", "replace").rstrip("\r\n").partition(" ")
            self.server.commands.append(command)
            await self.obey(tag, command)

    async def obey(self, tag: str, command: str) -> None:
        words = command.split(" ")
        verb = " ".join(words[:2]).upper() if words[0].upper() == "UID" else words[0].upper()
        if verb in self.server.stalls:
            self.server.stalled.set()
            await self.reader.read()
            raise _OverError
        answers = {
            "CAPABILITY": self.capability,
            "LOGIN": self.sign_in,
            "AUTHENTICATE": self.sign_in,
            "LIST": self.folders,
            "EXAMINE": self.examine,
            "UID SEARCH": self.search,
            "UID FETCH": self.fetch,
            "IDLE": self.idle,
            "CREATE": self.create,
            "APPEND": self.append,
        }
        await answers.get(verb, self.nothing)(tag, command)

    async def nothing(self, tag: str, _command: str) -> None:
        await self.say(f"{tag} OK done")

    async def capability(self, tag: str, _command: str) -> None:
        await self.say(f"* CAPABILITY {self.server.capabilities}", f"{tag} OK done")

    async def folders(self, tag: str, _command: str) -> None:
        await self.say(*(f"* LIST {each}" for each in self.server.listed), f"{tag} OK done")

    async def create(self, tag: str, command: str) -> None:
        name = command.partition(" ")[2].strip('"')
        self.server.listed.append(f'() "/" {name}')
        await self.say(f"{tag} OK done")

    async def append(self, tag: str, command: str) -> None:
        size = int(command.rpartition("{")[2].rstrip("}"))
        await self.say("+ go on")
        self.server.appended.append(await self.reader.readexactly(size))
        await self.reader.readline()
        await self.say(f"{tag} OK done")

    async def sign_in(self, tag: str, command: str) -> None:
        answers = self.server.login
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if not answer:
            raise _OverError
        if command.upper().startswith("AUTHENTICATE"):
            await self.say("+ ")
            self.server.commands.append((await self.reader.readline()).decode().strip())
        await self.say(f"{tag} {answer}")

    async def examine(self, tag: str, command: str) -> None:
        name = command.split(" ")[1].strip('"')
        if name in self.server.stalls_at:
            self.server.stalled.set()
            await self.reader.read()
        if name in self.server.hangs_up_at | self.server.stalls_at:
            raise _OverError
        if name in self.server.select:
            await self.say(f"{tag} {self.server.select[name]}")
            return
        validities = self.server.validities
        validity = validities[min(self.number, len(validities)) - 1]
        lines = [f"* {len(self.server.messages)} EXISTS", f"* OK [UIDVALIDITY {validity}] ok"]
        if self.server.tells_uidnext:
            lines.append(f"* OK [UIDNEXT {self.server.next_uid()}] ok")
        await self.say(*lines, f"{tag} OK [READ-ONLY] done")

    async def search(self, tag: str, command: str) -> None:
        begin = re.search(r"UID (\d+):\*", command)
        uids = sorted({*self.server.messages, *self.server.vanished})
        if begin is not None:  # a range that begins behind the last message yields that message
            least = min(int(begin[1]), max(uids, default=0))
            uids = [uid for uid in uids if uid >= least]
        await self.say(f"* SEARCH {' '.join(map(str, uids))}".rstrip(), f"{tag} OK done")

    async def fetch(self, tag: str, command: str) -> None:
        _, _, ids, items = command.split(" ", 3)
        uids = [int(uid) for uid in ids.split(",")]
        self.server.fetches.append((items.strip(" ()"), uids))
        is_body = "BODY.PEEK" in items
        refused = self.server.refuses or ("NO damaged" if self.server.refused & {*uids} else "")
        if refused and is_body:
            await self.say(f"{tag} {refused}")
            return
        for number, uid in enumerate(uids, 1):
            if uid not in self.server.messages:
                continue
            if not is_body:
                await self.say(f"* {number} FETCH (UID {uid} {self.about(uid, items)})")
            elif uid not in self.server.sized:
                await self.body(number, uid, items)
        await self.say(f"{tag} OK done")

    def about(self, uid: int, items: str) -> str:
        server = self.server
        if "BODYSTRUCTURE" in items:
            return f"BODYSTRUCTURE {server.structures.get(uid, 'NIL')}"
        if "INTERNALDATE" in items:
            return f'INTERNALDATE "{server.received.get(uid, "01-Mar-2027 12:00:00 +0000")}"'
        return f"RFC822.SIZE {server.sizes.get(uid, len(server.messages[uid]))}"

    async def body(self, number: int, uid: int, items: str) -> None:
        header_only = "HEADER" in items
        if self.server.deadly[uid] > 0 and not header_only:
            self.server.deadly[uid] -= 1
            raise _OverError
        if header_only and uid in self.server.deadly_headers:
            raise _OverError
        found = _SECTION.search(items)
        section, most = (found[1], found[2]) if found else ("", None)
        raw, name = self.server.messages[uid], f"BODY[{section}]"
        if header_only:
            raw = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        elif section:
            raw = self.server.sections[uid, section]
        if most is not None:
            raw, name = raw[: int(most)], f"{name}<0>"
        octets = len(raw) if header_only else self.server.announces.get(uid, len(raw))
        self.writer.write(f"* {number} FETCH (UID {uid} {name} {{{octets}}}\r\n".encode() + raw)
        await self.say(")")

    async def idle(self, tag: str, _command: str) -> None:
        if self.server.breaks_idle is not None:
            self.writer.write(self.server.breaks_idle)
            await self.writer.drain()
            raise _OverError
        await self.say("+ idling")
        self.server.idling.set()
        done = asyncio.create_task(self.reader.readline())
        while True:
            push = asyncio.create_task(self.server.pushes.get())
            await asyncio.wait({done, push}, return_when=asyncio.FIRST_COMPLETED)
            if done.done():
                push.cancel()
                break
            if not push.result():
                done.cancel()
                raise _OverError
            begin, _, rest = push.result().partition("\f")
            if rest:
                self.writer.write(begin.encode())
                await self.server.goes_on.wait()
            await self.say(rest or begin)
        await self.say(f"{tag} OK idle ended")

    async def say(self, *lines: str) -> None:
        self.writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self.writer.drain()


@asynccontextmanager
async def rude_imap() -> AsyncIterator[RudeImap]:
    """A rude server that listens on loopback until the end of the block."""
    rude = RudeImap()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        rude.connections += 1
        try:
            await _Conversation(rude, reader, writer, rude.connections).hold()
        except (_OverError, OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listener = await asyncio.start_server(meet, "127.0.0.1", 0)
    rude.port = listener.sockets[0].getsockname()[1]
    async with listener:
        yield rude
