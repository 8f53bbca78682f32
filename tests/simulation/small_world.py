"""A world around an engine: people who answer, servers that fail, and processes that are killed.

One seed decides everything. Transactions run in the loop's own thread, so what happens between two
effects of the engine happens at the same place each time.
"""

import random
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from builders import a_prospect
from fakes.fast_database import fast_database
from fakes.mortal import Life, MortalInbox, MortalMailer
from fakes.virtual_clock import VirtualClock
from foreign_mails import a_group, a_mail, a_report
from stage import Stage, a_loaded, a_policy

from sequencer.domain.pacing import Pace
from sequencer.domain.send import SendState
from sequencer.engine.next_event import next_instant
from sequencer.engine.opt_out import opt_out
from sequencer.engine.stop import stop, suppress
from sequencer.engine.versions import Versions
from sequencer.mail.folder import Folder, InboxError
from sequencer.mail.transaction import Blame, Envelope, Outcome, OutcomeKind, Phase
from sequencer.mail.unsubscribe import make_token
from sequencer.store import sends

BEGIN = datetime(2026, 3, 23, 7, 30, tzinfo=UTC)  # a Monday; Europe's clocks change on Sunday
HORIZON = timedelta(weeks=12)
PEOPLE = 12
PACE = Pace(per_day=4, gap=timedelta(minutes=4))
OFFICE = {"window": {"mon-fri": ["08:30-11:30", "13:30-17:00"]}, "timezone": "prospect"}
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "")
STEPS = (
    {"id": "intro", "email": "intro.md"},
    {"id": "bump", "wait": "2 business_days", "email": "bump.md"},
    {"id": "last-mail", "wait": "1 day", "email": "last-mail.md", "thread": "new"},
)
RARE = 0.03  # of anything that a person or a server may do with one mail

MAILBOX, SIGN_IN = Blame.MAILBOX, Blame.SIGN_IN
FAULTS = (
    Outcome(OutcomeKind.DEFERRED, Phase.CONNECT, 421, "4.3.2", "busy", MAILBOX),
    Outcome(OutcomeKind.DEFERRED, Phase.CONNECT, 535, "5.7.8", "password", SIGN_IN),
    Outcome(OutcomeKind.DEFERRED, Phase.MAIL, None, "", "line lost", MAILBOX),
    Outcome(OutcomeKind.DEFERRED, Phase.RCPT, 451, "4.7.1", "greylisted"),
    Outcome(OutcomeKind.REJECTED, Phase.RCPT, 550, "5.1.1", "no such user"),
    Outcome(OutcomeKind.DEFERRED, Phase.BODY, None, "", "line lost", MAILBOX),
    Outcome(OutcomeKind.DEFERRED, Phase.DOT, 452, "4.2.2", "mailbox full"),
    Outcome(OutcomeKind.REJECTED, Phase.DOT, 554, "5.7.26", "blocked"),
    Outcome(OutcomeKind.UNKNOWN, Phase.DOT, None, "", "line lost", MAILBOX),
    *[Outcome(OutcomeKind.UNKNOWN, Phase.DOT, None, "", "no answer", MAILBOX)] * 3,
)


@dataclass(frozen=True, slots=True)
class Left:
    """A mail whose dot was written: when, by the clock and by the count of the world's events."""

    mailbox: str
    envelope: Envelope
    at: datetime
    event: int


@dataclass(slots=True)
class ChancyMailer(MortalMailer):
    """A server that fails now and then, at any phase, and tells the world what reached it."""

    name: str = ""
    world: "SmallWorld | None" = None

    async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        """As the mortal one, with a fault by chance."""
        world = self.world
        assert world is not None
        fault = world.fault_for(envelope.recipient)
        self.lost_are_accepted = world.chance.random() < 0.5
        if fault is not None:
            self.plan(envelope.recipient, fault)

        async def watched() -> bool:
            world.meddle(envelope.recipient)
            granted = await hand()
            world.count("granted" if granted else "withheld")
            if granted:
                left = Left(self.name, envelope, world.stage.clock.now(), world.events)
                world.dots.append(left)
            return granted

        before = len(self.accepted)
        try:
            return await MortalMailer.send(self, envelope, watched)
        finally:
            if len(self.accepted) > before:
                world.delivered.append(world.dots[-1])
                world.react_to(world.dots[-1])


