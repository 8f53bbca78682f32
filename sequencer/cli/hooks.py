"""`sequencer hooks`: do the booking tools report to us, and what came to nothing?"""

import asyncio
from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, print_table, with_workspace
from sequencer.cli.hooks_words import (
    EMPTY,
    FAILED_HEADINGS,
    HEADINGS,
    cells,
    failed_cells,
    subscription_line,
)
from sequencer.cli.paragraph import show
from sequencer.cli.status_words import outside_lines

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.domain.booking import Subscription


@click.group("hooks")
def command() -> None:
    """Look after the booking tools that report to us."""


@command.command("list")
@click.option("--ask", is_flag=True, help="Ask Calendly whether it still reports to us.")
@json_option
@with_workspace
def list_(workspace: "Workspace", *, ask: bool, as_json: bool) -> None:
    """List each booking tool: when it was last heard, and deliveries of which nothing came.

    Tools of which there is a token are asked by the daemon as well, and so is Calendly whether it
    still reports to us; with --ask it is asked now.
    """
    from sequencer.bootstrap import booking_sources
    from sequencer.engine.hook_list import hook_list

    names = booking_sources(workspace.settings)
    with workspace.database.read() as connection:
        found = hook_list(connection, names, workspace.desk.policy.public_url)
    told = _asked(workspace) if ask else []
    if as_json:
        lists = {"sources": found.sources, "failed": found.failed, "calendly": told}
        print_json({**lists, "asked": found.asked})
        return
    tz = workspace.desk.policy.tz
    print_table(HEADINGS, [cells(each, tz) for each in found.sources], EMPTY)
    for each in told:
        click.echo(subscription_line(each, tz))
    show(outside_lines(found.asked, tz, workspace.clock.now()))
    if found.failed:
        click.echo()
        print_table(FAILED_HEADINGS, [failed_cells(each, tz) for each in found.failed], "")
        click.echo("\nOnce what was in the way is gone: sequencer hooks again NO")


def _asked(workspace: "Workspace") -> "list[Subscription]":
    from sequencer.bootstrap import ask_calendly

    token = workspace.settings.hooks.calendly.token()
    if not token:
        raise click.UsageError("There is no hooks.calendly.api_token in the settings.")
    return asyncio.run(ask_calendly(token))


@command.command("again")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@with_workspace
def again(workspace: "Workspace", *, number: int) -> None:
    """Work through delivery NUMBER of `sequencer hooks list` once more."""
    from sequencer.bootstrap import booking_sources
    from sequencer.engine.hook_list import work_again

    sources, now = booking_sources(workspace.settings), workspace.clock.now()
    workspace.database.transact(lambda connection: work_again(connection, sources, number, now))
    click.echo(f"Delivery {number} is worked through again by the daemon.")
