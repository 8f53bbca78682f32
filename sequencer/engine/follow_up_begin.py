"""Let a cadence begin, or go on, because of what happened to a meeting: the gate is asked first."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.account import account_key
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.send import SendState
from sequencer.engine.desk import Desk
from sequencer.engine.enroll import Enrolment, UnknownCadenceError, enroll_one
from sequencer.engine.follow_up_undo import has_left
from sequencer.engine.meeting_proof import NOT_PROVEN, is_proven
from sequencer.engine.reopen_enrollment import NotReopenedError, Request, go_on
from sequencer.engine.survey import lock_gate
from sequencer.store import draining, enrollments, follow_ups, prospects, sends, standing
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.follow_ups import StoredFollowUp
from sequencer.store.meetings import Meeting

_PURPOSE = b"sequencer follow-up key 1\0"
_TAKEN_BACK = frozenset({FinishReason.REMOVED, FinishReason.MEETING_BOOKED})


class NotBegunError(Exception):
    """Why nothing begins; the sentence is for a person, who then decides."""


@dataclass(frozen=True)
class Beginning:
    """A rule that lets a cadence begin or go on, for one person.

    Attributes:
        by: whose rule it is.
    """

    connection: Connection
    desk: Desk
    row: StoredFollowUp
    meeting: Meeting
    by: str
    now: datetime

    def begin(self) -> dict[str, object]:
        """What was done, by name.

        Raises:
            NotBegunError: the gate is against it, or a person has to look first.
        """
        if not is_proven(self.connection, self.meeting.id, self.row.rule.case):
            raise NotBegunError(NOT_PROVEN)
        if self._has_answered():
            raise NotBegunError("they have answered since, and nothing begins by itself then")
        return self._enroll() if self.row.rule.enroll else self._reopen()

    def _has_answered(self) -> bool:
        person = prospects.get(self.connection, self.row.prospect_id)
        key = account_key(person.prospect)
        replies = standing.replies_of(self.connection, [key], self.row.planned_at)
        return any(each.prospect_id == person.id for each in replies)

    def _every(self) -> list[StoredEnrollment]:
        return enrollments.of_prospect(self.connection, self.row.prospect_id)

    def _enroll(self) -> dict[str, object]:
        slug = self.row.rule.enroll
        undone = self._undone_before(slug)
        if undone is not None:
            self._go_on(undone)
            return {"enrollment": undone.id}
        person = prospects.get(self.connection, self.row.prospect_id).prospect
        rep = person.owner or self._mailbox()
        wanted = Enrolment(slug, (person.email,), self.by, rep=rep)
        try:
            answer = enroll_one(self.connection, self.desk, wanted, self._key, self.now)
        except UnknownCadenceError as error:
            raise NotBegunError(f"no cadence {slug} has been applied") from error
        if not answer.enrolled:
            raise NotBegunError("; ".join(f"{no.code}: {no.sentence}" for no in answer.refusals))
        return {"enrollment": next(each.id for each in self._every() if each.slug == slug)}

    def _mailbox(self) -> str:
        if self.row.enrollment_id is None:
            return ""
        return enrollments.get(self.connection, self.row.enrollment_id).enrollment.mailbox or ""

    def _key(self) -> str:
        """The key of what begins: nobody can guess it, and no row's number is in it.

        A restored database hands numbers out again, and must not make another key of the same.
        """
        row, meeting = self.row, self.meeting
        email = prospects.get(self.connection, row.prospect_id).prospect.email
        parts = (meeting.source, meeting.meeting_key, email, row.rule.enroll)
        words = "\n".join((*parts, row.planned_at.isoformat())).encode("utf-8", "replace")
        key = self.desk.policy.keys[-1]
        return hmac.new(key, _PURPOSE + words, hashlib.sha256).hexdigest()[:32]

    def _undone_before(self, slug: str) -> StoredEnrollment | None:
        """The run that a rule had begun before, and that was taken back before anything left."""
        newest = next((each for each in self._every() if each.slug == slug), None)
        if newest is None or newest.enrollment.finish_reason not in _TAKEN_BACK:
            return None
        rows = follow_ups.of_person(self.connection, self.row.prospect_id)
        is_ours = any(each.did.get("enrollment") == newest.id for each in rows)
        return newest if is_ours and not has_left(self.connection, newest.id) else None

    def _reopen(self) -> dict[str, object]:
        stored = enrollments.get(self.connection, self.row.enrollment_id or 0)
        newest = next(each for each in self._every() if each.slug == stored.slug)
        if newest.id != stored.id:
            raise NotBegunError(f"they have been in {stored.slug} again since")
        if stored.enrollment.finish_reason is not FinishReason.MEETING_BOOKED:
            state = stored.enrollment.finish_reason or stored.enrollment.state
            raise NotBegunError(f"no meeting has ended {stored.slug}, it is {state}")
        self._go_on(stored)
        return {"reopened": stored.id}

    def _go_on(self, stored: StoredEnrollment) -> None:
        person = prospects.get(self.connection, self.row.prospect_id)
        lock_gate(self.connection, [person])
        stored = enrollments.get(self.connection, stored.id, lock=True)
        mails = sends.of_enrollment(self.connection, stored.id)
        if any(mail.state is SendState.PARKED for mail in mails):
            raise NotBegunError(f"a mail of {stored.slug} may have left, and a person has to look")
        if draining.since(self.connection, stored.slug) is not None:
            refusal = Refusal(Reason.CADENCE_DRAINING)  # a person may re-open it, a rule does not
            raise NotBegunError(f"{refusal.code}: {refusal.sentence}")
        wanted = Request(person.prospect.email, self.by, str(self.row.rule.case), stored.slug)
        try:
            go_on(self.connection, self.desk, stored, wanted, self.now)
        except NotReopenedError as error:
            raise NotBegunError(str(error)) from error
