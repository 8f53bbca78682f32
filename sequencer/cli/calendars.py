"""`sequencer calendar`: can the calendars of reps be read, and what counts in them?"""

import asyncio
from typing import TYPE_CHECKING

import click

from sequencer.cli.calendars_words import as_object, lines
from sequencer.cli.desk import json_option, print_json, with_workspace
from sequencer.cli.failure import EXIT_FAILED
from sequencer.cli.paragraph import show

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.feed_check import FeedCheck
    from sequencer.engine.feeds import Feed

NONE = (
    "No calendar is in the settings: see docs/how-to/calendars.md. Without one, meetings are heard "
    "of from booking tools and mails alone."
)


@click.group("calendar")
def command() -> None:
    """Look after the calendars of reps; they are read, and never written to."""


@command.command("check")
@click.argument("reps", nargs=-1, metavar="[REP]...")
@json_option
@click.pass_context
@with_workspace
def check(
    workspace: "Workspace", ctx: click.Context, *, reps: tuple[str, ...], as_json: bool
) -> None:
    """Read the calendars of REP now, or all, and say which events in them are meetings.

    Nothing is kept of it, and nothing follows from it; the daemon reads them by itself. Ends with 1
    if a calendar cannot be read.
    """
    from sequencer.bootstrap import calendar_feeds

    feeds = calendar_feeds(workspace)
    known = sorted({each.rep for each in feeds})
    if unknown := [name for name in reps if name not in known]:
        there = f"There are those of: {', '.join(known)}." if known else NONE
        raise click.UsageError(f"{unknown[0]} has no calendar in the settings. {there}")
    found = asyncio.run(
        _checked(workspace, [each for each in feeds if each.rep in reps or not reps])
    )
    if as_json:
        print_json([as_object(each) for each in found])
    elif not found:
        click.echo(NONE)
    else:
        show(lines(found, workspace.desk.policy.tz, workspace.clock.now()))
    if any(each.problem for each in found):
        ctx.exit(EXIT_FAILED)


async def _checked(workspace: "Workspace", feeds: "list[Feed]") -> "list[FeedCheck]":
    from sequencer.engine.feed_check import check_feeds

    return await check_feeds(
        workspace.database, workspace.desk.policy, feeds, workspace.clock.now()
    )
