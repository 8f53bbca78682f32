"""One world while it runs: what everybody in it shares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Concatenate, ParamSpec, TypeVar

from sequencer.domain.address import address_key
from sequencer.engine.desk import Desk
from sequencer.engine.hooks import Source
from sequencer.simulation.cast import Person
from sequencer.simulation.clock import MachineClock, TrueTime
from sequencer.simulation.extras import NOTHING, Extras
from sequencer.simulation.loop import VirtualLoop
from sequencer.simulation.record import Record, Stop
from sequencer.simulation.scripts import Script
from sequencer.simulation.tally import Tally
from sequencer.store import enrollments, prospects
from sequencer.store.database import Connection, DatabaseError
from sequencer.store.memory import MemoryDatabase

P = ParamSpec("P")
T = TypeVar("T")

DAY_S = 86_400.0


@dataclass
class Play:
    """The world of one seed.

    Attributes:
        meddle: what somebody does at once, to a person whose mail is just on the line.
        calm: nothing goes wrong any more, and nobody begins anything: the world comes to its end.
        unread: true seconds at which the last mail came into each mailbox that was not read since.
        wakers: called when something happened that a daemon may want to look at, with a delay.
        released: called as soon as it is committed that mails leave again.
    """

    chance: Random
    loop: VirtualLoop
    true: TrueTime
    database: MemoryDatabase
    desk: Desk
    sources: Mapping[str, Source]
    people: Mapping[str, Person]
    scripts: Mapping[str, Script]
    tally: Tally
    clocks: tuple[MachineClock, ...]
    extras: Extras = NOTHING
    record: Record = field(default_factory=Record)
    calm: bool = False
    meddle: Callable[[Person], None] = lambda _person: None
    unread: dict[str, float] = field(default_factory=dict)
    wakers: list[Callable[[float], None]] = field(default_factory=list)
    released: Callable[[], None] = lambda: None

    @property
    def now(self) -> datetime:
        """What the clock shows on the machine on which the web server and the reps work."""
        return self.clocks[0].now()

    def clock_was_moved(self) -> bool:
        """Whether some machine's wall clock was ever wrong."""
        return any(clock.stepped_s for clock in self.clocks)

    def person(self, address: str) -> Person:
        """Whose address that is, however it is spelt."""
        return self.people[address_key(address)]

    def is_known(self, person: Person) -> bool:
        """Whether the database has the person, and has not forgotten them with a restore."""
        return self.read(prospects.find, person.address) is not None

    def happens(self, probability: float) -> bool:
        """Whether something of that probability happens now; nothing does in a calm world."""
        return not self.calm and self.chance.random() < probability

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        """Let something happen after that time."""
        self.loop.call_later(seconds, what)

    def wake(self, within_s: float = 0.0) -> None:
        """Let the daemons notice something, after a while of at most that length."""
        for waker in self.wakers:
            waker(self.chance.random() * within_s)

    def read(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What lies in the database, for the world's own eyes."""
        with self.database.read() as connection:
            return work(connection, *args, **kwargs)

    def commit(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[int, T] | None:
        """Number and result of what somebody does at the command line; None on a full disk."""
        try:
            result = self.database.transact(lambda connection: work(connection, *args, **kwargs))
        except DatabaseError:
            self.tally.sometimes("command met a full disk")
            return None
        return self.record.next(), result

    def newest_enrollment(self) -> int:
        """Number of the newest enrollment."""
        return self.read(enrollments.newest)

    def stopped(self, person: Person, how: str, *, number: int, for_ever: bool) -> None:
        """Note a stop that was committed as that number."""
        person.stops.append(Stop(number, how, self.newest_enrollment(), for_ever))
        self.tally.sometimes(f"stopped by {how}")
        self.record.tell(f"{person.address} is stopped by {how}")
