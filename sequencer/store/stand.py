"""How an enrollment stood at some moment: what a pause or a decision is taken back to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.store.enrollments import StoredEnrollment


@dataclass(frozen=True, slots=True)
class Stand:
    """State of an enrollment, without its place in the cadence.

    Attributes:
        remaining: what was left of its wait.
    """

    enrollment_id: int
    state: EnrollmentState
    pause_reason: PauseReason | None = None
    resume_at: datetime | None = None
    remaining: timedelta | None = None
    finish_reason: FinishReason | None = None

    @property
    def waits_for_person(self) -> bool:
        """Whether a doubtful message, or something else that a person must look at, holds it."""
        return self.pause_reason is PauseReason.REVIEW and self.resume_at is None


def stand_of(stored: StoredEnrollment) -> Stand:
    """How an enrollment stands now."""
    enrollment = stored.enrollment
    return Stand(
        stored.id,
        enrollment.state,
        enrollment.pause_reason,
        enrollment.resume_at,
        enrollment.remaining,
        enrollment.finish_reason,
    )


def as_json(stand: Stand) -> dict[str, Any]:
    """The same as it is stored."""
    return {
        "state": str(stand.state),
        "pause_reason": str(stand.pause_reason) if stand.pause_reason else None,
        "resume_at": stand.resume_at.isoformat() if stand.resume_at else None,
        "remaining_s": int(stand.remaining.total_seconds())
        if stand.remaining is not None
        else None,
        "finish_reason": str(stand.finish_reason) if stand.finish_reason else None,
    }


def from_json(enrollment_id: int, told: Mapping[str, Any]) -> Stand:
    """What was stored."""
    paused, seconds, finished = told["pause_reason"], told["remaining_s"], told["finish_reason"]
    return Stand(
        enrollment_id,
        EnrollmentState(told["state"]),
        PauseReason(paused) if paused else None,
        read_instant(told["resume_at"]),
        timedelta(seconds=seconds) if seconds is not None else None,
        FinishReason(finished) if finished else None,
    )


def read_instant(text: str | None) -> datetime | None:
    """An instant as it stands in JSON."""
    return datetime.fromisoformat(text) if text else None
