"""`sequencer check`: everything that marketing wrote, before anything runs."""

import gc
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from sequencer.cli.desk import json_option, print_json, workspace_folder
from sequencer.cli.failure import EXIT_INVALID

if TYPE_CHECKING:
    from sequencer.files.check import Checked, Wanted


class _Asked(NamedTuple):
    """The options of the command line."""

    cadences: tuple[str, ...]
    prospects: Path | None
    on: datetime | None
    strict: bool
    form: str
    explain: str | None
    as_json: bool


@click.command("check")
@click.argument("cadences", nargs=-1, metavar="[CADENCE]...")
@click.option(
    "--prospects",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Look ahead for the people of a CSV file: whose mail would lack what, who is refused.",
)
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day on which they would be enrolled; today by default.",
)
@click.option("--strict", is_flag=True, help="End with 3 for warnings as well.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="For people, for scripts, or as annotations of a GitHub workflow.",
)
@click.option("--explain", metavar="CODE", help="Tell what a rule is about, and check nothing.")
@json_option
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Check settings, cadences and templates; nothing is changed.

    Every finding is listed with file, line and column, and with the rule that it is about. Ends
    with 3 if there are errors; warnings do not count unless --strict is given. A comment
    `# allow: CODE because REASON` on the line, or on one above it, silences a warning.
    """
    asked = _Asked(**options)
    if asked.explain is not None:
        _explain(asked.explain, as_json=asked.as_json)
        return
    gc.disable()  # nothing that is read here comes to an end before the process does
    try:
        checked = _checked(ctx, asked)
    finally:
        gc.enable()
    _print(ctx, checked, "json" if asked.as_json else asked.form)
    if any(problem.severity == "error" or asked.strict for problem in checked.problems):
        ctx.exit(EXIT_INVALID)


def _checked(ctx: click.Context, asked: _Asked) -> "Checked":
    # Not by way of `bootstrap`, which brings the database and the servers along.
    from sequencer.files.check import Wanted, check_workspace
    from sequencer.files.nearest import did_you_mean
    from sequencer.files.workspace import CHECKED

    root, on = workspace_folder(ctx), asked.on.date() if asked.on else None
    wanted = _dated(Wanted(asked.cadences, asked.prospects, on, root / CHECKED))
    checked = check_workspace(root, os.environ, wanted)
    for slug in asked.cadences:
        if slug not in checked.slugs:
            hint = did_you_mean(slug, checked.slugs)
            raise click.UsageError(f"There is no cadence `{slug}`. {hint}".strip(), ctx)
    return checked


def _dated(wanted: "Wanted") -> "Wanted":
    """The wish with a day, where one is needed."""
    if wanted.prospects is None or wanted.on is not None:
        return wanted
    from dataclasses import replace

    from sequencer.bootstrap import now

    return replace(wanted, on=now().date())


def _print(ctx: click.Context, checked: "Checked", form: str) -> None:
    from sequencer.cli.check_report import annotations, json_of, summary_of, text_of

    if form == "json":
        print_json(json_of(checked))
        return
    if form == "github":
        for line in annotations(checked.problems, _folder(workspace_folder(ctx))):
            click.echo(line)
    else:
        for problem in checked.problems:
            click.echo(text_of(problem), err=problem.severity == "error")
    for line in summary_of(checked):
        click.echo(line)


def _folder(root: Path) -> str:
    """The way from here to the workspace, as far as it lies below."""
    here = Path.cwd()
    if root == here or not root.is_relative_to(here):
        return ""
    return f"{root.relative_to(here).as_posix()}/"


def _explain(code: str, *, as_json: bool) -> None:
    from sequencer.cli.check_report import explanation
    from sequencer.files.nearest import did_you_mean
    from sequencer.files.rule_book import RULES

    rule = RULES.get(code.strip().lower())
    if rule is None:
        hint = did_you_mean(code, RULES) or "each finding of `sequencer check` ends with its code."
        raise click.UsageError(f"There is no rule `{code}`; {hint}")
    if as_json:
        print_json(rule)
        return
    for line in explanation(rule):
        click.echo(line)
