"""What an inbox makes of servers that die, lie, forget and stall."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fakes.authority import client_tls
from fakes.rude_imap import RudeImap, rude_imap
from fakes.tokens import Tokens

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.imap import ImapAccount, ImapInbox, ImapLimits, ImapTime
from sequencer.adapters.imap.sent_scan import MOST
from sequencer.mail.folder import Cursor, Fetched, Folder, InboxError, NoSentFolderError, Scan
from sequencer.mail.server import Security, Server
from sequencer.mail.sign_in import SignInNeededError, TokenError

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
ANY = "pw"  # the server takes any password
QUICK = ImapLimits(connect_s=0.5, command_s=0.5, whole=1_000, head=100)
BOOT = SystemClock().boot
CURSORS = {Folder.INBOX: Cursor(7, 0)}


@asynccontextmanager
async def inbox_at(
    rude: RudeImap,
    limits: ImapLimits = QUICK,
    password: str = ANY,
    token: Tokens | None = None,
    boot: Callable[[], float] = BOOT,
) -> AsyncIterator[ImapInbox]:
    """An inbox for that server, closed at the end."""
    server = Server("localhost", rude.port, Security.PLAIN)
    time = ImapTime(lambda: NOW, boot)
    with ThreadPoolExecutor(2) as threads:
        account = ImapAccount(server, "rep@sender.example", password, token)
        inbox = ImapInbox(account, client_tls(), threads, time, limits)
        try:
            yield inbox
        finally:
            await inbox.close()


def letter(number: int, size: int = 20) -> bytes:
    return f"Subject: {number}\r\n\r\n".encode() + b"x" * size + b"\r\n"


def letters(count: int) -> dict[int, bytes]:
    return {uid: letter(uid) for uid in range(1, count + 1)}


async def scanned(rude: RudeImap, limits: ImapLimits = QUICK) -> Scan:
    """The scan of INBOX from its begin."""
    async with inbox_at(rude, limits) as inbox:
        (scan,) = await inbox.scan(CURSORS)
        return scan


async def test_batches() -> None:
    """Messages are read in batches, limited by number and by size, and all of them come."""
    async with rude_imap() as rude:
        rude.messages = letters(95)
        scan = await scanned(rude)
        assert [each.uid for each in scan.messages] == list(range(1, 96))
        bodies = [uids for items, uids in rude.fetches if "BODY" in items]
        assert [len(uids) for uids in bodies] == [50, 45]
        rude.fetches.clear()
        await scanned(rude, replace(QUICK, batch_octets=100))
        assert max(len(uids) for items, uids in rude.fetches if "BODY" in items) <= 4


async def test_portion() -> None:
    """A scan brings what fits into memory, one message at least, and says whether that is all."""
    limits = replace(QUICK, portion=3, portion_octets=90)
    async with rude_imap() as rude, inbox_at(rude, limits) as inbox:
        rude.messages = letters(4) | {5: letter(5, 70), 6: letter(6)}
        seen: frozenset[int] = frozenset()
        brought = []
        more = True
        while more:
            (scan,) = await inbox.scan({Folder.INBOX: Cursor(7, 0, seen)})
            brought.append([each.uid for each in scan.messages])
            seen, more = seen | {each.uid for each in scan.messages}, scan.more
        assert brought == [[1, 2], [3, 4], [5], [6]]


async def test_large_message() -> None:
    """Of a message that is too large only the beginning is read, and that is said."""
    async with rude_imap() as rude:
        rude.messages = {1: letter(1), 2: letter(2, 5_000), 3: letter(3)}
        scan = await scanned(rude)
        assert scan.messages == (
            Fetched(1, letter(1)),
            Fetched(2, letter(2, 5_000)[:100], truncated=True),
            Fetched(3, letter(3)),
        )
        assert not any(2 in uids for items, uids in rude.fetches if items == "BODY.PEEK[]")


@pytest.mark.parametrize(
    ("times", "header_too", "raw", "truncated"),
    [
        (1, False, letter(2), False),
        (2, False, b"Subject: 2\r\n\r\n", True),
        (9, False, b"Subject: 2\r\n\r\n", True),
        (9, True, b"", True),
    ],
)
async def test_deadly_message(times: int, *, header_too: bool, raw: bytes, truncated: bool) -> None:
    """A message at which the connection dies costs no other message, and is reported itself."""
    async with rude_imap() as rude:
        rude.messages = letters(3)
        rude.deadly[2] = times
        if header_too:
            rude.deadly_headers.add(2)
        scan = await scanned(rude)
        assert [replace(message, problem="") for message in scan.messages] == [
            Fetched(1, letter(1)),
            Fetched(2, raw, truncated),
            Fetched(3, letter(3)),
        ]
        assert [bool(message.problem) for message in scan.messages] == [False, not raw, False]


@pytest.mark.parametrize("answer", ["NO [THROTTLED] slow down", "BAD internal error"])
async def test_throttled(answer: str) -> None:
    """A server that refuses to hand out messages makes the scan fail: none of them is passed by."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.messages = letters(2) | {3: letter(3, 5_000)}
        rude.refuses = answer
        with pytest.raises(InboxError, match=answer.split()[1].strip("[]")) as caught:
            await inbox.scan(CURSORS)
        assert caught.value.permanent is False
        rude.refuses = ""
        (scan,) = await inbox.scan(CURSORS)
        assert [each.raw != b"" for each in scan.messages] == [True] * 3


