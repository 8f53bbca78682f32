"""`sequencer log`: one person's timeline."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, print_table, with_workspace

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace


@click.command("log")
@click.argument("prospect")
@json_option
@with_workspace
def command(workspace: "Workspace", prospect: str, *, as_json: bool) -> None:
    """Show everything that happened to PROSPECT (an e-mail address), oldest first."""
    from sequencer.engine.why import timeline

    with workspace.database.read() as connection:
        person, entries = timeline(connection, prospect)
    if as_json:
        print_json({"prospect": person.prospect.email, "entries": entries})
        return
    print_table(
        ["when (UTC)", "what", "step", "detail"],
        [(f"{e.at:%Y-%m-%d %H:%M:%S}", e.kind, e.step_id or "", e.detail) for e in entries],
        f"Nothing has happened to {person.prospect.email} yet.",
    )
