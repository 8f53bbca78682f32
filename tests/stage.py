"""A whole engine on fakes: a database, a clock that stands still, two mailboxes, a cadence."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import Message
from email.parser import BytesParser
from typing import Any

from builders import NOON, TEMPLATES, a_prospect
from fakes.fake_mailer import FakeMailer
from fakes.mortal import MortalInbox, MortalMailer
from fakes.virtual_clock import VirtualClock

from sequencer.domain.capability import Capability
from sequencer.domain.enrollment import Enrollment
from sequencer.domain.mailbox import MailboxHealth
from sequencer.domain.pacing import Pace
from sequencer.domain.prospect import Prospect
from sequencer.engine.apply import Applied, apply_cadences
from sequencer.engine.desk import Desk
from sequencer.engine.enroll import Answer, Enrolment, enroll
from sequencer.engine.hooks import Source
from sequencer.engine.policy import MailboxPolicy, Policy
from sequencer.engine.runner import Runner
from sequencer.engine.verify import Findings, Recorded, verify
from sequencer.engine.versions import Versions
from sequencer.engine.world import Door
from sequencer.files.cadence import LoadedCadence, cadence_from_document
from sequencer.simulation.inbox import FakeInbox
from sequencer.simulation.life import Life, MortalWorld
from sequencer.store import (
    capabilities,
    enrollments,
    ledger,
    mailboxes,
    prospects,
    send_bytes,
    sends,
)
from sequencer.store.database import Database
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.sends import StoredSend

SLUG = "fintech-intro"
KEYS = (b"a new key, as long as any", b"an old key, as long as any")
DAY = timedelta(days=1)
NOTICE = re.compile(rb"^X-Sequencer-Ref: (?:confirmation|handover)-", re.MULTILINE)
ALWAYS = {"window": {"mon-sun": ["00:00-24:00"]}, "timezone": "workspace", "jitter_minutes": 0}
EVERYBODY = {
    "stages": [],
    "exclusive": "none",
    "min_days_since_touch": 0,
    "beside_meeting": True,
}
STEPS = (
    {"id": "intro", "email": "intro.md"},
    {"id": "bump", "wait": "3 days", "email": "bump.md"},
    {"id": "last-mail", "wait": "5 days", "email": "last-mail.md"},
)


def a_loaded(
    templates: Mapping[str, str] | None = None,
    mailboxes: Sequence[str] = ("ana",),
    **changes: Any,
) -> LoadedCadence:
    """Three mails of one mailbox, three and five days apart, at any hour."""
    document: dict[str, object] = {
        "cadence": SLUG,
        "title": "First contact",
        "schedule": ALWAYS,
        "audience": EVERYBODY,
        "stop_on": {"colleague_reply": "ignore"},
        "from": {"mailboxes": list(mailboxes)},
        "steps": list(STEPS),
        **changes,
    }
    return LoadedCadence(
        cadence_from_document(document), document, {**TEMPLATES, **(templates or {})}
    )


def a_policy(**changes: Any) -> Policy:
    """Two mailboxes without a gap; Luis' provider files sent mail by itself."""
    pace = Pace(per_day=1_000, gap=timedelta(0))
    ana = MailboxPolicy("ana", "ana@seller.example", "Ana Ruiz", pace=pace)
    luis = MailboxPolicy("luis", "luis@seller.example", "Luis", pace=pace, keeps_sent_copy=True)
    policy = Policy({"ana": ana, "luis": luis}, KEYS, "https://seller.example")
    return replace(policy, **changes)


