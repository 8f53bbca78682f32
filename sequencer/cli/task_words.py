"""Tasks in words: what is to be done, when, in which zone, and what a page of one says."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sequencer.cli.paragraph import harmless
from sequencer.domain.spoken_time import short_time, zone_words
from sequencer.domain.task import TaskKind, TaskState

if TYPE_CHECKING:
    from sequencer.engine.task_list import TaskPage, TaskRow

HEADINGS = ("no", "due", "person", "company", "phone", "for", "what", "cadence / step")


def cells(row: "TaskRow", now: datetime) -> tuple[str, ...]:
    """One line of the list of tasks."""
    said = (
        str(row.task.id),
        due_words(row, now),
        row.name or row.address,
        row.company or "-",
        row.phone or "-",
        row.task.assignee or "-",
        row.task.title,
        place_words(row),
    )
    return tuple(map(harmless, said))


def due_words(row: "TaskRow", now: datetime) -> str:
    """`Tue 4 May 08:30 Madrid time`, or since when it has been due."""
    tz = ZoneInfo(row.tz)
    at = f"{short_time(row.task.due_at, tz, now)} {zone_words(tz)}"
    words = f"since {at}" if row.task.due_at <= now else at
    return f"held: {row.held}" if row.held else words


def place_words(row: "TaskRow") -> str:
    """The cadence and the step, or what a matter by itself is about."""
    return f"{row.slug} / {row.task.step_id}" if row.slug else row.task.about


def page_lines(page: "TaskPage", now: datetime) -> Iterator[str]:
    """Everything about one task, for whoever does it."""
    return map(harmless, _page_lines(page, now))


def _page_lines(page: "TaskPage", now: datetime) -> Iterator[str]:
    row, task, tz = page.row, page.row.task, ZoneInfo(page.row.tz)
    yield f"Task {task.id}: {task.title}, for {task.assignee or 'anybody'}"
    yield from _who(row)
    yield f"  {'due':<9}{_state_words(row, now)}"
    if task.skip_at and task.state is TaskState.OPEN:
        yield f"  {'skipped':<9}{short_time(task.skip_at, tz, now)} {zone_words(tz)}, if not done"
    if task.note:
        yield f"  {'note':<9}{task.note}"
    yield ""
    if page.problem:
        yield f"The text cannot be filled in: {page.problem}"
    if page.subject:
        yield f"Subject: {page.subject}"
        yield ""
    yield from page.text.rstrip("\n").split("\n")
    yield ""
    yield "What happened last:"
    for entry in page.events:
        step = f" {entry.step_id}" if entry.step_id else ""
        at = short_time(entry.at, tz, now)
        yield f"  {at}  {entry.kind}{step}: {entry.detail}"


def next_words(task_id: int, kind: TaskKind, wording: str = "") -> str:
    """What to type when it is done; `wording` is that of several in which the mail was shown."""
    if kind is TaskKind.MANUAL_EMAIL:
        read = f" --wording {wording}" if wording else ""
        return f"Then: sequencer task send {task_id}{read} (or --edit first)"
    if kind is TaskKind.TRIAGE:
        return f"Then: sequencer triage decide {task_id} DECISION"
    named = " --disposition NAME" if kind is TaskKind.CALL else ""
    return f"Then: sequencer task done {task_id}{named}"


def _who(row: "TaskRow") -> Iterator[str]:
    person = f"{row.name} <{row.address}>" if row.name else row.address
    yield f"  {'person':<9}{person}"
    for label, value in (("company", row.company), ("phone", row.phone)):
        if value:
            yield f"  {label:<9}{value}"
    if row.slug:
        yield f"  {'cadence':<9}{place_words(row)}"


def _state_words(row: "TaskRow", now: datetime) -> str:
    task = row.task
    if task.state is TaskState.OPEN:
        why = f" ({task.why})" if task.why else ""
        return f"{due_words(row, now)}{why}"
    said = task.disposition or task.why
    by = f" by {task.ended_by}" if task.ended_by else ""
    return f"{task.state}{by}{f': {said}' if said else ''}"
