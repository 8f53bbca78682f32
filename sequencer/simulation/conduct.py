"""Does a mail come from the right mailbox, at its place in the cadence, within every limit?

What the judge asks besides whether a mail may leave at all.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sequencer.domain.enrollment import EnrollmentState
from sequencer.simulation.cast import Person
from sequencer.simulation.play import Play
from sequencer.simulation.record import Dot, Hand
from sequencer.store import enrollments, prospects

DAY = timedelta(hours=24)
GUARD_S = 3_600.0  # a guard is not asked again in the last moments before a mail
_ID = re.compile(rb"<[^<>\s]+>")
_THREAD = re.compile(rb"(?im)^(?:in-reply-to|references):((?:.|\r\n[ \t])*)")
_OWN_ID = re.compile(rb"(?im)^message-id:\s*(<[^<>\s]+>)")


@dataclass
class Conduct:
    """Remembers what left, by everything that limits or orders mails."""

    play: Play
    broken: Callable[[str, Dot, str], None]
    origins: dict[bytes, set[str]] = field(default_factory=dict)
    reached: dict[int, int] = field(default_factory=dict)
    left: dict[str, list[datetime]] = field(default_factory=dict)

    def at_dot(self, dot: Dot, hand: Hand, person: Person) -> None:
        """What has to be so before a mail leaves."""
        slug = dot.mark.partition(".")[0]
        if hand.open_steps:
            self.broken("I2", dot, f"{hand.open_steps[0]} is still to be done")
        early = hand.wall < person.starts_at.get(slug, hand.wall)
        if early and not self.play.clock_was_moved():  # it may have begun before that
            self.broken("I4", dot, f"it was to begin at {person.starts_at[slug]}")
        self._is_at_home(dot, hand, person)
        self._thread_is_its_own(dot, person)
        self._guard_holds(dot, hand, person)
        self._has_a_place(dot, hand, slug)

    def at_accept(self, dot: Dot, person: Person) -> None:
        """What has to be so where a mail has left."""
        if dot.hand is None:
            return
        slug, number = dot.mark.partition(".")[0], dot.hand.enrollment_id
        place = self.play.scripts[slug].marks.index(dot.mark)
        if place < self.reached.get(number, place):
            self.broken("I1", dot, "a later mail has left before it")
        for name, most, period in self._limits(person, slug, is_first=number not in self.reached):
            earlier = self.left.setdefault(name, [])
            recent = [at for at in earlier if at > dot.hand.wall - period]
            if most is not None and len(recent) >= most:
                self.broken("I4", dot, f"{len(recent)} mails before it: {name}")
            earlier.append(dot.hand.wall)
        self.reached[number] = place

    def _limits(
        self, person: Person, slug: str, *, is_first: bool
    ) -> Iterator[tuple[str, int | None, timedelta]]:
        limits = self.play.desk.policy.limits
        yield f"to {person.domain}", limits.per_domain, DAY
        yield f"to {person.address} in a day", limits.per_person_day, DAY
        yield f"to {person.address} in a week", limits.per_person_week, 7 * DAY
        if is_first:
            yield f"new in {slug}", self.play.scripts[slug].new_per_day, DAY

    def _is_at_home(self, dot: Dot, hand: Hand, person: Person) -> None:
        """Who has another owner hears from that owner, unless a mail may have left already."""
        home = person.homes.get(hand.enrollment_id)
        if home is None or home.number > hand.number or home.mailbox == dot.mailbox:
            return
        was_tried = self._was_handed(dot, hand)
        # A refusal to let us sign in may be stored long after it was given.
        locked_out = home.mailbox in self.play.record.locked_at
        if not was_tried and not locked_out:
            self.broken("I13", dot, f"it leaves {dot.mailbox}, and belongs to {home.mailbox}")
        self.play.tally.sometimes("old mailbox finished what it had begun", int(was_tried))

    def _was_handed(self, dot: Dot, hand: Hand) -> bool:
        """Whether the mail may have left before, as far as the engine was able to know."""
        place = (hand.enrollment_id, dot.mark.partition(".")[2], dot.mailbox)
        return self.play.record.first_handed.get(place, hand.number) < hand.number

    def _thread_is_its_own(self, dot: Dot, person: Person) -> None:
        """A mail answers only mails of the same mailbox; or what a rep says has left."""
        head = dot.envelope.data.partition(b"\r\n\r\n")[0]
        for names in _THREAD.findall(head):
            for message_id in _ID.findall(names):
                told = {dot.mailbox} if person.vouched else set()
                if dot.mailbox not in self.origins.get(message_id, told):
                    self.broken("I1", dot, f"{dot.mailbox} never wrote what it answers")
        own = _OWN_ID.search(head)
        if own is not None:
            self.origins.setdefault(own[1], set()).add(dot.mailbox)

    def _guard_holds(self, dot: Dot, hand: Hand, person: Person) -> None:
        slug, number = dot.mark.partition(".")[0], hand.enrollment_id
        if dot.mark not in self.play.scripts[slug].unless_reached:
            return
        tried = self._was_handed(dot, hand)
        for call in person.reached.values():
            if call.concerns(number) and hand.at - call.at > GUARD_S and not tried:
                self.broken("guard", dot, "a call has reached the person")

    def _has_a_place(self, dot: Dot, hand: Hand, slug: str) -> None:
        """No more begin than there are places; who was re-opened has had one."""
        places = self.play.scripts[slug].max_active
        if places is None or hand.enrollment_id in self.reached:
            return
        running, again = 0, 0
        for person in self.play.people.values():
            known = self.play.read(prospects.find, person.address)
            for each in self.play.read(enrollments.of_prospect, known.id) if known else ():
                is_here = each.slug == slug
                running += is_here and each.enrollment.state is EnrollmentState.ACTIVE
                again += is_here and each.id in person.reopened
        if running > places + again:
            self.broken("I4", dot, f"{running} people are in {slug}, which has {places} places")
