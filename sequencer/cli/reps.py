"""`sequencer reps`: who takes meetings, and who would get one with somebody."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, opened, print_json, print_table, with_workspace
from sequencer.cli.paragraph import show
from sequencer.cli.reps_words import EMPTY, HEADINGS, cells, decision_object, lines, remarks

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sequencer.bootstrap import Workspace


@click.group("reps", invoke_without_command=True)
@json_option
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Show who takes meetings: which, how many they had, whether they are there.

    `handed` counts what was handed over in 28 days and has not fallen through; `ahead` are the
    meetings of the next seven days.
    """
    if ctx.invoked_subcommand is not None:
        return
    from sequencer.engine.reps import rep_lines

    workspace = opened(ctx)
    now, policy = workspace.clock.now(), workspace.desk.policy
    with workspace.database.read() as connection:
        found = rep_lines(connection, workspace.desk, now)
    if as_json:
        print_json(found)
        return
    print_table(HEADINGS, [cells(each, policy.tz) for each in found], EMPTY)
    for remark in remarks(found, policy.handover.to):
        click.echo(remark)


@command.command("try")
@click.argument("prospect")
@click.option("--at", "at_text", help='When the meeting is, in our zone, as "2027-03-01 10:00".')
@click.option(
    "--minutes",
    type=click.IntRange(1, 1_440),
    default=30,
    show_default=True,
    help="How long it is.",
)
@click.option("--host", default="", help="Address of the host whom the booking names.")
@json_option
@with_workspace
def try_(
    workspace: "Workspace",
    *,
    prospect: str,
    at_text: str | None,
    minutes: int,
    host: str,
    as_json: bool,
) -> None:
    """Say which rep would get a meeting with PROSPECT (an e-mail address), and why.

    Nothing is booked, and nothing is handed over.
    """
    from sequencer.engine.reps import Trial, try_assignment

    policy, now = workspace.desk.policy, workspace.clock.now()
    trial = Trial(prospect, _instant(at_text, policy.tz), minutes, host)
    with workspace.database.read() as connection:
        found = try_assignment(connection, workspace.desk, trial, now)
    if as_json:
        print_json(decision_object(found))
    else:
        show(lines(found, has_ways=bool(policy.handover.to)))


def _instant(text: str | None, tz: "ZoneInfo") -> "datetime | None":
    from sequencer.engine.spoken_instant import read_instant

    if text is None:
        return None
    try:
        return read_instant(text, tz)
    except ValueError as error:
        raise click.UsageError(f"--at: {error}") from None
