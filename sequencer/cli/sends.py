"""`sequencer sends`: the mails of which nobody knows whether they left, and an end to that."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, print_table, user, with_workspace
from sequencer.cli.sends_words import EMPTY, HEADINGS, as_object, cells, done_words, foretold

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.doubt_list import Doubt


@click.group("sends")
def command() -> None:
    """Look after mails of which nobody knows whether they left."""


@command.command("unknown")
@json_option
@with_workspace
def unknown(workspace: "Workspace", *, as_json: bool) -> None:
    """List the mails in doubt: whose line broke before the answer to the final dot was read.

    Most end by themselves: their copy is found in Sent. Those that are parked wait for a person.
    """
    found = _doubts(workspace)
    if as_json:
        print_json([as_object(each) for each in found])
        return
    tz = workspace.desk.policy.tz
    print_table(HEADINGS, [cells(each, tz) for each in found], EMPTY)
    parked = [each for each in found if each.looked_at is None]
    if parked:
        number = parked[0].number
        click.echo(f"\nLook into Sent, then: sequencer sends resolve {number} --sent")
        click.echo("or --again, or --drop; it tells what will happen before it does.")


@command.command("resolve")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@click.option("--sent", is_flag=True, help="It left: count it as sent.")
@click.option("--again", is_flag=True, help="Send it once more, byte for byte.")
@click.option("--drop", is_flag=True, help="Leave it; go on with the next step.")
@click.option("--by", default="", help="Who says so; by default the name you are signed in with.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@with_workspace
def resolve(
    workspace: "Workspace",
    *,
    number: int,
    by: str,
    yes: bool,
    as_json: bool,
    **words: bool,
) -> None:
    """End the doubt about mail NUMBER of `sequencer sends unknown` by your word.

    The ledger keeps who said what. None of it can be taken back.
    """
    from sequencer.engine.doubts import Word
    from sequencer.engine.doubts import resolve as end

    said = [Word(name) for name, given in words.items() if given]
    if len(said) != 1:
        raise click.UsageError("Say what became of it: one of --sent, --again or --drop.")
    word = said[0]
    doubt = next((each for each in _doubts(workspace) if each.number == number), None)
    if doubt is not None and not yes:
        click.echo(foretold(doubt, word), err=True)
        click.confirm("Do it?", abort=True, err=True)
    with workspace.database.write() as connection:
        now = workspace.clock.now()
        done = end(connection, workspace.desk, number, word, by.strip() or user(), now)
    if as_json:
        print_json(done)
    else:
        click.echo(done_words(done))


def _doubts(workspace: "Workspace") -> "list[Doubt]":
    from sequencer.engine.doubt_list import doubt_list

    with workspace.database.read() as connection:
        return doubt_list(connection, workspace.desk)
