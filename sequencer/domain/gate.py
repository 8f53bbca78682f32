"""The gate: every rule that a touch must pass, each a small pure function that may refuse.

Run at enrolment with what concerns the person, and again in the last look before a mail with
everything. All rules are always asked, so that `why` can print the whole truth at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sequencer.domain.due import Timing
from sequencer.domain.enrollment import Enrollment, EnrollmentState
from sequencer.domain.mailbox import MailboxHealth, MailboxState
from sequencer.domain.pacing import Pace, pacing_refusals
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.suppression import Suppression
from sequencer.domain.window import next_open


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the person: suppressions that hit, an enrollment in this cadence."""

    suppressions: tuple[Suppression, ...] = ()
    enrolled_here: EnrollmentState | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """What is known of the instant: the mailbox, its pace and mails, the window of the person."""

    now: datetime
    enrollment: Enrollment
    timing: Timing
    health: MailboxHealth
    pace: Pace
    sent_at: Sequence[datetime]
    freshness: timedelta


def enrolment_refusals(standing: Standing) -> list[Refusal]:
    """Why this person may not be enrolled; empty when the gate is open."""
    return [*suppression_refusals(standing), *_again(standing), *_missing(standing)]


def send_refusals(standing: Standing, moment: Moment) -> list[Refusal]:
    """Why this mail may not leave at this moment; empty when everything allows it."""
    refusals = [*suppression_refusals(standing), *_missing(standing)]
    for rule in _MOMENT_RULES:
        refusals.extend(rule(moment))
    return refusals


def suppression_refusals(standing: Standing) -> list[Refusal]:
    """One refusal for each suppression that hits the address or its domain."""
    return [Refusal(each.refused_as, each.key) for each in standing.suppressions]


def passes_at(refusals: Sequence[Refusal]) -> datetime | None:
    """Instant at which time alone will have healed all refusals, None if one of them needs more."""
    instants = [refusal.until for refusal in refusals]
    known = [at for at in instants if at is not None]
    return max(known) if known and len(known) == len(instants) else None


def _again(standing: Standing) -> list[Refusal]:
    if standing.enrolled_here is None:
        return []
    finished = standing.enrolled_here is EnrollmentState.FINISHED
    return [Refusal(Reason.FINISHED_THIS if finished else Reason.ALREADY_IN_THIS)]


def _missing(standing: Standing) -> list[Refusal]:
    return [Refusal(Reason.MISSING_VARIABLE, name) for name in standing.missing]


def _state(moment: Moment) -> list[Refusal]:
    enrollment = moment.enrollment
    if enrollment.state is EnrollmentState.PAUSED:
        reason = str(enrollment.pause_reason or "")
        return [Refusal(Reason.PAUSED, reason, enrollment.resume_at)]
    if enrollment.state is not EnrollmentState.ACTIVE:
        detail = str(enrollment.finish_reason or enrollment.state)
        return [Refusal(Reason.NOT_ACTIVE, detail)]
    return []


def _window(moment: Moment) -> list[Refusal]:
    opening = next_open(moment.timing.window, moment.timing.tz, moment.now)
    if opening.start == moment.now:
        return []
    return [Refusal(Reason.OUTSIDE_WINDOW, until=opening.start)]


def _pacing(moment: Moment) -> list[Refusal]:
    return pacing_refusals(moment.pace, moment.sent_at, moment.now)


def _health(moment: Moment) -> list[Refusal]:
    health = moment.health
    if health.state is MailboxState.OK:
        return []
    if health.until is not None and health.until <= moment.now:
        return []
    detail = f"{health.state}: {health.reason}" if health.reason else str(health.state)
    return [Refusal(Reason.MAILBOX_UNHEALTHY, detail, health.until)]


def _sync(moment: Moment) -> list[Refusal]:
    synced_at = moment.health.synced_at
    # A scan far in the future was dated before the clock was set back: it proves nothing either.
    if synced_at is not None and abs(moment.now - synced_at) <= moment.freshness:
        return []
    return [Refusal(Reason.SYNC_STALE, "never read" if synced_at is None else "")]


_MOMENT_RULES: tuple[Callable[[Moment], list[Refusal]], ...] = (
    _state,
    _window,
    _pacing,
    _health,
    _sync,
)
