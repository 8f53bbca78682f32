"""One prospect in one cadence: its states, its one terminal reason, and the position reached.

An enrollment is a machine of its own beside the machine of each send. Folded into one, a pause and
a resume in the wrong instant would queue a step that is already on its way.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sequencer.domain.transition import Table, table


class EnrollmentState(StrEnum):
    """Where an enrollment stands."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"


class EnrollmentEvent(StrEnum):
    """What can happen to an enrollment."""

    ACTIVATE = "activate"
    ADVANCE = "advance"
    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"
    REOPEN = "reopen"
    WAIT = "wait"


class PauseReason(StrEnum):
    """Why an enrollment waits."""

    AUTO_REPLY = "auto_reply"
    MANUAL = "manual"
    REP_AWAY = "rep_away"
    REVIEW = "review"
    MAILBOX = "mailbox"
    COLLEAGUE_REPLIED = "colleague_replied"


class FinishReason(StrEnum):
    """Why an enrollment ended: exactly one, for ever."""

    COMPLETED = "completed"
    REPLIED = "replied"
    COLLEAGUE_REPLIED = "colleague_replied"
    MEETING_BOOKED = "meeting_booked"
    OPTED_OUT = "opted_out"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    SUPPRESSED = "suppressed"
    DISPOSITION = "disposition"
    REMOVED = "removed"
    FAILED = "failed"


_S, _E = EnrollmentState, EnrollmentEvent

TRANSITIONS: Table[EnrollmentState, EnrollmentEvent] = table(
    EnrollmentState,
    EnrollmentEvent,
    {
        _S.PENDING: {_E.ACTIVATE: _S.ACTIVE, _E.PAUSE: _S.PAUSED, _E.FINISH: _S.FINISHED},
        # A pause of a paused enrollment is allowed: a later absence notice moves the return date.
        _S.ACTIVE: {_E.ADVANCE: _S.ACTIVE, _E.PAUSE: _S.PAUSED, _E.FINISH: _S.FINISHED},
        _S.PAUSED: {
            _E.ADVANCE: _S.PAUSED,  # a mail that was on its way when the pause came
            _E.PAUSE: _S.PAUSED,
            _E.RESUME: _S.ACTIVE,
            _E.WAIT: _S.PENDING,  # what never began waits for its turn again
            _E.FINISH: _S.FINISHED,
        },
        # What became of a stop may be taken back by a person: a meeting cancelled, a wrong stop.
        _S.FINISHED: {_E.REOPEN: _S.ACTIVE, _E.WAIT: _S.PENDING},
    },
)


# Ends that a person may take back. An opt-out, a complaint, a bounce and a suppression are the
# recipient's word or the server's; after the last step there is nothing to go on with.
REOPENABLE = frozenset(
    {
        FinishReason.REPLIED,
        FinishReason.COLLEAGUE_REPLIED,
        FinishReason.MEETING_BOOKED,
        FinishReason.DISPOSITION,
        FinishReason.REMOVED,
        FinishReason.FAILED,
    }
)


@dataclass(frozen=True, slots=True)
class Enrollment:
    """State of one enrollment.

    Attributes:
        key: random, made at enrolment; all that is derived (Message-ID, jitter, tokens) comes
            from it.
        step: id of the step that comes next or is under way; None before the enrollment begins and
            after the last. It stays when the enrollment is stopped, so that it may go on there.
        remaining: what was left of the wait for the next step when it was paused.
        mailbox: where its mails come from, bound when it begins. It changes only where the mailbox
            is gone before the first mail, or the prospect gets another owner.
    """

    key: str
    state: EnrollmentState = EnrollmentState.PENDING
    step: str | None = None
    pause_reason: PauseReason | None = None
    resume_at: datetime | None = None
    remaining: timedelta | None = None
    finish_reason: FinishReason | None = None
    mailbox: str | None = None
