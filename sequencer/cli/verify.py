"""`sequencer verify`: the promises, proved from the database."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, with_workspace
from sequencer.cli.failure import EXIT_FAILED
from sequencer.cli.paragraph import show
from sequencer.cli.progress import progress
from sequencer.cli.verify_words import as_object, lines

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace


@click.command("verify")
@json_option
@click.pass_context
@with_workspace
def command(workspace: "Workspace", ctx: click.Context, *, as_json: bool) -> None:
    """Prove from the database that no promise was broken.

    Every mail and every enrollment is looked at: mailed once, never after a stop, never to a
    suppressed address, inside its window and the pace of its mailbox, with a reason for everything.
    Reads only, and may run beside the daemon. Ends with 1 if a promise was broken.
    """
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
    if not findings.clean:
        ctx.exit(EXIT_FAILED)
