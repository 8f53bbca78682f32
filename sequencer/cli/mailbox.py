"""`sequencer mailbox`: is a mailbox in order, what does its provider do, who signs in?"""

import asyncio
from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, with_workspace
from sequencer.cli.failure import EXIT_FAILED
from sequencer.cli.mailbox_login import login
from sequencer.cli.mailbox_words import as_object, lines
from sequencer.cli.paragraph import show
from sequencer.cli.progress import progress

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.mailbox_check import MailboxCheck


@click.group("mailbox")
def command() -> None:
    """Look after the mailboxes that are sent from."""


command.add_command(login)


@command.command("check")
@click.argument("names", nargs=-1)
@click.option("--no-probe", is_flag=True, help="Send no mail to itself; show what is known.")
@click.option(
    "--wait",
    type=click.IntRange(1, 600),
    default=60,
    show_default=True,
    help="Seconds for which the mail to itself is looked for; the daemon goes on after that.",
)
@json_option
@click.pass_context
@with_workspace
def check(
    workspace: "Workspace",
    ctx: click.Context,
    *,
    names: tuple[str, ...],
    no_probe: bool,
    wait: int,
    as_json: bool,
) -> None:
    """Sign in to the mailboxes NAMES, or to all, and learn what their providers do.

    One mail goes from each mailbox to itself, and is looked for in Sent. What is found decides what
    becomes of a mail whose line breaks: it is settled by its copy, or waits for a person. Ends with
    1 if a mailbox cannot be used.
    """
    known = workspace.settings.mailboxes
    if not known:
        raise click.ClickException("No mailbox is configured. See config/sequencer.yaml.")
    if unknown := [name for name in names if name not in known]:
        raise click.UsageError(f"No mailbox is named {unknown[0]}. There are: {', '.join(known)}.")
    found = asyncio.run(
        _checked(workspace, names or tuple(known), 0 if no_probe else wait, quiet=as_json)
    )
    if as_json:
        print_json([as_object(each, workspace.clock.now()) for each in found])
    else:
        show(lines(found, workspace.clock.now()))
    if not all(each.is_ok for each in found):
        ctx.exit(EXIT_FAILED)


async def _checked(
    workspace: "Workspace", names: tuple[str, ...], wait_s: int, *, quiet: bool
) -> "list[MailboxCheck]":
    """The mailboxes one after another: servers do not like to be asked by a crowd."""
    import logging

    import structlog

    from sequencer.bootstrap import build_world
    from sequencer.engine.mailbox_check import check_mailbox

    # What is logged on the way stands in the answer.
    wrapper = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=wrapper)
    world = build_world(workspace)
    found = []
    try:
        for name in names:
            label = f"{name}: looking for its mail"
            with progress(label, wait_s, quiet=quiet or not wait_s) as advance:
                found.append(await check_mailbox(world, name, wait_s, advance))
    finally:
        await world.close()
    return found
