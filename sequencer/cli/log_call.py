"""`sequencer log-call`: a call that no task asked for."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, user, with_workspace

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace


@click.command("log-call")
@click.argument("prospect")
@click.option("--inbound/--outbound", default=True, help="Whether they called, or you did.")
@click.option("--disposition", default="", help="How it ended; see `sequencer dispositions`.")
@click.option("--note", default="", help="What was said, in your own words.")
@json_option
@with_workspace
def command(
    workspace: "Workspace",
    prospect: str,
    *,
    inbound: bool,
    disposition: str,
    note: str,
    as_json: bool,
) -> None:
    """Note a call with PROSPECT (an e-mail address), and do what its disposition says.

    One that finishes ends every cadence of the person; any other ends the call that waits for them,
    if there is one.
    """
    from sequencer.engine.calls import Call, log_call
    from sequencer.engine.tasks import Ending

    call = Call(prospect, inbound, Ending(user(), disposition, note))
    with workspace.database.write() as connection:
        logged = log_call(connection, workspace.desk, call, workspace.clock.now())
    if as_json:
        found = {"task": logged.number, "tasks": logged.tasks, "finished": logged.finished}
        print_json({"prospect": prospect, **found})
        return
    click.echo(f"The call is noted. `sequencer task undo {logged.number}` takes it back.")
    if logged.tasks:
        click.echo("The call that waited for them is done.")
    if logged.finished:
        enrollments = "enrollment" if logged.finished == 1 else "enrollments"
        click.echo(f"{logged.finished} {enrollments} ended.")
