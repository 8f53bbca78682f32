"""What a cadence does when a meeting comes about, falls through, is missed or is held."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sequencer.domain.delay import NO_DELAY, Delay, Unit
from sequencer.domain.meeting import MeetingState
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


# A meeting that will not be, or was not: somebody has to do something, or the prospect is lost.
FALLEN = frozenset(
    {
        MeetingCase.CANCELLED,
        MeetingCase.CANCELLED_BY_HOST,
        MeetingCase.ASKED_AGAIN,
        MeetingCase.REJECTED,
        MeetingCase.NO_SHOW,
    }
)

_USUAL = Delay(1, Unit.DAYS)  # in which whoever cancels often books again by themselves
_MAY_SETTLE = frozenset(
    {MeetingCase.CANCELLED, MeetingCase.CANCELLED_BY_HOST, MeetingCase.ASKED_AGAIN}
)
_CASES = {
    MeetingState.BOOKED: MeetingCase.BOOKED,
    MeetingState.CANCELLED: MeetingCase.CANCELLED,
    MeetingState.ASKED_AGAIN: MeetingCase.ASKED_AGAIN,
    MeetingState.REJECTED: MeetingCase.REJECTED,
    MeetingState.NO_SHOW: MeetingCase.NO_SHOW,
    MeetingState.HELD: MeetingCase.HELD,
}


@dataclass(frozen=True, slots=True)
class MeetingRule:
    """What follows, after a delay in the prospect's calendar; what is empty does not.

    Attributes:
        task: what a person is asked to do.
        enroll: the cadence that begins for the prospect.
        reopen: whether the enrollment that the meeting had ended goes on at its next step.
        assign: who gets the task, and the prospect; empty for who has them, as is `owner`.
    """

    case: MeetingCase
    after: Delay = NO_DELAY
    task: TaskKind | None = None
    enroll: str = ""
    reopen: bool = False
    assign: str = ""

    def __str__(self) -> str:
        """What is done, in a few words."""
        deeds = [
            f"give them to {self.assign}" if self.assign not in {"", OWNER} else "",
            f"ask for a {self.task}" if self.task else "",
            f"enrol in {self.enroll}" if self.enroll else "",
            "let the cadence go on" if self.reopen else "",
        ]
        return " and ".join(filter(None, deeds))


OWNER = "owner"


def case_of(state: MeetingState, cancelled_by: str) -> MeetingCase | None:
    """What has happened to a meeting in that state; None while nothing has."""
    if state is MeetingState.CANCELLED and cancelled_by == "host":
        return MeetingCase.CANCELLED_BY_HOST
    return _CASES.get(state)


def usual_delay(case: MeetingCase) -> Delay:
    """The delay of a rule that names none."""
    return _USUAL if case in _MAY_SETTLE else NO_DELAY


def rules_of(on: Iterable[MeetingRule], case: MeetingCase) -> tuple[MeetingRule, ...]:
    """What a cadence has written for a case; nothing where it leaves it to the defaults."""
    return tuple(rule for rule in on if rule.case is case)


def default_rules(case: MeetingCase) -> tuple[MeetingRule, ...]:
    """What follows where no cadence says anything: a person decides, and nothing is sent."""
    if case not in FALLEN:
        return ()
    return (MeetingRule(case, usual_delay(case), TaskKind.REVIEW),)
