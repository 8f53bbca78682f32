"""`sequencer status`: where everything stands."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, print_table, with_workspace

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace


@click.command("status")
@json_option
@with_workspace
def command(workspace: "Workspace", *, as_json: bool) -> None:
    """Show cadences, mailboxes and what comes next."""
    from sequencer.engine.status import status

    with workspace.database.read() as connection:
        found = status(connection, workspace.desk, workspace.clock.now())
    if as_json:
        print_json(found)
        return
    if found.cadences:
        nobody = f"Nobody is enrolled yet in {', '.join(found.cadences)}."
    else:
        nobody = "No cadence has been applied yet. Next: sequencer check, sequencer apply."
    print_table(
        ["cadence", "state", "reason", "people"],
        [(row.slug, row.state, row.reason, str(row.number)) for row in found.enrollments],
        nobody,
    )
    click.echo()
    print_table(
        ["mailbox", "sent", "waiting", "doubt", "parked", "read (UTC)", "due (UTC)", "state"],
        [
            (
                row.name,
                f"{row.sent_24h} of {row.per_day}",
                str(row.waiting),
                str(row.in_doubt),
                str(row.parked),
                _instant(row.health.synced_at),
                _instant(row.next_due_at),
                str(row.health.state) + (f": {row.health.reason}" if row.health.reason else ""),
            )
            for row in found.mailboxes
        ],
        "No mailbox is configured.",
    )
    if found.mailboxes and not any(row.held_by for row in found.mailboxes):
        click.echo("\nNo daemon is running: start one with `sequencer run`.")


def _instant(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "-"
