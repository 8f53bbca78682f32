"""`sequencer meeting cancel`, `no-show`, `came`, `held`, `confirm`, `credit`, `undo`."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, user, with_workspace
from sequencer.cli.meeting_options import BY, NUMBER, Words
from sequencer.cli.meeting_told import seen, tell
from sequencer.cli.meeting_words import as_object
from sequencer.domain.booking import By

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace

BY_WHOM = click.option(
    "--by",
    "by_whom",
    type=click.Choice([each.value for each in By]),
    required=True,
    help="Who called it off: the host (one of us) or the invitee.",
)


@click.command("cancel")
@NUMBER
@BY_WHOM
@click.option("--because", type=Words(), default="", help="Why.")
@json_option
@with_workspace
def cancel(
    workspace: "Workspace", *, number: int, by_whom: str, because: str, as_json: bool
) -> None:
    """Call meeting NUMBER off.

    What the cadence says of it follows. Who books another within a day has moved it: then nothing
    follows.
    """
    from sequencer.engine import meeting_by_hand

    said, now = meeting_by_hand.CalledOff(by_whom, because), workspace.clock.now()
    with workspace.database.write() as connection:
        meeting = meeting_by_hand.cancel(connection, workspace.desk, number, said, user(), now)
    tell(workspace, meeting, as_json=as_json)


@click.command("no-show")
@NUMBER
@BY
@json_option
@with_workspace
def no_show(workspace: "Workspace", *, number: int, by: str, as_json: bool) -> None:
    """Say that nobody came to meeting NUMBER.

    What the cadence says of it follows.
    """
    _say(workspace, "no_show", number, by, as_json=as_json)


@click.command("came")
@NUMBER
@BY
@json_option
@with_workspace
def came(workspace: "Workspace", *, number: int, by: str, as_json: bool) -> None:
    """Take a no-show of meeting NUMBER back.

    What had followed from it is taken back as well, as far as nothing has left.
    """
    _say(workspace, "came", number, by, as_json=as_json)


@click.command("held")
@NUMBER
@BY
@json_option
@with_workspace
def held(workspace: "Workspace", *, number: int, by: str, as_json: bool) -> None:
    """Say that meeting NUMBER took place."""
    _say(workspace, "held", number, by, as_json=as_json)


@click.command("confirm")
@NUMBER
@BY
@json_option
@with_workspace
def confirm(workspace: "Workspace", *, number: int, by: str, as_json: bool) -> None:
    """Say that meeting NUMBER is on.

    It is only known from a mail, or was only asked for.
    """
    _say(workspace, "confirm", number, by, as_json=as_json)


@click.command("credit")
@NUMBER
@click.argument("prospect")
@BY
@json_option
@with_workspace
def credit(workspace: "Workspace", *, number: int, prospect: str, by: str, as_json: bool) -> None:
    """Say that meeting NUMBER is PROSPECT's.

    The address that it was booked with is theirs from then on. Everything follows as if they had
    booked it with their own address.
    """
    from sequencer.engine.credit_meeting import credit as give

    now = workspace.clock.now()
    with workspace.database.write() as connection:
        meeting = give(connection, workspace.desk, number, prospect, by or user(), now)
    tell(workspace, meeting, as_json=as_json)


@click.command("undo")
@NUMBER
@BY
@json_option
@with_workspace
def undo(workspace: "Workspace", *, number: int, by: str, as_json: bool) -> None:
    """Take back what was last said by hand.

    What a booking of meeting NUMBER had ended goes on; what has left meanwhile stays sent.
    """
    from sequencer.engine.meeting_undo import undo as take_back

    now = workspace.clock.now()
    with workspace.database.write() as connection:
        undone = take_back(connection, workspace.desk, number, by or user(), now)
    if as_json:
        told = {"said": undone.said, "goes_on": undone.goes_on, "stays": undone.stays}
        print_json({**as_object(seen(workspace, undone.meeting.id)), **told})
        return
    what = undone.said.replace("_", " ")
    click.echo(f"Meeting {number}: {what} is taken back.")
    for slug in undone.goes_on:
        click.echo(f"{slug} goes on.")
    for why in undone.stays:
        click.echo(f"It does not go on: {why}")
    if not undone.meeting.left_out:
        tell(workspace, undone.meeting, as_json=False)


def _say(workspace: "Workspace", what: str, number: int, by: str, *, as_json: bool) -> None:
    from sequencer.engine import meeting_by_hand

    deeds = {
        "no_show": meeting_by_hand.no_show,
        "came": meeting_by_hand.came,
        "held": meeting_by_hand.held,
        "confirm": meeting_by_hand.confirm,
    }
    now = workspace.clock.now()
    with workspace.database.write() as connection:
        meeting = deeds[what](connection, workspace.desk, number, by or user(), now)
    tell(workspace, meeting, as_json=as_json)


SAYINGS = (cancel, no_show, came, held, confirm, credit, undo)
