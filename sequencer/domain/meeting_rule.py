"""What a cadence does when a meeting comes about, falls through, is missed or is held."""

from dataclasses import dataclass
from enum import StrEnum

from sequencer.domain.delay import NO_DELAY, Delay
from sequencer.domain.task import TaskKind


class MeetingCase(StrEnum):
    """What may happen to a meeting, as `on:` in a cadence names it."""

    BOOKED = "meeting.booked"
    CANCELLED = "meeting.cancelled"
    CANCELLED_BY_HOST = "meeting.cancelled_by_host"
    ASKED_AGAIN = "meeting.asked_again"
    REJECTED = "meeting.rejected"
    NO_SHOW = "meeting.no_show"
    HELD = "meeting.held"


@dataclass(frozen=True, slots=True)
class MeetingRule:
    """What follows, after a delay in the prospect's calendar; what is empty does not.

    Attributes:
        task: what a person is asked to do.
        enroll: the cadence that begins for the prospect.
        reopen: whether the enrollment that the meeting had ended goes on at its next step.
        assign: who gets the task, and the prospect; empty for who has them.
    """

    case: MeetingCase
    after: Delay = NO_DELAY
    task: TaskKind | None = None
    enroll: str = ""
    reopen: bool = False
    assign: str = ""
