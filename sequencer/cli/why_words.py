"""Where a person stands in words: what comes next, what is in its way, and what to do about it."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sequencer.cli.log_words import named
from sequencer.cli.meeting_words import state_words, when_words
from sequencer.cli.paragraph import Line
from sequencer.cli.status_words import held_lines
from sequencer.domain.advice import ADVICE
from sequencer.domain.enrollment import REOPENABLE, EnrollmentState
from sequencer.domain.meaning import ENDS, NOTHING, PAUSES
from sequencer.domain.reason import CALENDAR, SENTENCES, Reason, Refusal
from sequencer.domain.spoken_time import full_time

if TYPE_CHECKING:
    from sequencer.engine.why import EnrollmentReport, PersonReport

MARGIN = "    "


def lines(report: "PersonReport", tz: ZoneInfo, now: datetime) -> Iterator[Line]:
    """The report for people; `tz` is the workspace's zone."""
    yield from held_lines(report.held)
    yield Line(named(report.person.prospect), style="bold")
    for suppression in report.suppressions:
        code = suppression.refused_as
        until = f" until {suppression.until:%Y-%m-%d %H:%M} UTC" if suppression.until else ""
        yield Line(f"{SENTENCES[code]} [{code}: {suppression.key}{until}]", MARGIN, "red")
    for meeting in report.meetings:
        when = when_words(meeting, report.person.prospect, tz, now)
        yield Line(f"Meeting {meeting.id}, {when}: {state_words(meeting)}.", MARGIN)
    if not report.enrollments:
        yield Line("In no cadence, now or before.", MARGIN)
    for each in report.follow_ups:
        yield Line(f"{each.case}, {full_time(each.due_at, tz, now)}: {each.what}.", MARGIN)
    for enrolled in report.enrollments:
        yield Line()
        yield from _enrollment(enrolled, now)


def _enrollment(report: "EnrollmentReport", now: datetime) -> Iterator[Line]:
    enrollment, tz = report.enrollment, ZoneInfo(report.tz)
    mailbox = f", from {enrollment.mailbox}" if enrollment.mailbox else ""
    yield Line(f"{report.slug}: {enrollment.state}{mailbox}", style="bold")
    if enrollment.finish_reason is not None:
        end = ENDS[enrollment.finish_reason]
        yield Line(f"{end.sentence} [{enrollment.finish_reason}]", MARGIN)
        if end.what != NOTHING:
            yield Line(f"To do: {end.what}", MARGIN)
        if enrollment.finish_reason in REOPENABLE:
            yield Line("If that was a mistake: `sequencer reopen` takes it back.", MARGIN)
        return
    if enrollment.pause_reason is not None:
        pause = PAUSES[enrollment.pause_reason]
        yield Line(f"{pause.sentence} [{enrollment.pause_reason}]", MARGIN)
        if enrollment.resume_at is not None:
            yield Line(f"Goes on {full_time(enrollment.resume_at, tz, now)}.", MARGIN)
        yield Line(f"To do: {pause.what}", MARGIN)
    yield Line(_next(report, tz, now), MARGIN)
    if report.calendar:
        yield Line(f"Calendar: {report.calendar}.", MARGIN)
    yield from _refusals(report, tz, now)


def _next(report: "EnrollmentReport", tz: ZoneInfo, now: datetime) -> str:
    """What comes next, and when."""
    send, task = report.next_send, report.next_task
    if task is not None:
        due = full_time(task.due_at, tz, now)
        return f"Next: {task.title}, for {task.assignee}, {due}: task {task.id} waits for a person."
    if report.enrollment.state is EnrollmentState.PENDING:
        return "Next: it waits for its turn to begin."
    if send is None:
        return "Next: nothing is planned, the last mail is on its way or being settled."
    if report.enrollment.state is EnrollmentState.PAUSED:
        return f"Next: {send.step_id}, with what is left of its wait, once it goes on."
    why = f": {send.why}" if send.why else ""
    return f"Next: {send.step_id}, {full_time(send.due_at, tz, now)}{why}"


def _refusals(report: "EnrollmentReport", tz: ZoneInfo, now: datetime) -> Iterator[Line]:
    """Everything that would keep a mail back if it were due now."""
    paused = report.enrollment.pause_reason is not None
    refusals = [each for each in report.refusals if not (paused and each.reason is Reason.PAUSED)]
    what = "beginning" if report.enrollment.state is EnrollmentState.PENDING else "a mail"
    if not refusals:
        if not paused and report.next_task is None:
            yield Line(f"Nothing stands in the way of {what} now.", MARGIN)
        return
    yield Line(f"In the way of {what} now:", MARGIN)
    for refusal in refusals:
        yield Line(f"{_told(refusal, tz, now)} [{refusal.code}]", f"{MARGIN}- ")
        advice = ADVICE[refusal.reason]
        if not advice.heals:
            yield Line(f"To do: {advice.what}", f"{MARGIN}  ")


def _told(refusal: Refusal, tz: ZoneInfo, now: datetime) -> str:
    """What a rule says, with the instant at which it will say so no more."""
    sentence = refusal.sentence[:1].upper() + refusal.sentence[1:]
    if sentence[-1] not in ".)":
        sentence += "."
    if refusal.until is None or refusal.reason in CALENDAR:  # whose sentence has the instant
        return sentence
    return f"{sentence} Until {full_time(refusal.until, tz, now)}."
