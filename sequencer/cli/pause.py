"""`sequencer pause`: silence for one person, until further notice."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_change, user, with_workspace

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace


@click.command("pause")
@click.argument("prospect")
@json_option
@with_workspace
def command(workspace: "Workspace", prospect: str, *, as_json: bool) -> None:
    """Pause all cadences of PROSPECT (an e-mail address) until `sequencer resume`.

    What is left of the wait for the next mail is kept.
    """
    from sequencer.engine.pause import pause

    with workspace.database.write() as connection:
        number = pause(connection, workspace.desk, prospect, user(), workspace.clock.now())
    print_change(prospect, (number, "paused"), "is in no running cadence", as_json=as_json)
