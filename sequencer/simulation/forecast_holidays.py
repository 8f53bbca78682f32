"""What does the calendar take from the mails of a forecast: the hours of a window, days off?

The engine stores the reason beside the due time. What a holiday takes from a wait of business days
leaves none there, so that is asked of the same calendar once more.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sequencer.domain.cadence import Cadence
from sequencer.domain.days_off import NeverOpenError
from sequencer.domain.delay import Unit, add_delay
from sequencer.domain.timing import Timing
from sequencer.domain.workdays import Workdays
from sequencer.simulation.forecast_values import HOLIDAY, WINDOW, HolidayMoved
from sequencer.store.due_notes import DueNote
from sequencer.store.foreseen import MailSeen

_WORDS = re.compile(r"window closed until [^(]*\((.*)\)$")
_PUBLIC = re.compile(r"(.+), ([A-Z]{2}(?:-[A-Z0-9]{1,3})?)")


@dataclass
class DaysOffSeen:
    """Days off that moved mails: of whom, and which."""

    people: dict[str, set[int]] = field(default_factory=dict)
    mails: dict[str, set[int]] = field(default_factory=dict)

    def moved(self, words: str, mail: MailSeen) -> None:
        """Note that a day off moved a mail."""
        self.people.setdefault(words, set()).add(mail.enrollment_id)
        self.mails.setdefault(words, set()).add(mail.send_id)

    def all(self) -> list[HolidayMoved]:
        """All of them, that of the most people first."""
        found = []
        for words, people in self.people.items():
            public = _PUBLIC.fullmatch(words)
            name, country = (public[1], public[2]) if public else (words, "")
            found.append(HolidayMoved(name, country, len(people), len(self.mails[words])))
        return sorted(found, key=lambda each: (-each.people, each.name, each.country))


@dataclass(frozen=True, slots=True)
class FirstDue:
    """The first due time of a mail, in its calendar."""

    cadence: Cadence
    timing: Timing
    mail: MailSeen
    note: DueNote

    def lost(self, seen: DaysOffSeen) -> Mapping[str, float]:
        """Seconds that it lies after the end of its wait, by their cause."""
        wait, start = self.cadence.step(self.mail.step_id).wait, self.note.at
        lost: dict[str, float] = {}
        try:
            ready_at = add_delay(start, wait, self.timing.workdays)
            if wait.unit is Unit.BUSINESS_DAYS and self.timing.workdays.off:
                bare = add_delay(start, wait, _without_holidays(self.timing.workdays))
                if ready_at > bare:
                    lost[HOLIDAY] = (ready_at - bare).total_seconds()
                    for words in _between(self.timing, start, ready_at):
                        seen.moved(words, self.mail)
        except NeverOpenError:
            return {}
        if self.note.why:
            words_of = days_off_in(self.note.why)
            cause = HOLIDAY if words_of else WINDOW
            wait_s = (self.note.due_at - ready_at).total_seconds()
            lost[cause] = lost.get(cause, 0.0) + max(0.0, wait_s)
            for words in words_of:
                seen.moved(words, self.mail)
        return lost


def days_off_in(why: str) -> Sequence[str]:
    """The days off that a stored reason names."""
    found = _WORDS.search(why)
    return found[1].split("; ") if found else []


def _without_holidays(workdays: Workdays) -> Workdays:
    return Workdays(workdays.tz, workdays.weekend)


def _between(timing: Timing, start: datetime, end: datetime) -> Iterator[str]:
    """Days off that fall on working days from the one instant to the other."""
    for days_off in timing.workdays.off:
        for each in days_off.within(start, end + timedelta(microseconds=1)):
            local = each.start.astimezone(days_off.tz).date()
            if local.weekday() not in timing.workdays.weekend:
                yield each.words
