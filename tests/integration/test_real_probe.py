"""What a mail to itself shows of real servers, and what follows for mails in doubt."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.parser import BytesParser
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from builders import a_prospect
from fakes.authority import client_tls
from imapclient import IMAPClient
from servers.dovecot import Dovecot, dovecot
from servers.postfix import postfix
from stage import ALWAYS, EVERYBODY, a_loaded

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.imap import ImapAccount, ImapInbox, ImapTime
from sequencer.adapters.smtp import SmtpAccount, SmtpMailer
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.pacing import Pace
from sequencer.domain.send import SendState
from sequencer.engine.apply import apply_cadences
from sequencer.engine.desk import Desk
from sequencer.engine.enroll import Enrolment, enroll
from sequencer.engine.mailbox_check import MailboxCheck, check_mailbox
from sequencer.engine.policy import MailboxPolicy, Policy
from sequencer.engine.runner import Runner
from sequencer.engine.world import Door, World
from sequencer.mail.folder import Folder
from sequencer.mail.greeting import Greeting
from sequencer.mail.server import Security, Server
from sequencer.mail.transaction import Blame, Envelope, Outcome, OutcomeKind, Phase
from sequencer.store import enrollments, ledger, mailboxes, prospects, schema, sends
from sequencer.store.database import Database
from sequencer.store.sends import StoredSend

pytestmark = pytest.mark.real_server

ANA, ZOE, PASSWORD = "ana@seller.example", "zoe@buyer.example", "hers"
USERS = {ANA: PASSWORD, ZOE: PASSWORD, "bob@buyer.example": PASSWORD}
LOST = Outcome(OutcomeKind.UNKNOWN, Phase.DOT, text="line lost", blame=Blame.MAILBOX)
FILES_COPIES = "sender_bcc_maps = inline:{{ana@seller.example = ana+Sent@seller.example}}\n"
REPLACES_IDS = (
    "header_checks = regexp:{{/^Message-ID:/ REPLACE Message-ID: <0100018f@ses.example>}}\n"
)
TRIES = 40


@dataclass
class Unlucky:
    """A mailer whose line breaks at the final dot of one mail, before or after it was written."""

    real: SmtpMailer
    loses: str = ""
    arrives: bool = True

    async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        """As the real one, but for the answer."""
        if envelope.recipient != self.loses:
            return await self.real.send(envelope, hand)
        self.loses = ""
        if self.arrives:
            await self.real.send(envelope, hand)
        else:
            assert await hand()
        return LOST

    async def greet(self) -> Greeting:
        """As the real one."""
        return await self.real.greet()

    async def close(self) -> None:
        """As the real one."""
        await self.real.close()


@dataclass
class Office:
    """An engine in this process, whose one mailbox lives on real servers."""

    world: World
    mailer: Unlucky
    store: Dovecot
    runner: Runner = field(init=False)

    def __post_init__(self) -> None:
        self.runner = Runner(self.world, "the only one")

    async def check(self, wait_s: float = 30) -> MailboxCheck:
        """What a person learns of the mailbox."""
        return await check_mailbox(self.world, "ana", wait_s, lambda _seconds: None)

    async def work(self) -> None:
        """One tick, and everything that follows."""
        if not self.runner.leases:
            await self.runner.take_leases(force=True)
        await self.runner.tick()
        await self.runner.drain()

    async def until(self, state: SendState) -> StoredSend:
        """The mail to Zoe, once it is in that state."""
        for _ in range(TRIES):
            await self.work()
            if (send := self.send()).state is state:
                return send
            with self.world.database.write() as connection:  # it would rest after a lost line
                mailboxes.set_health(connection, "ana", MailboxState.OK)
            await self.world.clock.sleep(0.25)
        raise AssertionError(f"still {self.send().state}: {self.send().why}")

    def enrol(self) -> None:
        """Import Zoe and enrol her in a cadence of one mail."""
        database, desk, now = self.world.database, self.world.desk, self.world.clock.now()
        steps = [{"id": "intro", "email": "intro.md"}]
        loaded = a_loaded(schedule=ALWAYS, audience=EVERYBODY, steps=steps)
        apply_cadences(database, [loaded], now)
        with database.write() as connection:
            prospects.upsert(connection, [a_prospect(email=ZOE)], now)
        numbers = count(1)

        def new_key() -> str:
            return f"{next(numbers):032x}"

        [answer] = enroll(
            database, desk, Enrolment(loaded.cadence.slug, (ZOE,), "test"), new_key, now
        )
        assert answer.enrolled

    def send(self) -> StoredSend:
        """The mail to Zoe."""
        with self.world.database.read() as connection:
            person = prospects.find(connection, ZOE)
            assert person is not None
            [stored] = enrollments.of_prospect(connection, person.id)
            [found] = sends.of_enrollment(connection, stored.id)
        return found

    async def arrived(self, user: str, name: str = "INBOX") -> list[Any]:
        """The same, once there is anything."""
        for _ in range(TRIES):
            if found := self.folder(user, name):
                return found
            await self.world.clock.sleep(0.25)
        return []

    def folder(self, user: str, name: str = "INBOX") -> list[Any]:
        """Mails in a folder, but for what a mailbox sent to itself."""
        with client_of(self.store, user) as client:
            client.select_folder(name, readonly=True)
            fetched = client.fetch(client.search(), ["BODY.PEEK[]"]).values()
        mails = [BytesParser().parsebytes(each[b"BODY[]"]) for each in fetched]
        return [mail for mail in mails if "itself" not in str(mail["Subject"])]


@contextmanager
def client_of(store: Dovecot, user: str) -> Iterator[Any]:
    """A mailbox through the library itself."""
    client = IMAPClient("localhost", port=store.imaps, ssl_context=client_tls())
    client.login(user, PASSWORD)
    try:
        yield client
    finally:
        client.logout()


@asynccontextmanager
async def office(root: Path, more: str = "") -> AsyncIterator[Office]:
    """An office at a provider with these ways."""
    clock = SystemClock()
    with dovecot(USERS) as store, postfix(store, list(USERS), more) as relay:
        smtp = Server("localhost", relay.smtp, Security.STARTTLS)
        imap = Server("localhost", store.imaps)
        database = Database(f"sqlite:///{root}/sequencer.db")
        schema.upgrade(database)
        pace = Pace(per_day=100, gap=timedelta(0))
        ana = MailboxPolicy("ana", ANA, "Ana Ruiz", pace=pace, server="localhost")
        policy = Policy(
            {"ana": ana},
            (b"a key, as long as any",),
            "https://go.seller.example",
            poll=timedelta(0),
            settle=timedelta(seconds=2),
            copy_within=timedelta(seconds=6),
        )
        with ThreadPoolExecutor(4) as threads:
            mailer = Unlucky(SmtpMailer(SmtpAccount(smtp, ANA, PASSWORD), client_tls(), clock.boot))
            account, time = ImapAccount(imap, ANA, PASSWORD), ImapTime(clock.now, clock.boot)
            inbox = ImapInbox(account, client_tls(), threads, time)
            world = World(database, clock, Desk(policy), {"ana": Door(mailer, inbox)})
            try:
                yield Office(world, mailer, store)
            finally:
                await world.close()
                database.dispose()


async def test_a_provider_that_files_nothing(tmp_path: Path) -> None:
    """Both marks arrive and no copy is filed; so we file one of each mail."""
    async with office(tmp_path) as here:
        found = await here.check()
        assert found.is_ok
        assert found.smtp.tls.startswith("TLSv1.")
        assert found.imap.tls.startswith("TLSv1.")
        assert found.folders == {Folder.INBOX: "INBOX", Folder.JUNK: "Junk", Folder.SENT: "Sent"}
        assert found.known is not None
        assert found.known.keeps_sent_copy is False
        assert found.known.keeps_message_id is found.known.keeps_custom_header is True
        assert (found.files_copies, found.resends) == (True, False)
        here.enrol()
        await here.until(SendState.SENT)
        assert len(await here.arrived(ANA, "Sent")) == 1
        assert here.folder(ANA) == []


async def test_what_is_lost_where_nothing_is_filed(tmp_path: Path) -> None:
    """Without copies a missing one proves nothing: the mail is parked, and never sent twice."""
    async with office(tmp_path) as here:
        await here.check()
        here.enrol()
        here.mailer.loses = ZOE
        assert "proves nothing" in (await here.until(SendState.PARKED)).why
        assert len(await here.arrived(ZOE)) == 1


@pytest.mark.parametrize("arrives", [True, False])
async def test_a_provider_that_files_copies(tmp_path: Path, *, arrives: bool) -> None:
    """A copy in Sent settles the doubt; where there is none the mail leaves once more, alike."""
    async with office(tmp_path, FILES_COPIES) as here:
        found = await here.check()
        assert found.known is not None
        assert found.known.would_show
        assert found.known.keeps_message_id is found.known.keeps_custom_header is True
        assert (found.known.sent_search_lag_s or 0) <= 30
        assert (found.files_copies, found.resends) == (False, True)
        here.enrol()
        here.mailer.loses, here.mailer.arrives = ZOE, arrives
        sent = await here.until(SendState.SENT)
        [mail] = await here.arrived(ZOE)
        assert mail["Message-ID"] == sent.message_id
        assert len(await here.arrived(ANA, "Sent")) == 1


@pytest.mark.parametrize("arrives", [True, False])
async def test_a_provider_that_replaces_ids(tmp_path: Path, *, arrives: bool) -> None:
    """Where each mail gets another Message-ID, our own header settles the doubt either way."""
    async with office(tmp_path, FILES_COPIES + REPLACES_IDS) as here:
        found = await here.check()
        assert found.known is not None
        assert (found.known.keeps_message_id, found.known.keeps_custom_header) == (False, True)
        assert found.resends
        here.enrol()
        here.mailer.loses, here.mailer.arrives = ZOE, arrives
        await here.until(SendState.SENT)
        [mail] = await here.arrived(ZOE)
        assert mail["Message-ID"] == "<0100018f@ses.example>"


async def test_the_daemon_learns_by_itself(tmp_path: Path) -> None:
    """Mails leave while nothing is known, and in the end there is one copy of each in Sent."""
    async with office(tmp_path) as here:
        here.enrol()
        await here.until(SendState.SENT)
        for _ in range(TRIES):
            await here.work()
            if here.folder(ANA, "Sent"):
                break
            await here.world.clock.sleep(1)
        assert len(await here.arrived(ANA, "Sent")) == 1
        known = (await here.check(0)).known
        assert known is not None
        assert known.keeps_sent_copy is False


async def test_a_mail_by_hand(tmp_path: Path) -> None:
    """What the rep wrote with another program counts as a touch, the mail to itself does not."""
    async with office(tmp_path, FILES_COPIES) as here:
        here.enrol()
        await here.until(SendState.SENT)
        await here.check()
        with client_of(here.store, ANA) as client:
            at = format_datetime(here.world.clock.now() - timedelta(hours=1))
            client.append("Sent", f"To: {ZOE}\r\nDate: {at}\r\n\r\nHi".encode())
        for _ in range(TRIES):
            await here.work()
            if "touched" in _told(here):
                break
            await here.world.clock.sleep(0.25)
        assert _told(here).count("touched") == 1


def _told(here: Office) -> list[str]:
    with here.world.database.read() as connection:
        return [str(entry.kind) for _, entry in ledger.latest(connection, 1_000)]
