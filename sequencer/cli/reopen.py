"""`sequencer reopen`: take a stop back."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, user, with_workspace

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace


@click.command("reopen")
@click.argument("prospect")
@click.option("--because", required=True, help="Why, for the timeline.")
@click.option("--cadence", default="", help="Which cadence; by default the one that ended last.")
@json_option
@with_workspace
def command(
    workspace: "Workspace", prospect: str, *, because: str, cadence: str, as_json: bool
) -> None:
    """Let a stopped cadence of PROSPECT (an e-mail address) go on where it stood.

    An opt-out, a bounce, a complaint and a suppression cannot be taken back. No step is sent twice.
    """
    from sequencer.engine.reopen_enrollment import Request, reopen_enrollment

    if not because.strip():
        raise click.UsageError("Say why: --because is kept for ever.")
    wanted = Request(prospect, user(), because.strip(), cadence)
    with workspace.database.write() as connection:
        stored = reopen_enrollment(connection, workspace.desk, wanted, workspace.clock.now())
    if as_json:
        step = stored.enrollment.step
        print_json({"prospect": prospect, "cadence": stored.slug, "step": step})
        return
    at = f" at {stored.enrollment.step}" if stored.enrollment.step else ""
    click.echo(f"{prospect}: {stored.slug} goes on{at}.")
