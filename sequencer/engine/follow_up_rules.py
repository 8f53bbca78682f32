"""Which cadence says what follows from a meeting, and what does it say?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sequencer.domain.days_off import NeverOpenError
from sequencer.domain.delay import add_delay
from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.meeting_rule import MeetingCase, MeetingRule, default_rules, rules_of
from sequencer.domain.workdays import Workdays
from sequencer.engine.desk import Desk
from sequencer.store import enrollments, prospects
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.meetings import Meeting

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
# Where it never came to a meeting, it has ended nothing: what it holds back comes first.
_HELD_BACK_FIRST = frozenset({MeetingCase.REJECTED})


@dataclass(frozen=True, slots=True)
class Rules:
    """What follows, and from whose cadence; `stored` is None for what follows by default."""

    rules: tuple[MeetingRule, ...]
    stored: StoredEnrollment | None = None


def rules_for(
    connection: Connection, desk: Desk, meeting: Meeting, prospect_id: int, case: MeetingCase
) -> Rules:
    """The rules that count for a person when that has happened to a meeting of theirs.

    Those of the enrollment that the meeting is credited to, else of one that a meeting had ended or
    holds back, the last first; the defaults where none of these says anything.
    """
    for stored in _candidates(connection, meeting, prospect_id, case):
        cadence = desk.versions.get(connection, stored.version_hash).cadence
        rules = rules_of(cadence.on, case)
        if rules:
            return Rules(rules, stored)
    return Rules(default_rules(case))


def _candidates(
    connection: Connection, meeting: Meeting, prospect_id: int, case: MeetingCase
) -> Sequence[StoredEnrollment]:
    every = enrollments.of_prospect(connection, prospect_id)
    credited = [each for each in every if each.id == meeting.enrollment_id]
    if credited:
        return credited
    ended = [each for each in every if each.enrollment.finish_reason is FinishReason.MEETING_BOOKED]
    ended.sort(key=lambda each: (each.finished_at or _LONG_AGO, each.id), reverse=True)
    live = [each for each in every if each.enrollment.state is not EnrollmentState.FINISHED]
    return [*live, *ended] if case in _HELD_BACK_FIRST else [*ended, *live]


def due_at(
    connection: Connection,
    desk: Desk,
    found: Rules,
    rule: MeetingRule,
    prospect_id: int,
    now: datetime,
) -> datetime:
    """When it follows: its delay after now, in the prospect's calendar."""
    prospect = prospects.get(connection, prospect_id).prospect
    workdays = Workdays(desk.policy.tz)
    if found.stored is not None:
        cadence = desk.versions.get(connection, found.stored.version_hash).cadence
        mailbox = found.stored.enrollment.mailbox or ""
        workdays = desk.policy.timing(cadence, prospect, mailbox).workdays
    try:
        return add_delay(now, rule.after, workdays)
    except NeverOpenError:
        return now  # a calendar without working days: better at once than never
