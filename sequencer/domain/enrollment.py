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


class PauseReason(StrEnum):
    """Why an enrollment waits."""

    AUTO_REPLY = "auto_reply"
    MANUAL = "manual"
    REP_AWAY = "rep_away"
    REVIEW = "review"
    MAILBOX = "mailbox"


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
        _S.PENDING: {_E.ACTIVATE: _S.ACTIVE, _E.FINISH: _S.FINISHED},
        # A pause of a paused enrollment is allowed: a later absence notice moves the return date.
        _S.ACTIVE: {_E.ADVANCE: _S.ACTIVE, _E.PAUSE: _S.PAUSED, _E.FINISH: _S.FINISHED},
        _S.PAUSED: {
            _E.ADVANCE: _S.PAUSED,  # a mail that was on its way when the pause came
            _E.PAUSE: _S.PAUSED,
            _E.RESUME: _S.ACTIVE,
            _E.FINISH: _S.FINISHED,
        },
        _S.FINISHED: {},
    },
)


@dataclass(frozen=True, slots=True)
class Enrollment:
    """State of one enrollment.

    Attributes:
        key: random, made at enrolment; all that is derived (Message-ID, jitter, tokens) comes
            from it.
        done: id of the last step that was sent or ended, None before the first.
        remaining: what was left of the wait for the next step when it was paused.
        mailbox: where its mails come from, bound at the first send and never changed after it.
    """

    key: str
    state: EnrollmentState = EnrollmentState.PENDING
    done: str | None = None
    pause_reason: PauseReason | None = None
    resume_at: datetime | None = None
    remaining: timedelta | None = None
    finish_reason: FinishReason | None = None
    mailbox: str | None = None
