"""Somebody of an account has answered: what the judge expects of the cadences of the others."""

from sequencer.domain.enrollment import EnrollmentState
from sequencer.simulation.cast import Person
from sequencer.simulation.play import DAY_S, Play
from sequencer.simulation.record import Absence, Answer
from sequencer.store import enrollments, prospects
from sequencer.store.enrollments import StoredEnrollment


def tell_colleagues(play: Play, writer: Person, mailbox: str, raw: bytes) -> None:
    """Note what an answer has to do to everybody else of the company, once it is read."""
    for person in play.people.values():
        if person is not writer and person.domain == writer.domain:
            for stored in _live(play, person):
                _expect(play, person, stored, mailbox, raw)


def _expect(play: Play, person: Person, stored: StoredEnrollment, mailbox: str, raw: bytes) -> None:
    rule, at, only = play.scripts[stored.slug].colleagues, play.true.seconds, frozenset({stored.id})
    if rule == "ignore":
        play.tally.sometimes("colleague ignored")
    elif rule == "finish":
        play.tally.sometimes("colleague finished")
        person.answers.append(Answer(at, "an answer of a colleague", 0, raw, mailbox, only))
    else:
        play.tally.sometimes("colleague paused")
        until = at + (int(rule) - 0.5) * DAY_S
        person.absences.append(Absence(at, until, 0, mailbox, raw, only))


def _live(play: Play, person: Person) -> list[StoredEnrollment]:
    known = play.read(prospects.find, person.address)
    every = play.read(enrollments.of_prospect, known.id) if known else []
    return [each for each in every if each.enrollment.state is not EnrollmentState.FINISHED]
