"""`sequencer db`: look at the database as such, and move it to another one."""

from contextlib import closing
from typing import TYPE_CHECKING

import click

from sequencer.cli.db_words import check_lines, moved_lines, survey_lines
from sequencer.cli.desk import json_option, opened, print_json, with_workspace
from sequencer.cli.failure import EXIT_FAILED, failure_of
from sequencer.cli.paragraph import show
from sequencer.cli.progress import progress

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.move import Moved


@click.group("db")
def command() -> None:
    """Look at the database, or move it from SQLite to PostgreSQL and back."""


@command.command("check")
@json_option
@click.pass_context
def check(ctx: click.Context, *, as_json: bool) -> None:
    """Show what the database is, how much is in it, and whether it can be worked with.

    Ends with 1 if nothing can be written to it.
    """
    from sequencer.engine.database_check import look_at

    try:
        found = look_at(opened(ctx).database)
    except Exception as error:
        failure = failure_of(error)
        if not as_json or failure is None or failure.exit_code != EXIT_FAILED:
            raise
        print_json({"problem": failure.message})
        ctx.exit(EXIT_FAILED)
    if as_json:
        print_json(found)
    else:
        show(check_lines(found))
    if found.problem:
        ctx.exit(EXIT_FAILED)


@command.command("move")
@click.argument("target_url")
@click.option("--dry-run", is_flag=True, help="Only look whether it can be done.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@json_option
@with_workspace
def move(
    workspace: "Workspace", *, target_url: str, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Move everything to the empty database at TARGET_URL, and prove that it arrived.

    TARGET_URL is written as `database` in the settings: sqlite:///file.db, or
    postgresql://user@host/name with the password in ~/.pgpass. All daemons have to be stopped. The
    database in use stays as it is, but nothing is sent from it any more.
    """
    from sequencer.engine.move import survey

    if as_json and not (yes or dry_run):
        raise click.UsageError("With --json nobody is asked: give --yes or --dry-run.")
    with closing(_target(workspace, target_url)) as target:
        ahead = survey(workspace.database, target.database)
        if dry_run and as_json:
            print_json(ahead)
            return
        if not as_json:
            show(survey_lines(ahead))
        if dry_run:
            return
        if not yes:
            click.confirm("Move it?", abort=True, err=True)
        moved = _carry(workspace, target, ahead.work, quiet=as_json)
    if as_json:
        print_json(moved)
    else:
        show(moved_lines(moved))


def _target(workspace: "Workspace", url: str) -> "Workspace":
    from sequencer.bootstrap import with_database

    try:
        return with_database(workspace, url)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _carry(workspace: "Workspace", target: "Workspace", work: int, *, quiet: bool) -> "Moved":
    from sequencer.bootstrap import only_daemon
    from sequencer.engine.move import move as carry

    with (
        only_daemon(workspace),
        only_daemon(target),
        progress("Copying and comparing rows", work, quiet=quiet) as advance,
    ):
        now, new_key = workspace.clock.now(), workspace.new_key
        return carry(workspace.database, target.database, new_key, now, advance)
