"""`sequencer reclassify`: classify kept mails anew, by the rules as they are now."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

import click

from sequencer.cli.desk import json_option, json_text, print_table, with_workspace
from sequencer.cli.enroll_options import start_of
from sequencer.cli.progress import progress
from sequencer.cli.reclassify_words import HEADINGS, cells, counts_as_object, summary

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.reclassify import Difference, Look

MOST_ROWS: Final = 200  # of the table; a program is told of all


@click.command("reclassify")
@click.option("--dry-run", is_flag=True, help="Show what would change and do nothing.")
@click.option("--since", help="Only mails that came in since then, as 2026-05-04.")
@click.option("--all", "everything", is_flag=True, help="Also mails that these rules have read.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@with_workspace
def command(
    workspace: "Workspace", *, since: str | None, dry_run: bool, as_json: bool, **flags: bool
) -> None:
    """Classify the mails that are kept anew, and show what would change before it does.

    A stop that was missed acts at once: a reply, an opt-out, a bounce, a complaint. What would let
    somebody go on is asked in `sequencer triage`; nothing goes on by itself, and nobody comes off
    the suppression list. A person's decision stands. Mails whose bytes are not kept any more are
    counted and left.
    """
    if as_json and not dry_run and not flags["yes"]:
        raise click.UsageError("With --json give --dry-run or --yes: nobody is asked.")
    if not flags["yes"]:
        preview = _look(workspace, since, everything=flags["everything"])
        _show(preview, as_json=as_json, done=False)
        if dry_run or not preview.counts.kept:
            return
        click.confirm("Store that, and do what follows?", abort=True, err=True)
    _show(_look(workspace, since, everything=flags["everything"]), as_json=as_json, done=True)


def _look(workspace: "Workspace", since: str | None, *, everything: bool) -> "Look":
    from sequencer.engine.reclassify import Look, other_rules

    desk, now = workspace.desk, workspace.clock.now()
    wanted = other_rules(start_of(since, desk.policy.tz), everything=everything)
    look = Look(workspace.database, desk, wanted, now)
    look.count()
    return look


def _show(look: "Look", *, as_json: bool, done: bool) -> None:
    """Go through the mails and print what is found; rows beyond some are only counted."""
    with progress("Reading", look.counts.kept, quiet=as_json) as advance:
        watched = replace(look, advance=advance)
        found = watched.reclassify() if done else watched.differences()
        if as_json:
            _print_json(found, look)
            return
        tz = look.desk.policy.tz
        rows = [cells(each, tz, done=done) for each in islice(found, MOST_ROWS)]
        more = sum(1 for _ in found)
    if rows:
        print_table(HEADINGS, rows, "")
    if more:
        click.echo(f"... and {more} more")
    click.echo(summary(look.counts, done=done))


def _print_json(found: Iterator["Difference"], look: "Look") -> None:
    """One JSON value, printed as it comes: it may be longer than fits into memory."""
    click.echo('{"changes": [', nl=False)
    for number, each in enumerate(found):
        click.echo(f"{',' if number else ''}\n  {json_text(each)}", nl=False)
    click.echo(f'\n], "counts": {json_text(counts_as_object(look.counts))}}}')
