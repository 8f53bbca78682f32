"""What follows where a mail is read otherwise than when it came in?"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sequencer.domain.enrollment import Enrollment, EnrollmentState, FinishReason, PauseReason
from sequencer.engine.weight import Origin, Reading, Weight, returns_on, weight_of


class Following(StrEnum):
    """What is done about it."""

    STOP = "stop"  # it was missed: at once, as if the mail came in now
    WAIT = "wait"  # an absence that is not over yet, or something that a person must look at
    ASK = "ask"  # a person decides whether somebody goes on
    NOTED = "noted"  # nothing but the new verdict
    DECIDED = "decided"  # a person has decided about the mail, and that stands


_BY_MAIL = frozenset(
    {
        FinishReason.REPLIED,
        FinishReason.OPTED_OUT,
        FinishReason.BOUNCED,
        FinishReason.COMPLAINED,
        FinishReason.REMOVED,
    }
)


@dataclass(frozen=True, slots=True)
class Readings:
    """A mail as it was read and as it is, and what is known of where it comes from."""

    old: Reading
    new: Reading
    origin: Origin

    @property
    def weights(self) -> tuple[Weight, Weight]:
        """How much silence each of them asks for."""
        return weight_of(self.old, self.origin), weight_of(self.new, self.origin)


def follows(readings: Readings, enrollment: Enrollment, today: date, *, asked: bool) -> Following:
    """What follows for an enrollment; `asked` if a person is to decide about the mail already."""
    old, new = readings.weights
    if new > old:
        return _more(new, readings.new, enrollment, today)
    if new is old is Weight.WAIT:
        return _another_date(readings, enrollment, today)
    if new is old or asked:
        return Following.NOTED
    was_stopped = old >= Weight.STOP and enrollment.finish_reason in _BY_MAIL
    was_held = old < Weight.STOP and _waits_for_mail(enrollment)
    return Following.ASK if was_stopped or was_held else Following.NOTED


def _more(weight: Weight, new: Reading, enrollment: Enrollment, today: date) -> Following:
    """More silence than before: at once, as far as there is still anybody to be silent to."""
    if weight >= Weight.STOP:
        return Following.STOP
    if enrollment.state is EnrollmentState.FINISHED:
        return Following.NOTED
    if weight is Weight.ASK:
        return Following.WAIT
    returns = returns_on(new)
    return Following.WAIT if returns is not None and returns > today else Following.NOTED


def _another_date(readings: Readings, enrollment: Enrollment, today: date) -> Following:
    """A later return is waited for; an earlier one lets somebody go on sooner, so it is asked."""
    old, new = returns_on(readings.old), returns_on(readings.new)
    if old == new or enrollment.pause_reason is not PauseReason.AUTO_REPLY:
        return Following.NOTED
    if new is not None and new > today and (old is None or new > old):
        return Following.WAIT
    return Following.ASK


def _waits_for_mail(enrollment: Enrollment) -> bool:
    return enrollment.pause_reason in {PauseReason.AUTO_REPLY, PauseReason.REVIEW}
