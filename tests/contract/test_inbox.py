"""What every inbox promises, asked of the fake and of the real one against a server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from fakes.authority import client_tls

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.imap import ImapAccount, ImapInbox, ImapLimits, ImapTime
from sequencer.adapters.sandbox.imap_server import ImapServer
from sequencer.engine.ports import Inbox
from sequencer.mail.folder import Cursor, Folder, InboxError, Scan
from sequencer.mail.server import Security, Server
from sequencer.simulation.inbox import FakeInbox

USER, PASSWORD = "rep@sender.example", "pw"
NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
QUICK = ImapLimits(connect_s=5, command_s=5)
NAMES = {
    Folder.INBOX: "INBOX",
    Folder.JUNK: "Junk",
    Folder.ARCHIVE: "Archive",
    Folder.SENT: "Sent",
}


@dataclass(slots=True)
class Bench:
    """An inbox, and the way in which mail gets into its folders."""

    inbox: Inbox
    deliver: Callable[[bytes, Folder, datetime], Awaitable[object]]


@pytest.fixture(params=["fake", "imap"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Each implementation in turn."""
    async with AsyncExitStack() as stack:
        if request.param == "fake":
            fake = FakeInbox(lambda: NOW)

            async def to_fake(raw: bytes, folder: Folder, at: datetime) -> int:
                return fake.deliver(raw, folder, at)

            yield Bench(fake, to_fake)
        else:
            server = await stack.enter_async_context(ImapServer())
            await server.add_user(USER, PASSWORD)
            threads = stack.enter_context(ThreadPoolExecutor(2))
            inbox = ImapInbox(
                ImapAccount(Server("localhost", server.port, Security.PLAIN), USER, PASSWORD),
                client_tls(),
                threads,
                ImapTime(lambda: NOW, SystemClock().boot),
                QUICK,
            )
            stack.push_async_callback(inbox.close)

            async def to_server(raw: bytes, folder: Folder, at: datetime) -> None:
                await server.deliver(USER, raw, at, NAMES[folder])

            yield Bench(inbox, to_server)


def letter(number: int) -> bytes:
    return f"Message-ID: <m{number}@outside.example>\r\nSubject: {number}\r\n\r\nhello\r\n".encode()


def follow(
    scans: Sequence[Scan], before: Mapping[Folder, Cursor] | None = None
) -> dict[Folder, Cursor]:
    """The cursors that follow from scans, with what was read so far as seen."""
    cursors = {}
    for scan in scans:
        old = (before or {}).get(scan.folder)
        same = old is not None and old.uidvalidity == scan.uidvalidity
        seen = {message.uid for message in scan.messages} | (old.seen if old and same else set())
        cursors[scan.folder] = Cursor(scan.uidvalidity, scan.last_uid, frozenset(seen))
    return cursors


def read(scans: Sequence[Scan], folder: Folder = Folder.INBOX) -> list[bytes]:
    """What the scans found in a folder."""
    return [each.raw for scan in scans if scan.folder is folder for each in scan.messages]


def head(number: int) -> bytes:
    """What comes of a letter in Sent."""
    return letter(number).removesuffix(b"hello\r\n")


async def test_new_in_sent(bench: Bench) -> None:
    """Of what is new in Sent the headers come, once; what was there before is left alone."""
    await bench.deliver(letter(0), Folder.SENT, NOW)
    cursors = follow(await bench.inbox.scan({}))
    await bench.deliver(letter(1), Folder.SENT, NOW)
    await bench.deliver(letter(2), Folder.SENT, NOW)
    scans = await bench.inbox.scan(cursors)
    assert read(scans, Folder.SENT) == [head(1), head(2)]
    cursors = follow(scans)
    assert read(await bench.inbox.scan(cursors), Folder.SENT) == []
    await bench.deliver(letter(3), Folder.SENT, NOW)
    assert read(await bench.inbox.scan(cursors), Folder.SENT) == [head(3)]


async def test_invitations_in_sent(bench: Bench) -> None:
    """An invitation comes whole, whatever stands before it; ours, and others' parts, do not."""
    cursors = follow(await bench.inbox.scan({}))
    kind = b"Content-Type: multipart/mixed; boundary=b\r\n"
    object_ = (
        b"--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nMETHOD:REQUEST\r\n--b--\r\n"
    )
    text = b"--b\r\nContent-Type: text/plain\r\n\r\nBEGIN:VCALENDAR\r\n--b--\r\n"
    invitation = b"Message-ID: <1@x>\r\n" + kind + b"\r\n" + object_
    ours = b"Message-ID: <2@x>\r\nX-Sequencer-Ref: 1\r\n" + kind + b"\r\n"
    plain = b"Message-ID: <3@x>\r\n" + kind + b"\r\n"
    for raw in (letter(1), invitation, ours + object_, plain + text):
        await bench.deliver(raw, Folder.SENT, NOW)
    found = read(await bench.inbox.scan(cursors), Folder.SENT)
    assert found == [head(1), invitation, ours, plain]