async def test_refused_message() -> None:
    """A message that the server refuses to hand out, while it hands out others, is reported."""
    async with rude_imap() as rude:
        rude.messages = letters(4)
        rude.refused = {2}
        scan = await scanned(rude)
        assert [(each.uid, each.raw == b"") for each in scan.messages] == [
            (1, False),
            (2, True),
            (3, False),
            (4, False),
        ]
        assert [bool(each.problem) for each in scan.messages] == [False, True, False, False]


async def test_refused_message_alone() -> None:
    """So is one that is the only new one, if another one can be read."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.messages = letters(2)
        rude.refused = {2}
        (scan,) = await inbox.scan({Folder.INBOX: Cursor(7, 1)})
        assert [bool(each.problem) for each in scan.messages] == [True]
        del rude.messages[1]
        with pytest.raises(InboxError, match="damaged"):
            await inbox.scan({Folder.INBOX: Cursor(7, 1)})


MIXED = (
    '((("TEXT" "PLAIN" ("CHARSET" "us-ascii") NIL NIL "7BIT" 5000 9)'
    '("TEXT" "HTML" ("CHARSET" "us-ascii") NIL NIL "7BIT" 900 9) "ALTERNATIVE" ("BOUNDARY" "in"))'
    '("IMAGE" "JPEG" ("NAME" "a.jpg") NIL NIL "BASE64" 30000000)'
    '("MESSAGE" "DELIVERY-STATUS" NIL NIL NIL "7BIT" 20) "MIXED" ("X" "y" "BOUNDARY" "out"))'
)


async def test_text_of_a_large_message() -> None:
    """Of a mail with large attachments the headers come, and its texts up to the limit."""
    head = b'Subject: 2\r\nContent-Type: multipart/mixed; boundary="out"\r\n\r\n'
    async with rude_imap() as rude:
        rude.messages = {1: letter(1), 2: head + b"x" * 2_000}
        rude.structures[2] = MIXED
        for section, body in (("1.1", b"plain " * 10), ("1.2", b"<p>html</p>" * 9), ("3", b"to")):
            rude.sections |= {(2, section): body, (2, f"{section}.MIME"): b"A: b\r\n\r\n"}
        scan = await scanned(rude)
        expected = [
            head,
            b"--out\r\nA: b\r\n\r\n" + b"plain " * 10 + b"\r\n",
            b"--out\r\nA: b\r\n\r\n" + (b"<p>html</p>" * 9)[:40] + b"\r\n",
            b"--out--\r\n",
        ]
        assert scan.messages[1] == Fetched(2, b"".join(expected), truncated=True)
        assert not any("[]" in items for items, uids in rude.fetches if 2 in uids)


@pytest.mark.parametrize(
    "structure",
    [
        "NIL",
        '("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5000 9)',
        '(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 9) "MIXED" NIL)',
        '(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 9) "MIXED" ("CHARSET" "x"))',
        "(" * 3_000 + '"TEXT"' + ")" * 3_000,
        '(((NIL NIL) "MIXED") "MIXED" ("BOUNDARY" "x"))',
        "(5 (6))",
    ],
)
async def test_large_message_without_a_usable_structure(structure: str) -> None:
    """Where the server does not tell the parts, or tells nonsense, the begin of the mail comes."""
    async with rude_imap() as rude:
        rude.messages = {1: letter(1), 2: letter(2, 5_000)}
        rude.structures[2] = structure
        scan = await scanned(rude)
        assert scan.messages[1] == Fetched(2, letter(2, 5_000)[:100], truncated=True)
        assert rude.connections == 1


async def test_everything_is_deadly() -> None:
    """Where the connection dies at whatever is read, it is not the messages' fault."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.messages = letters(3)
        for uid in rude.messages:
            rude.deadly[uid] = 99
        rude.deadly_headers = {1, 2, 3}
        with pytest.raises(InboxError, match="whatever"):
            await inbox.scan(CURSORS)


