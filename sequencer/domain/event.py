"""What can happen to an enrollment from outside, in the past tense: the inputs of `decide`."""

from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.enrollment import FinishReason, PauseReason


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The gate let the prospect in."""


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step reached its end: its mail was accepted, or found in Sent."""

    step_id: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stop signal: reply, meeting, opt-out, bounce, complaint, suppression, a person's word."""

    reason: FinishReason


@dataclass(frozen=True, slots=True)
class Held:
    """Something that asks for silence for a while.

    Attributes:
        resume_at: when it may go on by itself; None waits for a person.
        due_at: when the open send of the enrollment was due, None if it has none.
    """

    reason: PauseReason
    resume_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """The hold is over, by its date or by a person."""


Event = Enrolled | StepEnded | Stopped | Held | Resumed