async def test_sent_numbered_anew(bench: Bench) -> None:
    """A Sent that was numbered anew, or has come up since, is read for the last week."""
    await bench.deliver(letter(1), Folder.SENT, NOW - timedelta(days=12))
    await bench.deliver(letter(2), Folder.SENT, NOW - timedelta(days=2))
    cursors = follow(await bench.inbox.scan({}))
    stale = Cursor(cursors[Folder.SENT].uidvalidity + 1, 70)
    scans = await bench.inbox.scan({**cursors, Folder.SENT: stale})
    assert read(scans, Folder.SENT) == [head(2)]
    del cursors[Folder.SENT]
    assert read(await bench.inbox.scan(cursors), Folder.SENT) == [head(2)]


async def test_first_contact(bench: Bench) -> None:
    """A first scan takes what is there for known: nobody answers to mail of the past."""
    for number in range(3):
        await bench.deliver(letter(number), Folder.INBOX, NOW)
    scans = await bench.inbox.scan({})
    assert {scan.folder for scan in scans} == set(Folder)
    assert read(scans) == []
    assert read(await bench.inbox.scan(follow(scans))) == []


async def test_new_mail(bench: Bench) -> None:
    """New mail of INBOX, Junk and the archive comes byte for byte, in order, and once."""
    await bench.deliver(letter(0), Folder.INBOX, NOW)
    cursors = follow(await bench.inbox.scan({}))
    for number in (1, 2):
        await bench.deliver(letter(number), Folder.INBOX, NOW)
    await bench.deliver(letter(3), Folder.JUNK, NOW)
    await bench.deliver(letter(4), Folder.SENT, NOW)
    await bench.deliver(letter(5), Folder.ARCHIVE, NOW)
    scans = await bench.inbox.scan(cursors)
    assert read(scans) == [letter(1), letter(2)]
    assert read(scans, Folder.JUNK) == [letter(3)]
    assert read(scans, Folder.ARCHIVE) == [letter(5)]
    received = [scan for scan in scans if scan.folder is not Folder.SENT]
    assert not any(message.truncated for scan in received for message in scan.messages)
    again = await bench.inbox.scan(follow(scans, cursors))
    assert (read(again), read(again, Folder.JUNK)) == ([], [])


async def test_latecomer(bench: Bench) -> None:
    """A message that shows up below one that was read already is found."""
    cursors = follow(await bench.inbox.scan({}))
    for number in range(3):
        await bench.deliver(letter(number), Folder.INBOX, NOW)
    scans = await bench.inbox.scan(cursors)
    after = follow(scans, cursors)[Folder.INBOX]
    late = sorted(after.seen)[1]
    without = Cursor(after.uidvalidity, after.last_uid, after.seen - {late})
    assert read(await bench.inbox.scan({Folder.INBOX: without})) == [letter(1)]


async def test_far_below(bench: Bench) -> None:
    """A wide look finds by its date what came under a UID that the folder was read up to."""
    await bench.deliver(letter(0), Folder.INBOX, NOW - timedelta(days=1))
    cursors = follow(await bench.inbox.scan({}))
    for number in range(1, 4):
        await bench.deliver(letter(number), Folder.INBOX, NOW)
    known = follow(await bench.inbox.scan(cursors), cursors)[Folder.INBOX]
    first, late, newest = sorted(known.seen)
    beyond = Cursor(known.uidvalidity, newest, frozenset({first, newest}))
    assert read(await bench.inbox.scan({Folder.INBOX: beyond})) == []
    widely = replace(beyond, late_from=NOW - timedelta(hours=1))
    assert read(await bench.inbox.scan({Folder.INBOX: widely})) == [letter(2)]
    widely = replace(widely, seen=widely.seen | {late})
    assert read(await bench.inbox.scan({Folder.INBOX: widely})) == []


async def test_numbered_anew(bench: Bench) -> None:
    """A folder with another UIDVALIDITY is read again for a week, and from there as ever."""
    await bench.deliver(letter(0), Folder.INBOX, NOW - timedelta(days=30))
    await bench.deliver(letter(1), Folder.INBOX, NOW - timedelta(days=6))
    await bench.deliver(letter(2), Folder.INBOX, NOW)
    validity = next(iter(await bench.inbox.scan({}))).uidvalidity
    scans = await bench.inbox.scan({Folder.INBOX: Cursor(validity + 1, 70)})
    assert read(scans) == [letter(1), letter(2)]
    cursors = follow(scans)
    assert read(await bench.inbox.scan(cursors)) == []
    await bench.deliver(letter(3), Folder.INBOX, NOW)
    assert read(await bench.inbox.scan(cursors)) == [letter(3)]