async def test_deadly_message_alone() -> None:
    """A deadly message that is the only new one is measured by one that was read before."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.messages = letters(3)
        rude.deadly[3], rude.deadly_headers = 99, {3, 2}
        (scan,) = await inbox.scan({Folder.INBOX: Cursor(7, 2)})
        (found,) = scan.messages
        assert (found.uid, found.raw) == (3, b"")
        assert "broke" in found.problem


async def test_announced_too_large() -> None:
    """A server that announces gigabytes is not waited for, nor believed: the header is read."""
    async with rude_imap() as rude:
        rude.messages = letters(3)
        rude.announces[2] = 5_000_000_000
        scan = await scanned(rude)
        assert [(each.raw, each.truncated) for each in scan.messages] == [
            (letter(1), False),
            (b"Subject: 2\r\n\r\n", True),
            (letter(3), False),
        ]


async def test_vanished_message() -> None:
    """A message that goes away between search and reading is no error."""
    async with rude_imap() as rude:
        rude.messages = letters(3)
        rude.vanished = {2, 9}
        rude.messages.pop(2)
        scan = await scanned(rude)
        assert [each.uid for each in scan.messages] == [1, 3]


async def test_vanished_while_read() -> None:
    """A message that goes away while others are read is no error either, be it large or small."""
    async with rude_imap() as rude:
        rude.messages = letters(3) | {4: letter(4, 5_000)}
        rude.sized = {2, 4}
        scan = await scanned(rude)
        assert [each.uid for each in scan.messages] == [1, 3]


async def test_numbered_anew_while_read() -> None:
    """A folder that is numbered anew in the middle of a scan makes the scan fail, not lie."""
    async with rude_imap() as rude:
        rude.messages = letters(3)
        rude.deadly[2] = 1
        rude.validities = [7, 8]
        async with inbox_at(rude) as inbox:
            with pytest.raises(InboxError, match="numbered anew"):
                await inbox.scan(CURSORS)
            (scan,) = await inbox.scan(CURSORS)
            assert (scan.uidvalidity, len(scan.messages)) == (8, 3)


@pytest.mark.parametrize("told", [True, False])
async def test_uidnext_lies(*, told: bool) -> None:
    """A UIDNEXT that is too low or missing hides no message."""
    async with rude_imap() as rude:
        rude.messages = letters(5)
        rude.uidnext, rude.tells_uidnext = 3, told
        scan = await scanned(rude)
        assert [each.uid for each in scan.messages] == [1, 2, 3, 4, 5]


async def test_cursor_trails() -> None:
    """The cursor stays the overlap behind the newest message, and never goes back."""
    limits = replace(QUICK, overlap=3)
    async with rude_imap() as rude, inbox_at(rude, limits) as inbox:
        rude.messages = letters(10)
        (scan,) = await inbox.scan({Folder.INBOX: Cursor(7, 2, frozenset({4}))})
        assert [each.uid for each in scan.messages] == [3, 5, 6, 7, 8, 9, 10]
        assert scan.last_uid == 7
        seen = frozenset({8, 9, 10})
        (scan,) = await inbox.scan({Folder.INBOX: Cursor(7, 9, seen)})
        assert (scan.messages, scan.last_uid) == ((), 9)


@pytest.mark.parametrize("received", ["01-Mar-2027 11:00:00 +0000", "31-Feb-2027 11:00:00 +0000"])
async def test_late_uid(received: str) -> None:
    """A wide look brings what came in since its begin, and what has an impossible date."""
    late_from = NOW - timedelta(hours=2)
    seen = frozenset({1, 3, 4})
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.messages = letters(4)
        rude.received[2] = received
        (scan,) = await inbox.scan({Folder.INBOX: Cursor(7, 4, seen, late_from)})
        assert [each.uid for each in scan.messages] == [2]
        rude.received[2] = "01-Mar-2027 09:00:00 +0000"
        (scan,) = await inbox.scan({Folder.INBOX: Cursor(7, 4, seen, late_from)})
        assert scan.messages == ()
        assert sum(each.startswith("UID SEARCH SINCE 28-Feb-2027") for each in rude.commands) == 2


async def test_all_mail() -> None:
    """In All Mail, which holds INBOX and Sent as well, only what was filed away is looked for."""
    cursors = {Folder.INBOX: Cursor(7, 9), Folder.ARCHIVE: Cursor(7, 1)}
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.listed.append('(\\HasNoChildren \\All) "/" "[Gmail]/Alle"')
        rude.capabilities = "IMAP4rev1 IDLE X-GM-EXT-1"
        rude.messages = letters(2)
        scans = await inbox.scan(cursors)
        assert [(each.folder, len(each.messages)) for each in scans] == [
            (Folder.INBOX, 0),
            (Folder.ARCHIVE, 1),
        ]
        searches = [each for each in rude.commands if each.startswith("UID SEARCH")]
        assert searches == [
            "UID SEARCH UID 10:*",
            'UID SEARCH UID 2:* X-GM-RAW "-in:inbox -in:sent -in:drafts -in:chats"',
        ]


async def test_missing_junk() -> None:
    """A server without a folder for junk is read without it, also if it went away just now."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        assert [scan.folder for scan in await inbox.scan({})] == [Folder.INBOX]
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.listed.append('(\\HasNoChildren) "/" Spam')
        assert [scan.folder for scan in await inbox.scan({})] == [Folder.INBOX, Folder.JUNK]
        rude.listed.pop()
        rude.select["Spam"] = "NO [NONEXISTENT] gone"
        assert [scan.folder for scan in await inbox.scan({})] == [Folder.INBOX]


