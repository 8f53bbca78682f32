"""`sequencer status`: where everything stands."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, with_workspace
from sequencer.cli.paragraph import show
from sequencer.cli.status_words import lines

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace


@click.command("status")
@json_option
@with_workspace
def command(workspace: "Workspace", *, as_json: bool) -> None:
    """Show cadences, mailboxes and what comes next."""
    from sequencer.engine.status import status

    now = workspace.clock.now()
    with workspace.database.read() as connection:
        found = status(connection, workspace.desk, now)
    if as_json:
        print_json(found)
    else:
        show(lines(found, workspace.desk.policy.tz, now))