@dataclass
class Stage:
    """Everything that a test of the engine moves, and looks at afterwards."""

    database: Database
    policy: Policy = field(default_factory=a_policy)
    sources: Mapping[str, Source] = field(default_factory=dict)
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOON))
    mailers: dict[str, FakeMailer] = field(default_factory=dict)
    inboxes: dict[str, FakeInbox] = field(default_factory=dict)
    taught: bool = True
    versions: Versions = field(default_factory=Versions)  # parsed once: a version never changes
    _keys: int = 0
    _starts: int = 0

    def __post_init__(self) -> None:
        for name in self.policy.mailboxes:
            self.mailers.setdefault(name, FakeMailer())
            self.inboxes.setdefault(name, FakeInbox(self.clock.now))
        if self.taught:
            self.teach()
        self.restart()

    def teach(self, **changes: Any) -> None:
        """Let it be known that the providers do what the settings say; nothing is probed then."""
        for each in self.policy.mailboxes.values():
            known = Capability(
                mailbox=each.name,
                server=each.server,
                probed_at=self.clock.now(),
                keeps_sent_copy=bool(each.keeps_sent_copy),
                keeps_message_id=True,
                keeps_custom_header=True,
            )
            self.write(capabilities.save, replace(known, **changes))

    def restart(self, life: Life | None = None) -> None:
        """A new process: nothing is left but the database and the servers; `life` may end it."""
        life = life or Life()
        for each in (*self.mailers.values(), *self.inboxes.values()):
            if isinstance(each, MortalMailer | MortalInbox):
                each.life = life
        doors = {name: Door(self.mailers[name], self.inboxes[name]) for name in self.mailers}
        self._starts += 1
        self.world = MortalWorld(
            self.database, self.clock, Desk(self.policy, self.versions), doors, life=life
        )
        self.runner = Runner(self.world, f"daemon {self._starts}", self.sources)

    def forget_versions(self) -> None:
        """Let the next process read the cadences from the database again."""
        self.versions = Versions()
        self.restart()

    @property
    def desk(self) -> Desk:
        """The desk of the running process."""
        return self.world.desk

    def new_key(self) -> str:
        """A key that nobody has had before."""
        self._keys += 1
        return f"{self._keys:032x}"

    def apply(self, *loaded: LoadedCadence) -> list[Applied]:
        """Apply these cadences, or the one of `a_loaded`."""
        return apply_cadences(self.database, loaded or (a_loaded(),), self.clock.now())

    def bring_in(self, *people: Prospect | str) -> None:
        """Import people; an address alone stands for somebody who has every field."""
        known = [a_prospect(email=each) if isinstance(each, str) else each for each in people]
        with self.database.write() as connection:
            prospects.upsert(connection, known, self.clock.now())

    def enroll(self, *addresses: str, slug: str = SLUG) -> list[Answer]:
        """Enrol people who have been imported."""
        wanted = Enrolment(slug, addresses, "test")
        return enroll(self.database, self.desk, wanted, self.new_key, self.clock.now())

    def begin(self, *addresses: str) -> None:
        """Apply the cadence, import people and enrol them all."""
        self.apply()
        self.bring_in(*addresses)
        assert all(answer.enrolled for answer in self.enroll(*addresses))

    async def take_leases(self) -> None:
        """Take the mailboxes, as a process does that knows its predecessor to be dead."""
        await self.runner.take_leases(force=True)

    async def work(self, after: timedelta = timedelta(0)) -> None:
        """Let time pass, then one tick of the daemon and everything that follows from it."""
        self.clock.advance(after)
        if not self.runner.leases:
            await self.take_leases()
        await self.runner.tick()
        await self.runner.drain()

    def read(self, work: Callable[..., Any], *args: Any) -> Any:
        """Result of a plain function in a reading transaction."""
        with self.database.read() as connection:
            return work(connection, *args)

    def write(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Result of a plain function in a writing transaction."""
        return self.database.transact(lambda connection: work(connection, *args, **kwargs))

    def person(self, address: str) -> int:
        """Number of a prospect."""
        with self.database.read() as connection:
            person = prospects.find(connection, address)
        assert person is not None, f"{address} has not been imported"
        return person.id

    def stored(self, address: str) -> StoredEnrollment:
        """The newest enrollment of a prospect."""
        with self.database.read() as connection:
            return enrollments.of_prospect(connection, self.person(address))[0]

    def enrollment(self, address: str) -> Enrollment:
        """State of the newest enrollment of a prospect."""
        return self.stored(address).enrollment

    def sends(self, address: str) -> list[StoredSend]:
        """Sends of the newest enrollment of a prospect."""
        with self.database.read() as connection:
            return sends.of_enrollment(connection, self.stored(address).id)

    def mail_of(self, send: StoredSend) -> bytes:
        """The bytes of the mail of a send, none where it was not written yet."""
        with self.database.read() as connection:
            return send_bytes.of(connection, send.id) or b""

    def timeline(self, address: str) -> list[str]:
        """Kinds of the entries of a prospect's timeline, in the order they were written."""
        with self.database.read() as connection:
            entries = ledger.latest(connection, 10_000)
        person = self.person(address)
        return [str(entry.kind) for _, entry in entries if entry.prospect_id == person]

    def health(self, mailbox: str = "ana") -> MailboxHealth:
        """Health of a mailbox."""
        with self.database.read() as connection:
            return mailboxes.get(connection, mailbox).health

    def mails(self, address: str) -> list[Message]:
        """What the servers have accepted for an address, in order."""
        found = [mail for mailer in self.mailers.values() for mail in mailer.accepted]
        return [BytesParser().parsebytes(mail.data) for mail in found if mail.recipient == address]

    def recorded(self) -> list[Recorded]:
        """The servers' own record, but for what a mailbox sent to itself, and for notices."""
        own = {each.address for each in self.policy.mailboxes.values()}
        every = [mail for mailer in self.mailers.values() for mail in mailer.accepted]
        accepted = [
            each for each in every if each.recipient not in own and not NOTICE.search(each.data)
        ]
        return [
            Recorded(str(BytesParser().parsebytes(mail.data)["Message-ID"]), mail.recipient)
            for mail in accepted
        ]

    def verify(self) -> Findings:
        """What the ledger proves, compared with the servers' own record."""
        with self.database.read() as connection:
            return verify(connection, self.desk, self.clock.now(), self.recorded())
