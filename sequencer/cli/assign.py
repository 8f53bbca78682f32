"""`sequencer assign`: give prospects to another rep."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, user, with_workspace

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.owner import Handed


@click.command("assign")
@click.argument("prospect", nargs=-1, required=True)
@click.option("--to", "rep", required=True, help="The rep, as in the column `owner`.")
@json_option
@with_workspace
def command(workspace: "Workspace", prospect: tuple[str, ...], *, rep: str, as_json: bool) -> None:
    """Make each PROSPECT (an e-mail address) the prospect of another rep.

    What runs goes on from the rep's own mailbox (the one whose `rep` or name it is), in a thread of
    its own, and open tasks move too; so does what is paused. Where the rep has no mailbox that
    works, it goes on from the old one, and a task tells. A task given to a third rep stays there.
    """
    from sequencer.engine.owner import assign

    if not rep.strip() or not rep.isprintable():
        raise click.UsageError("Name the rep: --to is one line of text.")
    desk, now = workspace.desk, workspace.clock.now()
    done = workspace.database.transact(
        lambda connection: [
            assign(connection, desk, address, rep, user(), now) for address in prospect
        ]
    )
    if as_json:
        print_json([asdict(each) for each in done])
        return
    for each in done:
        click.echo(_sentence(each, rep))


def _sentence(handed: "Handed", rep: str) -> str:
    if handed.stayed:
        return (
            f"{handed.address}: {rep}'s now. {rep} has no mailbox that works, so {handed.stayed} "
            "goes on from the old one."
        )
    moved = f"{handed.enrollments} cadences and {handed.tasks} tasks moved"
    return f"{handed.address}: {rep}'s now; {moved}."
