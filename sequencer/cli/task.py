"""`sequencer task`: show one task, and do something with it."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from sequencer.cli.desk import json_option, print_json, user, with_workspace
from sequencer.cli.task_words import next_words, page_lines

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.task_send import Edited

NUMBER = click.argument("number", type=click.IntRange(1, 2**31 - 1))
MAX_BYTES = 1024 * 1024  # of a file with a mail; the engine takes less of it
TEXT_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


class _Instead(TypedDict):
    """What is to be sent in place of the mail as it stands."""

    edit: bool
    file: Path | None
    subject: str | None


@click.group("task")
def command() -> None:
    """Show one task, end it, put it off, pass it on. NUMBER is that of `sequencer tasks`."""


@command.command("show")
@NUMBER
@json_option
@with_workspace
def show(workspace: "Workspace", number: int, *, as_json: bool) -> None:
    """Show task NUMBER: the person, the guide for them, what happened last."""
    from sequencer.engine.task_list import task_page

    with workspace.database.read() as connection:
        page = task_page(connection, workspace.desk, number)
    if as_json:
        print_json(page)
        return
    for line in page_lines(page, workspace.clock.now()):
        click.echo(line)
    if page.row.task.state == "open":
        click.echo(f"\n{next_words(number, page.row.task.kind, page.wording)}")


@command.command("done")
@NUMBER
@click.option("--disposition", default="", help="How it ended; see `sequencer dispositions`.")
@click.option("--note", default="", help="What was said, in your own words.")
@json_option
@with_workspace
def done(
    workspace: "Workspace", number: int, *, disposition: str, note: str, as_json: bool
) -> None:
    """End task NUMBER as done; its cadence goes on as the disposition says."""
    from sequencer.engine.tasks import Ending
    from sequencer.engine.tasks import done as end

    ending = Ending(user(), disposition, note)
    with workspace.database.write() as connection:
        end(connection, workspace.desk, number, ending, workspace.clock.now())
    _tell(workspace, number, f"Task {number} is done.", as_json=as_json)


@command.command("skip")
@NUMBER
@click.option("--because", default="", help="Why, for the timeline.")
@json_option
@with_workspace
def skip(workspace: "Workspace", number: int, *, because: str, as_json: bool) -> None:
    """Pass over task NUMBER; its cadence goes on."""
    from sequencer.engine.tasks import skip as pass_over

    with workspace.database.write() as connection:
        pass_over(connection, workspace.desk, number, user(), because, workspace.clock.now())
    _tell(workspace, number, f"Task {number} is skipped.", as_json=as_json)


@command.command("snooze")
@NUMBER
@click.argument("until")
@json_option
@with_workspace
def snooze(workspace: "Workspace", number: int, until: str, *, as_json: bool) -> None:
    """Put task NUMBER off until a date or an instant, as 2026-05-04 or 2026-05-04T09:00."""
    from sequencer.engine.tasks import snooze as put_off

    at = instant_of(workspace, until)
    with workspace.database.write() as connection:
        put_off(connection, number, at, user(), workspace.clock.now())
    _tell(workspace, number, f"Task {number} waits until {at:%Y-%m-%d %H:%M} UTC.", as_json=as_json)


@command.command("assign")
@NUMBER
@click.argument("assignee")
@json_option
@with_workspace
def assign(workspace: "Workspace", number: int, assignee: str, *, as_json: bool) -> None:
    """Pass task NUMBER on to ASSIGNEE."""
    from sequencer.engine.tasks import assign as pass_on

    with workspace.database.write() as connection:
        pass_on(connection, number, assignee, user(), workspace.clock.now())
    _tell(workspace, number, f"Task {number} is for {assignee} now.", as_json=as_json)


@command.command("send")
@NUMBER
@click.option("--edit", is_flag=True, help="Open the mail in $EDITOR first.")
@click.option("--file", type=TEXT_FILE, help="Send the text of this file instead.")
@click.option("--subject", help="Another subject; a mail that answers in a thread keeps its own.")
@click.option("--wording", help="Which you have read, where the mail has several wordings.")
@json_option
@with_workspace
def send(
    workspace: "Workspace",
    number: int,
    *,
    wording: str | None,
    as_json: bool,
    **instead: Unpack[_Instead],
) -> None:
    """Release the mail of task NUMBER; it leaves through the same gate as every other.

    The step ends when the mail was sent. Without options it leaves as its template says.
    """
    from sequencer.engine.task_send import Release
    from sequencer.engine.task_send import send as let_go

    edited, shown = _edited(workspace, number, **instead)
    release = Release(user(), edited, shown if wording is None else wording)
    with workspace.database.write() as connection:
        let_go(connection, workspace.desk, number, release, workspace.clock.now())
    _tell(workspace, number, f"The mail of task {number} is queued.", as_json=as_json)


@command.command("undo")
@NUMBER
@json_option
@with_workspace
def undo(workspace: "Workspace", number: int, *, as_json: bool) -> None:
    """Take the end of task NUMBER back, as long as nothing that followed has happened.

    A call that was noted with `log-call` is taken back with everything that it ended.
    """
    from sequencer.engine.task_undo import NEVER_WAS
    from sequencer.engine.task_undo import undo as take_back
    from sequencer.engine.tasks import find

    with workspace.database.write() as connection:
        take_back(connection, workspace.desk, number, user(), workspace.clock.now())
        is_gone = find(connection, number).why == NEVER_WAS
    became = f"Call {number} is taken back." if is_gone else f"Task {number} is open again."
    _tell(workspace, number, became, as_json=as_json)


def _tell(workspace: "Workspace", number: int, sentence: str, *, as_json: bool) -> None:
    """What became of a task: the sentence for people, the task as it is now for scripts."""
    from sequencer.engine.tasks import find

    if not as_json:
        click.echo(sentence)
        return
    with workspace.database.read() as connection:
        print_json(find(connection, number))


def instant_of(workspace: "Workspace", text: str) -> datetime:
    """The instant (UTC) that somebody wrote in the workspace's zone; a date is its morning."""
    from sequencer.engine.spoken_instant import read_instant

    try:
        return read_instant(text, workspace.desk.policy.tz)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _edited(
    workspace: "Workspace", number: int, *, edit: bool, file: Path | None, subject: str | None
) -> "tuple[Edited | None, str]":
    """What is to be sent instead, and the wording that was just read in the editor, if any."""
    from sequencer.engine.task_list import task_page
    from sequencer.engine.task_send import Edited
    from sequencer.files.text_file import read_text

    if edit and file:
        raise click.UsageError("Give either --edit or --file.")
    if not edit and file is None and subject is None:
        return None, ""
    with workspace.database.read() as connection:
        page = task_page(connection, workspace.desk, number)
    if page.problem:
        raise click.ClickException(f"The mail cannot be filled in: {page.problem}")
    text = read_text(file, str(file), MAX_BYTES) if file else page.text
    if edit:
        text = click.edit(text, extension=".txt") or ""
        if not text.strip():
            raise click.ClickException("The mail was left empty: nothing is sent.")
    edited = Edited(page.subject if subject is None else subject, text)
    return edited, page.wording if edit else ""
