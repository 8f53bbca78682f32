"""The daemon itself, on a copy of the world in memory and a clock that leaps.

What would happen is not computed a second time here: it happens, only that no server is asked and
nobody waits. So whatever the daemon would do with the same rows at the same instants, this does.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from math import ceil, inf

from sequencer.engine.desk import Desk
from sequencer.engine.hooks import Source
from sequencer.engine.next_event import next_instant
from sequencer.engine.policy import Policy
from sequencer.engine.runner import Runner
from sequencer.engine.world import Door
from sequencer.mail.greeting import Greeting
from sequencer.mail.transaction import Envelope, Outcome, OutcomeKind, Phase
from sequencer.simulation.inbox import FakeInbox
from sequencer.simulation.life import MortalWorld
from sequencer.simulation.loop import VirtualLoop
from sequencer.store.memory import MemoryDatabase

ACCEPTED = Outcome(OutcomeKind.ACCEPTED, Phase.DOT, 250, "2.0.0", "foreseen")
WITHHELD = Outcome(OutcomeKind.WITHHELD, Phase.BODY)
FOR_EVER = timedelta(days=10_000)
LEAST_S = 1.0  # the daemon's own tick
PATIENT = 3  # ticks, after which nothing has come of what is said to be due
MOST_TRIES = 12  # doublings of the wait from then on


@dataclass(frozen=True, slots=True)
class Left:
    """A mail that a server accepted."""

    at: datetime
    mailbox: str
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class LeapingClock:
    """The clock of the one machine: it shows the time of the loop, and is never wrong."""

    loop: VirtualLoop
    begin: datetime

    def now(self) -> datetime:
        """The instant (UTC), to the full second: what one tick does happens at one instant."""
        return self.begin + timedelta(seconds=int(self.loop.seconds))

    def boot(self) -> float:
        """Seconds since the begin."""
        return self.loop.seconds

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class _Mailer:
    """A server that accepts everything at once; the port `Mailer`."""

    mailbox: str
    take: Callable[[str, Envelope], Outcome]

    async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        return self.take(self.mailbox, envelope) if await hand() else WITHHELD

    async def greet(self) -> Greeting:
        return Greeting()

    async def close(self) -> None:
        return


@dataclass
class Foresight:
    """A world that can be lived through at once.

    Attributes:
        database: what the world holds at its begin; it is changed.
        desk: settings and cadences; mailboxes learn nothing of their providers here.
        begin: when it begins (UTC).
        answer: what the server says to a mail; by default it accepts all.
        people: does what people of ours do by now, and tells when they do more; asked all the time.
        left: what was accepted so far.
    """

    database: MemoryDatabase
    desk: Desk
    begin: datetime
    sources: Mapping[str, Source] = field(default_factory=dict)
    answer: Callable[[Left], Outcome] = lambda _left: ACCEPTED
    people: Callable[[datetime], datetime | None] = lambda _now: None
    left: list[Left] = field(default_factory=list)
    inboxes: dict[str, FakeInbox] = field(init=False)
    _agenda: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self.loop = VirtualLoop()
        self.clock = LeapingClock(self.loop, self.begin)
        self.database.clock = self.clock.now
        self.desk = Desk(_at_rest(self.desk.policy), self.desk.versions)
        names = list(self.desk.policy.mailboxes)
        self.inboxes = {name: FakeInbox(self.clock.now) for name in names}
        doors = {name: Door(_Mailer(name, self._take), self.inboxes[name]) for name in names}
        world = MortalWorld(self.database, self.clock, self.desk, doors)
        self.runner = Runner(world, "foresight", self.sources)

    def at(self, instant: datetime, what: Callable[[], None]) -> None:
        """Let something happen at an instant (UTC), in the order in which it was said."""
        heappush(self._agenda, (instant, next(self._numbers), what))

    def deliver(self, mailbox: str, raw: bytes) -> None:
        """Let a mail come in now; the daemon reads it at once, as with a server that announces."""
        self.inboxes[mailbox].deliver(raw)
        self.runner.start(f"look {mailbox}", self.runner.look_into(mailbox))

    def run(
        self, until: datetime, progress: Callable[[datetime], None] = lambda _now: None
    ) -> None:
        """Live until that instant, or until nothing will happen any more."""
        try:
            self.loop.run_until_complete(self._run(until, progress))
        finally:
            self.loop.close()

    async def _run(self, until: datetime, progress: Callable[[datetime], None]) -> None:
        await self.runner.take_leases(force=True)  # once: there is nobody who could take them over
        idle = 0
        while self.clock.now() < until:
            self._let_happen()
            await self.runner.tick()
            await self.runner.drain()
            progress(self.clock.now())
            agenda_s = self._agenda_s()  # first, as people may do something that is due at once
            wait_s = self._wait_s()
            idle = idle + 1 if wait_s < LEAST_S else 0
            least_s = LEAST_S * 2 ** min(max(0, idle - PATIENT), MOST_TRIES)
            wait_s = min(max(wait_s, least_s), agenda_s)
            if wait_s == inf:
                return
            # A daemon looks at every full second.
            at_s = int(self.loop.seconds) + ceil(wait_s)
            await asyncio.sleep(max(0.0, at_s - self.loop.seconds))

    def _let_happen(self) -> None:
        while self._agenda and self._agenda[0][0] <= self.clock.now():
            _, _, what = heappop(self._agenda)
            what()

    def _agenda_s(self) -> float:
        """Seconds until somebody does something."""
        now = self.clock.now()
        at = [self._agenda[0][0]] if self._agenda else []
        if (next_at := self.people(now)) is not None:
            at.append(next_at)
        return max(0.0, (min(at) - now).total_seconds()) if at else inf

    def _wait_s(self) -> float:
        """Seconds until the daemon has something to do."""
        pace, boxes = self.runner.world.own_pace, self.desk.policy.mailboxes
        own = {
            name: self.begin + timedelta(seconds=pace.free_s(name, box.pace))
            for name, box in boxes.items()
        }
        with self.database.read() as connection:
            due_at = next_instant(connection, self.desk, self.clock.now(), own)
        return inf if due_at is None else (due_at - self.clock.now()).total_seconds()

    def _take(self, mailbox: str, envelope: Envelope) -> Outcome:
        left = Left(self.clock.now(), mailbox, envelope)
        outcome = self.answer(left)
        if outcome.kind is OutcomeKind.ACCEPTED:
            self.left.append(left)
        return outcome


def _at_rest(policy: Policy) -> Policy:
    """The settings of a world in which each mail is read as it comes in, and never missed.

    So no mailbox is ever read in vain, and nothing has to be found out about its provider.
    """
    boxes = {name: replace(box, keeps_sent_copy=True) for name, box in policy.mailboxes.items()}
    return replace(policy, mailboxes=boxes, probes=False, poll=FOR_EVER, freshness=FOR_EVER)
