"""`sequencer verify`: the promises, proved from the ledger."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, with_workspace
from sequencer.cli.failure import EXIT_FAILED

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace

_WORDS = {
    "doubles": "mails accepted twice",
    "after_stop": "mails after a stop",
    "to_suppressed": "mails to suppressed people",
    "outside_window": "mails outside their window",
    "unexplained": "things without an explanation",
}


@click.command("verify")
@json_option
@click.pass_context
@with_workspace
def command(workspace: "Workspace", ctx: click.Context, *, as_json: bool) -> None:
    """Prove from the ledger that no promise was broken.

    Every mail is checked: sent once, never after a stop, never to a suppressed person, inside its
    window, and nothing left without an explanation. Ends with 1 if a promise was broken.
    """
    from sequencer.engine.verify import verify

    with workspace.database.read() as connection:
        findings = verify(connection, workspace.desk, workspace.clock.now())
    if as_json:
        print_json({**findings.figures(), "details": findings.details})
    else:
        click.echo(f"{findings.sends} mails checked")
        for name, words in _WORDS.items():
            click.echo(f"  {findings.figures()[name]} {words}")
        for detail in findings.details:
            click.echo(f"  ! {detail}")
    if not findings.clean:
        ctx.exit(EXIT_FAILED)