SENT = '(\\HasNoChildren \\Sent) "/" Sent'


async def test_sent_that_does_not_open() -> None:
    """A Sent that is listed and does not open keeps nobody from reading INBOX."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.listed.append(SENT)
        rude.select["Sent"] = "NO [NOPERM] not today"
        assert [scan.folder for scan in await inbox.scan({})] == [Folder.INBOX]
        assert [scan.folder for scan in await inbox.scan({})] == [Folder.INBOX]
        assert rude.connections == 1


async def test_sent_that_breaks_the_line() -> None:
    """Where Sent ends the connection, what was read before it counts, and the next scan works."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.messages = letters(2)
        rude.listed.append(SENT)
        rude.hangs_up_at.add("Sent")
        for _ in range(2):
            (scan,) = await inbox.scan(CURSORS)
            assert (scan.folder, len(scan.messages)) == (Folder.INBOX, 2)


async def test_huge_and_broken_mails_in_sent() -> None:
    """A mail in Sent at which the connection breaks is left out, a huge one costs its headers."""
    cursors = {Folder.INBOX: Cursor(7, 9), Folder.SENT: Cursor(7, 0)}
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.messages = letters(3) | {4: letter(4, 50_000)}
        rude.deadly_headers = {2}
        rude.listed.append(SENT)
        _, scan = await inbox.scan(cursors)
        assert scan.last_uid == 4
        assert [message.uid for message in scan.messages] == [1, 3, 4]
        assert scan.messages[-1].raw == b"Subject: 4\r\n\r\n"
        assert not any("BODY.PEEK[]" in items for items, _ in rude.fetches)


