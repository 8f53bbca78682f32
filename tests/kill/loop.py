"""Start daemons, end them at their points or at random moments, and start them again."""

import os
import random
import select
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from kill.doomed import be_daemon
from kill.fast_clock import FACTOR
from kill.faults import Fault, Point
from kill.forked import forked
from kill.judge import unfinished
from kill.record import Event, Record, Seen
from kill.scene import Scene

from sequencer.adapters.clock import SystemClock
from sequencer.bootstrap import Workspace

WORK_S = (0.08, 0.4)  # how long a daemon works, from its first claimed mail on
LONG_WORK_S = (0.8, 1.6)  # one in so many works long enough to settle what others left in doubt
LONG_LIVES = 0.1
FAULTY_S = 8.0  # for a daemon to come by its point; then it is killed where it is
IDLE_S = 20.0  # for a daemon to find any work at all
SLEEP_S = 240.0 / FACTOR  # eight leases: another daemon has long taken over, and settled
MOST_TRIES = 4  # of daemons in a row to meet a point; then the run says that nobody met it
NEVER_S = 1e9
SLOWEST_S, SLOWEST_S_PER_KILL = 240.0, 3.0  # then it is judged as far as it has come
MORE_PEOPLE = 60  # where a daemon found nothing to do
AT_POINTS = 0.45  # of the daemons end at a named point, the others at random
MOST_PASSAGES = {Point.BEFORE_LEASE: 1, Point.AFTER_LEASE: 1}
RARE = {
    Point.BEFORE_SETTLED: 1,
    Point.AFTER_SETTLED: 1,
    Point.BEFORE_RECEIVED: 1,
    Point.AFTER_RECEIVED: 1,
}
PASSAGES = 8


class DaemonDiedError(Exception):
    """A daemon ended that nobody had killed."""


@dataclass(slots=True)
class Life:
    """One daemon process.

    Attributes:
        pipe: what it says of itself can be read there.
        end_at_s: when it is killed, by the boot clock.
    """

    pid: int
    pipe: int
    fault: Fault | None
    began_at_s: float
    end_at_s: float
    said: bytes = b""
    killed: bool = False
    slept_at_s: float | None = None

    @property
    def is_doomed(self) -> bool:
        """Whether it is to be killed at all."""
        return self.end_at_s < self.began_at_s + NEVER_S


