"""`sequencer meeting`: list meetings, show one, book one."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, print_table, with_workspace
from sequencer.cli.meeting_options import NUMBER
from sequencer.cli.meeting_say import SAYINGS
from sequencer.cli.meeting_time import book, move
from sequencer.cli.meeting_words import HEADINGS, as_object, cells, page_as_object, page_lines
from sequencer.cli.paragraph import show as show_lines

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.meeting_page import MeetingView

MOST = 1_000


@click.group("meeting")
def command() -> None:
    """List meetings, book, move or cancel one, say how it went. NUMBER is that of the list."""


@command.command("list")
@click.option("--past", is_flag=True, help="Those that are over or fell through, the latest first.")
@click.option("--prospect", default="", help="All those of this prospect, the newest first.")
@click.option(
    "--most", type=click.IntRange(1, MOST), default=50, show_default=True, help="At most so many."
)
@json_option
@with_workspace
def list_(workspace: "Workspace", *, past: bool, prospect: str, most: int, as_json: bool) -> None:
    """List the meetings that are on, the next first."""
    if past and prospect:
        raise click.UsageError("Give either --past or --prospect.")
    views = _views(workspace, past=past, prospect=prospect, most=most)
    if as_json:
        print_json([as_object(each) for each in views])
        return
    now, own = workspace.clock.now(), workspace.desk.policy.tz
    empty = "There is no meeting"
    which = f" of {prospect}" if prospect else " yet" if past else " ahead"
    print_table(HEADINGS, [cells(each, own, now) for each in views], f"{empty}{which}.")
    if views:
        click.echo(f"\nNext: sequencer meeting show {views[0].meeting.id}")
    elif not past:
        click.echo('Book one: sequencer meeting book PROSPECT --at "2027-03-01 10:00"')


def _views(workspace: "Workspace", *, past: bool, prospect: str, most: int) -> "list[MeetingView]":
    from sequencer.engine.meeting_page import meetings_of
    from sequencer.engine.meeting_view import Viewer

    now, viewer = workspace.clock.now(), Viewer(workspace.desk)
    with workspace.database.read() as connection:
        if prospect:
            return meetings_of(connection, workspace.desk, prospect)[:most]
        if past:
            return viewer.past(connection, now, 0, most)
        return viewer.coming(connection, now, 0, most)


@command.command("show")
@NUMBER
@json_option
@with_workspace
def show(workspace: "Workspace", *, number: int, as_json: bool) -> None:
    """Show everything about meeting NUMBER.

    When and where it is, with whom, what was told of it, and what follows.
    """
    from sequencer.engine.meeting_page import meeting_page

    with workspace.database.read() as connection:
        page = meeting_page(connection, workspace.desk, number)
    if as_json:
        print_json(page_as_object(page))
    else:
        show_lines(page_lines(page, workspace.desk.policy.tz, workspace.clock.now()))


for each in (book, move, *SAYINGS):
    command.add_command(each)
