"""The IMAP adapter against a real Dovecot."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from fakes.authority import client_tls
from imapclient import IMAPClient
from servers.dovecot import Dovecot, dovecot

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.imap import ImapAccount, ImapInbox, ImapTime
from sequencer.mail.folder import Cursor, Folder, InboxError, Scan
from sequencer.mail.sent_mail import read_sent
from sequencer.mail.server import Security, Server

pytestmark = pytest.mark.real_server

PASSWORD = "café au lait"
NUMBERS = count(1)
USERS = {f"user{number}@seller.example": PASSWORD for number in range(1, 40)}
NASTY = (
    b"line with ) and (\r\n)\r\n* 3 EXISTS\r\n{5}\r\nA001 OK done\r\n"
    b"8 bit \xff\xfe\xc3\xa9\r\n.\r\n..\r\n+ idling\r\n"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    """One Dovecot for all tests of this file."""
    with dovecot(USERS) as running:
        yield running


@pytest.fixture
def user() -> str:
    """Somebody whose mailbox nobody has used yet."""
    return f"user{next(NUMBERS)}@seller.example"


class Token:
    """The token that the server's introspection takes for its user, or a wrong one at first."""

    def __init__(self, user: str, *wrong: str) -> None:
        self._tokens = [*wrong, f"token-of-{user}"]
        self.refused: list[str] = []

    async def __call__(self, refused: str = "") -> str:
        if refused:
            self.refused.append(refused)
        return self._tokens[min(len(self.refused), len(self._tokens) - 1)]


def account_of(server: Dovecot, user: str, **changes: Any) -> ImapAccount:
    values = {"password": PASSWORD, **changes}
    return ImapAccount(Server("localhost", server.imaps), user, **values)


@asynccontextmanager
async def inbox_of(account: ImapAccount) -> AsyncIterator[ImapInbox]:
    """An inbox, closed at the end."""
    clock = SystemClock()
    with ThreadPoolExecutor(2) as threads:
        inbox = ImapInbox(account, client_tls(), threads, ImapTime(clock.now, clock.boot))
        try:
            yield inbox
        finally:
            await inbox.close()


@contextmanager
def client_of(server: Dovecot, user: str) -> Iterator[Any]:
    """The same mailbox through the library itself."""
    client = IMAPClient("localhost", port=server.imaps, ssl_context=client_tls())
    client.plain_login(user, PASSWORD)
    try:
        yield client
    finally:
        client.logout()


def letter(number: int, body: bytes = b"hello\r\n") -> bytes:
    head = f"From: zoe@buyer.example\r\nMessage-ID: <m{number}@buyer.example>\r\nSubject: {number}"
    return head.encode() + b"\r\n\r\n" + body


def follow(scans: Sequence[Scan]) -> dict[Folder, Cursor]:
    """The cursors that follow from scans."""
    return {
        scan.folder: Cursor(
            scan.uidvalidity, scan.last_uid, frozenset(each.uid for each in scan.messages)
        )
        for scan in scans
    }


def bodies(scans: Sequence[Scan], folder: Folder = Folder.INBOX) -> list[bytes]:
    """What the scans found in a folder, without headers: servers add to those."""
    return [
        each.raw.partition(b"\r\n\r\n")[2]
        for scan in scans
        if scan.folder is folder
        for each in scan.messages
    ]


async def cursors_of(inbox: ImapInbox) -> Mapping[Folder, Cursor]:
    return follow(await inbox.scan({}))


async def test_all_ways_in(server: Dovecot, user: str) -> None:
    """A password over TLS and STARTTLS, and a token, even if the first one had expired."""
    starttls = Server("localhost", server.imap, Security.STARTTLS)
    expired = Token(user, "expired")
    for account in (
        account_of(server, user),
        ImapAccount(starttls, user, PASSWORD),
        account_of(server, user, token=Token(user)),
        account_of(server, user, token=expired),
    ):
        async with inbox_of(account) as inbox:
            found = {scan.folder for scan in await inbox.scan({})}
            assert found == {Folder.INBOX, Folder.JUNK, Folder.SENT}
    assert expired.refused == ["expired"]


