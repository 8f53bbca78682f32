"""`sequencer meeting book` and `move`: when and where a meeting is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import click

from sequencer.cli.desk import json_option, user, with_workspace
from sequencer.cli.meeting_options import (
    BY,
    NUMBER,
    Length,
    WebAddress,
    Words,
    Zone,
    instant_in,
)
from sequencer.cli.meeting_told import tell

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.meeting_by_hand import Appointment

_OPTIONS = (
    click.option("--at", required=True, help='When it begins, as "2027-03-01 10:00".'),
    click.option(
        "--tz",
        type=Zone(),
        default="",
        help="Zone of that time, as Europe/Madrid; by default the workspace's.",
    ),
    click.option("--for", "lasts", type=Length(), help="How long it takes, as 30m or 1h30m."),
    click.option("--place", type=Words(), default="", help="Where it is, for a visit."),
    click.option("--link", type=WebAddress(), default="", help="Where to join it."),
    click.option("--note", type=Words(), default="", help="What else there is to say."),
    click.option("--event-type", type=Words(), default="", help="What kind of meeting it is."),
)


class _Said(TypedDict):
    """What the options say."""

    at: str
    tz: str
    lasts: timedelta | None
    place: str
    link: str
    note: str
    event_type: str


def _appointed(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of an appointment."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _appointment(workspace: "Workspace", said: _Said) -> "Appointment":
    from sequencer.engine.meeting_by_hand import Appointment

    starts_at: datetime = instant_in(workspace, said["at"], said["tz"])
    return Appointment(
        starts_at=starts_at,
        lasts=said["lasts"],
        tz=said["tz"],
        place=said["place"],
        link=said["link"],
        note=said["note"],
        event_type=said["event_type"],
    )


@click.command("book")
@click.argument("prospect")
@_appointed
@BY
@json_option
@with_workspace
def book(
    workspace: "Workspace", prospect: str, *, by: str, as_json: bool, **said: Unpack[_Said]
) -> None:
    """Note a meeting with PROSPECT.

    PROSPECT is an e-mail address. The meeting was agreed upon by telephone, say; their cadences
    end, as with one that they book themselves.
    """
    from sequencer.engine import meeting_by_hand

    wanted, now = _appointment(workspace, said), workspace.clock.now()
    with workspace.database.write() as connection:
        meeting = meeting_by_hand.book(
            connection, workspace.desk, prospect, wanted, by or user(), now
        )
    tell(workspace, meeting, as_json=as_json)


@click.command("move")
@NUMBER
@_appointed
@BY
@json_option
@with_workspace
def move(
    workspace: "Workspace", *, number: int, by: str, as_json: bool, **said: Unpack[_Said]
) -> None:
    """Move meeting NUMBER to another time.

    What is not said stays as it is.
    """
    from sequencer.engine import meeting_by_hand

    wanted, now = _appointment(workspace, said), workspace.clock.now()
    with workspace.database.write() as connection:
        meeting = meeting_by_hand.move(
            connection, workspace.desk, number, wanted, by or user(), now
        )
    tell(workspace, meeting, as_json=as_json)
