"""Start daemons on the machines of a world, and bury those that died."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sequencer.domain.enrollment import PauseReason
from sequencer.domain.send import OPEN_STATES, SendState
from sequencer.domain.task import TaskState
from sequencer.engine.follow_up_deed import do_follow_up
from sequencer.engine.hand import Handing, hand_over
from sequencer.engine.history import HistoryWatch
from sequencer.engine.hooks import apply_delivery
from sequencer.engine.leases import take_leases
from sequencer.engine.receive import receive
from sequencer.engine.runner import Runner
from sequencer.engine.world import Door
from sequencer.mail.verdict import Kind
from sequencer.simulation.booking import BookingService
from sequencer.simulation.clock import MachineClock
from sequencer.simulation.fate import FatedLife, Troubles
from sequencer.simulation.follow_ups import FollowUps
from sequencer.simulation.judge import Judge
from sequencer.simulation.machine import FatedWorld, Machine
from sequencer.simulation.play import DAY_S, Play
from sequencer.simulation.provider import FatedInbox, FatedMailer, Provider
from sequencer.simulation.record import Hand
from sequencer.store import enrollments, epoch, mailboxes, prospects, sends, tasks
from sequencer.store.database import Connection

OUTAGES_S = (2.0, 2.0, 20.0, 60.0, 600.0, 7_200.0, 36_000.0, 3 * DAY_S, 16 * DAY_S)
AT_AN_EDGE = 0.2  # of the outages end just when somebody's window closes
LATE_S = 20.0
HOURS_S = 7_200.0


@dataclass
class Daemons:
    """All daemons of a world, one after another and side by side.

    Attributes:
        idle: clocks of the machines on which none runs.
        alone: there is one machine, whose daemon knows that its predecessor is dead.
        history_of: what the host with that clock has seen committed, where worlds lose history.
    """

    play: Play
    judge: Judge
    bookings: BookingService
    providers: Mapping[str, Provider]
    troubles: Troubles
    alone: bool
    idle: list[MachineClock] = field(default_factory=list)
    alive: dict[str, Machine] = field(default_factory=dict)
    started: int = 0
    follow_ups: FollowUps = field(init=False)
    history_of: Callable[[MachineClock], HistoryWatch | None] = lambda _clock: None

    def __post_init__(self) -> None:
        self.follow_ups = FollowUps(self.play)

    def start_all(self) -> None:
        """One daemon on every machine."""
        while self.idle:
            self.start()

    def start(self) -> None:
        """A daemon on a machine that has none."""
        self.started += 1
        name, clock = f"daemon {self.started}", self.idle.pop()
        life = FatedLife(
            play=self.play,
            clock=clock,
            troubles=self.troubles,
            name=name,
            on_death=lambda: self._died(name),
        )
        runner = Runner(self.open_world(life), name, self.play.sources)
        runner.history = self.history_of(clock)
        self.alive[name] = Machine(self.play, runner, life, self.alone)
        self.alive[name].start()
        self.play.record.tell(f"{name} starts")

    def open_world(self, life: FatedLife) -> FatedWorld:
        """Everything that somebody with that life works with; what they commit is recorded."""
        self.judge.clocks[life.name] = life.clock
        watch = _Watch(self.play, self.judge, self.bookings, self.alive, life.name, self.follow_ups)
        doors = {each.name: self._door(each, life, watch) for each in self.providers.values()}
        return FatedWorld(
            self.play.database,
            life.clock,
            self.play.desk,
            doors,
            life=life,
            committed=watch.committed,
        )

    def _door(self, provider: Provider, life: FatedLife, watch: "_Watch") -> Door:
        server = provider.inbox
        inbox = FatedInbox(
            server.now, boxes=server.boxes, drops=server.drops, provider=provider, life=life
        )
        return Door(FatedMailer(provider, life, self.judge.at_dot, watch.take_hand), inbox)

    def restart(self) -> None:
        """End every daemon in order, and begin anew at once."""
        self.stop_all()
        self.start_all()

    def stop_all(self) -> int:
        """End every daemon in order; how many there were."""
        names = list(self.alive)
        for name in names:
            self.alive[name].life.over = True
            self._bury(name)
        return len(names)

    def _died(self, name: str) -> None:
        for state in (SendState.CLAIMED, SendState.HANDED):
            if self.play.read(sends.in_state, state):
                self.play.tally.sometimes(f"killed while {state}")
        self._bury(name)
        back_in_s = 1.0 if self.play.calm else self._outage_s()
        self.play.tally.sometimes("outage of days", int(back_in_s >= DAY_S))
        self.play.tally.sometimes("outage of hours", int(DAY_S > back_in_s >= HOURS_S))
        self.play.later(back_in_s, self.start)

    def _bury(self, name: str) -> None:
        machine = self.alive.pop(name)
        machine.bury()
        self.idle.append(machine.life.clock)

    def _outage_s(self) -> float:
        """Often short; and sometimes it ends just when somebody's window closes."""
        chance = self.play.chance
        if chance.random() > AT_AN_EDGE:
            return chance.choice(OUTAGES_S)
        person = chance.choice(list(self.play.people.values()))
        script = chance.choice(list(self.play.scripts.values()))
        local = self.play.now.astimezone(ZoneInfo(person.tz or "UTC"))
        hours = script.open_minutes[script.marks[0]]
        edges = [end for blocks in hours for _, end in blocks]
        minutes = (chance.choice(edges) - local.hour * 60 - local.minute) % 1_440
        return max(2.0, minutes * 60.0 - local.second + chance.uniform(0.0, LATE_S))


