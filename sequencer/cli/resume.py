"""`sequencer resume`: let people go on whose cadences are paused, as fast as mailboxes may."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, user, with_workspace
from sequencer.cli.resume_view import as_value, show
from sequencer.domain.enrollment import PauseReason

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.pause import Wanted


@click.command("resume")
@click.argument("prospects", nargs=-1)
@click.option("--cadence", help="Everybody who is paused in this cadence.")
@click.option(
    "--reason",
    type=click.Choice([str(reason) for reason in PauseReason]),
    help="Everybody who was paused for this reason.",
)
@click.option("--all", "everybody", is_flag=True, help="Everybody who is paused.")
@click.option("--dry-run", is_flag=True, help="Show the plan and do nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before more than one goes on.")
@json_option
@with_workspace
def command(
    workspace: "Workspace",
    *,
    prospects: tuple[str, ...],
    cadence: str | None,
    reason: str | None,
    **flags: bool,
) -> None:
    """Let the paused cadences of PROSPECTS (e-mail addresses) go on.

    The next mail waits for what was left of its delay, for its window, and until its mailbox may
    send it besides all others. The plan is shown first, and confirmed where it is about more than
    one. This also ends a pause that an absence notice, a doubtful mail or a missing value has set;
    a mail that may have been sent counts as sent for whoever is named by address, and keeps all
    others from being resumed.
    """
    from sequencer.engine.pause import plan, resume_many

    wanted = _wanted(prospects, cadence, reason, everybody=flags["everybody"])
    with workspace.database.read() as connection:
        planned = plan(connection, workspace.desk, wanted, workspace.clock.now())
    if not flags["as_json"]:
        show(planned, workspace.desk.policy)
    done = 0
    if planned.going and not flags["dry_run"]:
        if len(planned.going) > 1 and not flags["yes"]:
            click.confirm("Let them go on?", abort=True, err=True)
        now = workspace.clock.now()
        done = resume_many(workspace.database, workspace.desk, wanted, user(), now)
    if flags["as_json"]:
        print_json({"resumed": done, "plan": as_value(planned, workspace.desk.policy)})
    elif done:
        click.echo(f"{done} enrollment{'s' if done > 1 else ''} resumed.")


def _wanted(
    prospects: tuple[str, ...], cadence: str | None, reason: str | None, *, everybody: bool
) -> "Wanted":
    from sequencer.engine.pause import Wanted

    chosen = cadence is not None or reason is not None
    if sum([bool(prospects), chosen, everybody]) != 1:
        raise click.UsageError("Name the prospects, or give --cadence or --reason, or --all.")
    return Wanted(prospects, cadence, PauseReason(reason) if reason else None)
