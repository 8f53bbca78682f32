"""The sandbox's servers, asked through client libraries that know nothing of them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import aiosmtplib
import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from sequencer.adapters.sandbox.mail_world import MailWorld
from sequencer.adapters.sandbox.smtp_server import MAX_SIZE, AcceptedMail

ANA, PASSWORD = "ana@reps.example", "one two three"
LUIS = "luis@reps.example"
AT = datetime(2026, 3, 3, 12, tzinfo=UTC)
MAIL = b"Message-ID: <m1@reps.example>\r\nSubject: hello\r\n\r\nGood day\r\n.with a dot\r\n"


@pytest.fixture
async def world() -> AsyncIterator[MailWorld]:
    """A world with two mailboxes, whose clock stands still."""
    async with MailWorld({ANA: PASSWORD, LUIS: "other"}, lambda: AT) as running:
        yield running


async def submit(
    world: MailWorld, data: bytes = MAIL, sender: str = ANA, username: str | None = ANA
) -> str:
    """The server's answer to a mail; `username` None does not sign in."""
    client = aiosmtplib.SMTP(
        hostname="127.0.0.1",
        port=world.smtp.port,
        username=username,
        password=PASSWORD if username else None,
        start_tls=False,
        timeout=5,
    )
    async with client:
        return (await client.sendmail(sender, ["zoe@bank.example"], data))[1]


@contextmanager
def signed_in(world: MailWorld, user: str = ANA, password: str = PASSWORD) -> Iterator[IMAPClient]:
    """A client of the IMAP server; blocking, to be used in a thread."""
    client = IMAPClient("127.0.0.1", port=world.imap.port, ssl=False, timeout=5)
    try:
        client.login(user, password)
        yield client
    finally:
        client.shutdown()


async def folder(
    world: MailWorld, name: str, user: str = ANA, password: str = PASSWORD
) -> list[bytes]:
    """What a folder holds, read in another thread."""

    def read() -> list[bytes]:
        with signed_in(world, user, password) as client:
            client.select_folder(name, readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
            return [found[uid][b"BODY[]"] for uid in sorted(found)]

    return await asyncio.to_thread(read)


async def test_accepted_is_on_record(world: MailWorld) -> None:
    """A mail that was answered with 250 is on the record, byte for byte, and in Sent."""
    assert "number 1" in await submit(world)
    kept = AcceptedMail("<m1@reps.example>", ANA, "zoe@bank.example", len(MAIL), MAIL)
    assert world.accepted == [kept]
    assert await folder(world, "Sent") == [MAIL]
    assert await folder(world, "INBOX") == []


async def test_listener_is_told(world: MailWorld) -> None:
    """Whoever listens hears of each accepted mail, and when it was."""
    heard: list[tuple[str, datetime]] = []

    async def listen(mail: AcceptedMail, at: datetime) -> None:
        heard.append((mail.message_id, at))

    world.listeners.append(listen)
    await submit(world)
    assert heard == [("<m1@reps.example>", AT)]


async def test_sign_in_is_demanded(world: MailWorld) -> None:
    """Without a sign-in, or in the name of another mailbox, nothing is accepted."""
    with pytest.raises(aiosmtplib.SMTPSenderRefused, match="sign in first"):
        await submit(world, username=None)
    with pytest.raises(aiosmtplib.SMTPSenderRefused, match="may not send"):
        await submit(world, sender=LUIS)
    with pytest.raises(aiosmtplib.SMTPAuthenticationError):
        await submit(world, username=LUIS)
    assert world.accepted == []


async def test_scripted_refusal(world: MailWorld) -> None:
    """A recipient that is scripted to refuse does so, with these words."""
    world.smtp.answers["zoe@bank.example"] = "450 4.2.1 greylisted"
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused, match="greylisted"):
        await submit(world)
    assert world.accepted == []


async def test_too_large(world: MailWorld) -> None:
    """A mail above the announced size is refused."""
    line = b"x" * 98 + b"\r\n"
    with pytest.raises(aiosmtplib.SMTPResponseException, match="exceed"):
        await submit(world, MAIL + line * (MAX_SIZE // 100))
    assert world.accepted == []


async def test_delivered_mail(world: MailWorld) -> None:
    """A mail from outside is in the one mailbox it was meant for, with the instant it came."""
    await world.deliver(ANA, MAIL)
    assert await folder(world, "INBOX") == [MAIL]
    assert await folder(world, "INBOX", LUIS, "other") == []

    def dated() -> list[list[int]]:
        with signed_in(world) as client:
            client.select_folder("INBOX", readonly=True)
            days = (date(2026, 3, 3), date(2026, 3, 4))
            return [client.search(["SINCE", day]) for day in days]

    found, too_late = await asyncio.to_thread(dated)
    assert (len(found), too_late) == (1, [])


async def test_wrong_password(world: MailWorld) -> None:
    """Nobody reads a mailbox with a wrong password."""
    with pytest.raises(LoginError):
        await folder(world, "INBOX", password="wrong")


async def test_idle(world: MailWorld) -> None:
    """A client that waits is told at once when something comes in."""
    waiting = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait() -> bytes:
        with signed_in(world) as client, client.socket().makefile("rb") as words:
            client.select_folder("INBOX", readonly=True)
            client.idle()
            loop.call_soon_threadsafe(waiting.set)
            # Line by line: the library's idle_check takes half a line for the end of it all.
            return next(bytes(line) for line in words if b"EXISTS" in line)

    watch = asyncio.create_task(asyncio.to_thread(wait))
    await waiting.wait()
    await world.deliver(ANA, MAIL)
    assert await watch == b"* 1 EXISTS\r\n"


async def test_end_with_open_connection() -> None:
    """The world ends although a client is still connected, and the client notices."""

    def connect(world: MailWorld) -> IMAPClient:
        client = IMAPClient("127.0.0.1", port=world.imap.port, ssl=False, timeout=5)
        client.login(ANA, PASSWORD)
        return client

    async with MailWorld({ANA: PASSWORD}, lambda: AT) as world:
        client = await asyncio.to_thread(connect, world)
    with pytest.raises((OSError, client.AbortError)):
        await asyncio.to_thread(client.select_folder, "INBOX")
    client.shutdown()
