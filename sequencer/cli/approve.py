"""`sequencer approve`: a second pair of eyes on a plan."""

from pathlib import Path

import click

from sequencer.cli.desk import json_option, opened, print_json, user


@click.command("approve")
@click.argument("plan_file", type=click.Path(dir_okay=False, path_type=Path), metavar="PLANFILE")
@click.option("--by", help="Who agrees; by default SEQUENCER_USER, or the login name.")
@json_option
@click.pass_context
def command(ctx: click.Context, *, plan_file: Path, by: str | None, as_json: bool) -> None:
    """Agree to a plan that somebody else made.

    `approval.above_mails` in the settings says from how many mails on a plan needs that. Read it
    first: the file has every person in it, and `summary` for each cadence.
    """
    from sequencer.engine.plan_approval import approve
    from sequencer.files.plan_file import read_plan

    file, who = read_plan(plan_file), by or user()
    workspace = opened(ctx)
    now = workspace.clock.now()
    with workspace.database.write() as connection:
        is_new = approve(connection, file.plan, file.by, who, now)
    if as_json:
        print_json({"plan": file.plan, "by": who, "new": is_new})
        return
    had = "has agreed" if is_new else "had agreed already"
    click.echo(f"{who} {had} to the plan of {file.by} ({file.mails} mails may come of it).")
    click.echo(f"Apply it with: sequencer apply {plan_file}")
