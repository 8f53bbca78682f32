"""`sequencer history`: what ran when, by whom, and what changed."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, with_workspace
from sequencer.cli.history_words import difference_lines, history_lines
from sequencer.cli.paragraph import show

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace

MOST = 1_000


@click.command("history")
@click.argument("cadence", required=False)
@click.argument("versions", nargs=-1, metavar="[A [B]]")
@click.option("--diff", "wants_diff", is_flag=True, help="What changed from version A to B.")
@click.option(
    "--limit", type=click.IntRange(1, MOST), default=20, show_default=True, help="Rows to show."
)
@click.option(
    "--below", type=click.IntRange(1), default=2**62, help="Only what is older than that number."
)
@json_option
@with_workspace
def command(
    workspace: "Workspace",
    *,
    cadence: str | None,
    versions: tuple[str, ...],
    wants_diff: bool,
    as_json: bool,
    **page: int,
) -> None:
    """Show which versions of CADENCE ran, the newest first; by default those of all cadences.

    With --diff: what the newest version changed; with A, what changed since that version; with A
    and B, what differs between the two. Versions are named by the first digits of their hash.
    """
    from sequencer.engine.cadence_history import difference, history

    _understood(cadence, versions, wants_diff=wants_diff)
    now, tz = workspace.clock.now(), workspace.desk.policy.tz
    with workspace.database.read() as connection:
        if wants_diff and cadence is not None:
            before, after = (*versions, "", "")[:2]
            changed = difference(connection, cadence, before, after)
            print_json(changed) if as_json else show(difference_lines(changed))
            return
        found = history(connection, cadence, page["limit"], page["below"])
    print_json(found) if as_json else show(history_lines(found, tz, now))


def _understood(cadence: str | None, versions: tuple[str, ...], *, wants_diff: bool) -> None:
    if versions and not wants_diff:
        raise click.UsageError("Two versions are compared with --diff.")
    if wants_diff and cadence is None:
        raise click.UsageError("--diff needs the name of a cadence.")
    if len(versions) > 2:
        raise click.UsageError("Two versions are compared, no more.")
