"""`sequencer hold`: let nothing leave until the database was compared with the world outside."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, user, with_workspace
from sequencer.cli.enroll_options import start_of
from sequencer.cli.reconcile_words import how_far

if TYPE_CHECKING:
    from datetime import datetime

    from sequencer.bootstrap import Workspace


@click.command("hold")
@click.option("--because", default="", help="Why; it is shown until mails leave again.")
@click.option("--since", metavar="INSTANT", help="When the backup was made, or earlier.")
@json_option
@with_workspace
def command(workspace: "Workspace", *, because: str, since: str | None, as_json: bool) -> None:
    """Let nothing leave: for a database that was just restored from a backup.

    Mail is still read, and tasks go on. `sequencer reconcile` lets mails leave again. It has to be
    told how far back Sent is to be read, here or there: the database itself cannot know.
    """
    from sequencer.engine.history import hold_by_hand, why_held
    from sequencer.engine.reconcile import sent_is_read_from

    why, tz, now = because or f"{user()} said so", workspace.desk.policy.tz, workspace.clock.now()
    lost_since = _past(start_of(since, tz), now)
    with workspace.database.write() as connection:
        new = hold_by_hand(connection, why, now, lost_since)
        told, begin = why_held(connection), sent_is_read_from(connection)
    if as_json:
        print_json({"held": True, "new": new, "why": told, "sent_is_read_from": begin})
        return
    if new:
        click.echo("Nothing leaves from now on. `sequencer reconcile` lets mails leave again.")
    else:
        click.echo(f"Nothing leaves already: {told}.")
    click.echo(how_far(begin, tz))


def _past(since: "datetime | None", now: "datetime") -> "datetime | None":
    if since is not None and since > now:
        raise click.BadParameter("--since is in the future: when the backup was made is expected")
    return since