async def test_nothing_is_marked(server: Dovecot, user: str) -> None:
    """New mail comes byte for byte, and is as unread and as new as before to everybody else."""
    async with inbox_of(account_of(server, user)) as inbox:
        cursors = await cursors_of(inbox)
        for body in (NASTY, b"second\r\n"):
            server.deliver(user, letter(1, body))
        scans = await inbox.scan(cursors)
        assert bodies(scans) == [NASTY, b"second\r\n"]
        assert bodies(await inbox.scan(follow(scans))) == []
    with client_of(server, user) as client:
        client.select_folder("INBOX")
        flags = client.get_flags(client.search())
        assert len(flags) == 2
        assert not any(b"\\Seen" in each for each in flags.values())


async def test_junk(server: Dovecot, user: str) -> None:
    """Mail that was filed as junk is read as well."""
    async with inbox_of(account_of(server, user)) as inbox:
        cursors = await cursors_of(inbox)
        with client_of(server, user) as client:
            client.append("Junk", letter(1))
        assert bodies(await inbox.scan(cursors), Folder.JUNK) == [b"hello\r\n"]


async def test_wait(server: Dovecot, user: str) -> None:
    """The server's word ends a wait, twice on one connection; between waits nothing is missed."""
    async with inbox_of(account_of(server, user)) as inbox:
        await inbox.scan({})
        assert await inbox.wait(0.3) is False
        for number in (1, 2):
            waiting = asyncio.create_task(inbox.wait(20))
            await asyncio.to_thread(server.deliver, user, letter(number))
            assert await waiting is True
        await asyncio.to_thread(server.deliver, user, letter(3))
        assert await inbox.wait(20) is True


async def test_wait_can_be_cut(server: Dovecot, user: str) -> None:
    """A wait ends at once when it is cancelled, and when the inbox is closed."""
    async with inbox_of(account_of(server, user)) as inbox:
        assert await inbox.wait(0.3) is False
        waiting = asyncio.create_task(inbox.wait(60))
        await inbox.scan({})
        async with asyncio.timeout(2):
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        waiting = asyncio.create_task(inbox.wait(60))
        await inbox.scan({})
        async with asyncio.timeout(2):
            await inbox.close()
            assert await waiting is False


async def test_numbered_anew(server: Dovecot, user: str) -> None:
    """A folder that was deleted and made anew has another UIDVALIDITY, and is read again."""
    async with inbox_of(account_of(server, user)) as inbox:
        cursors = await cursors_of(inbox)
        week = timedelta(days=7)
        now = SystemClock().now()
        with client_of(server, user) as client:
            client.delete_folder("Junk")
            client.create_folder("Junk")
            client.append("Junk", letter(1, b"old\r\n"), msg_time=now - 2 * week)
            client.append("Junk", letter(2, b"new\r\n"), msg_time=now - timedelta(days=1))
        scans = await inbox.scan(cursors)
        assert bodies(scans, Folder.JUNK) == [b"new\r\n"]
        assert follow(scans)[Folder.JUNK].uidvalidity != cursors[Folder.JUNK].uidvalidity
        assert bodies(await inbox.scan(follow(scans)), Folder.JUNK) == []


async def test_large_mail(server: Dovecot, user: str) -> None:
    """Of a mail of 12 MB the beginning is read, between others that are read whole."""
    async with inbox_of(account_of(server, user)) as inbox:
        cursors = await cursors_of(inbox)
        for body in (b"one\r\n", b"x" * 75 + b"\r\n" + (b"y" * 75 + b"\r\n") * 160_000, b"two\r\n"):
            await asyncio.to_thread(server.deliver, user, letter(1, body))
        (found,) = [scan for scan in await inbox.scan(cursors) if scan.folder is Folder.INBOX]
        assert [each.truncated for each in found.messages] == [False, True, False]
        assert len(found.messages[1].raw) == 262_144
        assert b"Subject: 1\r\n" in found.messages[1].raw


