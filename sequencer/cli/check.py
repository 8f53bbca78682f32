"""`sequencer check`: everything that marketing wrote, before anything runs."""

import os

import click

from sequencer.cli.desk import json_option, print_json, workspace_folder
from sequencer.cli.failure import EXIT_INVALID


@click.command("check")
@json_option
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Check settings, cadences and templates; nothing is changed.

    Every problem is listed with file, line and column. Ends with 3 if there are errors; warnings
    do not count.
    """
    from sequencer.bootstrap import check

    checked = check(workspace_folder(ctx), os.environ)
    errors = [problem for problem in checked.problems if problem.severity == "error"]
    if as_json:
        print_json(
            {
                "cadences": [loaded.cadence.slug for loaded in checked.cadences],
                "problems": checked.problems,
            }
        )
    else:
        for problem in checked.problems:
            click.echo(problem.render(), err=problem.severity == "error")
        for loaded in checked.cadences:
            steps = len(loaded.cadence.steps)
            click.echo(f"{loaded.cadence.slug}: {steps} steps, {len(loaded.templates)} templates")
        warnings = len(checked.problems) - len(errors)
        click.echo(f"{len(errors)} errors, {warnings} warnings")
    if errors:
        ctx.exit(EXIT_INVALID)
