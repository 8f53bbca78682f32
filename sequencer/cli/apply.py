"""`sequencer apply`: make the checked cadences the ones that run, as a plan says."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sequencer.cli.desk import json_option, opened, print_json, user
from sequencer.cli.failure import EXIT_INVALID, EXIT_PARTLY
from sequencer.cli.plan_options import checked_cadences, made_plan, options_of, plan_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sequencer.bootstrap import Workspace
    from sequencer.engine.plan_apply import AppliedCadence
    from sequencer.engine.plan_view import Plan
    from sequencer.files.plan_file import PlanFile


@click.command("apply")
@click.argument(
    "plan_file",
    required=False,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="[PLANFILE]",
)
@plan_options
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    help="A first live run: at most N people begin in what is applied, and at most N go over, "
    "until the next `apply` without a limit.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--by", help="Who applies; by default SEQUENCER_USER, or the login name.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    plan_file: Path | None,
    limit: int | None,
    yes: bool,
    by: str | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Make the checked cadences the ones that run.

    Each becomes an immutable version; new enrolments get it. People who are under way stay on the
    version they have, unless --migrate names their cadence. A cadence whose file is gone takes
    nobody in any more. With errors in any file nothing is applied.

    With a PLANFILE of `sequencer plan --out` just that plan is applied, and nothing if the files or
    the people have changed since. Without one, a plan is made and shown, and on a terminal you are
    asked. Ends with 5 if somebody went on meanwhile and kept their version.
    """
    from sequencer.cli.plan_words import lines_of
    from sequencer.engine.plan_apply import Order, apply_plan, refusals_of
    from sequencer.engine.plan_document import options_of as options_in

    file = _read(plan_file, asked)
    options = options_in(file) if file is not None else options_of(**asked)
    loaded = checked_cadences(ctx)
    workspace = opened(ctx)
    plan = made_plan(ctx, workspace, loaded, options, quiet=as_json)
    if not as_json:
        for line in lines_of(plan):
            click.echo(line)
    _refuse(ctx, refusals_of(plan), "Nothing was applied. Decide first:")
    if file is not None:
        _refuse_what_moved(ctx, file, plan)
    who = by or user()
    _refuse_without_approval(ctx, workspace, plan, file)
    if not yes and not as_json and plan.has_changes and _is_terminal():
        click.confirm("Apply this?", abort=True)
    order = Order(who, workspace.clock.now(), file.plan if file else "", limit)
    done = _carried_out(workspace, loaded, plan, order, apply_plan, quiet=as_json)
    if as_json:
        print_json(done)
    else:
        for line in _lines(done):
            click.echo(line)
    if any(each.went_on for each in done):
        ctx.exit(EXIT_PARTLY)


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _read(plan_file: Path | None, asked: dict[str, Any]) -> "PlanFile | None":
    from sequencer.files.plan_file import read_plan

    if plan_file is None:
        return None
    if any(asked.values()):
        raise click.UsageError("A plan file says itself who goes over: leave the options out.")
    return read_plan(plan_file)


def _refuse(ctx: click.Context, reasons: "Sequence[str]", heading: str) -> None:
    if reasons:
        click.echo(heading, err=True)
        for reason in reasons:
            click.echo(f"  {reason}", err=True)
        ctx.exit(EXIT_INVALID)


def _refuse_what_moved(ctx: click.Context, file: "PlanFile", plan: "Plan") -> None:
    from sequencer.engine.plan_document import differences

    changed = differences(file, plan)
    heading = "Nothing was applied. Since the plan was made, this has changed:"
    if changed:
        changed.append("hint: make the plan anew: `sequencer plan --out FILE`")
    _refuse(ctx, changed, heading)


def _refuse_without_approval(
    ctx: click.Context, workspace: "Workspace", plan: "Plan", file: "PlanFile | None"
) -> None:
    from sequencer.engine.plan_approval import lacks_approval

    above, name, author = workspace.settings.approval.above_mails, "", ""
    if file is not None:
        name, author = file.plan, file.by
    with workspace.database.read() as connection:
        if not lacks_approval(connection, name, author, plan.mails, above):
            return
    command = "sequencer approve PLANFILE"
    write = "" if file else "`sequencer plan --out PLANFILE` writes it down, then "
    reason = (
        f"{plan.mails} mails may come of this plan, and above {above} somebody else has to agree: "
        f"{write}`{command}`"
    )
    _refuse(ctx, [reason], "Nothing was applied.")


def _carried_out(
    workspace: "Workspace", loaded: Any, plan: "Plan", order: Any, apply: Any, *, quiet: bool
) -> "list[AppliedCadence]":
    from sequencer.cli.progress import progress

    total = sum(effect.is_changed for each in plan.cadences for effect in each.effects)
    with progress("Going over", total, quiet=quiet or not total) as advance:
        done: list[AppliedCadence] = apply(
            workspace.database, workspace.desk, loaded, plan, order, advance
        )
    return done


def _lines(done: "Iterable[AppliedCadence]") -> "Iterator[str]":
    """What was done, a line or more for each cadence that something was done to."""
    for each in done:
        parts = [f"{each.slug}: {each.change}"]
        if each.moved:
            parts.append(f"{each.moved} went over or ended")
        if each.left:
            parts.append(f"{each.left} left for the next time, because of the limit")
        if each.most_people is not None:
            parts.append(f"at most {each.most_people} begin until `apply` without a limit")
        yield f"{', '.join(parts)} ({each.hash[:12]})"
        if each.went_on:
            yield f"  went on meanwhile, and keep their version: {', '.join(each.went_on[:10])}"
            if len(each.went_on) > 10:
                yield f"  and {len(each.went_on) - 10} more"
