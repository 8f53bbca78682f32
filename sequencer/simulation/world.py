"""A whole world from one seed: who is in it, what they have, what happens, and how it ends."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sequencer.domain.address import address_key
from sequencer.domain.pacing import Pace
from sequencer.domain.send import SendState
from sequencer.engine.apply import apply_cadences
from sequencer.engine.desk import Desk
from sequencer.engine.hand import hand_over
from sequencer.engine.hooks import Source, apply_delivery
from sequencer.engine.leases import take_leases
from sequencer.engine.next_event import next_instant
from sequencer.engine.policy import MailboxPolicy, Policy
from sequencer.engine.runner import Runner
from sequencer.engine.world import Door
from sequencer.simulation.booking import BookingService
from sequencer.simulation.cast import cast
from sequencer.simulation.clock import MachineClock, TrueTime
from sequencer.simulation.fate import FatedLife, Troubles, troubles
from sequencer.simulation.inbox import FakeInbox
from sequencer.simulation.judge import Judge
from sequencer.simulation.loop import VirtualLoop
from sequencer.simulation.machine import FatedWorld, Machine
from sequencer.simulation.people import People
from sequencer.simulation.play import DAY_S, Play
from sequencer.simulation.provider import FatedInbox, FatedMailer, Provider
from sequencer.simulation.record import Dot, Hand
from sequencer.simulation.reps import Reps
from sequencer.simulation.scripts import Library
from sequencer.simulation.tally import Tally
from sequencer.store import mailboxes, sends
from sequencer.store.database import Connection, DatabaseError
from sequencer.store.memory import MemoryDatabase

BEGIN = datetime(2026, 3, 9, 7, 30, tzinfo=UTC)  # a Monday; clocks change on the Sundays to come
KEYS = (b"a new key, as long as any", b"an old key, as long as any")
TAIL_S = 150 * DAY_S  # in which everything has to end by itself
LOOK_S = 1.5 * DAY_S  # between two looks whether all has ended
OUTAGES_S = (2.0, 2.0, 20.0, 60.0, 600.0, 7_200.0, 36_000.0, 3 * DAY_S, 16 * DAY_S)


@dataclass
class Earth:
    """What all worlds of a process share, because it never changes.

    Attributes:
        template: a migrated database without a row.
    """

    template: MemoryDatabase
    database: MemoryDatabase
    sources: Mapping[str, Source]
    library: Library = field(default_factory=Library)


@dataclass
class SimulatedWorld:
    """One world."""

    earth: Earth
    seed: int
    days: float
    play: Play = field(init=False)
    judge: Judge = field(init=False)
    people: People = field(init=False)
    reps: Reps = field(init=False)
    bookings: BookingService = field(init=False)
    providers: dict[str, Provider] = field(init=False)
    clocks: dict[str, MachineClock] = field(default_factory=dict)
    hosts: list[MachineClock] = field(default_factory=list)
    machines: int = 0
    alive: set[str] = field(default_factory=set)
    alone: bool = True
    digest: str = ""
    odds: Troubles = field(default_factory=Troubles)
    restart_on: float | None = None

    def __post_init__(self) -> None:
        chance = Random(self.seed)
        self.earth.database.copy_from(self.earth.template)
        loop = VirtualLoop()
        begin = BEGIN + timedelta(minutes=chance.randrange(14 * 1_440))
        self.odds = troubles(chance)
        self.alone = chance.random() < 0.7
        everybody = cast(chance, chance.choice((2, 2, 3, 3, 4, 5, 8)))
        true = TrueTime(loop, begin)
        self.hosts = [MachineClock(true) for _ in range(1 if self.alone else 2)]
        self.play = Play(
            chance=chance,
            loop=loop,
            true=true,
            clocks=tuple(self.hosts),
            database=self.earth.database,
            desk=Desk(_policy(chance), self.earth.library.versions),
            sources=self.earth.sources,
            people={address_key(each.address): each for each in everybody},
            scripts={each.slug: each for each in self.earth.library.scripts},
            tally=Tally(),
        )
        self.earth.database.clock = lambda: self.play.true.now
        self._people()

    def _people(self) -> None:
        play = self.play
        boxes = play.desk.policy.mailboxes
        self.judge = Judge(play, {name: each.pace for name, each in boxes.items()}, self.clocks)
        self.bookings = BookingService(play)
        self.providers = {name: self._provider(each) for name, each in boxes.items()}
        self.people = People(play, self.providers, self.bookings)
        self.reps = Reps(play)
        play.meddle = self._meddle

    def _provider(self, box: MailboxPolicy) -> Provider:
        chance = self.play.chance
        drops = frozenset({"Message-ID"} if chance.random() < 0.2 else ())
        inbox = FakeInbox(lambda: self.play.true.now, drops=drops)
        honest = chance.random() < 0.9
        return Provider(
            name=box.name,
            play=self.play,
            troubles=self.odds,
            inbox=inbox,
            files_sent=box.keeps_sent_copy if honest else not box.keeps_sent_copy,
            filed_after_s=chance.choice((0.0, 0.0, 300.0)),
            on_accept=self._accepted,
        )

    def _accepted(self, dot: Dot) -> None:
        self.judge.at_accept(dot)
        self.people.react_to(dot)
        self.reps.watch(dot)

    def _meddle(self, person: object) -> None:
        self.play.tally.sometimes("meddled while a mail was on the line")
        self.reps.meddle(person)  # type: ignore[arg-type]

    # Daemons.

    def start_daemon(self) -> None:
        """Start a daemon on the first machine that has none."""
        self.machines += 1
        name = f"daemon {self.machines}"
        clock = self.hosts.pop()
        self.clocks[name] = clock
        hands: dict[object, Hand] = {}
        life = FatedLife(
            play=self.play,
            clock=clock,
            troubles=self.odds,
            name=name,
            on_death=lambda: self._died(machine),
        )

        def committed(work: object, args: tuple[object, ...], result: object) -> None:
            number = self.play.record.next()
            if work is take_leases:
                self._leased(name, result)
            elif work is hand_over and result:
                hands[asyncio.current_task()] = self._hand(name, number, args)
            elif work is apply_delivery:
                person = self.bookings.applied(args[2])  # type: ignore[arg-type]
                if person is not None:
                    self.play.stopped(person, "meeting", number=number, for_ever=False)

        doors = {
            each.name: Door(
                FatedMailer(each, life, self.judge.at_dot, lambda: hands.pop(asyncio.current_task(), None)),
                FatedInbox(each.inbox.now, boxes=each.inbox.boxes, drops=each.inbox.drops, provider=each, life=life),
            )
            for each in self.providers.values()
        }
        world = FatedWorld(
            self.play.database, clock, self.play.desk, doors, life=life, committed=committed
        )
        machine = Machine(
            self.play, Runner(world, name, self.play.sources), life, self.alone
        )
        self.alive.add(name)
        machine.start()
        self.play.record.tell(f"{name} starts")

    def _leased(self, name: str, leases: object) -> None:
        for mailbox in leases if isinstance(leases, dict) else ():
            holder, _ = self.play.record.holders.get(mailbox, (name, 0.0))
            self.judge.at_lease(mailbox, name, alive=holder in self.alive)

    def _hand(self, name: str, number: int, args: tuple[object, ...]) -> Hand:
        def look(connection: Connection) -> Hand:
            _, send_id, lease, wall = args
            send = sends.get(connection, send_id)
            box = mailboxes.get(connection, lease.mailbox)
            at = self.play.true.seconds
            return Hand(number, at, wall, name, box.holder, send.enrollment_id, send.synced_at)

        return self.play.read(look)

    def _died(self, machine: Machine) -> None:
        machine.bury()
        self.alive.discard(machine.life.name)
        self.hosts.append(machine.life.clock)
        for state in (SendState.CLAIMED, SendState.HANDED):
            if self.play.read(sends.in_state, state):
                self.play.tally.sometimes(f"killed while {state}")
        back_in_s = 1.0 if self.play.calm else self._outage_s()
        self.play.tally.sometimes("outage of days", int(back_in_s >= DAY_S))
        self.play.tally.sometimes("outage of hours", int(DAY_S > back_in_s >= 7_200))
        self.play.later(back_in_s, self.start_daemon)

    def _outage_s(self) -> float:
        """Often short; and sometimes it ends just when somebody's window closes."""
        chance = self.play.chance
        if chance.random() > 0.2:
            return chance.choice(OUTAGES_S)
        person = chance.choice(list(self.play.people.values()))
        script = chance.choice(list(self.play.scripts.values()))
        local = self.play.now.astimezone(ZoneInfo(person.tz or "UTC"))
        now = local.hour * 60 + local.minute
        edges = [end for blocks in script.open_minutes for _, end in blocks]
        minutes = (chance.choice(edges) - now) % 1_440
        return max(2.0, minutes * 60.0 - local.second + chance.uniform(0.0, 20.0))

    # Time.

    def run(self) -> None:
        """All days, and then until everything has ended."""
        loop = self.play.loop
        loop.set_exception_handler(self._unforeseen)
        try:
            loop.run_until_complete(self._run())
        finally:
            loop.close()

    def _unforeseen(self, _loop: object, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is not None and not isinstance(error, DatabaseError):
            self.play.record.violated(f"I6: {error!r}")

    async def _run(self) -> None:
        play = self.play
        loaded = [script.loaded for script in self.earth.library.scripts]
        apply_cadences(play.database, loaded, play.now)
        self._enrol_everybody()
        while self.hosts:
            self.start_daemon()
        await asyncio.sleep(self.days * DAY_S)
        play.calm = True
        await asyncio.sleep(LOOK_S)
        play.record.tell("from here on all is calm")
        play.wake()
        end = play.true.seconds + TAIL_S
        while play.true.seconds < end and not self._is_over():
            await asyncio.sleep(LOOK_S)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    def _is_over(self) -> bool:
        """Whether nothing will happen any more."""
        play = self.play
        idle = play.read(next_instant, play.desk, play.true.now) is None
        return idle and bool(play.wakers) and not play.unread

    def _enrol_everybody(self) -> None:
        chance, slugs = self.play.chance, list(self.play.scripts)
        for person in self.play.people.values():
            for slug in chance.sample(slugs, chance.choice((1, 1, 2))):
                begin = chance.choice((0.0, 0.0, chance.random() * self.days * 0.6 * DAY_S))
                self.play.later(begin, lambda p=person, s=slug: self.reps.enrol(p, s))  # type: ignore[misc]


def _policy(chance: Random) -> Policy:
    boxes = {}
    for name in ("ana", "luis")[: chance.choice((1, 2))]:
        pace = Pace(
            per_day=chance.choice((2, 4, 50)), gap=timedelta(seconds=chance.choice((0, 90, 600)))
        )
        boxes[name] = MailboxPolicy(
            name,
            f"{name}@seller.example",
            name.title(),
            pace=pace,
            keeps_sent_copy=chance.random() < 0.6,
        )
    return Policy(boxes, KEYS, "https://seller.example")
