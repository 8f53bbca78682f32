"""Reps who change their minds: another owner, an end taken back, a call that nobody planned."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.send import IN_FLIGHT
from sequencer.engine.calls import Call, log_call
from sequencer.engine.import_prospects import import_prospects
from sequencer.engine.owner import assign
from sequencer.engine.reopen_enrollment import NotReopenedError, Request, reopen_enrollment
from sequencer.engine.stop import UnknownProspectError, stop
from sequencer.engine.tasks import Ending
from sequencer.files.prospects import Accepted
from sequencer.mail.identity import identity
from sequencer.simulation.cast import Person
from sequencer.simulation.play import DAY_S, Play
from sequencer.simulation.record import Home, Reached, Reopening
from sequencer.store import enrollments, inbound, prospects, sends
from sequencer.store.database import Connection, DatabaseError
from sequencer.store.enrollments import StoredEnrollment

BY = "a rep"
LOOK_S = 3.7 * DAY_S
CALLS = ("interested", "no-answer", "no-answer", "not-interested")
# After these nobody may write again, whoever wants it.
WORDS_OF_THE_PERSON = {"opt-out by mail", "opt-out by button", "bounce", "complaint"}
NEVER = {FinishReason.OPTED_OUT, FinishReason.BOUNCED, FinishReason.COMPLAINED}


@dataclass
class SecondThoughts:
    """What reps do in worlds that have more than the plain ones."""

    play: Play

    def begin(self) -> None:
        """Look at what has ended now and then, for ever."""
        if self.play.extras.second_look:
            self.play.later(LOOK_S, self._look)

    def deeds(self) -> tuple[Callable[[Person], None], ...]:
        """What a rep may do to one person, beside the usual deeds."""
        return (
            self.change_owner,
            self.change_owner,
            self.stop_and_reopen,
            self.stop_and_reopen,
            self.reopen,
            self.call_in,
            self.call_in,
        )

    def _look(self) -> None:
        if self.play.calm:
            return
        self.play.later(LOOK_S, self._look)
        for person in self.play.people.values():
            if self.play.happens(self.play.extras.second_look):
                deed = self.play.chance.choice((self.reopen, self.change_owner))
                self.play.later(self.play.chance.random() * DAY_S, partial(deed, person))

    # Another owner.

    def change_owner(self, person: Person) -> None:
        """Give the person to another rep, by a word or by a list."""
        play = self.play
        reps = sorted({*play.desk.policy.mailboxes, "a rep without a mailbox"})
        owner = play.chance.choice([rep for rep in reps if rep != person.owner] or reps)
        before, by_list = person.owner, play.chance.random() < 0.4
        person.owner = owner
        done = self._import(person) if by_list else self._assign(person)
        if not done:
            person.owner = before
            return
        play.tally.sometimes(f"another owner by {'a list' if by_list else 'a word'}")
        play.record.tell(f"{person.address} is {owner}'s now")
        number = play.record.next()
        moved = [each for each in self._of(person) if self._has_moved(each, owner)]
        for each in moved:
            mailbox = each.enrollment.mailbox or ""
            if owner not in play.record.locked_at:
                mailbox = owner
            person.homes[each.id] = Home(number, play.true.seconds, mailbox)
            play.tally.sometimes("moved to another mailbox")
            play.tally.sometimes("moved while on the line", int(self._is_on_the_line(each)))
        play.wake()

    def _has_moved(self, each: StoredEnrollment, owner: str) -> bool:
        has_mailbox = owner in self.play.desk.policy.mailboxes
        bound = each.enrollment.mailbox is not None
        lives = each.enrollment.state in {EnrollmentState.ACTIVE, EnrollmentState.PAUSED}
        return has_mailbox and bound and lives

    def _is_on_the_line(self, stored: StoredEnrollment) -> bool:
        every = self.play.read(sends.of_enrollment, stored.id)
        return any(send.state in IN_FLIGHT for send in every)

    def _assign(self, person: Person) -> bool:
        play = self.play
        try:
            done = play.commit(assign, play.desk, person.address, person.owner, BY, play.now)
        except UnknownProspectError:
            return False
        return done is not None

    def _import(self, person: Person) -> bool:
        play, row = self.play, Accepted(2, person.prospect())
        if play.read(prospects.find, person.address) is None:
            return False
        try:
            import_prospects(play.database, play.desk, [row], "a list", play.now)
        except DatabaseError:
            return False
        return True

    # An end taken back.

    def stop_and_reopen(self, person: Person) -> None:
        """A stop of the wrong person, noticed at once or a little later."""
        play = self.play
        done = play.commit(stop, play.desk, person.address, BY, play.now)
        if done is None:
            return
        play.stopped(person, "stop of the wrong person", number=done[0], for_ever=False)
        after_s = play.chance.choice((0.0, 0.0, 0.0, 1.0, 6.0, 60.0, 1_000.0, DAY_S))
        play.later(after_s, lambda: self._unless_calm(self.reopen, person))

    def _unless_calm(self, deed: Callable[[Person], None], person: Person) -> None:
        if not self.play.calm:
            deed(person)

    def reopen(self, person: Person) -> None:
        """Let the enrollment that ended last go on, if it may."""
        play = self.play
        before = {each.id: each.enrollment.finish_reason for each in self._of(person)}
        if not any(before.values()):
            return
        wanted = Request(person.address, BY, "it was a mistake")
        number = play.record.next()
        try:
            done = play.commit(reopen_enrollment, play.desk, wanted, play.now)
        except NotReopenedError as error:
            for reason in NEVER & set(before.values()):
                play.tally.sometimes(f"not re-opened after {reason}")
            play.tally.sometimes("not re-opened")
            play.record.tell(f"{person.address} is not re-opened: {error}")
            return
        if done is None:
            return
        play.tally.sometimes(f"re-opened after {before[done[1].id]}")
        is_hot = self._is_on_the_line(done[1])
        play.tally.sometimes("re-opened while a mail was on the line", int(is_hot))
        self.note_reopened(person, done[1], number)
        play.wake()

    def note_reopened(self, person: Person, stored: StoredEnrollment, number: int) -> None:
        """Note that an end was taken back, which must not be where the person has spoken."""
        play = self.play
        mails = [(each.mailbox, each.raw) for each in person.answers]
        mails += [(each.mailbox, each.raw) for each in person.absences]
        known = frozenset(
            raw for mailbox, raw in mails if play.read(inbound.is_known, mailbox, identity(raw))
        )
        words = [
            answer.how
            for answer in person.answers
            if answer.raw in known and answer.how in WORDS_OF_THE_PERSON
        ]
        words += [stop.how for stop in person.stops if stop.for_ever]
        for how in words:
            play.record.violated(f"I3: {person.address} was re-opened after {how}")
        person.reopened.setdefault(stored.id, []).append(Reopening(number, known))
        person.pauses.pop(stored.slug, None)
        person.vouched = True
        play.record.tell(f"{stored.slug} of {person.address} is re-opened")

    # A call that nobody planned.

    def call_in(self, person: Person) -> None:
        """The person rings, and says what they think."""
        play, name = self.play, self.play.chance.choice(CALLS)
        call = Call(person.address, inbound=True, ending=Ending(BY, name))
        try:
            done = play.commit(log_call, play.desk, call, play.now)
        except UnknownProspectError:
            return
        if done is None:
            return
        number, upto = done[0], play.newest_enrollment()
        play.tally.sometimes("call came in")
        if name == "interested":
            person.reached[-number] = Reached(play.true.seconds, upto, only=False)
        elif name == "not-interested":
            play.stopped(person, "a call that came in", number=number, for_ever=False)
        play.record.tell(f"{person.address} rings: {name}")
        play.wake()

    def _of(self, person: Person) -> list[StoredEnrollment]:
        def every(connection: Connection) -> list[StoredEnrollment]:
            known = prospects.find(connection, person.address)
            return enrollments.of_prospect(connection, known.id) if known else []

        return self.play.read(every)
