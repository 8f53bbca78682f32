"""`sequencer dispositions`: how a call or another task may end."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, print_table, with_workspace

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.domain.disposition import Disposition


@click.command("dispositions")
@json_option
@with_workspace
def command(workspace: "Workspace", *, as_json: bool) -> None:
    """List how a call or another task may end, and what follows; config/dispositions.yaml."""
    known = list(workspace.desk.policy.dispositions.values())
    if as_json:
        print_json(known)
        return
    print_table(
        ["name", "outcome", "what follows"],
        [(each.name, each.outcome, _what_follows(each)) for each in known],
        "None is defined: write config/dispositions.yaml, as `sequencer init` does.",
    )


def _what_follows(disposition: "Disposition") -> str:
    if disposition.action == "finish":
        return f"the enrollment ends: {disposition.finish_as}"
    where = f"goes on at {disposition.step}" if disposition.step else "goes on with the next step"
    return f"{where}, {disposition.wait} later" if disposition.wait else where