async def test_sent_that_breaks_at_everything() -> None:
    """Where nothing in Sent can be read, it counts as not read: the next scan tries again."""
    cursors = {Folder.INBOX: Cursor(7, 9), Folder.SENT: Cursor(7, 0)}
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.messages = letters(3)
        rude.deadly_headers = {1, 2, 3}
        rude.listed.append(SENT)
        assert [scan.folder for scan in await inbox.scan(cursors)] == [Folder.INBOX]
        rude.deadly_headers = set()
        _, scan = await inbox.scan(cursors)
        assert len(scan.messages) == 3


async def test_an_archive_in_sent() -> None:
    """Of very many mails in Sent only the newest are looked at, and the others never again."""
    cursors = {Folder.INBOX: Cursor(7, 9_999), Folder.SENT: Cursor(7, 0)}
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.messages = letters(MOST + 20)
        rude.listed.append(SENT)
        _, scan = await inbox.scan(cursors)
        assert [message.uid for message in scan.messages] == list(range(21, MOST + 21))
        assert scan.last_uid == MOST + 20


async def test_close_while_sent_is_read() -> None:
    """Closing ends a scan of Sent too, and it does not look as if everything had been read."""
    patient = ImapLimits(connect_s=60, command_s=60)
    async with rude_imap() as rude, inbox_at(rude, patient) as inbox:
        rude.listed.append(SENT)
        rude.stalls_at.add("Sent")
        task = asyncio.create_task(inbox.scan(CURSORS))
        async with asyncio.timeout(5):
            await rude.stalled.wait()
            await inbox.close()
            with pytest.raises(InboxError):
                await task


async def test_junk_comes_up() -> None:
    """A folder for junk that the server adds later is found over the same connection, and read."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.messages = letters(1)
        (scan,) = await inbox.scan({})
        rude.listed.append('(\\HasNoChildren) "/" Spam')
        scans = await inbox.scan({Folder.INBOX: Cursor(7, scan.last_uid)})
        assert [(each.folder, len(each.messages)) for each in scans] == [
            (Folder.INBOX, 0),
            (Folder.JUNK, 1),
        ]
        assert rude.connections == 1


@pytest.mark.parametrize("folder", ["INBOX", "Spam"])
async def test_folder_that_does_not_open(folder: str) -> None:
    """A folder that is there and does not open makes the scan fail: somebody may have written."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.listed.append('(\\HasNoChildren) "/" Spam')
        rude.select[folder] = "NO [SERVERBUG] try later"
        with pytest.raises(InboxError, match="try later"):
            await inbox.scan({})


