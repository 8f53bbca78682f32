"""What followed from meetings, as far as the judge has to know: begun, gone on, taken back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.follow_up import FollowUpState
from sequencer.domain.send import SendState
from sequencer.simulation.cast import Person
from sequencer.simulation.play import Play
from sequencer.simulation.record import Stop
from sequencer.simulation.second_thoughts import SecondThoughts
from sequencer.store import enrollments, follow_ups, prospects, sends
from sequencer.store.database import Connection
from sequencer.store.follow_ups import StoredFollowUp
from sequencer.store.sends import StoredSend

_TAKEN_BACK = frozenset({FollowUpState.UNDONE, FollowUpState.DROPPED})
CLOSE = timedelta(seconds=120)  # between a booking and a mail that is about to leave, or just has


@dataclass
class FollowUps:
    """Writes down what daemons do about meetings."""

    play: Play
    seen: set[tuple[int, datetime]] = field(default_factory=set)

    def looked_at(self, follow_up_id: int, number: int, *, was_done: bool) -> None:
        """One was due, and was done or dropped, in a commit of that number."""
        row = self.play.read(follow_ups.get, follow_up_id)
        if not was_done:
            self.play.tally.sometimes("follow-up dropped when due")
            return
        person = self._person(row.prospect_id)
        self.play.record.tell(f"{person.address}: {row.rule} after {row.rule.case}")
        if "enrollment" in row.did:
            self._begun(person, row, number)
        if "reopened" in row.did:
            self._reopened(person, int(row.did["reopened"]), number)
            self.play.tally.sometimes("re-opened by rule")
        self.play.tally.sometimes("follow-up refused", int(bool(row.why)))
        self.play.tally.sometimes("asked after a meeting", int("task" in row.did))
        self.play.wake()

    def _begun(self, person: Person, row: StoredFollowUp, number: int) -> None:
        stored = self.play.read(enrollments.get, int(row.did["enrollment"]))
        what = row.rule.case.partition(".")[2].replace("_", " ").replace("no show", "a no-show")
        self.play.tally.sometimes(f"followed up after {what}")
        if stored.enrolled_at != row.ended_at:  # it had begun before, and was taken back
            self._reopened(person, stored.id, number)
            self.play.tally.sometimes("follow-up begun anew")
            return
        person.enrolled[stored.slug] = person.enrolled.get(stored.slug, 0) + 1

    def _reopened(self, person: Person, enrollment_id: int, number: int) -> None:
        stored = self.play.read(enrollments.get, enrollment_id)
        vouched = person.vouched
        SecondThoughts(self.play).note_reopened(person, stored, number)
        person.vouched = vouched  # a rule has not looked whether a mail in doubt has left

    def told(self, number: int) -> None:
        """Something was told about a meeting, in a commit of that number: what was taken back?"""
        for person in self.play.people.values():
            for row in self.play.read(_rows_of, person):
                place = row.id, row.planned_at
                if row.state in _TAKEN_BACK and place not in self.seen:
                    self.seen.add(place)
                    self._taken_back(person, row, number)

    def _taken_back(self, person: Person, row: StoredFollowUp, number: int) -> None:
        self.play.tally.sometimes(f"follow-up {row.state}")
        for name in ("enrollment", "reopened"):
            enrolled = row.did.get(name)
            stored = self.play.read(enrollments.get, int(enrolled)) if enrolled else None
            if stored is None:
                continue
            if stored.enrollment.state is EnrollmentState.FINISHED:
                how = f"a {name} that was taken back"
                stop = Stop(number, how, stored.id, for_ever=False, only=True)
                person.stops.append(stop)
                self.play.tally.sometimes(f"taken back: {name} by a rule")
            else:
                self.play.tally.sometimes("a follow-up had begun and went on")

    def booked(self, person: Person) -> None:
        """Count how close to a mail a booking was committed."""
        now = self.play.now
        for send in self.play.read(_sends_of, person):
            for name, is_so in _nearby(send, now).items():
                self.play.tally.sometimes(name, int(is_so))

    def _person(self, prospect_id: int) -> Person:
        return self.play.person(self.play.read(prospects.get, prospect_id).prospect.email)


def _nearby(send: StoredSend, now: datetime) -> dict[str, bool]:
    left_at = send.handed_at
    return {
        "booked just before a mail": send.state is SendState.CANCELLED
        and abs(send.due_at - now) <= CLOSE,
        "booked while a mail was claimed": send.state is SendState.CLAIMED,
        "booked while a mail was handed over": send.state is SendState.HANDED,
        "booked just after a mail": send.state is SendState.SENT
        and left_at is not None
        and now - left_at <= CLOSE,
    }


def _rows_of(connection: Connection, person: Person) -> list[StoredFollowUp]:
    known = prospects.find(connection, person.address)
    return follow_ups.of_person(connection, known.id) if known is not None else []


def _sends_of(connection: Connection, person: Person) -> list[StoredSend]:
    known = prospects.find(connection, person.address)
    every = enrollments.of_prospect(connection, known.id) if known is not None else []
    return [send for each in every for send in sends.of_enrollment(connection, each.id)]