@dataclass
class SmallWorld:
    """One run; `seen` counts the branches that were taken."""

    stage: Stage
    chance: random.Random
    seen: Counter[str]
    events: int = 0
    stopped: dict[str, int] = field(default_factory=dict)
    dots: list[Left] = field(default_factory=list)
    delivered: list[Left] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    wrote: dict[str, datetime] = field(default_factory=dict)
    reactions: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)

    def count(self, what: str) -> None:
        """Note that something happened."""
        self.events += 1
        self.seen[what] += 1

    # Servers.

    def fault_for(self, recipient: str) -> Outcome | None:
        """What goes wrong with the next transaction, if anything does."""
        if recipient in self.gone:
            return FAULTS[4]
        if self.chance.random() > 6 * RARE:
            return None
        fault = self.chance.choice(FAULTS)
        if fault is FAULTS[4]:
            self.gone.add(recipient)
        self.count(f"{fault.kind} at {fault.phase}")
        return fault

    # People.

    def react_to(self, mail: Left) -> None:
        """Somebody got a mail; perhaps something follows from it, now or days later."""
        for reaction in (
            self._reply,
            self._absence,
            self._opt_out,
            self._bounce,
            self._unsubscribe,
        ):
            if self.chance.random() < RARE:
                delay = timedelta(seconds=self.chance.choice([5, 90, 900, 90_000, 400_000]))
                at = self.stage.clock.now() + delay
                self.reactions.append((at, len(self.reactions), lambda r=reaction: r(mail)))  # type: ignore[misc]  # bound at once

    def act(self) -> None:
        """Let everybody act whose moment has come."""
        now = self.stage.clock.now()
        due = sorted(each for each in self.reactions if each[0] <= now)
        self.reactions = [each for each in self.reactions if each[0] > now]
        for _, _, reaction in due:
            reaction()

    def meddle(self, recipient: str) -> None:
        """What happens, rarely, while a mail is on the line: a stop, or a server that is slow."""
        if self.chance.random() < RARE:
            self._stop(recipient)
        if self.chance.random() < RARE:
            self.stage.clock.advance(timedelta(seconds=self.chance.choice([20, 150, 600])))
            self.count("slow server")

    def _stop(self, address: str) -> None:
        now, desk = self.stage.clock.now(), self.stage.desk
        way = self.chance.choice(["stop", "suppress", "domain", "link"])
        if way == "stop":
            self.stage.write(stop, desk, address, "a person", now)
        elif way == "suppress":
            self.stage.write(suppress, desk, address.upper(), "a person", now)
        elif way == "domain":
            self.stage.write(suppress, desk, address.partition("@")[2], "a person", now)
        else:
            self.stage.write(opt_out, desk, self._token(address), "opt-out link", now)
        self.count(f"stopped by {way}")
        self.stopped.setdefault(address, self.events)

    def _token(self, address: str) -> str:
        return make_token(bytes.fromhex(self.stage.enrollment(address).key), self.stage.policy.keys)

    def _unsubscribe(self, mail: Left) -> None:
        self._stop(mail.envelope.recipient)

    def _deliver(self, mail: Left, raw: bytes, kind: str) -> None:
        folder = Folder.JUNK if self.chance.random() < 0.2 else Folder.INBOX
        for _ in range(self.chance.choice([1, 1, 1, 2])):
            self.stage.inboxes[mail.mailbox].deliver(raw, folder)
        self.count(kind)
        if kind != "absence":
            self.wrote.setdefault(mail.envelope.recipient, self.stage.clock.now())

    def _headers(self, mail: Left) -> list[str]:
        """Headers of an answer; the thread is lost in one of three."""
        marked = f"X-Number: {self.events}"
        sender = f"From: {mail.envelope.recipient}"
        if self.chance.random() < 0.3:
            return [sender, "In-Reply-To", marked]
        return [sender, f"In-Reply-To: {self._id(mail)}", marked]

    def _id(self, mail: Left) -> str:
        return mail.envelope.data.split(b"Message-ID: ")[1].split(b"\r\n")[0].decode()

    def _reply(self, mail: Left) -> None:
        self._deliver(mail, a_mail(*self._headers(mail), text="Call me tomorrow."), "reply")

    def _opt_out(self, mail: Left) -> None:
        text = "Please remove me from your list."
        self._deliver(mail, a_mail(*self._headers(mail), text=text), "opt-out by mail")

    def _absence(self, mail: Left) -> None:
        now = self.stage.clock.now()
        back = now + timedelta(days=self.chance.choice([2, 9, 20]))
        text = f"I am out of the office until {back:%d %B %Y}."
        headers = [*self._headers(mail), "Auto-Submitted: auto-replied"]
        raw = a_mail(*headers, f"Date: {now:%a, %d %b %Y %H:%M:%S} +0000", text=text)
        self._deliver(mail, raw, "absence")

    def _bounce(self, mail: Left) -> None:
        group = a_group(mail.envelope.recipient, "5.1.1", "550 no such user")
        returned = f"Message-ID: {self._id(mail)}\nSubject: x\n"
        self._deliver(mail, a_report(group, returned=returned), "bounce")

    # Time.

    async def run(self) -> None:
        """Weeks, in leaps from one moment to the next at which something is due."""
        end = self.stage.clock.now() + HORIZON
        self._start()
        quiet = 0
        while self.stage.clock.now() < end and quiet < 3:
            self.act()
            killed = await self._work()
            at = self._next()
            # The last mails have to be read, and what the last death left behind put right.
            quiet = quiet + 1 if at is None and not killed else 0
            at = at or self.stage.clock.now() + timedelta(minutes=2)
            self.stage.clock.advance(at - self.stage.clock.now())

    def _next(self) -> datetime | None:
        now = self.stage.clock.now()
        due_at = self.stage.read(next_instant, self.stage.desk, now)
        known = [at for at, _, _ in self.reactions] + ([due_at] if due_at is not None else [])
        if not known:
            return None
        late = timedelta(minutes=self.chance.choice([1, 1, 2, 40]))
        earliest: datetime = min(*known, now + timedelta(days=1))
        return max(now + timedelta(minutes=1), earliest) + late

    async def _work(self) -> bool:
        """One round of the daemon; whether it was the last of its process."""
        for inbox in self.stage.inboxes.values():
            broken = self.chance.random() < RARE / 3
            inbox.trouble = InboxError("line lost") if broken else None
            if self.chance.random() < RARE / 3:
                inbox.renumber(Folder.INBOX)
                self.count("renumbered")
        if self.chance.random() < 8 * RARE:
            self.life.dies_at = self.life.steps + self.chance.randrange(1, 40)
        try:
            await self.stage.work()
        except BaseException:
            if not self.life.is_over:
                raise
        killed = self.life.is_over
        if killed:
            self._bury()
        self.life.dies_at = None
        return killed

    def _bury(self) -> None:
        self.count("killed")
        for state in (SendState.CLAIMED, SendState.HANDED):
            if self.stage.read(sends.in_state, state):
                self.count(f"killed while {state}")
        self._start()

    def _start(self) -> None:
        self.life = Life()
        self.stage.restart(self.life)


