"""The SMTP adapter against a real Postfix, whose mail a real Dovecot keeps."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from fakes.authority import client_tls
from servers.dovecot import Dovecot, dovecot
from servers.postfix import Postfix, postfix

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.imap import ImapAccount, ImapInbox, ImapTime
from sequencer.adapters.smtp import SmtpAccount, SmtpMailer
from sequencer.mail.folder import Cursor, Fetched, Folder
from sequencer.mail.server import Security, Server
from sequencer.mail.transaction import Blame, Envelope, Outcome, OutcomeKind, Phase

pytestmark = pytest.mark.real_server

ANA, ZOE = "ana@seller.example", "zoe@buyer.example"
PASSWORDS = {ANA: "ana's", ZOE: "zoe's"}


@dataclass(frozen=True, slots=True)
class Office:
    """Both servers."""

    postfix: Postfix
    dovecot: Dovecot


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """One Postfix and one Dovecot for all tests of this file."""
    with dovecot(PASSWORDS) as store, postfix(store, list(PASSWORDS)) as server:
        yield Office(server, store)


class Token:
    """A token that the servers know, or do not."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def __call__(self, refused: str = "") -> str:
        del refused
        return self._token


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


def letter(name: str, recipient: str = ZOE) -> Envelope:
    text = (
        f"From: Ana <{ANA}>\nTo: {recipient}\nSubject: {name}\nMessage-ID: <{name}@seller.example>"
    )
    return Envelope(ANA, recipient, f"{text}\n\nGood day\n.\n..dots\nend\n".encode())


@asynccontextmanager
async def mailer_of(
    office: Office, password: str = PASSWORDS[ANA], token: Token | None = None
) -> AsyncIterator[SmtpMailer]:
    """Ana's mailer, closed at the end."""
    server = Server("localhost", office.postfix.smtp, Security.STARTTLS)
    account = SmtpAccount(server, ANA, password, token)
    mailer = SmtpMailer(account, client_tls(), SystemClock().boot)
    try:
        yield mailer
    finally:
        await mailer.close()


@dataclass(slots=True)
class Reader:
    """Reads what comes into an inbox from now on."""

    inbox: ImapInbox
    cursor: Cursor

    async def next(self) -> Fetched:
        """The next message; waits for it."""
        async with asyncio.timeout(20):
            while True:
                scans = await self.inbox.scan({Folder.INBOX: self.cursor})
                for message in scans[0].messages:
                    seen = self.cursor.seen | {message.uid}
                    self.cursor = Cursor(self.cursor.uidvalidity, self.cursor.last_uid, seen)
                    return message
                await self.inbox.wait(5)


@asynccontextmanager
async def reader_of(office: Office, user: str) -> AsyncIterator[Reader]:
    """Somebody's inbox, from now on."""
    clock = SystemClock()
    account = ImapAccount(Server("localhost", office.dovecot.imaps), user, PASSWORDS[user])
    with ThreadPoolExecutor(2) as threads:
        inbox = ImapInbox(account, client_tls(), threads, ImapTime(clock.now, clock.boot))
        try:
            first = (await inbox.scan({}))[0]
            yield Reader(inbox, Cursor(first.uidvalidity, first.last_uid))
        finally:
            await inbox.close()


@pytest.mark.parametrize("way", ["password", "token"])
async def test_delivered(office: Office, way: str) -> None:
    """A mail is accepted over STARTTLS with either sign-in, and arrives with every dot it had."""
    token = Token(f"token-of-{ANA}") if way == "token" else None
    async with reader_of(office, ZOE) as reader, mailer_of(office, token=token) as mailer:
        outcome = await mailer.send(letter(f"by-{way}"), yes)
        assert (outcome.kind, outcome.code, outcome.enhanced) == (
            OutcomeKind.ACCEPTED,
            250,
            "2.0.0",
        )
        assert outcome.text.startswith("Ok: queued as ")
        raw = (await reader.next()).raw
        assert f"Message-ID: <by-{way}@seller.example>".encode() in raw
        assert raw.endswith(b"\r\n\r\nGood day\r\n.\r\n..dots\r\nend\r\n")


async def test_withheld(office: Office) -> None:
    """Of mails whose dot was withheld none arrives; the one after them does."""
    async with reader_of(office, ZOE) as reader, mailer_of(office) as mailer:
        for number in range(10):
            outcome = await mailer.send(letter(f"withheld-{number}"), no)
            assert outcome.kind is OutcomeKind.WITHHELD
        assert (await mailer.send(letter("sent"), yes)).kind is OutcomeKind.ACCEPTED
        assert b"Subject: sent\r\n" in (await reader.next()).raw


async def test_many_over_one_connection(office: Office) -> None:
    """Sixty mails go through one after the other, over more than one connection."""
    async with mailer_of(office) as mailer:
        outcomes = [
            await mailer.send(letter(f"many-{n}", "x@void.example"), yes) for n in range(60)
        ]
        assert {outcome.kind for outcome in outcomes} == {OutcomeKind.ACCEPTED}


@pytest.mark.parametrize(
    ("domain", "status"), [("gone.example", "5.1.1"), ("full.example", "5.2.2")]
)
async def test_bounce(office: Office, domain: str, status: str) -> None:
    """A mail that cannot be delivered comes back as a report that quotes it."""
    name = f"to-{domain}"
    async with reader_of(office, ANA) as reader, mailer_of(office) as mailer:
        outcome = await mailer.send(letter(name, f"nobody@{domain}"), yes)
        assert outcome.kind is OutcomeKind.ACCEPTED
        raw = (await reader.next()).raw
    report = email.message_from_bytes(raw, policy=email.policy.default)
    assert report.get_content_type() == "multipart/report"
    assert f"Final-Recipient: rfc822; nobody@{domain}".encode() in raw
    assert f"Status: {status}".encode() in raw
    assert f"<{name}@seller.example>".encode() in raw


@pytest.mark.parametrize("way", ["password", "token"])
async def test_shut_out(office: Office, way: str) -> None:
    """A wrong password or token asks for a new sign-in."""
    token = Token("wrong") if way == "token" else None
    async with mailer_of(office, "wrong", token) as mailer:
        outcome = await mailer.send(letter("never"), yes)
    assert (outcome.kind, outcome.phase, outcome.code, outcome.blame) == (
        OutcomeKind.DEFERRED,
        Phase.CONNECT,
        535,
        Blame.SIGN_IN,
    )


async def test_too_large(office: Office) -> None:
    """A mail above the server's limit is refused before it is uploaded."""
    large = Envelope(ANA, ZOE, b"Subject: x\r\n\r\n" + (b"y" * 75 + b"\r\n") * 300_000)
    async with mailer_of(office) as mailer:
        outcome = await mailer.send(large, yes)
    assert isinstance(outcome, Outcome)
    assert (outcome.kind, outcome.enhanced) == (OutcomeKind.REJECTED, "5.3.4")
