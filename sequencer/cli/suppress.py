"""`sequencer suppress`: the list of those who receive nothing."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, print_table, user, with_workspace
from sequencer.cli.progress import progress

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace


@click.group("suppress")
def command() -> None:
    """Add to or show the list of those who receive nothing."""


@command.command("add")
@click.argument("target", nargs=-1, required=True)
@json_option
@with_workspace
def add(workspace: "Workspace", target: tuple[str, ...], *, as_json: bool) -> None:
    """Suppress each TARGET: an address, or a whole domain such as example.com.

    Running cadences of the people concerned end at once. All spellings of an address count as one.
    """
    from sequencer.engine.stop import BATCH, hit_by, suppress_in_batches, suppression_of

    try:
        entries = [suppression_of(each) for each in target]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="TARGET") from error
    database, desk, clock = workspace.database, workspace.desk, workspace.clock
    with database.read() as connection:
        people = hit_by(connection, entries)
    with progress("suppressing", people, quiet=as_json or people <= BATCH) as advance:
        results = [
            suppress_in_batches(database, desk, entry, user(), clock.now(), advance)
            for entry in entries
        ]
    if as_json:
        print_json(results)
        return
    for done in results:
        word = "suppressed" if done.new else "was suppressed already"
        click.echo(f"{done.suppression.key} {word}, {done.stopped} enrollments stopped.")


@command.command("lift")
@click.argument("target", nargs=-1, required=True)
@json_option
@with_workspace
def lift(workspace: "Workspace", target: tuple[str, ...], *, as_json: bool) -> None:
    """Take TARGET off the list, where it would have come off by itself one day.

    That is an address that refused several mails for now, and a domain that a server called dead.
    Whoever opted out, bounced for good, complained or was suppressed by hand stays on the list.
    """
    from sequencer.engine.stop import NotLiftedError
    from sequencer.engine.stop import lift as lift_one

    now = workspace.clock.now()
    try:
        with workspace.database.write() as connection:
            lifted = [lift_one(connection, each, user(), now) for each in target]
    except (NotLiftedError, ValueError) as error:
        raise click.BadParameter(str(error), param_hint="TARGET") from error
    if as_json:
        print_json(lifted)
        return
    for each in lifted:
        click.echo(f"{each.key} is off the list.")


@command.command("list")
@json_option
@with_workspace
def listed(workspace: "Workspace", *, as_json: bool) -> None:
    """Show the whole list, newest first."""
    from sequencer.engine.stop import suppressed

    with workspace.database.read() as connection:
        entries = suppressed(connection)
    if as_json:
        print_json(entries)
        return
    print_table(
        ["address or domain", "reason", "since (UTC)", "until (UTC)", "source"],
        [
            (
                each.suppression.key,
                each.suppression.reason,
                f"{each.at:%Y-%m-%d %H:%M}",
                f"{each.suppression.until:%Y-%m-%d %H:%M}" if each.suppression.until else "",
                each.source,
            )
            for each in entries
        ],
        "Nobody is suppressed.",
    )