async def test_text_behind_an_attachment(server: Dovecot, user: str) -> None:
    """Of a mail of 12 MB whose text is behind its pictures the text is read, and its headers."""
    picture = b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    picture += (b"A" * 76 + b"\r\n") * 160_000
    text = b"Content-Type: text/plain\r\n\r\nPlease stop.\r\n"
    mail = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n'
    mail += b"Subject: figures\r\n\r\n--b\r\n" + picture + b"--b\r\n" + text + b"--b--\r\n"
    async with inbox_of(account_of(server, user)) as inbox:
        cursors = await cursors_of(inbox)
        await asyncio.to_thread(server.deliver, user, mail)
        (found,) = [scan for scan in await inbox.scan(cursors) if scan.folder is Folder.INBOX]
        (message,) = found.messages
        assert message.truncated
        assert len(message.raw) < 2_000
        assert b"Subject: figures\r\n" in message.raw
        assert message.raw.endswith(b"--b\r\n" + text + b"--b--\r\n")


async def test_moved_and_expunged(server: Dovecot, user: str) -> None:
    """What a rule moves before anybody looks is found where it went; what is gone is no trouble."""
    async with inbox_of(account_of(server, user)) as inbox:
        with client_of(server, user) as client:
            client.create_folder("Archive")
        cursors = await cursors_of(inbox)
        assert Folder.ARCHIVE in cursors
        for number, body in enumerate((b"moved\r\n", b"gone\r\n", b"stays\r\n", b"stays\r\n")):
            server.deliver(user, letter(number, body))
        with client_of(server, user) as client:
            client.select_folder("INBOX")
            moved, gone, *_ = client.search()
            client.copy([moved], "Archive")
            client.delete_messages([moved, gone])
            client.expunge()
        scans = await inbox.scan(cursors)
        assert bodies(scans, Folder.ARCHIVE) == [b"moved\r\n"]
        assert bodies(scans) == [b"stays\r\n", b"stays\r\n"]


async def test_late_uid(server: Dovecot, user: str) -> None:
    """A wide look finds what has come in lately under a UID that was read up to, nothing else."""
    now = SystemClock().now()
    async with inbox_of(account_of(server, user)) as inbox:
        with client_of(server, user) as client:
            client.append("INBOX", letter(1, b"old\r\n"), msg_time=now - timedelta(days=3))
            client.append("INBOX", letter(2, b"read\r\n"), msg_time=now)
            client.append("INBOX", letter(3, b"late\r\n"), msg_time=now)
        read_up_to = (await cursors_of(inbox))[Folder.INBOX]
        seen = frozenset({read_up_to.last_uid - 1})
        beyond = replace(read_up_to, seen=seen)
        assert bodies(await inbox.scan({Folder.INBOX: beyond})) == []
        widely = replace(beyond, late_from=now - timedelta(days=2))
        assert bodies(await inbox.scan({Folder.INBOX: widely})) == [b"late\r\n"]


async def test_damaged_mail(server: Dovecot, user: str) -> None:
    """A mail whose file the server cannot read is reported with that, and the others come."""
    async with inbox_of(account_of(server, user)) as inbox:
        cursors = await cursors_of(inbox)
        for number, body in enumerate((b"one\r\n", b"damaged\r\n", b"three\r\n")):
            server.deliver(user, letter(number, body))
        new = server.maildir(user) / "new"
        (damaged,) = [path for path in new.iterdir() if b"damaged" in path.read_bytes()]
        os.chown(damaged, 0, 0)
        damaged.chmod(0)
        (found,) = [scan for scan in await inbox.scan(cursors) if scan.folder is Folder.INBOX]
        assert [bool(each.problem) for each in found.messages] == [False, True, False]
        assert bodies([found]) == [b"one\r\n", b"", b"three\r\n"]


