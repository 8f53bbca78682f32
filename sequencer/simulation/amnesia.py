"""What nobody can know any more once a backup was put back: the judge has to forget it as well.

A judge that remembered a pause of yesterday would blame a database from which it is gone. What lies
outside is remembered: mails in the folders, mails at their recipients, and who opted out.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sequencer.mail.folder import Folder
from sequencer.mail.message_id import make_ref
from sequencer.simulation.booking import BookingService
from sequencer.simulation.cast import Person
from sequencer.simulation.judge import Judge
from sequencer.simulation.play import Play
from sequencer.simulation.provider import Provider
from sequencer.simulation.record import Dot
from sequencer.store import enrollments, hooks, prospects

# A copy in Sent tells when the mail was written, which is a little before it left.
WRITTEN_BEFORE = timedelta(minutes=15)


@dataclass
class Remembered:
    """What the world knew when a backup was made."""

    number: int
    at: float
    people: dict[str, Person] = field(default_factory=dict)


def remember_all(play: Play) -> Remembered:
    """What is known now, to be gone back to."""
    people = {
        key: replace(
            copy(person),
            homes=dict(person.homes),
            starts_at=dict(person.starts_at),
            reached=dict(person.reached),
        )
        for key, person in play.people.items()
    }
    return Remembered(play.record.number, play.true.seconds, people)


@dataclass
class Amnesia:
    """Lets the judge forget what the database has forgotten."""

    play: Play
    judge: Judge
    bookings: BookingService
    providers: Mapping[str, Provider]

    def forget(self, known: Remembered) -> None:
        """Forget what was committed since, now that the backup is there again."""
        play, newest = self.play, self.play.newest_enrollment()
        for key, person in play.people.items():
            _go_back(person, known.people[key], known.number, newest)
        for name in self.providers:  # the cursors stand where they stood: all of it is new again
            play.unread[name] = play.true.seconds
        play.record.holders.clear()
        for place in [each for each in play.record.first_handed if each[0] > newest]:
            del play.record.first_handed[place]
        for marked in [each for each in self.judge.ids if each[2] > newest]:
            del self.judge.ids[marked]
        reached = self.judge.conduct.reached
        for number in [each for each in reached if each > newest]:
            del reached[number]
        waiting = set(play.read(hooks.waiting))
        kept = {key: who for key, who in self.bookings.waiting.items() if key in waiting}
        self.bookings.waiting = kept

    def allow(self, known: Remembered) -> None:
        """Forget the mails of which nothing tells any more, now that all else was compared."""
        since = [dot for dot in self.play.record.dots if dot.accepted and dot.number > known.number]
        for dot in since:
            is_lost = not self._has_copy(dot)
            self._make_room(dot, is_lost=is_lost)
            if is_lost:
                self.play.record.lost.add(dot.number)
                self._forget_mail(dot)
            if is_lost or not self._is_enrolled(dot):
                self.play.record.untold.add(dot.number)
        self.judge.conduct.left.clear()

    def _has_copy(self, dot: Dot) -> bool:
        head = dot.envelope.data.partition(b"\r\n\r\n")[0]
        ref = next(line for line in head.split(b"\r\n") if line.startswith(b"X-Sequencer-Ref:"))
        return any(
            ref in stored.raw.partition(b"\r\n\r\n")[0]
            for stored in self.providers[dot.mailbox].inbox.boxes[Folder.SENT].stored
        )

    def _is_enrolled(self, dot: Dot) -> bool:
        """Whether the enrollment that the mail belongs to was made before the backup."""
        return any(ref in dot.envelope.data for ref in self._refs(dot))

    def _refs(self, dot: Dot) -> list[bytes]:
        play, (slug, _, step) = self.play, dot.mark.partition(".")
        person = play.read(prospects.find, play.person(dot.envelope.recipient).address)
        every = play.read(enrollments.of_prospect, person.id) if person is not None else []
        salt = play.desk.policy.salt
        return [
            make_ref(each.enrollment.key, step, salt).encode()
            for each in every
            if each.slug == slug
        ]

    def _make_room(self, dot: Dot, *, is_lost: bool) -> None:
        """Let the mail have left a little earlier, or never, as far as pace and waits go."""
        wall = dot.hand.wall if dot.hand is not None else dot.wall
        left = self.judge.left.get(dot.mailbox, [])
        if wall in left:
            left.remove(wall)
            if not is_lost:
                left.append(wall - WRITTEN_BEFORE)
        place = (self.play.person(dot.envelope.recipient).address, dot.mark.partition(".")[0])
        if last := self.judge.last.pop(place, None):
            before_s = WRITTEN_BEFORE.total_seconds()
            self.judge.last[place] = (last[0] - WRITTEN_BEFORE, last[1] - before_s)

    def _forget_mail(self, dot: Dot) -> None:
        """It left, and no copy was filed: nobody can know, and it may leave once more."""
        person = self.play.person(dot.envelope.recipient)
        self.play.tally.sometimes("lost without a trace")
        self.play.record.tell(f"nothing tells of {dot.mark} to {person.address} any more")
        self.judge.copies[person.address, dot.mark] -= 1
        self.judge.last.pop((person.address, dot.mark.partition(".")[0]), None)
        if dot.hand is not None and dot.hand.enrollment_id in self.judge.conduct.reached:
            self.judge.conduct.reached[dot.hand.enrollment_id] = 0


def _go_back(person: Person, before: Person, number: int, newest: int) -> None:
    """Let a person be where the backup has them; what is in the folders will be read once more."""
    person.stops = [each for each in person.stops if each.number <= number or each.for_ever]
    person.reopened = {
        enrolled: [each for each in every if each.number <= number]
        for enrolled, every in person.reopened.items()
        if enrolled <= newest
    }
    person.answers = [
        replace(each, upto=min(each.upto, newest), only=_known(each.only, newest))
        for each in person.answers
    ]
    person.absences = [
        replace(each, upto=min(each.upto, newest), only=_known(each.only, newest))
        for each in person.absences
    ]
    person.pauses, person.held, person.owner = {}, before.held, before.owner
    person.homes, person.starts_at = dict(before.homes), dict(before.starts_at)
    person.reached = dict(before.reached)


def _known(only: frozenset[int] | None, newest: int) -> frozenset[int] | None:
    return only if only is None else frozenset(each for each in only if each <= newest)
