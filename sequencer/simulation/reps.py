"""What reps do by hand, often just when the engine is about to write to the same person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sequencer.engine.enroll import Enrolment, enroll
from sequencer.engine.pause import pause, resume
from sequencer.engine.stop import stop, suppress
from sequencer.mail.folder import Folder
from sequencer.simulation import letters
from sequencer.simulation.cast import Person
from sequencer.simulation.due import due_in_s
from sequencer.simulation.judge import Judge
from sequencer.simulation.play import DAY_S, Play
from sequencer.simulation.provider import Provider
from sequencer.simulation.record import ByHand, Dot, Stop
from sequencer.simulation.second_thoughts import SecondThoughts
from sequencer.store import prospects
from sequencer.store.database import DatabaseError

NEARBY_S = 120.0
BY = "a rep"


@dataclass
class Reps:
    """The reps of one workspace."""

    play: Play
    providers: Mapping[str, Provider]
    judge: Judge
    second_thoughts: SecondThoughts
    keys: int = 0

    def new_key(self) -> str:
        """A key that nobody has had before, the same in each run of a seed."""
        self.keys += 1
        return sha256(f"key {self.keys} {self.play.chance.random()}".encode()).hexdigest()[:32]

    def enrol(self, person: Person, slug: str) -> None:
        """Import somebody, in whatever spelling the list has, and enrol them."""
        play = self.play
        local, _, domain = person.address.partition("@")
        spelling = play.chance.choice((person.address, person.address, f"{local.upper()}@{domain}"))
        upsert = play.commit(prospects.upsert, [person.prospect(spelling)], play.now)
        if upsert is None:
            play.later(600.0, lambda: self.enrol(person, slug))
            return
        wanted = Enrolment(slug, (spelling,), BY, starts_at=self._begin())
        try:
            [answer] = enroll(play.database, play.desk, wanted, self.new_key, play.now)
        except DatabaseError:
            play.later(600.0, lambda: self.enrol(person, slug))
            return
        play.record.next()
        if answer.enrolled:
            person.enrolled[slug] = person.enrolled.get(slug, 0) + 1
            play.tally.sometimes("enrolled")
            if wanted.starts_at is not None:
                person.starts_at[slug] = wanted.starts_at
        for waits in answer.waits:
            play.tally.sometimes(f"waits: {waits.reason}")
        for refusal in answer.refusals:
            play.tally.sometimes(f"refused: {refusal.reason}")
        play.record.tell(f"{person.address} into {slug}: {answer.refusals or 'enrolled'}")
        play.wake()

    def deeds(self) -> tuple[Callable[[Person], None], ...]:
        """All that a rep may do to one person."""
        return (
            self.pause,
            self.pause,
            self.write,
            self.write,
            self.stop,
            self.suppress,
            self.suppress_domain,
            *self.second_thoughts.deeds() * self.play.extras.deeds,
        )

    def _begin(self) -> datetime | None:
        """When an enrolment is to begin, where that is later."""
        delayed = self.play.extras.delayed
        if not delayed or not self.play.happens(delayed):
            return None
        return self.play.now + timedelta(hours=self.play.chance.choice((3, 50, 200)))

    def meddle_at_once(self, person: Person) -> None:
        """Do one of those while a mail to the same person is on the line."""
        self.play.tally.sometimes("meddled while a mail was on the line")
        self.meddle(person)

    def meddle(self, person: Person) -> None:
        """Do one of those, now; to nobody whom the database has forgotten."""
        if self.play.is_known(person):
            self.play.chance.choice(self.deeds())(person)

    def watch(self, dot: Dot) -> None:
        """After a mail, perhaps decide to do something just when the next one is due."""
        person = self.play.person(dot.envelope.recipient)
        if self.play.happens(self.play.extras.watch):
            self.play.later(60.0, lambda: self._do_nearby(person))

    def _do_nearby(self, person: Person) -> None:
        wait_s = due_in_s(self.play, person)
        if wait_s is not None:
            around = self.play.chance.uniform(-NEARBY_S, NEARBY_S)
            self.play.later(max(0.0, wait_s + around), lambda: self._unless_calm(person))

    def _unless_calm(self, person: Person) -> None:
        if not self.play.calm:
            self.meddle(person)

    def write(self, person: Person) -> None:
        """A mail by hand, which lies in Sent and counts like any other."""
        play = self.play
        name = play.chance.choice(list(self.providers))
        address, now = play.desk.policy.mailboxes[name].address, play.now.replace(microsecond=0)
        raw = letters.by_hand(address, person.address, now)
        self.providers[name].inbox.deliver(raw, Folder.SENT)
        sent = ByHand(play.true.seconds, now, person.address)
        self.judge.by_hand.setdefault(name, []).append(sent)
        play.tally.sometimes("written by hand")
        play.record.tell(f"{name} writes to {person.address} by hand")

    def pause(self, person: Person) -> None:
        """Silence until the rep lets it go on, days later."""
        done = self.play.commit(pause, self.play.desk, person.address, BY, self.play.now)
        if done is not None and done[1]:
            person.held = Stop(
                done[0], "pause by hand", self.play.newest_enrollment(), for_ever=False
            )
            self.play.tally.sometimes("paused by hand")
            self.play.record.tell(f"{person.address} is paused")
            days = self.play.chance.choice((0.001, 0.5, 3.0, 8.0))
            self.play.later(days * DAY_S, lambda: self.resume(person))

    def resume(self, person: Person) -> None:
        """Let everything of that person go on."""
        if not self.play.is_known(person):
            return
        # From here on mails are allowed: the commit itself may be what starts one.
        held, person.held, person.absences, person.pauses = person.held, None, [], {}
        done = self.play.commit(resume, self.play.desk, person.address, BY, self.play.now)
        if done is None:
            person.held = held
            self.play.later(600.0, lambda: self.resume(person))
            return
        self.play.wake()
        person.vouched = True
        self.play.tally.sometimes("resumed by hand")
        self.play.record.tell(f"{person.address} is resumed")

    def stop(self, person: Person) -> None:
        """End everything of that person."""
        done = self.play.commit(stop, self.play.desk, person.address, BY, self.play.now)
        if done is not None:
            self.play.stopped(person, "stop by hand", number=done[0], for_ever=False)

    def suppress(self, person: Person) -> None:
        """Put the address on the list, in another spelling."""
        target, now = person.address.upper(), self.play.now
        done = self.play.commit(suppress, self.play.desk, target, BY, now)
        if done is not None:
            self.play.stopped(person, "suppression by hand", number=done[0], for_ever=True)

    def suppress_domain(self, person: Person) -> None:
        """Put the whole company on the list."""
        done = self.play.commit(suppress, self.play.desk, person.domain, BY, self.play.now)
        if done is None:
            return
        for other in self.play.people.values():
            if other.domain == person.domain:
                self.play.stopped(other, "domain suppression", number=done[0], for_ever=True)