@dataclass
class _Watch:
    """Writes down what one daemon commits, as far as the judge has to know it."""

    play: Play
    judge: Judge
    bookings: BookingService
    alive: Mapping[str, Machine]
    name: str
    follow_ups: FollowUps
    hands: dict[tuple[str, str], Hand] = field(default_factory=dict)

    def committed(
        self, work: Callable[..., object], args: tuple[object, ...], result: object
    ) -> None:
        """Note a commit; those that concern no promise only count."""
        number = self.play.record.next()
        if work is take_leases and isinstance(result, dict):
            self._took(result)
        elif work is hand_over and result:
            _, handing, wall = args
            if isinstance(handing, Handing) and isinstance(wall, datetime):
                recipient, hand = self.play.read(self._hand, number, handing, wall)
                self.hands[handing.lease.mailbox, recipient] = hand
        elif work is epoch.go_on and result:
            self.play.released()
        elif work is receive and result == Kind.AUTO_REPLY:
            self._held_up(args[2])
        elif work is apply_delivery and isinstance(args[2], int):
            self._told_of_a_meeting(args[2], number)
        elif work is do_follow_up and isinstance(args[1], int):
            self.follow_ups.looked_at(args[1], number, was_done=bool(result))

    def _told_of_a_meeting(self, delivery_id: int, number: int) -> None:
        person = self.bookings.applied(delivery_id)
        if person is not None:
            self.play.stopped(person, "meeting", number=number, for_ever=False)
            self.follow_ups.booked(person)
        self.follow_ups.told(number)

    def _held_up(self, raw: object) -> None:
        """An absence was read: what waits with a due time has to wait longer by as much."""
        for person in self.play.people.values():
            absence = next((each for each in person.absences if each.raw == raw), None)
            known = self.play.read(prospects.find, person.address) if absence else None
            if absence is None or known is None:
                continue
            for stored in self.play.read(enrollments.of_prospect, known.id):
                every = self.play.read(sends.of_enrollment, stored.id)
                is_due = any(send.state in OPEN_STATES for send in every)
                if is_due and stored.enrollment.pause_reason is PauseReason.AUTO_REPLY:
                    until = max(absence.until, person.pauses.get(stored.slug, (0.0, 0.0))[1])
                    begin = person.pauses.get(stored.slug, (self.play.true.seconds, 0.0))[0]
                    person.pauses[stored.slug] = (begin, until)

    def take_hand(self, mailbox: str, recipient: str) -> Hand | None:
        """The hand-over to that recipient that was just committed, which counts for one dot."""
        return self.hands.pop((mailbox, recipient), None)

    def _took(self, leases: Mapping[str, object]) -> None:
        known = self.play.record.holders
        for mailbox in [name for name, (who, _) in known.items() if who == self.name]:
            if mailbox not in leases:
                del known[mailbox]  # given back, or lost
        for mailbox in leases:
            holder, _ = self.play.record.holders.get(mailbox, (self.name, 0.0))
            self.judge.at_lease(mailbox, self.name, alive=holder in self.alive)

    def _hand(
        self, connection: Connection, number: int, handing: Handing, wall: datetime
    ) -> tuple[str, Hand]:
        send, lease = sends.get(connection, handing.send_id), handing.lease
        self.play.record.handed_on.setdefault(lease.mailbox, set()).add(wall.date())
        owner = mailboxes.get(connection, lease.mailbox).holder
        at, enrolled = self.play.true.seconds, send.enrollment_id
        place = (enrolled, send.step_id, lease.mailbox)
        self.play.record.first_handed.setdefault(place, number)
        asked = tasks.of_enrollment(connection, enrolled)
        steps = tuple(task.step_id or "" for task in asked if task.state is TaskState.OPEN)
        history = epoch.get(connection)
        held = history is not None and history.held_since is not None
        hand = Hand(number, at, wall, self.name, owner, enrolled, send.synced_at, steps, held)
        return send.recipient or "", hand
