"""`sequencer preview`: every step of a cadence as it would leave, before anything runs."""

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import click

from sequencer.cli.desk import json_option, print_json, workspace_folder
from sequencer.cli.paragraph import show
from sequencer.cli.preview_choice import (
    WORDS,
    check_choice,
    chosen,
    completing,
    listed,
    person_of,
    written_in,
)
from sequencer.cli.preview_words import as_object, lines, verdict_lines
from sequencer.cli.progress import progress

if TYPE_CHECKING:
    from sequencer.cli.preview_choice import Choice
    from sequencer.engine.preview_list import Verdicts
    from sequencer.engine.preview_people import People

FIRST = 3  # people of a list who are shown in full


@click.command("preview")
@click.argument("cadence", required=False)
@click.option("--step", default="", metavar="STEP", help="Only this step.")
@click.option("--prospect", default="", metavar="ADDRESS", help="For this person.")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="For the people of a list; says how many of them would be held.",
)
@click.option("--variant", default="", metavar="NAME", help="This wording of a step.")
@click.option("--all-variants", is_flag=True, help="Every wording of each step.")
@click.option("--language", default="", metavar="CODE", help="As if they read this language.")
@click.option("--mailbox", default="", metavar="NAME", help="As if it came from this mailbox.")
@click.option("--open", "as_page", is_flag=True, help="Show a local page that follows your edits.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=0, help="Of that page; by default any free."
)
@json_option
@click.pass_context
def command(ctx: click.Context, /, cadence: str | None, *, as_json: bool, **options: Any) -> None:
    """Show every step of CADENCE as it would leave, for invented people or for real ones.

    The mails are made from the files by the code that makes the real ones; nothing is sent, nothing
    is stored. Somebody for whom a value is missing shows which one it is, and that the mail would
    be held.
    """
    if options["as_page"]:
        _open(ctx, cadence or "", options)
        return
    choice = chosen(written_in(ctx), cadence, options)
    people = _people(ctx, choice, options)
    verdicts = _verdicts(choice, people, quiet=as_json) if options["csv_file"] else None
    found = [(each, choice.steps(each)) for each in people.samples[:FIRST]]
    if as_json:
        summary = {"list": verdicts} if verdicts else {}
        shown = [as_object(*each) for each in found]
        print_json({"cadence": choice.version.cadence.slug, **summary, "people": shown})
        return
    for each, steps in found:
        show(lines(choice.version.cadence, each, steps))
    if verdicts:
        show(verdict_lines(verdicts))


def _people(ctx: click.Context, choice: "Choice", options: dict[str, Any]) -> "People":
    """Whom it is for: one person, a list, or those that are invented."""
    from sequencer.engine.preview_people import People

    if options["prospect"]:
        return People((person_of(ctx, choice, options["prospect"], options["csv_file"]),))
    if options["csv_file"]:
        found = listed(options["csv_file"])
        complete = completing(ctx, choice)
        return replace(found, samples=tuple(complete(choice.version, found.samples)))
    return People(choice.invented)


def _verdicts(choice: "Choice", people: "People", *, quiet: bool) -> "Verdicts":
    from sequencer.engine.preview_list import judge

    with progress("looking at everybody", len(people.samples), quiet=quiet) as tell:
        return judge(choice.steps, people, tell)


def _open(ctx: click.Context, cadence: str, options: dict[str, Any]) -> None:
    """Serve the page until Ctrl-C."""
    from sequencer.bootstrap import event_loop, fresh_key, now
    from sequencer.engine.preview_room import Room

    faces, secret = ctx.find_root().obj, fresh_key()
    written, guest = written_in(ctx), None
    check_choice(written, cadence, options)
    if options["prospect"]:
        choice = chosen(written, cadence or None, options)
        guest = person_of(ctx, choice, options["prospect"], options["csv_file"])
    list_of = options["csv_file"].absolute() if options["csv_file"] else None
    complete = completing(ctx, written)
    room = Room(workspace_folder(ctx), os.environ, now, list_of, guest, complete)
    face = faces["preview"](options["port"])
    asked = {"cadence": cadence} | {name: options[name] for name in WORDS}
    words = urlencode({name: value for name, value in asked.items() if value})
    url = f"http://127.0.0.1:{face.port}/{secret}/?{words}".rstrip("?")
    click.echo(f"{url}\nfor this machine alone; Ctrl-C ends", err=True)

    async def run() -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        serving = asyncio.create_task(face.serving(room, secret)(stopping))
        await asyncio.to_thread(faces["browse"], url)
        await serving

    with asyncio.Runner(loop_factory=event_loop) as runner:
        runner.run(run())
    click.echo("stopped", err=True)
