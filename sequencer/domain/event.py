"""What can happen to an enrollment from outside, in the past tense: the inputs of `decide`."""

from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.delay import Delay
from sequencer.domain.enrollment import FinishReason, PauseReason


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The gate let the prospect in."""


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step reached its end: its mail was accepted, or found in Sent, or its task was done.

    Attributes:
        goto: the later step that a disposition goes on with, where it is not the cadence's next.
        wait: the delay that a disposition puts in place of the next step's own.
    """

    step_id: str
    goto: str | None = None
    wait: Delay | None = None


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """A step was reached, and will not happen.

    Attributes:
        by_guard: it was not for this person, so its `goto` does not count either.
    """

    step_id: str
    by_guard: bool = False


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stop signal: reply, meeting, opt-out, bounce, complaint, suppression, a person's word."""

    reason: FinishReason


@dataclass(frozen=True, slots=True)
class Held:
    """Something that asks for silence for a while.

    Attributes:
        resume_at: when it may go on by itself; None waits for a person.
        due_at: when the open send or task of the enrollment was due, None if it has none.
    """

    reason: PauseReason
    resume_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """The hold is over, by its date or by a person."""


@dataclass(frozen=True, slots=True)
class Reopened:
    """A person took a stop back.

    Attributes:
        over: the step it stopped at has happened nevertheless: its mail was on its way.
        under_way: that mail still is, and its end will be told.
        mistaken: the stop itself was a person's slip: nobody else had asked for it.
        at: that step, where a mail of a later one is known to have left than it stopped at.
    """

    over: bool = False
    under_way: bool = False
    mistaken: bool = False
    at: str | None = None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A person took back the end of a task; what followed it has not happened yet."""

    step_id: str


Event = Enrolled | StepEnded | StepSkipped | Stopped | Held | Resumed | Reopened | TakenBack
