"""`sequencer stop`: end everything for one person."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, user, with_workspace

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace


@click.command("stop")
@click.argument("prospect")
@json_option
@with_workspace
def command(workspace: "Workspace", prospect: str, *, as_json: bool) -> None:
    """Stop all cadences of PROSPECT (an e-mail address).

    The person is not suppressed and may be enrolled again; `sequencer suppress add` is for ever.
    """
    from sequencer.engine.stop import stop

    with workspace.database.write() as connection:
        stopped = stop(connection, workspace.desk, prospect, user(), workspace.clock.now())
    if as_json:
        print_json({"prospect": prospect, "stopped": stopped})
    elif stopped:
        click.echo(f"{prospect}: {stopped} enrollment{'s' if stopped > 1 else ''} stopped.")
    else:
        click.echo(f"{prospect} is in no running cadence, nothing was changed.")