async def test_stale_connection() -> None:
    """A kept connection that died between two scans is replaced without a word."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        await inbox.scan({})
        rude.stalls.add("NOOP")
        await inbox.scan({})
        assert rude.connections == 2


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        ("NO [AUTHENTICATIONFAILED] wrong", True),
        ("NO wrong", True),
        ("BAD what", True),
        ("NO [UNAVAILABLE] later", False),
        ("NO [ALERT] Too many simultaneous connections. (Failure)", False),
        ("", False),
    ],
)
async def test_sign_in_fails(answer: str, *, permanent: bool) -> None:
    """A refused sign-in is permanent, unless the server says that it is for now, or hangs up."""
    async with rude_imap() as rude, inbox_at(rude, password="hunter2") as inbox:
        rude.login = [answer]
        with pytest.raises(InboxError) as caught:
            await inbox.scan({})
        assert caught.value.permanent is permanent
        assert "hunter2" not in str(caught.value)
        rude.login = ["OK welcome"]
        assert await inbox.scan({})


@pytest.mark.parametrize("greeting", ["", "* BYE too busy", "220 smtp.example ESMTP"])
async def test_no_greeting(greeting: str) -> None:
    """A server that does not greet as it should may do so later."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.greeting = greeting
        with pytest.raises(InboxError) as caught:
            await inbox.scan({})
        assert caught.value.permanent is False


@pytest.mark.parametrize("verb", ["LOGIN", "LIST", "EXAMINE", "UID SEARCH", "UID FETCH"])
async def test_stall(verb: str) -> None:
    """A server that falls silent is given up in time, and the next scan begins afresh."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.messages = letters(2)
        rude.stalls.add(verb)
        with pytest.raises(InboxError) as caught:
            await inbox.scan(CURSORS)
        assert caught.value.permanent is False
        rude.stalls.clear()
        (scan,) = await inbox.scan(CURSORS)
        assert len(scan.messages) == 2


@pytest.mark.parametrize("verb", ["LOGIN", "EXAMINE", "UID FETCH"])
async def test_cancelled_scan(verb: str) -> None:
    """A scan that is cancelled ends at once, and the next one begins afresh."""
    patient = ImapLimits(connect_s=60, command_s=60)
    async with rude_imap() as rude, inbox_at(rude, patient) as inbox:
        rude.messages = letters(2)
        rude.stalls.add(verb)
        task = asyncio.create_task(inbox.scan(CURSORS))
        async with asyncio.timeout(5):
            await rude.stalled.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        rude.stalls.clear()
        (scan,) = await inbox.scan(CURSORS)
        assert len(scan.messages) == 2


async def test_close_ends_a_scan() -> None:
    """Closing ends a scan that is going on, and no other one begins."""
    patient = ImapLimits(connect_s=60, command_s=60)
    async with rude_imap() as rude, inbox_at(rude, patient) as inbox:
        rude.stalls.add("LIST")
        task = asyncio.create_task(inbox.scan(CURSORS))
        async with asyncio.timeout(5):
            await rude.stalled.wait()
            await inbox.close()
            with pytest.raises(InboxError):
                await task
        with pytest.raises(InboxError, match="closed"):
            await inbox.scan(CURSORS)


async def test_token() -> None:
    """A token goes out as XOAUTH2 has it, and one that is refused is replaced once."""
    async with rude_imap() as rude:
        tokens = Tokens(["old", "new"])
        rude.login = ["NO [AUTHENTICATIONFAILED] expired", "OK welcome"]
        async with inbox_at(rude, token=tokens) as inbox:
            assert await inbox.scan({})
        said = [each for each in rude.commands if each.startswith("dXNlcj")]
        assert [base64.b64decode(each) for each in said] == [
            f"user=rep@sender.example\x01auth=Bearer {token}\x01\x01".encode()
            for token in ("old", "new")
        ]


@pytest.mark.parametrize("tokens", [["old", "new"], ["same", "same"]])
async def test_refused_token(tokens: list[str]) -> None:
    """When the second token is refused too, or is the first again, somebody has to sign in."""
    async with rude_imap() as rude:
        rude.login = ["NO [AUTHENTICATIONFAILED] expired"]
        async with inbox_at(rude, token=Tokens(tokens)) as inbox:
            with pytest.raises(InboxError) as caught:
                await inbox.scan({})
        assert caught.value.permanent is True
        assert rude.connections == len(set(tokens))


@pytest.mark.parametrize(
    ("error", "permanent"), [(SignInNeededError("gone"), True), (TokenError("no net"), False)]
)
async def test_no_token(error: Exception, *, permanent: bool) -> None:
    """Without a token nothing is read, and it is plain whether that can heal."""
    async with rude_imap() as rude, inbox_at(rude, token=Tokens([], error)) as inbox:
        with pytest.raises(InboxError, match=str(error)) as caught:
            await inbox.scan({})
        assert (caught.value.permanent, rude.connections) == (permanent, 0)


async def test_password_beyond_ascii() -> None:
    """A password in any letters goes out as AUTHENTICATE PLAIN, for LOGIN knows ASCII only."""
    async with rude_imap() as rude, inbox_at(rude, password="sésame") as inbox:
        await inbox.scan({})
        sent = base64.b64encode("\0rep@sender.example\0sésame".encode()).decode()
        assert sent in rude.commands


async def test_starttls_not_offered() -> None:
    """A server, or somebody in between, that offers no STARTTLS gets no password."""
    async with rude_imap() as rude:
        server = Server("localhost", rude.port, Security.STARTTLS)
        with ThreadPoolExecutor(1) as threads:
            time = ImapTime(lambda: NOW, SystemClock().boot)
            account = ImapAccount(server, "rep@sender.example", "hunter2")
            inbox = ImapInbox(account, client_tls(), threads, time, QUICK)
            with pytest.raises(InboxError, match="STARTTLS"):
                await inbox.scan({})
            await inbox.close()
        assert not any("hunter2" in command for command in rude.commands)


async def test_wait_without_idle() -> None:
    """Without IDLE a wait lasts as long as it was asked to; the server is asked for it once."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        rude.capabilities = "IMAP4rev1"
        assert [await inbox.wait(0.2), await inbox.wait(0.2)] == [False, False]
        assert rude.connections == 1
        waiting = asyncio.create_task(inbox.wait(60))
        await inbox.scan({})
        async with asyncio.timeout(5):
            await inbox.close()
            assert await waiting is False


