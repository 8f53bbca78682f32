"""`sequencer plan`: the effect of an edit on people, before it happens."""

import json
from pathlib import Path
from typing import Any

import click

from sequencer.cli.desk import json_option, opened, print_json, user
from sequencer.cli.plan_options import checked_cadences, made_plan, options_of, plan_options

EXIT_CHANGES = 4


@click.command("plan")
@plan_options
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    help="Write the plan down, for `sequencer apply FILE` or somebody's approval.",
)
@click.option(
    "--detailed-exitcode", is_flag=True, help="End with 4 if there are changes, with 0 if not."
)
@click.option("--by", help="Who plans; by default SEQUENCER_USER, or the login name.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    out: Path | None,
    detailed_exitcode: bool,
    by: str | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Show what applying the files would do, to cadences and to people under way.

    Nothing is changed. People who are under way keep the version they have, unless --migrate names
    their cadence; then it is told for each what comes next and when, and what they lose. Nobody
    gets a mail more by an edit, unless --with-added asks for it.

    Ends with 3 if the files have errors.
    """
    from sequencer.cli.plan_words import lines_of
    from sequencer.engine.plan_document import document_of

    options = options_of(**asked)
    loaded = checked_cadences(ctx)
    workspace = opened(ctx)
    plan = made_plan(ctx, workspace, loaded, options, quiet=as_json)
    document = document_of(plan, by or user())
    if out is not None:
        out.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if as_json:
        print_json(document)
    else:
        for line in lines_of(plan):
            click.echo(line)
        if out is not None:
            click.echo(f"Written to {out}. Apply it with: sequencer apply {out}")
    if detailed_exitcode and plan.has_changes:
        ctx.exit(EXIT_CHANGES)
