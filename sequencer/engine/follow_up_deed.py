"""Do what follows from a meeting, once it is due: if the meeting still stands as it did."""

from dataclasses import dataclass, replace
from datetime import datetime

from sequencer.domain.address import key_of
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.follow_up import FollowUpEvent, FollowUpState
from sequencer.domain.meeting_rule import OWNER, MeetingCase, MeetingRule, case_of
from sequencer.domain.reason import Reason
from sequencer.domain.task import TaskKind
from sequencer.engine.desk import Desk
from sequencer.engine.follow_up_begin import Beginning, NotBegunError
from sequencer.engine.follow_up_undo import drop
from sequencer.engine.follow_up_words import about, tell, title_of, whose
from sequencer.engine.meeting_proof import NOT_PROVEN, is_proven
from sequencer.engine.owner import assign
from sequencer.engine.tasks import Matter, open_matter
from sequencer.store import (
    bookings,
    enrollments,
    follow_ups,
    meetings,
    prospects,
    suppressions,
    tasks,
)
from sequencer.store.database import Connection
from sequencer.store.follow_ups import StoredFollowUp
from sequencer.store.meetings import Meeting

NOT_DONE = "What was to follow from the meeting did not"
_WANT_SILENCE = frozenset({Reason.OPTED_OUT, Reason.COMPLAINED_BEFORE})
_NAMES_NOBODY = frozenset({"", OWNER})


def do_follow_up(connection: Connection, desk: Desk, number: int, now: datetime) -> bool:
    """Whether what waited under that number was done; else it waits still, or is not needed."""
    bookings.lock(connection)  # nobody books or cancels meanwhile
    row = follow_ups.get(connection, number)
    if row.state is not FollowUpState.WAITING or row.due_at > now:
        return False
    meeting = meetings.get(connection, row.meeting_id)
    why = _why_not(connection, row, meeting, now)
    if why or meeting is None:
        drop(connection, row, why, now)
        return False
    do_now(connection, desk, row, meeting, now)
    return True


def do_now(
    connection: Connection, desk: Desk, row: StoredFollowUp, meeting: Meeting, now: datetime
) -> None:
    """Do what waits, without asking whether it is due."""
    _Deed(connection, desk, row, meeting, now).do()


def _why_not(
    connection: Connection, row: StoredFollowUp, meeting: Meeting | None, now: datetime
) -> str:
    """Why it is not needed any more; nothing as a rule."""
    if meeting is None or meeting.left_out:
        return "the meeting does not count any more"
    if meeting.moved_to is not None:
        return "another meeting was booked in its place"
    if case_of(meeting.state, meeting.cancelled_by) is not row.rule.case:
        return f"the meeting is {meeting.state.replace('_', ' ')} now"
    is_other = row.rule.case is not MeetingCase.BOOKED
    if is_other and meetings.is_coming(connection, row.prospect_id, meeting.id, now):
        return "another meeting is coming"
    return ""


@dataclass
class _Deed:
    """One rule for one person, in the transaction in which it is done."""

    connection: Connection
    desk: Desk
    row: StoredFollowUp
    meeting: Meeting
    now: datetime

    def do(self) -> None:
        """Everything that the rule says; what is refused is left to a person, with the reasons."""
        rule, by = self.row.rule, whose(self.connection, self.row.enrollment_id)
        did, why = self._assign(by), ""
        if rule.task is not None:
            rule = self._bearable(rule)
            did["task"] = self._ask(rule.task or TaskKind.REVIEW, title_of(rule), self._about())
        if rule.enroll or rule.reopen:
            meeting, now = self.meeting, self.now
            beginning = Beginning(self.connection, self.desk, self.row, meeting, by, now)
            try:
                did |= beginning.begin()
            except NotBegunError as error:
                why = str(error)
                did["task"] = self._ask(TaskKind.REVIEW, NOT_DONE, f"{rule}, by {by}: {why}")
        self._end(did, by, why)

    def _end(self, did: dict[str, object], by: str, why: str) -> None:
        row = self.row
        event = FollowUpEvent.DO
        follow_ups.move(self.connection, row.id, event, self.now, did=did, why=why)
        if row.enrollment_id is None:
            return  # the task that is there by default tells of itself
        detail = f"{row.rule}, by {by}: {f'not done, {why}' if why else 'done'}"
        tell(self.connection, row.prospect_id, row.enrollment_id, detail, self.now)

    def _bearable(self, rule: MeetingRule) -> MeetingRule:
        """The rule; with a task to look at it instead of one to call who wants to be left alone."""
        key = key_of(self._email_and_owner()[0])
        hits = suppressions.hitting(self.connection, [key], self.now).get(key, ())
        if any(hit.refused_as in _WANT_SILENCE for hit in hits):
            return replace(rule, task=TaskKind.REVIEW)
        return rule

    def _assign(self, by: str) -> dict[str, object]:
        rep, person = self.row.rule.assign, self._email_and_owner()
        if rep in _NAMES_NOBODY or person[1].strip().casefold() == rep.casefold():
            return {}
        assign(self.connection, self.desk, person[0], rep, by, self.now)
        return {"owner_before": person[1]}

    def _email_and_owner(self) -> tuple[str, str]:
        prospect = prospects.get(self.connection, self.row.prospect_id).prospect
        return prospect.email, prospect.owner

    def _ask(self, kind: TaskKind, title: str, said: str) -> int:
        """Number of a task that asks for it; one that is open about the same is enough."""
        known = tasks.open_matters(self.connection, self.row.prospect_id, kind)
        same = [task.id for task in known if task.about == said]
        if same:
            return same[0]
        due_at = max(self.now, self.row.due_at)
        matter = Matter(kind, title, said, due_at, self._assignee())
        return open_matter(self.connection, self.row.prospect_id, matter, self.now)

    def _assignee(self) -> str:
        """Who gets the task: a named rep, else the owner, else whoever wrote to the person."""
        if self.row.rule.assign not in _NAMES_NOBODY:
            return self.row.rule.assign
        owner, number = self._email_and_owner()[1], self.row.enrollment_id
        if owner or number is None:
            return owner
        return enrollments.get(self.connection, number).enrollment.mailbox or ""

    def _about(self) -> str:
        is_sure = is_proven(self.connection, self.meeting.id, self.row.rule.case)
        doubt = "" if is_sure else f" So far {NOT_PROVEN}."
        return f"{about(self.meeting)}{doubt}{self._way_back()}"

    def _way_back(self) -> str:
        """How the cadence goes on that the meeting had ended, or holds back."""
        if self.row.rule.enroll or self.row.rule.reopen:
            return ""
        email = self._email_and_owner()[0]
        every = enrollments.of_prospect(self.connection, self.row.prospect_id)
        by_meeting = FinishReason.MEETING_BOOKED
        ended = [each.slug for each in every if each.enrollment.finish_reason is by_meeting]
        if ended:
            return f" `sequencer reopen {email} --because ...` lets {ended[0]} go on."
        held = [each.slug for each in every if each.enrollment.pause_reason]
        return f" `sequencer resume {email}` lets {held[0]} go on." if held else ""