async def test_wait_hears_only_of_mail() -> None:
    """Other words in IDLE do not end a wait, EXISTS does."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        waiting = asyncio.create_task(inbox.wait(20))
        for words in ("* OK still here", "* 1 FETCH (FLAGS (\\Seen))", "* 2 EXPUNGE"):
            await rude.idling.wait()
            rude.pushes.put_nowait(words)
        rude.pushes.put_nowait("* 3 EXISTS")
        async with asyncio.timeout(5):
            assert await waiting is True


async def test_half_a_line() -> None:
    """A line that comes in two packets is one line, and the connection is none the worse."""
    limits = replace(QUICK, command_s=20)
    async with rude_imap() as rude, inbox_at(rude, limits) as inbox:
        waiting = asyncio.create_task(inbox.wait(20))
        await rude.idling.wait()
        rude.pushes.put_nowait("* 3 EXI\fSTS")
        done, _ = await asyncio.wait({waiting}, timeout=0.2)
        assert not done
        rude.goes_on.set()
        async with asyncio.timeout(5):
            assert await waiting is True
        assert rude.connections == 1


@pytest.mark.parametrize("last_words", ["* BYE shutting down", ""])
async def test_wait_on_a_dying_server(last_words: str) -> None:
    """A server that dies in IDLE is noticed at once, and the next wait begins afresh."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        waiting = asyncio.create_task(inbox.wait(60))
        await rude.idling.wait()
        if last_words:
            rude.pushes.put_nowait(last_words)
        rude.pushes.put_nowait("")
        async with asyncio.timeout(5):
            with pytest.raises(InboxError):
                await waiting
        rude.idling.clear()
        waiting = asyncio.create_task(inbox.wait(60))
        await rude.idling.wait()
        rude.pushes.put_nowait("* 1 EXISTS")
        async with asyncio.timeout(5):
            assert await waiting is True


