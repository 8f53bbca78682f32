"""The options that say who goes over to the new version, shared by `plan` and `apply`."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sequencer.cli.desk import workspace_folder
from sequencer.cli.failure import EXIT_INVALID

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.plan_view import Options, Plan
    from sequencer.files.cadence import LoadedCadence

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--migrate",
        multiple=True,
        metavar="CADENCE",
        help="People under way in it go over to the new version; else they keep theirs.",
    ),
    click.option(
        "--decide",
        multiple=True,
        metavar="CADENCE:STEP=CHOICE",
        help="What becomes of those who stand at a step that is gone: `next` (the step that is "
        "left after it), `keep` (their version) or `finish`.",
    ),
    click.option(
        "--with-added",
        multiple=True,
        metavar="CADENCE",
        help="They also get the steps that the edit added; else these are passed over.",
    ),
)


def plan_options(command: F) -> F:
    """Give a command the three options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def options_of(
    migrate: tuple[str, ...], decide: tuple[str, ...], with_added: tuple[str, ...]
) -> "Options":
    """What they ask for."""
    from sequencer.engine.plan_view import Options

    decisions = dict(map(_decision, decide))
    return Options(frozenset(migrate), frozenset(with_added), decisions)


def _decision(text: str) -> Any:
    from sequencer.domain.migration import Choice

    place, _, choice = text.partition("=")
    slug, _, step = place.partition(":")
    if not slug or not step or choice not in set(Choice):
        message = f"`{text}` is no decision: write CADENCE:STEP=next, =keep or =finish"
        raise click.BadParameter(message, param_hint="--decide")
    return (slug, step), Choice(choice)


def checked_cadences(ctx: click.Context) -> "tuple[LoadedCadence, ...]":
    """The cadences in the files; the command ends with 3 where there are errors."""
    from sequencer.files.check import check_workspace

    checked = check_workspace(workspace_folder(ctx), os.environ)
    errors = [problem for problem in checked.problems if problem.severity == "error"]
    for problem in errors:
        click.echo(problem.render(), err=True)
    if errors:
        click.echo("Nothing is planned or applied with errors in the files.", err=True)
        ctx.exit(EXIT_INVALID)
    return checked.cadences


def made_plan(
    ctx: click.Context,
    workspace: "Workspace",
    loaded: "tuple[LoadedCadence, ...]",
    options: "Options",
    *,
    quiet: bool,
) -> "Plan":
    """The plan of now, with a bar for many people; the command ends with 3 on a renamed step."""
    from sequencer.cli.progress import progress
    from sequencer.engine.plan_look import look, people_ahead
    from sequencer.files.renamed_step import renamed_step

    database = workspace.database
    total = people_ahead(database, options.moving)
    with progress("People", total, quiet=quiet or not total) as advance:
        plan = look(database, workspace.desk, loaded, options, workspace.clock.now(), advance)
    for each in plan.renamed:
        found = renamed_step(workspace_folder(ctx), each.slug, each.gone, each.appeared)
        click.echo(found.render(), err=True)
    if plan.renamed:
        ctx.exit(EXIT_INVALID)
    return plan
