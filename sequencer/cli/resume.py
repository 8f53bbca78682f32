"""`sequencer resume`: let one person's cadences go on."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_change, user, with_workspace

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace


@click.command("resume")
@click.argument("prospect")
@json_option
@with_workspace
def command(workspace: "Workspace", prospect: str, *, as_json: bool) -> None:
    """Let the paused cadences of PROSPECT (an e-mail address) go on.

    The next mail waits for what was left of its delay, and then for its window. This also ends a
    pause that an absence notice, a doubtful mail or a missing value has set.
    """
    from sequencer.engine.pause import resume

    with workspace.database.write() as connection:
        number = resume(connection, workspace.desk, prospect, user(), workspace.clock.now())
    print_change(prospect, (number, "resumed"), "is not paused anywhere", as_json=as_json)
