"""`sequencer stop`: end everything for one person."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_change, user, with_workspace

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace


@click.command("stop")
@click.argument("prospect")
@json_option
@with_workspace
def command(workspace: "Workspace", prospect: str, *, as_json: bool) -> None:
    """Stop all cadences of PROSPECT (an e-mail address).

    They end for good; `sequencer pause` is for a while. The person is not suppressed and may be
    enrolled in other cadences.
    """
    from sequencer.engine.stop import stop

    with workspace.database.write() as connection:
        stopped = stop(connection, workspace.desk, prospect, user(), workspace.clock.now())
    print_change(prospect, (stopped, "stopped"), "is in no running cadence", as_json=as_json)
