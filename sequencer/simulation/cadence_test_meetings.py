"""The meetings of a cadence test: booked, moved, cancelled, and what is told of them afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sequencer.domain.cadence_test import Day, Given, Phrase
from sequencer.domain.meeting import MeetingState
from sequencer.engine import meeting_by_hand
from sequencer.engine.meeting_by_hand import Appointment, CalledOff
from sequencer.simulation.cadence_test_scene import REP, CannotError, Scene
from sequencer.store import meetings

HOUR = timedelta(hours=1)
LASTS = timedelta(minutes=30)
TEN = 10 * 60
THEM = "them"


@dataclass
class Meetings:
    """What people and reps do about meetings.

    Attributes:
        attempt: does something that is given, and notes whether it could be done.
        after: what is told of a meeting after its begin.
        numbers: of the meeting that each person has.
    """

    scene: Scene
    attempt: Callable[[Phrase, Callable[[], None]], None]
    after: list[Phrase] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def book(self, phrase: Phrase) -> None:
        """They book a meeting."""
        starts_at, scene = self._time(phrase), self.scene
        wanted, address = Appointment(starts_at, LASTS), scene.address(phrase.who)
        meeting = scene.write(
            meeting_by_hand.book, scene.world.desk, address, wanted, THEM, scene.now
        )
        self.numbers[phrase.who] = meeting.id
        self._expect(phrase.who, starts_at)

    def move(self, phrase: Phrase) -> None:
        """They move it."""
        starts_at, scene = self._time(phrase), self.scene
        wanted = Appointment(starts_at)
        number = self._number(phrase)
        scene.write(meeting_by_hand.move, scene.world.desk, number, wanted, THEM, scene.now)
        self._expect(phrase.who, starts_at)

    def cancel(self, phrase: Phrase) -> None:
        """They, or we, cancel it."""
        scene = self.scene
        ours = phrase.form == Given.WE_CANCEL
        said, by = CalledOff("host" if ours else "invitee"), REP if ours else THEM
        number = self._number(phrase)
        scene.write(meeting_by_hand.cancel, scene.world.desk, number, said, by, scene.now)

    def come_after_all(self, phrase: Phrase) -> None:
        """The rep takes a no-show back."""
        scene, number = self.scene, self._number(phrase)
        scene.write(meeting_by_hand.came, scene.world.desk, number, REP, scene.now)

    def _number(self, phrase: Phrase) -> int:
        if phrase.who not in self.numbers:
            raise CannotError("there was no meeting by then")
        return self.numbers[phrase.who]

    def _time(self, phrase: Phrase) -> datetime:
        days = self.scene.days
        day = phrase.until or Day(on=days.next_business(self.scene.now, 2))
        return days.at(day, TEN if phrase.clock is None else phrase.clock)

    def _expect(self, who: str, starts_at: datetime) -> None:
        """What is told of the meeting after its begin, unless it is moved or called off first."""
        for phrase in [each for each in self.after if each.who == who]:
            self.scene.world.at(starts_at + HOUR, partial(self._tell, phrase, starts_at))

    def _tell(self, phrase: Phrase, starts_at: datetime) -> None:
        meeting = self.scene.read(meetings.get, self.numbers[phrase.who])
        if meeting is None or meeting.state is not MeetingState.BOOKED:
            return
        if meeting.starts_at == starts_at and phrase in self.after:
            self.after.remove(phrase)
            self.attempt(phrase, partial(self._say, phrase))

    def _say(self, phrase: Phrase) -> None:
        """The rep says how it went."""
        scene, number = self.scene, self.numbers[phrase.who]
        came = phrase.form == Given.ATTENDS
        say = meeting_by_hand.held if came else meeting_by_hand.no_show
        scene.write(say, scene.world.desk, number, REP, scene.now)
