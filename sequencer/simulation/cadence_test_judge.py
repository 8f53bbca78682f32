"""Does what was expected hold? If not: what has happened instead, in a few words."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sequencer.domain.cadence_test import Expected, Phrase
from sequencer.domain.delay import Unit, add_delay
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.task import TaskState
from sequencer.simulation.cadence_test_mail_asks import MAIL_ASKS
from sequencer.simulation.cadence_test_said import how, is_then, passed, stands, why_never, why_then
from sequencer.simulation.cadence_test_seen import Seen, Touch, is_over
from sequencer.store.tasks import StoredTask

HOUR = timedelta(hours=1)

Ask = Callable[[Phrase, Seen], str]


def judge(phrase: Phrase, seen: Seen) -> str:
    """What has happened instead; the empty string where it holds."""
    return _ASKED[Expected(phrase.form)](phrase, seen)


def _happens(phrase: Phrase, seen: Seen) -> str:
    touch = seen.touch(phrase.step)
    if touch is None:
        return why_never(phrase.step, seen)
    at, why = seen.days.spoken(touch.at), why_then(touch, seen)
    said = f"{seen.shown(touch.name)} {how(touch)} on {at}{why}"
    if phrase.delay is not None:
        return _happens_after(phrase, seen, touch, said)
    return "" if is_then(phrase, touch.at, seen) else said


def _happens_after(phrase: Phrase, seen: Seen, touch: Touch, said: str) -> str:
    began = seen.instant(phrase.anchor)
    if began is None or phrase.delay is None:
        return f"{phrase.anchor} never happened"
    due = add_delay(began, phrase.delay, seen.days.workdays)
    if phrase.delay.unit in {Unit.HOURS, Unit.MINUTES}:
        holds = due <= touch.at <= due + HOUR
    else:
        holds = seen.days.local(touch.at).date() == seen.days.local(due).date()
    began_on = seen.days.spoken(began)
    return "" if holds else f"{said}, and {phrase.anchor} was on {began_on}"


def _never(phrase: Phrase, seen: Seen) -> str:
    touch = seen.touch(phrase.step)
    return f"{phrase.step} {how(touch)} on {seen.days.spoken(touch.at)}" if touch else ""


def _skipped(phrase: Phrase, seen: Seen) -> str:
    found = passed(phrase.step, seen)
    if not found:
        touch = seen.touch(phrase.step)
        if touch is None:
            return why_never(phrase.step, seen)
        return f"{phrase.step} {how(touch)} on {seen.days.spoken(touch.at)}"
    for each in found:
        if phrase.text.casefold() in each.why.casefold() and is_then(phrase, each.at, seen):
            return ""
    return f"{phrase.step} was skipped on {seen.days.spoken(found[0].at)}: {found[0].why}"


def _listed(seen: Seen) -> str:
    """What happened, in its order."""
    said = [f"{seen.shown(each.name)} on {seen.days.spoken(each.at)}" for each in seen.touches]
    return "; ".join(said) or "nothing happened"


def _mails_listed(seen: Seen) -> str:
    said = [f"{seen.shown(each.name)} on {seen.days.spoken(each.at)}" for each in seen.mails]
    number = len(said)
    noun = "mail" if number == 1 else "mails"
    return f"{number} {noun}: {'; '.join(said)}" if said else "no mail left"


def _count(phrase: Phrase, seen: Seen) -> str:
    return "" if len(seen.mails) == phrase.number else _mails_listed(seen)


def _at_most(phrase: Phrase, seen: Seen) -> str:
    return "" if len(seen.mails) <= phrase.number else _mails_listed(seen)


def _silence(phrase: Phrase, seen: Seen) -> str:
    since = _since(phrase, seen)
    if since is None:
        return f"{phrase.anchor or 'what was given'} never happened"
    late = [touch for touch in seen.mails if touch.at >= since]
    late = [touch for touch in late if not _is_anchor(phrase, touch, seen)]
    told = [f"{seen.shown(touch.name)} left on {seen.days.spoken(touch.at)}" for touch in late]
    return "; ".join(told)


def _since(phrase: Phrase, seen: Seen) -> datetime | None:
    """From when on there is to be silence."""
    if phrase.day is not None:
        return seen.days.end_of(phrase.day)
    if phrase.anchor:
        return seen.instant(phrase.anchor)
    return seen.given_at


def _is_anchor(phrase: Phrase, touch: Touch, seen: Seen) -> bool:
    return bool(phrase.anchor) and touch.name == seen.name_of(phrase.anchor)


def _only(phrase: Phrase, seen: Seen) -> str:
    wanted = {seen.name_of(step) for step in phrase.steps}
    return "" if {touch.name for touch in seen.touches} == wanted else _listed(seen)


def _order(phrase: Phrase, seen: Seen) -> str:
    wanted = [seen.name_of(step) for step in (phrase.step, *phrase.steps)]
    found = [touch.name for touch in seen.touches if touch.name in wanted]
    return "" if found == wanted else _listed(seen)


def _ends(phrase: Phrase, seen: Seen) -> str:
    stored = seen.enrollment(seen.slug)
    over = stored is not None and is_over(stored) and stored.finished_at
    if stored is None or not over or stored.enrollment.finish_reason != phrase.name:
        return f"it {stands(seen)}"
    if phrase.day is None or stored.finished_at is None:
        return ""
    return "" if is_then(phrase, stored.finished_at, seen) else f"it {stands(seen)}"


def _goes_on(_phrase: Phrase, seen: Seen) -> str:
    stored = seen.enrollment(seen.slug)
    return "" if stored is not None and not is_over(stored) else f"it {stands(seen)}"


def _waits(phrase: Phrase, seen: Seen) -> str:
    paused = [
        each
        for each in seen.changes
        if each.enrollment.state is EnrollmentState.PAUSED and each.slug == seen.slug
    ]
    for change in paused:
        now = change.enrollment
        because = not phrase.name or now.pause_reason == phrase.name
        if because and _is_until(phrase, now.resume_at, seen):
            return ""
    if not paused:
        return f"it never waited for anything; it {stands(seen)}"
    told = []
    for change in paused:
        until = change.enrollment.resume_at
        when = f"until {seen.days.spoken(until)}" if until else "for a person"
        told.append(f"it waited {when} ({change.enrollment.pause_reason})")
    return "; ".join(dict.fromkeys(told))


def _is_until(phrase: Phrase, resume_at: datetime | None, seen: Seen) -> bool:
    if phrase.until is None or resume_at is None:
        return phrase.until is None and resume_at is None
    return seen.days.local(resume_at).date() == seen.days.date_of(phrase.until)


def _task_said(task: StoredTask, seen: Seen) -> str:
    owner = f" for {task.assignee}" if task.assignee else ""
    return f"{task.kind}{owner} on {seen.days.spoken(task.due_at)}"


def _tasks(phrase: Phrase, seen: Seen) -> list[StoredTask]:
    """The tasks of that kind that anybody could have done."""
    return [
        task
        for task in seen.tasks
        if (not phrase.name or task.kind == phrase.name)
        and (task.state is TaskState.OPEN or task.due_at <= (task.ended_at or seen.end))
    ]


def _task(phrase: Phrase, seen: Seen) -> str:
    for task in _tasks(phrase, seen):
        mine = not phrase.owner or task.assignee == phrase.owner
        if mine and is_then(phrase, task.due_at, seen):
            return ""
    told = "; ".join(_task_said(task, seen) for task in seen.tasks)
    return f"the tasks were: {told}" if told else "there was no task"


def _no_task(phrase: Phrase, seen: Seen) -> str:
    return "; ".join(f"task {_task_said(task, seen)}" for task in _tasks(phrase, seen))


def _enrolled(phrase: Phrase, seen: Seen) -> str:
    stored = seen.enrollment(phrase.name)
    if stored is None:
        return f"they never were in {phrase.name}"
    if phrase.day is None or is_then(phrase, stored.enrolled_at, seen):
        return ""
    return f"they were enrolled in it on {seen.days.spoken(stored.enrolled_at)}"


def _not_enrolled(phrase: Phrase, seen: Seen) -> str:
    stored = seen.enrollment(phrase.name)
    at = seen.days.spoken(stored.enrolled_at) if stored else ""
    return f"they were enrolled in it on {at}" if stored else ""


def _refused(phrase: Phrase, seen: Seen) -> str:
    codes = [str(each.reason) for each in seen.refused]
    if phrase.name in codes:
        return ""
    return f"they were refused because {', '.join(codes)}" if codes else "they were let in"


def _suppressed(_phrase: Phrase, seen: Seen) -> str:
    return "" if seen.suppressed else "they are not on the suppression list"


def _not_suppressed(_phrase: Phrase, seen: Seen) -> str:
    return "they are on the suppression list" if seen.suppressed else ""


_ASKED: Mapping[Expected, Ask] = {
    Expected.HAPPENS: _happens,
    Expected.NEVER: _never,
    Expected.SKIPPED: _skipped,
    Expected.COUNT: _count,
    Expected.AT_MOST: _at_most,
    Expected.SILENCE: _silence,
    Expected.ONLY: _only,
    Expected.ORDER: _order,
    Expected.ENDS: _ends,
    Expected.GOES_ON: _goes_on,
    Expected.WAITS: _waits,
    Expected.TASK: _task,
    Expected.NO_TASK: _no_task,
    Expected.ENROLLED: _enrolled,
    Expected.NOT_ENROLLED: _not_enrolled,
    Expected.REFUSED: _refused,
    Expected.SUPPRESSED: _suppressed,
    Expected.NOT_SUPPRESSED: _not_suppressed,
    **MAIL_ASKS,
}
