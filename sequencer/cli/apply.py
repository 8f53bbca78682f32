"""`sequencer apply`: make the checked cadences the ones that run."""

import os

import click

from sequencer.cli.desk import json_option, opened, print_json, print_table, workspace_folder
from sequencer.cli.failure import EXIT_INVALID


@click.command("apply")
@json_option
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Make the checked cadences the ones that run.

    Each becomes an immutable version. People who are enrolled stay on the version they were
    enrolled with; new enrolments get the new one. With errors in any file nothing is applied.
    """
    from sequencer.bootstrap import check
    from sequencer.engine.apply import apply_cadences

    checked = check(workspace_folder(ctx), os.environ)
    errors = [problem for problem in checked.problems if problem.severity == "error"]
    if errors:
        for problem in errors:
            click.echo(problem.render(), err=True)
        click.echo("Nothing was applied.", err=True)
        ctx.exit(EXIT_INVALID)
    workspace = opened(ctx)
    applied = apply_cadences(workspace.database, checked.cadences, workspace.clock.now())
    if as_json:
        print_json(applied)
        return
    print_table(
        ["cadence", "version", "change"],
        [(each.slug, each.hash[:12], each.change) for each in applied],
        "There is no cadence in config/cadences yet.",
    )
