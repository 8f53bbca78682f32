"""A database is put back to an earlier state: nothing leaves before an operator has compared it.

What an operator does stands in the handbook: with the daemons stopped the backup is put back, where
a host may not notice it by itself everything is held by hand, and later Sent and the log of
opt-outs are compared with the ledger.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from sequencer.domain.history import Seen
from sequencer.engine.history import HistoryWatch, hold_by_hand, why_held
from sequencer.engine.opt_out_book import OptOutBook
from sequencer.engine.reconcile import ReconcileError, Report, Wanted, reconcile
from sequencer.engine.remember import Gap
from sequencer.simulation.amnesia import Amnesia, Remembered, remember_all
from sequencer.simulation.cast import Person
from sequencer.simulation.clock import MachineClock
from sequencer.simulation.daemons import Daemons
from sequencer.simulation.fate import FatedLife, Troubles
from sequencer.simulation.outside import HostMarker, OptOutPages
from sequencer.simulation.play import DAY_S, Play
from sequencer.simulation.record import Dot
from sequencer.store import enrollments, epoch, prospects
from sequencer.store.database import DatabaseError
from sequencer.store.memory import MemoryDatabase

RESTORED = 0.3  # of the worlds lose history
WHOLE_FOLDER = 0.2  # of the backups are put back with the file that tells what the host has seen
ENROLLED_AGAIN = 0.6  # of those whose enrollment was forgotten
OPTS_OUT = 0.5  # of the backups are followed by an opt-out that they do not have
LATER_S = (600.0, 7_200.0, DAY_S, 3 * DAY_S, 6 * DAY_S)  # from a backup to the day it is needed
ASLEEP_S = (3_600.0, 6 * 3_600.0, 2 * DAY_S)  # until the operator compares
AGAIN_S = 900.0
MOST_TRIES = 1_000
BY = "an operator"


@dataclass(frozen=True)
class Backup:
    """A copy of the database, and what lay beside it when it was made."""

    database: MemoryDatabase
    known: Remembered
    head: Seen | None
    markers: dict[int, Seen | None]


@dataclass
class Restores:
    """Loses history in a world, and goes on after it.

    Attributes:
        enrol: how a rep enrols somebody, who may do it once more.
        opt_out: how somebody opts out who got that mail, and may be forgotten.
        chance: of its own, so that it moves no other chance.
    """

    play: Play
    daemons: Daemons
    amnesia: Amnesia
    enrol: Callable[[Person, str], None]
    opt_out: Callable[[Person, Dot], None]
    chance: Random
    pages: OptOutPages = field(default_factory=OptOutPages)
    markers: dict[int, HostMarker] = field(default_factory=dict)
    keys: int = 0
    last: int = 0  # number of what happened when the last backup was put back

    def begin(self, days: float) -> None:
        """Now and then a backup is made that will be needed."""
        self.play.database.tell = OptOutBook(self.pages).note
        self.daemons.history_of = self.history_of
        for _ in range(self.chance.choice((1, 2, 3))):
            self.play.later(self.chance.random() * days * 0.9 * DAY_S, self._back_up)

    def history_of(self, clock: MachineClock) -> HistoryWatch:
        """What the host with that clock has seen committed."""
        return HistoryWatch(self.markers.setdefault(id(clock), HostMarker()), self._new_key)

    def _new_key(self) -> str:
        self.keys += 1
        return f"epoch-{self.keys}"

    def _back_up(self) -> None:
        copied = MemoryDatabase()
        copied.copy_from(self.play.database)
        markers = {host: marker.seen for host, marker in self.markers.items()}
        backup = Backup(copied, remember_all(self.play), self._head(), markers)
        later_s = self.chance.choice(LATER_S)
        if self.chance.random() < OPTS_OUT:
            self.play.later(self.chance.random() * later_s, self._somebody_opts_out)
        self.play.later(later_s, lambda: self._put_back(backup))

    def _somebody_opts_out(self) -> None:
        """One of those who have had a mail and are still written to."""
        play = self.play
        told = [(play.person(dot.envelope.recipient), dot) for dot in play.record.dots]
        live = [each for each in told if each[1].accepted and self._is_live(each[0])]
        if live and not play.calm and not play.record.holds:
            self.opt_out(*self.chance.choice(live))

    def _is_live(self, person: Person) -> bool:
        known = self.play.read(prospects.find, person.address)
        return known is not None and bool(self.play.read(enrollments.live_of, [known.id]))

    def _head(self) -> Seen | None:
        found = self.play.read(epoch.get)
        newest = self.play.read(epoch.newest_entry)
        return Seen(found.key, *newest) if found is not None and newest is not None else None

    def _put_back(self, backup: Backup) -> None:
        play = self.play
        is_older = backup.known.number < self.last
        if play.calm or is_older:
            backup.database.dispose()
            return
        if play.record.holds or self._head() == backup.head:  # nothing would be lost
            play.later(DAY_S, lambda: self._put_back(backup))
            return
        self._note_heads()
        stopped = self.daemons.stop_all()
        play.database.copy_from(backup.database)
        backup.database.dispose()
        self.last = play.record.next()
        self.amnesia.forget(backup.known)
        play.record.restores += 1
        play.record.holds = True
        play.released = lambda: self._released(backup)
        play.tally.sometimes("restored")
        play.record.tell(f"the database is put back by {play.true.seconds - backup.known.at:.0f} s")
        self._hold(backup)
        for _ in range(stopped):
            self.daemons.start()
        play.later(self.chance.choice(ASLEEP_S), lambda: self._come(backup))

    def _note_heads(self) -> None:
        """A daemon looks every few seconds; one that leaps over idle hours has left that out."""
        head = self._head()
        for machine in self.daemons.alive.values():
            if machine.life.asleep_until <= self.play.true.seconds and head is not None:
                self.markers.setdefault(id(machine.life.clock), HostMarker()).save(head)

    def _hold(self, backup: Backup) -> None:
        """Hold by hand where some host would not notice it, or cannot, as its file is old too."""
        play = self.play
        if self.chance.random() < WHOLE_FOLDER:
            for host, marker in self.markers.items():
                marker.seen = backup.markers.get(host)
        if all(self._notices(clock, backup) for clock in play.clocks):
            return
        play.tally.sometimes("held by hand after a restore")
        since = play.true.begin + timedelta(seconds=backup.known.at)
        with play.database.write() as connection:
            hold_by_hand(connection, "a backup was put back", play.now, since)

    def _notices(self, clock: MachineClock, backup: Backup) -> bool:
        """Whether that host has seen something committed that the backup does not have."""
        marker = self.markers.get(id(clock))
        if marker is None or marker.seen is None:
            return False
        return backup.head is None or marker.seen.entry > backup.head.entry

    # The operator.

    def _come(self, backup: Backup) -> None:
        self.play.loop.create_task(self._compare(backup))

    async def _compare(self, backup: Backup) -> None:
        """Try until everything could be compared."""
        clock = self.play.clocks[0]
        life = FatedLife(
            play=self.play, clock=clock, troubles=Troubles(), name=BY, on_death=_nothing
        )
        world, wanted = self.daemons.open_world(life), Wanted()
        for _ in range(MOST_TRIES):
            try:
                report = await reconcile(world, wanted, self.history_of(clock), [self.pages])
            except DatabaseError:
                report = None
            except ReconcileError as error:
                if not self.play.read(why_held):
                    self.play.record.violated(f"I14: nothing is held after a restore: {error}")
                since = self.play.true.begin + timedelta(seconds=backup.known.at)
                wanted, report = Wanted(since=since - timedelta(days=2)), None
            if report is not None:
                self._note(report)
                if report.released:
                    self._do_again()
                    return
            await clock.sleep(AGAIN_S)
        self.play.record.violated(f"I14: {MOST_TRIES} reconciliations did not end the hold")

    def _note(self, report: Report) -> None:
        tally = self.play.tally
        for difference in report.differences:
            name = (
                "learned from Sent" if difference.gap is Gap.SENT else "a stranger's mail in Sent"
            )
            tally.sometimes(name)
        tally.sometimes("opt-out put back on the list", report.opt_outs.new)
        tally.sometimes("reconciled", int(report.released))
        tally.sometimes("reconciled in vain", int(not report.released))

    def _released(self, backup: Backup) -> None:
        """From this commit on mails may leave."""
        self.play.record.holds = False
        self.play.record.tell("reconciled: mails leave again")
        self.amnesia.allow(backup.known)
        self.play.wake()

    def _do_again(self) -> None:
        """Reps do once more what was forgotten."""
        play = self.play
        for person in play.people.values():
            for slug, times in person.enrolled.items():
                if self._times_enrolled(person, slug) < times and play.happens(ENROLLED_AGAIN):
                    self.enrol(person, slug)

    def _times_enrolled(self, person: Person, slug: str) -> int:
        known = self.play.read(prospects.find, person.address)
        every = self.play.read(enrollments.of_prospect, known.id) if known is not None else []
        return sum(each.slug == slug for each in every)


def chance_of_restores(seed: int) -> Random | None:
    """The chance of the restores of a seed; None where its world loses nothing."""
    chance = Random(f"restores of {seed}")
    return chance if chance.random() < RESTORED else None


def _nothing() -> None:
    """Nobody is told."""
