"""`sequencer tasks`: what waits for a person, the first due at the top."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, print_table, user, with_workspace
from sequencer.cli.task_words import HEADINGS, cells

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace


@click.command("tasks")
@click.option("--mine", is_flag=True, help="Only my own (the name I am signed in with).")
@click.option("--assignee", help="Only those of this rep.")
@click.option("--due", is_flag=True, help="Only those that are due now.")
@click.option("--all", "everything", is_flag=True, help="Also those of people who are paused.")
@json_option
@with_workspace
def command(
    workspace: "Workspace",
    *,
    mine: bool,
    assignee: str | None,
    due: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """List the calls, mails and other tasks that wait for a person."""
    from sequencer.engine.task_list import task_rows

    if mine and assignee:
        raise click.UsageError("Give either --mine or --assignee.")
    now = workspace.clock.now()
    with workspace.database.read() as connection:
        rows = task_rows(
            connection,
            workspace.desk,
            assignee=user() if mine else assignee,
            due_by=now if due else None,
            include_held=everything,
        )
    if as_json:
        print_json(rows)
        return
    whose = "You have" if mine else f"{assignee} has" if assignee else "There is"
    nothing = f"{whose} nothing to do{' now' if due else ''}."
    print_table(HEADINGS, [cells(row, now) for row in rows], nothing)
    if rows:
        click.echo(f"\nNext: sequencer task show {rows[0].task.id}")