async def test_sent(server: Dovecot, user: str) -> None:
    """A copy that was kept is in Sent as read, at its instant, and is found by its Message-ID."""
    at = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    async with inbox_of(account_of(server, user)) as inbox:
        assert not await inbox.find(Folder.SENT, "<m7@buyer.example>", "", at)
        await inbox.keep_copy(letter(7), at)
        assert await inbox.find(Folder.SENT, "<m7@buyer.example>", "", at)
        assert not await inbox.find(Folder.SENT, "<m8@buyer.example>", "", at)
    with client_of(server, user) as client:
        client.select_folder("Sent")
        client.normalise_times = False
        (stored,) = client.fetch(client.search(), ["FLAGS", "INTERNALDATE"]).values()
        assert b"\\Seen" in stored[b"FLAGS"]
        assert stored[b"INTERNALDATE"] == at


async def test_mails_by_hand(server: Dovecot, user: str) -> None:
    """Of what comes into Sent the headers are read, those of a huge mail too, and nothing else."""
    async with inbox_of(account_of(server, user)) as inbox:
        await inbox.keep_copy(letter(1), SystemClock().now())
        cursors = await cursors_of(inbox)
        with client_of(server, user) as client:
            for number, body in ((2, b"two\r\n"), (3, b"x" * 12_000_000), (4, NASTY)):
                client.append("Sent", letter(number, body))
            client.append("Sent", b"\xff\x00 no header at all")
        scans = await inbox.scan(cursors)
        (found,) = [scan for scan in scans if scan.folder is Folder.SENT]
        ids = [read_sent(message.raw).message_ids for message in found.messages]
        assert ids[:3] == [(f"<m{number}@buyer.example>",) for number in (2, 3, 4)]
        assert all(len(message.raw) < 1_000 for message in found.messages)
        assert bodies(await inbox.scan(follow(scans)), Folder.SENT) == []


async def test_renamed_sent(server: Dovecot, user: str) -> None:
    """Sent is found by its special use, whatever it is called."""
    async with inbox_of(account_of(server, user)) as inbox:
        await inbox.keep_copy(letter(7), SystemClock().now())
        with client_of(server, user) as client:
            client.rename_folder("Sent", "Envoyés")
            client.create_folder("Sent")
        assert not await inbox.find(Folder.SENT, "<m7@buyer.example>", "", SystemClock().now())


async def test_many_mailboxes_wait_on_two_threads(server: Dovecot) -> None:
    """Waiting holds no thread: twenty mailboxes wait, and a scan goes on with two threads."""
    clock = SystemClock()
    users = list(USERS)[-20:]
    with ThreadPoolExecutor(2) as threads:
        time = ImapTime(clock.now, clock.boot)
        inboxes = [
            ImapInbox(account_of(server, user), client_tls(), threads, time) for user in users
        ]
        waits = [asyncio.create_task(inbox.wait(60)) for inbox in inboxes]
        async with asyncio.timeout(30):
            for inbox in inboxes:
                await inbox.scan({})
            await asyncio.to_thread(server.deliver, users[7], letter(1))
            assert await waits[7] is True
            for inbox in inboxes:
                await inbox.close()
            assert [await wait for wait in waits] == [index == 7 for index in range(20)]


async def test_shut_out(server: Dovecot, user: str) -> None:
    """A wrong password and a wrong token need a person; a wrong certificate gets neither."""
    for changes in ({"password": "wrong"}, {"token": Token(user, "expired", "expired")}):
        async with inbox_of(account_of(server, user, **changes)) as inbox:
            with pytest.raises(InboxError) as caught:
                await inbox.scan({})
            assert caught.value.permanent is True
    elsewhere = ImapAccount(Server("127.0.0.2", server.imaps), user, PASSWORD)
    async with inbox_of(elsewhere) as inbox:
        with pytest.raises(InboxError) as caught:
            await inbox.scan({})
        assert caught.value.permanent is False
