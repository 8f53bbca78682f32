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
    if not found.cadences:
        click.echo("No cadence has been applied yet. Next: sequencer check, sequencer apply.")
        return
    print_table(
        ["cadence", "state", "reason", "people"],
        [(row.slug, row.state, row.reason, str(row.number)) for row in found.enrollments],
        f"Nobody is enrolled yet in {', '.join(found.cadences)}.",
    )
    click.echo()
    print_table(
        ["mailbox", "state", "sent 24 h", "waiting", "in doubt", "parked", "last read", "next due"],
        [
            (
                f"{row.name} <{row.address}>",
                str(row.health.state) + (f": {row.health.reason}" if row.health.reason else ""),
                f"{row.sent_24h} of {row.per_day}",
                str(row.waiting),
                str(row.in_doubt),
                str(row.parked),
                _instant(row.health.synced_at),
                _instant(row.next_due_at),
            )
            for row in found.mailboxes
        ],
        "No mailbox is configured.",
    )


def _instant(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "-"
