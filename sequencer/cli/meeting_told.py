"""What became of a meeting that somebody spoke of: a sentence for people, an object for scripts."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import print_json
from sequencer.cli.meeting_words import as_object, state_words, when_words
from sequencer.cli.paragraph import harmless

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.meeting_page import Meeting, MeetingView


def tell(workspace: "Workspace", meeting: "Meeting", *, as_json: bool) -> None:
    """Print where the meeting stands now."""
    view = seen(workspace, meeting.id)
    if as_json:
        print_json(as_object(view))
        return
    own, now = workspace.desk.policy.tz, workspace.clock.now()
    when = when_words(view.meeting, view.person, own, now)
    who = view.person.email if view.person else view.meeting.email or "nobody that we know"
    click.echo(harmless(f"Meeting {meeting.id} with {who}, {when}: {state_words(view.meeting)}."))


def seen(workspace: "Workspace", number: int) -> "MeetingView":
    """The meeting as it is stored."""
    from sequencer.engine.meeting_view import Viewer

    with workspace.database.read() as connection:
        return Viewer(workspace.desk).see(connection, number)
