"""`sequencer handover`: which rep has which meeting, and answers that a person gives by hand."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, print_table, user, with_workspace
from sequencer.cli.handover_words import HEADINGS, cells, empty_words, page_lines

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.handover_answer import HandoverView

NUMBER = click.argument("number", type=click.IntRange(1, 2**31 - 1))
CLIENT = click.option(
    "--client", default="", help="Only what this client may see, as its reps would."
)
BECAUSE = click.option("--because", default="", help="Why, for the timeline.")


@click.group("handover")
def command() -> None:
    """Look after meetings that are given to reps. NUMBER is that of `sequencer handover list`."""


@command.command("list")
@click.option("--rep", help="Only those of this rep.")
@CLIENT
@click.option("--open", "only_open", is_flag=True, help="Only those that are with somebody.")
@json_option
@with_workspace
def list_(
    workspace: "Workspace", *, rep: str | None, client: str, only_open: bool, as_json: bool
) -> None:
    """List which rep has which meeting, the newest first."""
    from sequencer.engine.handover_list import handover_lines

    with workspace.database.read() as connection:
        lines = handover_lines(connection, rep=rep, client=client, only_open=only_open)
    if as_json:
        print_json(lines)
        return
    now, hands_over = workspace.clock.now(), bool(workspace.desk.policy.handover.to)
    nothing = empty_words(hands_over=hands_over)
    print_table(HEADINGS, [cells(each, now) for each in lines], nothing)
    if lines:
        click.echo(f"\nNext: sequencer handover show {lines[0].number}")


@command.command("show")
@NUMBER
@CLIENT
@json_option
@with_workspace
def show(workspace: "Workspace", number: int, *, client: str, as_json: bool) -> None:
    """Show handover NUMBER: what the rep was told, and whether the mails have left."""
    from sequencer.engine.handover_list import handover_page

    now = workspace.clock.now()
    with workspace.database.read() as connection:
        page = handover_page(connection, workspace.desk, number, now, client)
    if as_json:
        print_json(page)
        return
    for line in page_lines(page, now):
        click.echo(line)


@command.command("accept")
@NUMBER
@json_option
@with_workspace
def accept(workspace: "Workspace", number: int, *, as_json: bool) -> None:
    """Take the meeting of handover NUMBER for its rep, who has said so."""
    from sequencer.engine.handover_answer import accept_number

    with workspace.database.write() as connection:
        accept_number(connection, number, user(), workspace.clock.now())
    _tell(workspace, number, f"Handover {number} is accepted.", as_json=as_json)


@command.command("refuse")
@NUMBER
@BECAUSE
@json_option
@with_workspace
def refuse(workspace: "Workspace", number: int, *, because: str, as_json: bool) -> None:
    """Give the meeting of handover NUMBER back for its rep; the next one is asked."""
    from sequencer.engine.handover_answer import refuse_number

    now = workspace.clock.now()
    with workspace.database.write() as connection:
        refuse_number(connection, workspace.desk, number, user(), now, because)
    _tell(workspace, number, f"Handover {number} is given back.", as_json=as_json)


@command.command("offer")
@click.argument("meeting", type=click.IntRange(1, 2**31 - 1))
@click.option("--rep", default="", help="To this rep; by default to whom the settings find.")
@BECAUSE
@json_option
@with_workspace
def offer(workspace: "Workspace", meeting: int, *, rep: str, because: str, as_json: bool) -> None:
    """Offer MEETING, as `sequencer meeting list` numbers it, to a rep; whoever has it loses it."""
    from sequencer.engine.handover_list import offer_meeting

    by = f"{user()} ({because})" if because else user()
    with workspace.database.write() as connection:
        view = offer_meeting(connection, workspace.desk, meeting, rep, by, workspace.clock.now())
    sentence = f"Meeting {meeting} is offered to {view.person}: handover {view.number}."
    _print(view, sentence, as_json=as_json)


def _tell(workspace: "Workspace", number: int, sentence: str, *, as_json: bool) -> None:
    """What became of a handover: the sentence for people, the handover for scripts."""
    from sequencer.engine.handover_list import handover_page

    with workspace.database.read() as connection:
        page = handover_page(connection, workspace.desk, number, workspace.clock.now())
    _print(page.handover, sentence, as_json=as_json)


def _print(view: "HandoverView", sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json(view)
    else:
        click.echo(sentence)
