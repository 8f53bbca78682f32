"""How a world has ended: did everything come to its end, and does the ledger tell what happened?"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.ledger import Kind
from sequencer.domain.send import FINAL, SendState
from sequencer.engine.verify import Recorded, verify
from sequencer.mail.identity import identity
from sequencer.simulation.cast import Person
from sequencer.simulation.people import quoted
from sequencer.simulation.play import Play
from sequencer.store import enrollments, inbound, ledger, prospects, sends
from sequencer.store.enrollments import StoredEnrollment

_ORDERED = "accept|counts as sent|once more|reason|after its end|while it was|Message-ID"
BY_ORDER = re.compile(_ORDERED)
MOST_ENTRIES = 1_000_000


def final_verdict(play: Play) -> None:
    """Note every promise that was not kept, by the state in which the world has ended."""
    for rule in (_ledger_is_true, _one_end_each, _everything_ended, _no_stop_was_lost):
        for sentence in rule(play):
            play.record.violated(sentence)


def _ledger_is_true(play: Play) -> Iterator[str]:
    told = [dot for dot in play.record.dots if dot.number not in play.record.untold]
    accepted = [quoted(dot) for dot in told if dot.accepted]
    record = [Recorded(mail.message_id, mail.recipient) for mail in accepted]
    findings = play.read(verify, play.desk, play.true.now, record)
    stepped = play.clock_was_moved()
    vouched = [
        quoted(dot).message_id
        for dot in play.record.dots
        if not dot.accepted and play.person(dot.envelope.recipient).vouched
    ]
    for detail in findings.details:
        # A ledger cannot know that the clock it was dated by was wrong; the judge does.
        wrong = stepped and not BY_ORDER.search(detail)
        by_word = any(message_id in detail for message_id in vouched)
        if not wrong and not by_word:
            yield f"verify: {detail}"


def _one_end_each(play: Play) -> Iterator[str]:
    kinds: dict[Kind, Counter[int | None]] = {Kind.FINISHED: Counter()}
    for _, entry in play.read(ledger.latest, MOST_ENTRIES):
        if entry.kind in kinds:
            kinds[entry.kind][entry.enrollment_id] += 1
    again = Counter(
        number
        for person in play.people.values()
        for number, every in person.reopened.items()
        for _ in every
    )
    for number, ends in kinds[Kind.FINISHED].items():
        if ends > 1 + again[number or 0]:
            yield f"I7: enrollment {number} ended {ends} times, re-opened {again[number or 0]}"


def _everything_ended(play: Play) -> Iterator[str]:
    for _, stored in _everybody(play):
        enrollment = stored.enrollment
        over = enrollment.state is EnrollmentState.FINISHED
        waits = enrollment.state is EnrollmentState.PAUSED and enrollment.resume_at is None
        if not over and not waits and not _is_held_back(play, stored):
            yield f"I5: enrollment {stored.id} is {enrollment.state}, and nothing will come of it"
        for send in play.read(sends.of_enrollment, stored.id) if over else ():
            if send.state not in FINAL | {SendState.PARKED}:
                yield f"I5: {send.step_id} of enrollment {stored.id} is {send.state} after its end"


def _is_held_back(play: Play, stored: StoredEnrollment) -> bool:
    """Whether it waits for a place that somebody has who is paused until a person resumes them."""
    places = play.scripts[stored.slug].max_active
    if stored.enrollment.state is not EnrollmentState.PENDING or places is None:
        return False
    paused = [
        each
        for _, each in _everybody(play)
        if each.slug == stored.slug and each.enrollment.state is EnrollmentState.PAUSED
    ]
    return len(paused) >= places


def _no_stop_was_lost(play: Play) -> Iterator[str]:
    for person, stored in _everybody(play):
        if stored.enrollment.state is EnrollmentState.FINISHED:
            continue
        stops = [
            stop.how
            for stop in person.stops_before(play.record.next(), stored.id)
            if stop is not person.held or stored.enrollment.state is not EnrollmentState.PAUSED
        ]
        answers = [answer.how for answer in person.answers_to(stored.id)]
        for how in (*stops, *answers):
            yield f"I10: {how} of {person.address} has not ended enrollment {stored.id}"
    for person in play.people.values():
        for answer in person.answers:
            if not play.read(inbound.is_known, answer.mailbox, identity(answer.raw)):
                yield f"I10: {answer.how} of {person.address} was never read"


def digest_of_ledger(play: Play) -> str:
    """What the ledger tells, in 64 digits: equal for two runs of a seed."""
    told = "\n".join(repr(entry) for _, entry in play.read(ledger.latest, MOST_ENTRIES))
    return hashlib.sha256(told.encode()).hexdigest()


def _everybody(play: Play) -> Iterator[tuple[Person, StoredEnrollment]]:
    for person in play.people.values():
        known = play.read(prospects.find, person.address)
        if known is not None:
            for stored in play.read(enrollments.of_prospect, known.id):
                yield person, stored