async def test_numbered_anew_after_an_outage(bench: Bench) -> None:
    """It is read again from the last completed scan on, if that is more than a week ago."""
    for number, days in enumerate((30, 12, 9)):
        await bench.deliver(letter(number), Folder.INBOX, NOW - timedelta(days=days))
    validity = next(iter(await bench.inbox.scan({}))).uidvalidity
    cursors = {Folder.INBOX: Cursor(validity + 1, 70)}
    assert read(await bench.inbox.scan(cursors, NOW - timedelta(days=10))) == [letter(2)]
    assert read(await bench.inbox.scan(cursors, NOW - timedelta(days=12))) == [
        letter(1),
        letter(2),
    ]


async def test_new_folder(bench: Bench) -> None:
    """What is in a folder that came up after the first contact may have created it, and is read."""
    cursors = follow(await bench.inbox.scan({}))
    del cursors[Folder.JUNK]
    await bench.deliver(letter(0), Folder.JUNK, NOW - timedelta(days=30))
    await bench.deliver(letter(1), Folder.JUNK, NOW)
    scans = await bench.inbox.scan(cursors)
    assert read(scans, Folder.JUNK) == [letter(1)]
    assert read(await bench.inbox.scan(follow(scans)), Folder.JUNK) == []


async def test_wait_wakes(bench: Bench) -> None:
    """A wait ends as soon as mail arrives, and a scan made meanwhile is not kept waiting."""
    cursors = follow(await bench.inbox.scan({}))
    waiting = asyncio.create_task(bench.inbox.wait(20))
    assert read(await bench.inbox.scan(cursors)) == []
    await bench.deliver(letter(1), Folder.INBOX, NOW)
    assert await waiting is True
    assert read(await bench.inbox.scan(cursors)) == [letter(1)]


async def test_wait_ends(bench: Bench) -> None:
    """A wait in which nothing happens ends with its time, and another one may follow."""
    assert await bench.inbox.wait(0.2) is False
    assert await bench.inbox.wait(0.01) is False
    await bench.deliver(letter(1), Folder.INBOX, NOW)
    assert await bench.inbox.wait(5) is True


async def test_close_ends_a_wait(bench: Bench) -> None:
    """Closing ends a wait at once."""
    begun = asyncio.Event()

    async def wait() -> bool:
        begun.set()
        return await bench.inbox.wait(60)

    waiting = asyncio.create_task(wait())
    await begun.wait()
    await bench.inbox.scan({})
    async with asyncio.timeout(5):
        await bench.inbox.close()
        assert await waiting is False


async def test_a_closed_inbox_is_not_waited_for(bench: Bench) -> None:
    """Who waits again after the end is told so: a wait that returned at once would never rest."""
    await bench.inbox.close()
    with pytest.raises(InboxError, match="closed"):
        await bench.inbox.wait(60)


async def test_cancelled_wait(bench: Bench) -> None:
    """A wait that is cancelled ends at once, and the inbox goes on."""
    waiting = asyncio.create_task(bench.inbox.wait(60))
    await bench.inbox.scan({})
    waiting.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await waiting
    await bench.deliver(letter(1), Folder.INBOX, NOW)
    assert await bench.inbox.wait(5) is True


async def test_kept_copy(bench: Bench) -> None:
    """A copy that was kept is found by its Message-ID, and no other one is."""
    since = NOW - timedelta(days=1)
    assert not await bench.inbox.find(Folder.SENT, "<m1@outside.example>", "", since)
    await bench.inbox.keep_copy(letter(1), NOW)
    assert await bench.inbox.find(Folder.SENT, "<m1@outside.example>", "", since)
    assert not await bench.inbox.find(Folder.SENT, "<m2@outside.example>", "", since)


async def test_evidence(bench: Bench) -> None:
    """A header of ours that names the Message-ID is evidence, a reply that quotes it is none."""
    since = NOW - timedelta(days=1)
    reply = b"Message-ID: <r@x.example>\r\nReferences: <m7@outside.example>\r\n\r\nhello\r\n"
    replaced = b"Message-ID: <other@mail.example>\r\nX-Sequencer: m8@outside.example\r\n\r\nhi\r\n"
    for raw in (reply, replaced):
        await bench.deliver(raw, Folder.SENT, NOW)
    assert not await bench.inbox.find(Folder.SENT, "<m7@outside.example>", "", since)
    assert await bench.inbox.find(Folder.SENT, "<m8@outside.example>", "", since)


async def test_mark(bench: Bench) -> None:
    """Where the provider put in a Message-ID of its own, our mark is evidence, if whole."""
    since = NOW - timedelta(days=1)
    marked = b"Message-ID: <other@mail.example>\r\nX-Sequencer-Ref: c0ffee42\r\n\r\nhi\r\n"
    await bench.deliver(marked, Folder.SENT, NOW)
    assert await bench.inbox.find(Folder.SENT, "<m1@outside.example>", "c0ffee42", since)
    for ref in ("c0ffee4", "c0ffee43", ""):
        assert not await bench.inbox.find(Folder.SENT, "<m1@outside.example>", ref, since)
