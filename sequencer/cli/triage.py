"""`sequencer triage`: the mails that the rules were not sure of, and people's decisions."""

from datetime import date
from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, opened, print_json, print_table, user, with_workspace
from sequencer.cli.paragraph import show as show_lines
from sequencer.cli.triage_words import (
    EMPTY,
    HEADINGS,
    as_object,
    cells,
    done_words,
    page_as_object,
    page_lines,
)
from sequencer.cli.triage_work import work_through
from sequencer.domain.triage import Decision

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace

NUMBER = click.argument("number", type=click.IntRange(1, 2**31 - 1))
BY = click.option("--by", default="", help="Who says so; by default the user who is signed in.")

DECIDE = """Say what the mail of matter NUMBER means; the rest follows at once.

\b
reply            the cadences of the person end; colleagues as each cadence says
nothing          what the mail had paused goes on, as fast as mailboxes may
absence          they go on after the date, or after the one in the mail
opt-out          nothing more to this person
company-opt-out  nothing more to anybody at the domain
bounce           the address is dead: nothing more goes there
complaint        the mail was called spam: nothing more goes there
meeting          a meeting is agreed: the cadences end
"""


@click.group("triage", invoke_without_command=True)
@click.option("--mailbox", help="Only mails to this mailbox.")
@click.option("--rep", help="Only those of this rep.")
@json_option
@click.pass_context
def command(ctx: click.Context, *, mailbox: str | None, rep: str | None, as_json: bool) -> None:
    """List the mails that the rules were not sure of; whom they are about is not mailed.

    NUMBER is that of the list. A decision does what a sure verdict does, at once, and can be taken
    back.
    """
    if ctx.invoked_subcommand is not None:
        ctx.obj["triage"] = (mailbox, rep)
        return
    from sequencer.engine.triage_list import triage_rows

    workspace = opened(ctx)
    with workspace.database.read() as connection:
        rows = triage_rows(connection, mailbox, rep)
    if as_json:
        print_json([as_object(row) for row in rows])
        return
    print_table(HEADINGS, [cells(row, workspace.desk.policy.tz) for row in rows], EMPTY)
    if rows:
        number = rows[0].number
        click.echo(f"\nNext: sequencer triage show {number}, or sequencer triage work")


@command.command("show")
@NUMBER
@json_option
@with_workspace
def show(workspace: "Workspace", *, number: int, as_json: bool) -> None:
    """Show matter NUMBER: the whole mail, what the rules saw in it, what happened last."""
    from sequencer.engine.triage_list import triage_page

    with workspace.database.read() as connection:
        page = triage_page(connection, number)
    if as_json:
        print_json(page_as_object(page))
        return
    show_lines(page_lines(page, workspace.desk.policy.tz, workspace.clock.now()))
    if not page.row.decision:
        click.echo(f"\nThen: sequencer triage decide {number} DECISION")


@command.command("decide", help=DECIDE)
@NUMBER
@click.argument("decision", type=click.Choice([str(each) for each in Decision]))
@click.option("--until", help="With `absence`: the first day back, as 2026-05-04.")
@click.option("--because", default="", help="Why, for the timeline.")
@BY
@json_option
@with_workspace
def decide(
    workspace: "Workspace",
    *,
    number: int,
    decision: str,
    until: str | None,
    as_json: bool,
    **said: str,
) -> None:
    """Say what the mail of a matter means."""
    from sequencer.engine.triage import decide as act
    from sequencer.engine.triage_mail import Ruling

    ruling = Ruling(Decision(decision), said["by"].strip() or user(), said["because"].strip())
    day, now = day_of(until), workspace.clock.now()
    done = workspace.database.transact(
        lambda connection: act(connection, workspace.desk, number, ruling, day, now)
    )
    if as_json:
        print_json(done)
    else:
        click.echo(done_words(done, workspace.desk.policy.tz, now))


@command.command("undo")
@NUMBER
@BY
@json_option
@with_workspace
def undo(workspace: "Workspace", *, number: int, by: str, as_json: bool) -> None:
    """Take the decision about matter NUMBER back, with everything that it did.

    Not where a mail has left since, or somebody has changed something else.
    """
    from sequencer.engine.triage_list import triage_page
    from sequencer.engine.triage_undo import undo as take_back

    who, now = by.strip() or user(), workspace.clock.now()
    workspace.database.transact(
        lambda connection: take_back(connection, workspace.desk, number, who, now)
    )
    with workspace.database.read() as connection:
        row = triage_page(connection, number).row
    if as_json:
        print_json(as_object(row))
    else:
        click.echo(f"{number}: open again; everything stands as it did before the decision.")


@command.command("work")
@BY
@click.pass_context
def work(ctx: click.Context, *, by: str) -> None:
    """Show one mail after the other and take a key for each; `?` tells which there are.

    Without a terminal a line is read instead of a key.
    """
    mailbox, rep = ctx.obj["triage"]
    work_through(opened(ctx), by.strip() or user(), mailbox, rep)


@command.command("suggestions")
@json_option
@with_workspace
def suggestions(workspace: "Workspace", *, as_json: bool) -> None:
    """Print a rule for each decision that the rules would have made otherwise.

    A snippet for the file of its language, with the mail as its example. Nothing is learned by
    itself: read it, shorten the phrase, and put it into the file.
    """
    from sequencer.engine.triage_suggest import suggestions as suggest

    with workspace.database.read() as connection:
        found = suggest(connection)
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo("No decision differs from its verdict in a way that a rule could know.")
    for each in found:
        click.echo(f"{each.snippet}\n")


def day_of(text: str | None) -> date | None:
    """A date as somebody wrote it."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise click.UsageError(f"{text!r} is no date such as 2026-05-04.") from error
