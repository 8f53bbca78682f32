"""`sequencer archive`: let a cadence run dry, and take that back."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, user, with_workspace

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.draining import Drained


@click.command("archive")
@click.argument("cadence")
@click.option("--undo", is_flag=True, help="Take people in again, archived or not.")
@json_option
@with_workspace
def command(workspace: "Workspace", cadence: str, *, undo: bool, as_json: bool) -> None:
    """Take nobody into CADENCE any more.

    Whoever is under way runs to the end; who waits to begin does not begin. When nobody is left the
    cadence is archived by itself. Applying its file takes it back, so remove the file as well.
    """
    from sequencer.engine.draining import begin_draining, stop_draining

    with workspace.database.write() as connection:
        if undo:
            done = stop_draining(connection, cadence)
        else:
            done = begin_draining(connection, cadence, user(), workspace.clock.now())
    if as_json:
        print_json(done)
        return
    for line in _back(done) if undo else _away(done):
        click.echo(line)
    file = None if undo else _file_of(workspace, cadence)
    if file:
        click.echo(f"Remove {file} too, for the next `sequencer apply` would take it back.")


def _away(done: "Drained") -> list[str]:
    if not done.changed:
        return [f"{done.slug} takes nobody in already, nothing was changed. {_left(done)}"]
    return [
        f"{done.slug} takes nobody in any more. {_left(done)}",
        "`sequencer archive --undo` takes that back.",
    ]


def _left(done: "Drained") -> str:
    if not done.under_way:
        return "Nobody is under way in it: a daemon archives it at its next look."
    waits = f", {done.waiting:,} who wait do not begin" if done.waiting else ""
    return f"{done.under_way:,} under way run to the end{waits}; then it is archived."


def _back(done: "Drained") -> list[str]:
    if not done.changed:
        return [f"{done.slug} takes people in, nothing was changed."]
    waits = f" {done.waiting:,} who waited may begin." if done.waiting else ""
    return [f"{done.slug} takes people in again.{waits}"]


def _file_of(workspace: "Workspace", cadence: str) -> str:
    """The cadence's file as far as there is one that can be read."""
    from sequencer.files.cadence_name import file_of_cadence

    return file_of_cadence(workspace.root, cadence)