def a_world(seed: int, template: Path, path: Path, versions: Versions) -> SmallWorld:
    """A world of that seed over a new database; the cadences are parsed once for all worlds."""
    shutil.copy(template, path)
    chance = random.Random(seed)
    clock = VirtualClock(BEGIN + timedelta(minutes=chance.randrange(7 * 1_440)))
    policy = a_policy()
    boxes = {name: replace(each, pace=PACE) for name, each in policy.mailboxes.items()}
    inboxes = {name: MortalInbox(clock.now) for name in boxes}
    mailers = {
        "ana": ChancyMailer(name="ana"),
        "luis": ChancyMailer(name="luis", inbox=inboxes["luis"]),
    }
    stage = Stage(
        fast_database(path),
        replace(policy, mailboxes=boxes),
        clock=clock,
        inboxes=dict(inboxes),
        mailers=dict(mailers),
        versions=versions,
    )
    world = SmallWorld(stage, chance, Counter())
    for mailer in mailers.values():
        mailer.world = world
    stage.apply(a_loaded(mailboxes=["ana", "luis"], schedule=OFFICE, steps=STEPS))
    people = [f"p{number}@bank{number}.example" for number in range(PEOPLE)]
    stage.bring_in(*(a_prospect(email=each, timezone=chance.choice(ZONES)) for each in people))
    stage.enroll(*people)
    return world
