"""How it stands with somebody in a cadence test: what happened, and why no more than that."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sequencer.domain.cadence_test import Hours, Phrase
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.ledger import Kind
from sequencer.simulation.cadence_test_seen import Passed, Seen, Touch, is_over

_PLANNED = frozenset({Kind.QUEUED, Kind.POSTPONED, Kind.TASK})


def is_then(phrase: Phrase, at: datetime, seen: Seen) -> bool:
    """Whether an instant is on the day and within the hours of a phrase."""
    tz = _zone(phrase.hours, seen)
    local = at.astimezone(tz)
    if phrase.day is not None and local.date() != seen.days.date_of(phrase.day):
        return False
    hours = phrase.hours
    return hours is None or hours.start <= local.hour * 60 + local.minute < hours.end


def _zone(hours: Hours | None, seen: Seen) -> ZoneInfo:
    return ZoneInfo(hours.tz) if hours is not None and hours.tz else seen.days.tz


def how(touch: Touch) -> str:
    """What has become of a step that happened."""
    return "left" if touch.mail is not None else "was due"


def why_then(touch: Touch, seen: Seen) -> str:
    """Why a step happened no sooner, in brackets; empty where nothing kept it back."""
    step = touch.name.rpartition("/")[2]
    told = [each for each in seen.story if each.step_id == step and each.at <= touch.at]
    planned = [each.detail for each in told if each.kind in _PLANNED]
    reason = planned[-1].partition(" time: ")[2] if planned else ""
    return f" ({reason})" if reason else ""


def passed(step: str, seen: Seen) -> list[Passed]:
    """Where a step was passed over."""
    return [each for each in seen.passed if each.name == seen.name_of(step)]


def why_never(step: str, seen: Seen) -> str:
    """Why a step did not happen, as far as that can be said."""
    name = seen.name_of(step)
    if skipped := passed(step, seen):
        return f"{step} was skipped: {skipped[0].why}"
    stored = seen.enrollment(name.partition("/")[0])
    if seen.refused and stored is None:
        return f"they were not let in: {seen.refused[0].sentence}"
    if stored is None:
        return f"{step} never happened: they are not in {name.partition('/')[0]}"
    if is_over(stored):
        at = f" on {seen.days.spoken(stored.finished_at)}" if stored.finished_at else ""
        return f"{step} never happened: it ended as {stored.enrollment.finish_reason}{at}"
    return f"{step} never happened: it {stands(seen)}"


def stands(seen: Seen) -> str:
    """How it stands at the end."""
    stored = seen.enrollment(seen.slug)
    if stored is None:
        refused = f": {seen.refused[0].sentence}" if seen.refused else ""
        return f"never began{refused}"
    now = stored.enrollment
    if now.state is EnrollmentState.FINISHED:
        at = f" on {seen.days.spoken(stored.finished_at)}" if stored.finished_at else ""
        return f"ended as {now.finish_reason}{at}"
    if now.state is EnrollmentState.PAUSED:
        until = f" until {seen.days.spoken(now.resume_at)}" if now.resume_at else " for a person"
        return f"waits{until} ({now.pause_reason})"
    return "has not begun" if now.state is EnrollmentState.PENDING else f"is at {now.step}"
