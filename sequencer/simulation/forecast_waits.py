"""What put the mails of a forecast off, and by how much: calendar, limits, pauses, the line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from statistics import median

from sequencer.domain.cadence import Cadence
from sequencer.domain.prospect import Prospect
from sequencer.domain.reason import SENTENCES
from sequencer.domain.timing import Timing
from sequencer.engine.desk import Desk
from sequencer.simulation.forecast_holidays import DaysOffSeen, FirstDue, days_off_in
from sequencer.simulation.forecast_line import Line
from sequencer.simulation.forecast_values import (
    HOLIDAY,
    PAUSE,
    TURN,
    WINDOW,
    AtCap,
    HolidayMoved,
    Wait,
)
from sequencer.store import due_notes, enrollments, foreseen, prospects
from sequencer.store.database import Connection
from sequencer.store.due_notes import DueNote
from sequencer.store.foreseen import Enrolled, MailSeen

_CALENDAR = "window closed until"
_CODES = {sentence: str(reason) for reason, sentence in SENTENCES.items()}
_NOTICED = timedelta(seconds=5)  # a mail that leaves so soon after its time has not waited
_BEFORE = timedelta(days=7)  # so far the limits of a mailbox look back


@dataclass
class Waits:
    """All waits of mails: those of some enrollments in detail, those of all for the caps.

    Attributes:
        until: the end of what was lived through, up to which open mails have waited.
    """

    connection: Connection
    desk: Desk
    cadence: Cadence
    mails: Sequence[MailSeen]
    own: Mapping[int, Enrolled]
    since: datetime
    until: datetime
    _seen: DaysOffSeen = field(default_factory=DaysOffSeen)

    def by_cause(self) -> list[Wait]:
        """How many mails waited for what, the most frequent cause first."""
        waited: dict[str, list[float]] = {}
        for mail in self.mails:
            if mail.enrollment_id in self.own:
                for cause, wait_s in self._waits_of(mail).items():
                    waited.setdefault(cause, []).append(wait_s)
        found = [
            Wait(cause, len(all_s), median(all_s), max(all_s)) for cause, all_s in waited.items()
        ]
        return sorted(found, key=lambda each: (-each.touches, each.cause))

    def holidays(self) -> list[HolidayMoved]:
        """Days off that moved mails; to be asked after the causes."""
        return self._seen.all()

    def at_cap(self) -> list[AtCap]:
        """From when to when mails of a mailbox waited for its limit of 24 hours."""
        days: dict[str, set[date]] = {}
        for mail in self.mails:
            wait = self._in_line(mail)
            line = self._lines.get(mail.mailbox)
            if wait is not None and line is not None:
                days.setdefault(mail.mailbox, set()).update(line.days_at_cap(*wait))
        return [AtCap(name, min(on), max(on), len(on)) for name, on in sorted(days.items()) if on]

    def _waits_of(self, mail: MailSeen) -> dict[str, float]:
        """Seconds of one mail by their cause."""
        notes = self._notes.get(mail.send_id, [])
        lost: dict[str, float] = {}
        if notes and notes[0].was_at is None:
            first = FirstDue(self.cadence, self._timing(mail), mail, notes[0])
            lost.update(first.lost(self._seen))
        begin = notes[0].due_at if notes else mail.due_at
        wait = (mail.sent_at or self.until) - begin
        if wait > _NOTICED:
            cause = self._cause(mail, notes)
            lost[cause] = lost.get(cause, 0.0) + wait.total_seconds()
            for note in notes[1:]:
                for words in days_off_in(note.why):
                    self._seen.moved(words, mail)
        return lost

    def _cause(self, mail: MailSeen, notes: Sequence[DueNote]) -> str:
        """What put a mail off after it was due: what was stored, else what closed its mailbox."""
        later = notes[1:]
        if any((mail.enrollment_id, note.at) in self._after_pauses for note in later):
            return PAUSE
        stored = [code for note in later if (code := _code_in(note.why))]
        if stored:
            return stored[0]
        wait, line = self._in_line(mail), self._lines.get(mail.mailbox)
        closed = line.reason_between(*wait) if wait is not None and line is not None else None
        if closed is not None:
            return str(closed)
        if any(note.why.startswith(_CALENDAR) for note in later):
            return HOLIDAY if any(days_off_in(note.why) for note in later) else WINDOW
        return TURN

    def _in_line(self, mail: MailSeen) -> tuple[datetime, datetime] | None:
        """From when to when a mail was due and did not leave; None where it left at once."""
        notes = self._notes.get(mail.send_id, [])
        begin = notes[0].due_at if notes else mail.due_at
        end = mail.sent_at or self.until
        return (begin, end) if end - begin > _NOTICED else None

    @cached_property
    def _notes(self) -> dict[int, list[DueNote]]:
        """Due times of each mail, in the order in which they were stored."""
        found: dict[int, list[DueNote]] = {}
        for note in due_notes.noted(self.connection):
            found.setdefault(note.send_id, []).append(note)
        return found

    @cached_property
    def _lines(self) -> dict[str, Line]:
        sent = foreseen.sent_instants(self.connection, self.since - _BEFORE)
        policy = self.desk.policy
        return {
            name: Line(box.pace, policy.zone_of(name), sent.get(name, []))
            for name, box in policy.mailboxes.items()
        }

    @cached_property
    def _after_pauses(self) -> set[tuple[int, datetime]]:
        return foreseen.after_pauses(self.connection, self.since)

    def _timing(self, mail: MailSeen) -> Timing:
        version = self.desk.versions.get(self.connection, self._version_hash)
        person = self._people[mail.enrollment_id]
        return self.desk.policy.timing_in(version, person, mail.mailbox, mail.step_id)

    @cached_property
    def _version_hash(self) -> str:
        return enrollments.get(self.connection, next(iter(self.own))).version_hash

    @cached_property
    def _people(self) -> dict[int, Prospect]:
        known = prospects.find_many(self.connection, [each.address for each in self.own.values()])
        of_address = {each.prospect.email: each.prospect for each in known.values()}
        return {number: of_address[each.address] for number, each in self.own.items()}


def _code_in(why: str) -> str | None:
    """The code of the rule that a stored reason begins with."""
    for sentence, code in _CODES.items():
        if why.startswith(sentence):
            return code
    return None
