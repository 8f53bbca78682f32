"""`sequencer reconcile`: after a restore, compare with the world outside, and let mails leave."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sequencer.cli.desk import json_option, print_json, with_workspace
from sequencer.cli.enroll_options import start_of
from sequencer.cli.failure import EXIT_PARTLY
from sequencer.cli.paragraph import show
from sequencer.cli.progress import progress
from sequencer.cli.reconcile_words import FORCED, as_object, lines, warning
from sequencer.domain.moved import moved_to

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.reconcile import Report, Wanted

LOG_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("reconcile")
@click.option("--since", help="How far back Sent is read; by default to the time of the backup.")
@click.option(
    "--skip", multiple=True, metavar="MAILBOX", help="A mailbox that cannot be read: go on without."
)
@click.option(
    "--opt-outs", "logs", multiple=True, type=LOG_FILE, help="The opt-out log of another host."
)
@click.option("--dry-run", is_flag=True, help="Only tell what differs; nothing is changed.")
@click.option("--force", is_flag=True, help="Compare nothing. What was forgotten is sent again.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@json_option
@click.pass_context
@with_workspace
def command(workspace: "Workspace", ctx: click.Context, **options: Any) -> None:
    """Compare a restored database with the world outside, and let mails leave again.

    The Sent folders are read back to the time of the backup, opt-outs are taken from their log, and
    the mail that came in since is read once more. What was sent counts as sent. Until all of that
    is done, nothing leaves. Ends with 5 if a mailbox could not be read: everything stays held.
    """
    from sequencer.bootstrap import configure_logging
    from sequencer.engine.reconcile import Wanted

    configure_logging(as_json=False, quiet=True)
    skip, dry_run, as_json = options["skip"], options["dry_run"], options["as_json"]
    if not options["force"]:
        _refuse_moved(workspace)
    since = start_of(options["since"], workspace.desk.policy.tz)
    if not options["yes"] and not dry_run:
        click.echo(warning(skip, forced=options["force"]), err=True)
        click.confirm("Go on?", abort=True, err=True)
    if options["force"] and not dry_run:
        asyncio.run(_released(workspace))
        if as_json:
            print_json({"released": True, "compared": False})
        else:
            click.echo(FORCED)
        return
    wanted = Wanted(since, frozenset(skip), dry_run)
    with progress("Reading Sent", None, quiet=as_json) as advance:
        report = asyncio.run(_reconciled(workspace, wanted, options["logs"], advance))
    if as_json:
        print_json(as_object(report))
    else:
        show(lines(report, workspace.desk.policy.tz))
    if report.problems or not (report.released or dry_run):
        ctx.exit(EXIT_PARTLY)


def _refuse_moved(workspace: "Workspace") -> None:
    """Nothing to compare lets a database go on that another one has taken the place of."""
    from sequencer.engine.history import why_held
    from sequencer.engine.reconcile import ReconcileError

    with workspace.database.read() as connection:
        where = moved_to(why_held(connection))
    if where:
        raise ReconcileError(
            f"This database was moved to {where}: set `database:` to {where}. "
            "With --force both would send, and people would hear twice."
        )


async def _reconciled(
    workspace: "Workspace",
    wanted: "Wanted",
    logs: tuple[Path, ...],
    advance: Callable[[int], None],
) -> "Report":
    from sequencer.bootstrap import build_world, opt_out_logs, watch_history
    from sequencer.engine.reconcile import reconcile

    world = build_world(workspace)
    try:
        books = opt_out_logs(workspace, logs)
        return await reconcile(world, wanted, watch_history(workspace), books, advance)
    finally:
        await world.close()


async def _released(workspace: "Workspace") -> None:
    from sequencer.bootstrap import build_world, watch_history
    from sequencer.engine.reconcile import release

    await release(build_world(workspace), watch_history(workspace))
