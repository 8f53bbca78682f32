"""The rules of the gate about the moment of a mail: may it leave right now, from this mailbox?

Each is a pure function from a moment to its refusals, none where the mail passes.
"""

from collections.abc import Iterable

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.standing import Moment

Refusals = Iterable[Refusal]


def not_paused(moment: Moment) -> Refusals:
    """The enrollment is not paused."""
    enrollment = moment.enrollment
    if enrollment.state is EnrollmentState.PAUSED:
        yield Refusal(Reason.PAUSED, str(enrollment.pause_reason or ""), enrollment.resume_at)


def running(moment: Moment) -> Refusals:
    """The enrollment has begun and has not ended."""
    enrollment = moment.enrollment
    if enrollment.state not in {EnrollmentState.ACTIVE, EnrollmentState.PAUSED}:
        detail = str(enrollment.finish_reason or enrollment.state)
        yield Refusal(Reason.NOT_ACTIVE, detail)


def known_mailbox(moment: Moment) -> Refusals:
    """The settings still have the mailbox that the enrollment is bound to."""
    if not moment.known:
        detail = f"{moment.mailbox} is not in the settings" if moment.mailbox else ""
        yield Refusal(Reason.NO_ACTIVE_MAILBOX, detail)


def healthy_mailbox(moment: Moment) -> Refusals:
    """The mailbox is able to send, or has rested long enough to be tried again."""
    health = moment.health
    rested = health.until is not None and health.until <= moment.now
    if health.state is MailboxState.OK or rested:
        return
    detail = f"{health.state}: {health.reason}" if health.reason else str(health.state)
    yield Refusal(Reason.MAILBOX_UNHEALTHY, detail, health.until)


def fresh_sync(moment: Moment) -> Refusals:
    """The mailbox was read so lately that an answer would have been seen."""
    if not moment.known:
        return  # that it is gone is said already
    synced_at = moment.health.synced_at
    # A scan far in the future was dated before the clock was set back: it proves nothing either.
    if synced_at is not None and abs(moment.now - synced_at) <= moment.freshness:
        return
    yield Refusal(Reason.SYNC_STALE, "never read" if synced_at is None else "")


def calendar(moment: Moment, reason: Reason) -> Refusals:
    """The calendar of the step has nothing of that kind against this moment."""
    if moment.closed is not None and moment.closed.reason is reason:
        yield moment.closed


def pacing(moment: Moment, reason: Reason) -> Refusals:
    """The limit of that code leaves room for one more mail."""
    return (refusal for refusal in moment.paced if refusal.reason is reason)