async def test_mail_between_scan_and_wait() -> None:
    """Mail that came after the scan and before the first wait ends that wait at once."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        await inbox.scan({})
        rude.messages = letters(1)
        async with asyncio.timeout(5):
            assert await inbox.wait(60) is True
        looks = [number for number, each in enumerate(rude.commands) if "EXAMINE" in each]
        assert rude.commands.index("IDLE") < looks[-1]  # the other way round leaves a gap


async def test_idle_cut_at_every_octet() -> None:
    """Wherever the words of a server in IDLE end, that is noticed, and the next wait hears."""
    words = b"+ idling\r\n* OK still here\r\n* 1 EXISTS\r\n"
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        for octets in range(len(words)):
            rude.breaks_idle = words[:octets]
            async with asyncio.timeout(5):
                if b"EXISTS" in words[:octets]:
                    assert await inbox.wait(60) is True
                with pytest.raises(InboxError):
                    await inbox.wait(60)
        rude.breaks_idle = None
        rude.pushes.put_nowait("* 1 EXISTS")
        async with asyncio.timeout(5):
            assert await inbox.wait(60) is True
        assert rude.connections == len(words) + 1


async def test_idle_is_renewed() -> None:
    """IDLE is begun anew before the server would hang up, and a wait goes on over that."""
    limits = replace(QUICK, renew_idle_s=0.1)
    async with rude_imap() as rude, inbox_at(rude, limits) as inbox:
        waiting = asyncio.create_task(inbox.wait(20))
        for _ in range(3):
            rude.idling.clear()
            await rude.idling.wait()
        rude.pushes.put_nowait("* 1 EXISTS")
        async with asyncio.timeout(5):
            assert await waiting is True
        assert rude.connections == 1


async def test_renewal_is_not_put_off() -> None:
    """IDLE is renewed in time also where a wait began shortly before that."""
    boot_s = [0.0]
    limits = replace(QUICK, renew_idle_s=3_600.0)
    async with (
        rude_imap() as rude,
        inbox_at(rude, limits, boot=lambda: boot_s[0]) as inbox,
    ):
        assert await inbox.wait(0.2) is False
        assert rude.idling.is_set()
        rude.idling.clear()
        boot_s[0] = 3_599.9
        waiting = asyncio.create_task(inbox.wait(20))
        async with asyncio.timeout(10):
            await rude.idling.wait()
        rude.pushes.put_nowait("* 1 EXISTS")
        assert await waiting is True


async def test_no_sent() -> None:
    """Where there is no Sent, nobody can say that a mail is not in it."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        with pytest.raises(NoSentFolderError, match="Sent") as caught:
            await inbox.find(Folder.SENT, "<m1@x.example>", "", NOW)
        assert caught.value.permanent is True


async def test_copy_without_sent() -> None:
    """Where there is no Sent, a copy makes one, once."""
    async with rude_imap() as rude, inbox_at(rude) as inbox:
        for number in (1, 2):
            await inbox.keep_copy(letter(number), NOW)
        assert rude.appended == [letter(1), letter(2)]
        assert [each for each in rude.commands if each.startswith("CREATE")] == ['CREATE "Sent"']
        appends = [each for each in rude.commands if each.startswith("APPEND")]
        assert all('"Sent" (\\Seen) "01-Mar-2027 12:00:00 +0000"' in each for each in appends)


def test_secrets_are_not_shown() -> None:
    """Neither a password nor a token source shows in what is printed of an account."""
    account = ImapAccount(Server("mail.example", 993), "rep", "hunter2", Tokens(["tok"]))
    assert "hunter2" not in repr(account)
    assert "tok" not in repr(account)
