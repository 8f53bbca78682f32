"""`sequencer hold`: let nothing leave until the database was compared with the world outside."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, user, with_workspace

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace


@click.command("hold")
@click.option("--because", default="", help="Why; it is shown until mails leave again.")
@json_option
@with_workspace
def command(workspace: "Workspace", *, because: str, as_json: bool) -> None:
    """Let nothing leave: for a database that was just restored from a backup.

    Mail is still read, and tasks go on. `sequencer reconcile` lets mails leave again.
    """
    from sequencer.engine.history import hold_by_hand, why_held

    why = because or f"{user()} said so"
    with workspace.database.write() as connection:
        new = hold_by_hand(connection, why, workspace.clock.now())
        told = why_held(connection)
    if as_json:
        print_json({"held": True, "new": new, "why": told})
    elif new:
        click.echo("Nothing leaves from now on. `sequencer reconcile` lets mails leave again.")
    else:
        click.echo(f"Nothing leaves already: {told}.")
