"""When is the next mail to somebody due? Whoever wants to act just then has to know."""

from sequencer.domain.send import OPEN_STATES
from sequencer.simulation.cast import Person
from sequencer.simulation.play import Play
from sequencer.store import enrollments, prospects, sends


def due_in_s(play: Play, person: Person) -> float | None:
    """Seconds until it is due, by the clock of the first machine; None where nothing waits."""
    stored = play.read(prospects.find, person.address)
    for each in play.read(enrollments.of_prospect, stored.id) if stored else ():
        for send in play.read(sends.of_enrollment, each.id):
            if send.state in OPEN_STATES:
                return (send.due_at - play.now).total_seconds()
    return None