@dataclass
class Loop:
    """The daemons of one scene, and what was done to them."""

    scene: Scene
    workspace: Workspace
    daemons: int
    kills_wanted: int
    chance: random.Random
    say: Callable[[str], None]
    kills: int = 0
    people: int = 0
    hits: Counter[Point] = field(default_factory=Counter)
    starts_s: float = 0.0
    lives: list[Life] = field(default_factory=list)
    machine: SystemClock = field(default_factory=SystemClock)

    def __post_init__(self) -> None:
        self.plan = deque(self._planned())
        self.record = Record(self.scene.record)

    def run(self) -> None:
        """Kill until there have been enough kills and every planned fault was met."""
        until_s = self.machine.boot() + SLOWEST_S + SLOWEST_S_PER_KILL * self.kills_wanted
        while self._goes_on():
            if self.machine.boot() > until_s:
                self.say(f"given up after {self.kills} kills, with {list(self.plan)} to come")
                break
            self._keep_busy()
            self._step()
        for life in [each for each in self.lives if each.fault is not None]:
            self._kill(life)

    def _keep_busy(self) -> None:
        while len(self.lives) < self.daemons:
            self.start()

    def _goes_on(self) -> bool:
        under_way = any(life.fault is not None for life in self.lives)
        return self.kills < self.kills_wanted or bool(self.plan) or under_way

    def start(self, *, doomed: bool = True) -> None:
        """Fork a daemon; the next fault of the plan is its own."""
        faulty = self.plan and self.chance.random() < self._share_of_faults()
        fault = self.plan.popleft() if doomed and faulty else None
        reads, writes = os.pipe()

        def work() -> None:
            self._log_to_file()
            os.close(reads)
            be_daemon(self.scene, self.workspace, fault, writes)

        pid = forked(work)
        os.close(writes)
        began_at_s = self.machine.boot()
        end_at_s = began_at_s + (IDLE_S if doomed else NEVER_S)
        self.lives.append(Life(pid, reads, fault, began_at_s, end_at_s))

    def enrol(self, people: int) -> None:
        """Bring in more people if the work runs out.

        That is done by a process of its own: what it opens dies with it.
        """
        url = self.workspace.settings.database

        def work() -> None:
            if unfinished(url) < MORE_PEOPLE:
                self.scene.enrol(self.people, people)

        pid = forked(work)
        self.people += people
        if os.waitpid(pid, 0)[1] != 0:
            raise DaemonDiedError("nobody could be enrolled")

    def end(self) -> list[int]:
        """Ask those that are left to end; the codes with which they did."""
        for life in self.lives:
            os.kill(life.pid, signal.SIGTERM)
        codes = [os.waitstatus_to_exitcode(os.waitpid(life.pid, 0)[1]) for life in self.lives]
        self.lives.clear()
        return codes

    def _share_of_faults(self) -> float:
        left = self.kills_wanted - self.kills
        return 1.0 if len(self.plan) >= left else AT_POINTS

    def _log_to_file(self) -> None:
        log = os.open(self.scene.root / "daemons.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 2)

    def _planned(self) -> Iterator[Fault]:
        sleepers = max(2, self.kills_wanted // 60)
        faults = max(len(Point), int(self.kills_wanted * AT_POINTS) - sleepers)
        points = [point for point in Point for _ in range(faults // len(Point))]
        self.chance.shuffle(points)
        # Each point once before any comes a second time, so that a short run meets them all.
        points = [*self.chance.sample(list(Point), len(Point)), *points][:faults]
        for number, point in enumerate(points):
            if number < sleepers:
                passage = self.chance.randint(2, 5)
                yield Fault(Point.AFTER_HANDED, passage, sleeps=True)
            most = MOST_PASSAGES.get(point) or RARE.get(point) or PASSAGES
            yield Fault(point, self.chance.randint(1, most))

    def _step(self) -> None:
        now_s = self.machine.boot()
        for life in list(self.lives):
            if life.end_at_s <= now_s:
                self._due(life)
        nearest_s = min((life.end_at_s for life in self.lives), default=now_s) - now_s
        pipes = {life.pipe: life for life in self.lives}
        ready, _, _ = select.select(pipes, (), (), min(max(nearest_s, 0.0), 0.5))
        for pipe in ready:
            self._listen(pipes[pipe])
        self._bury()

    def _due(self, life: Life) -> None:
        if life.slept_at_s is None:
            self._kill(life)
            return
        # In the log before the sleeper goes on: what it writes from now on is later.
        self.record.add(Event(Seen.SLEPT, self.machine.boot(), since_s=life.slept_at_s))
        life.slept_at_s, life.fault = None, None
        life.end_at_s = self.machine.boot() + 1.0
        os.kill(life.pid, signal.SIGCONT)

    def _kill(self, life: Life) -> None:
        life.killed = True
        os.kill(life.pid, signal.SIGKILL)
        os.waitpid(life.pid, 0)
        self._listen(life)
        self._gone(life)

    def _listen(self, life: Life) -> None:
        said = os.read(life.pipe, 4096)
        now_s = self.machine.boot()
        if b"working" in said and life.is_doomed:
            life.end_at_s = now_s + self._work_s(life)
            self.starts_s += now_s - life.began_at_s
        life.said += said

    def _work_s(self, life: Life) -> float:
        if life.fault is not None:
            return FAULTY_S
        long = self.chance.random() < LONG_LIVES
        return self.chance.uniform(*(LONG_WORK_S if long else WORK_S))

    def _bury(self) -> None:
        for life in list(self.lives):
            pid, status = os.waitpid(life.pid, os.WNOHANG | os.WUNTRACED)
            if pid == 0:
                continue
            if os.WIFSTOPPED(status):
                life.slept_at_s = self.machine.boot()
                life.end_at_s = life.slept_at_s + SLEEP_S
                continue
            if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
                raise DaemonDiedError(f"a daemon ended by itself: {status}, see daemons.log")
            self._listen(life)
            self._gone(life)

    def _gone(self, life: Life) -> None:
        self.kills += 1
        self.lives.remove(life)
        os.close(life.pipe)
        if b"working" not in life.said and life.killed:
            self.enrol(MORE_PEOPLE)
        fault = life.fault
        if fault is not None and f"at {fault.point}".encode() in life.said and not life.killed:
            self.hits[fault.point] += 1
        elif fault is not None:
            if fault.tries < MOST_TRIES:
                self.plan.append(replace(fault, passage=1, tries=fault.tries + 1))
            self.say(f"{fault.point} was not met at passage {fault.passage}")
        if self.kills % 20 == 0:
            self.say(f"{self.kills} kills")
