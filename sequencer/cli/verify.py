"""`sequencer verify`: the promises, proved from the database."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, with_workspace
from sequencer.cli.enroll_options import start_of
from sequencer.cli.failure import EXIT_FAILED
from sequencer.cli.paragraph import show
from sequencer.cli.progress import progress
from sequencer.cli.sent_comparison_words import sent_as_object, sent_lines
from sequencer.cli.verify_words import as_object, lines

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.against_sent import Compared

A_WEEK = timedelta(days=7)


@click.command("verify")
@click.option("--against-sent", is_flag=True, help="Compare the Sent folders with the ledger.")
@click.option("--since", help="How far back Sent is read; by default 7 days.")
@json_option
@click.pass_context
@with_workspace
def command(
    workspace: "Workspace",
    ctx: click.Context,
    *,
    against_sent: bool,
    since: str | None,
    as_json: bool,
) -> None:
    """Prove from the database that no promise was broken.

    Every mail and every enrollment is looked at: mailed once, never after a stop, never to a
    suppressed address, inside its window and the pace of its mailbox, with a reason for everything.
    Reads only, and may run beside the daemon. Ends with 1 if a promise was broken.

    With --against-sent the Sent folders are read instead: is every mail there that counts as sent,
    does the ledger know every mail of ours that is there, and is none there twice?
    """
    if against_sent:
        clean = _compare_with_sent(workspace, since, as_json=as_json)
    elif since is not None:
        raise click.UsageError("--since goes with --against-sent.")
    else:
        clean = _prove(workspace, as_json=as_json)
    if not clean:
        ctx.exit(EXIT_FAILED)


def _prove(workspace: "Workspace", *, as_json: bool) -> bool:
    """Whether every promise was kept, which is printed."""
    from sequencer.engine.verify import verify, work_ahead

    with workspace.database.read() as connection:
        ahead = work_ahead(connection)
        with progress("Proving", ahead, quiet=as_json) as advance:
            now = workspace.clock.now()
            findings = verify(connection, workspace.desk, now, advance=advance)
    if as_json:
        print_json(as_object(findings))
    else:
        show(lines(findings))
    return findings.clean


def _compare_with_sent(workspace: "Workspace", since: str | None, *, as_json: bool) -> bool:
    """Whether Sent and the ledger agree, which is printed."""
    from sequencer.bootstrap import configure_logging

    configure_logging(as_json=False, quiet=True)
    begin = start_of(since, workspace.desk.policy.tz) or workspace.clock.now() - A_WEEK
    with progress("Reading Sent", None, quiet=as_json) as advance:
        found = asyncio.run(_compared(workspace, begin, advance))
    if as_json:
        print_json(sent_as_object(found, begin))
    else:
        show(sent_lines(found, begin, workspace.desk.policy.tz))
    return all(not each.problem and not each.disagreements for each in found)


async def _compared(
    workspace: "Workspace", since: datetime, advance: Callable[[int], None]
) -> "list[Compared]":
    from sequencer.bootstrap import build_world
    from sequencer.engine.against_sent import compare_with_sent

    world = build_world(workspace)
    try:
        return await compare_with_sent(world, since, advance=advance)
    finally:
        await world.close()
