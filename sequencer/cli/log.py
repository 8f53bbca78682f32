"""`sequencer log`: one person's timeline."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, with_workspace
from sequencer.cli.log_words import lines
from sequencer.cli.paragraph import show

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace


@click.command("log")
@click.argument("prospect")
@json_option
@with_workspace
def command(workspace: "Workspace", prospect: str, *, as_json: bool) -> None:
    """Show everything that happened to PROSPECT (an e-mail address), oldest first."""
    from sequencer.engine.timeline import timeline

    with workspace.database.read() as connection:
        found = timeline(connection, workspace.desk, prospect)
    if as_json:
        print_json({"prospect": found.person.prospect.email, "entries": found.entries})
    else:
        show(lines(found.person.prospect, found.entries, found.tz))
