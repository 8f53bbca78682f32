"""`sequencer variants`: what came of the wordings of mails, and which of them go on."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, user, with_workspace
from sequencer.cli.paragraph import show as show_lines
from sequencer.cli.variants_words import as_object, lines, started, stopped

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace


class _WithoutVerb(click.Group):
    """A group in which the name of a cadence alone means to show it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments, with `show` in front where no command is named."""
        named = next((each for each in args if not each.startswith("-")), None)
        if named is not None and named not in self.commands:
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group("variants", cls=_WithoutVerb)
def command() -> None:
    """Show what came of the variants of mails; stop one, or let it go on.

    `sequencer variants CADENCE` is short for `sequencer variants show CADENCE`.
    """


@command.command("show")
@click.argument("cadence")
@click.argument("step", required=False)
@json_option
@with_workspace
def show(workspace: "Workspace", cadence: str, step: str | None, *, as_json: bool) -> None:
    """Show the results of the variants of CADENCE, or of one STEP of it.

    A reply or a meeting counts for the last mail in a variant that the person had before it.
    """
    from sequencer.engine.variant_results import variant_results

    with workspace.database.read() as connection:
        found = variant_results(connection, workspace.desk, cadence, workspace.clock.now(), step)
    if as_json:
        print_json([as_object(each) for each in found])
    else:
        show_lines(lines(cadence, found))


@command.command("stop")
@click.argument("cadence")
@click.argument("step")
@click.argument("name")
@click.option("--why", default="", help="Why; it is shown with the variant.")
@json_option
@with_workspace
def stop(
    workspace: "Workspace", cadence: str, step: str, name: str, *, why: str, as_json: bool
) -> None:
    """Let nobody get the variant NAME of STEP any more, at once and in every version of CADENCE.

    Whoever would have got it gets another one. `sequencer variants start` takes it back.
    """
    from sequencer.engine.variant_stop import VariantName, stop_variant

    named = VariantName(cadence, step, name)
    with workspace.database.write() as connection:
        now = workspace.clock.now()
        new = stop_variant(connection, workspace.desk, named, user(), why, now)
    if as_json:
        print_json({"cadence": cadence, "step": step, "variant": name, "stopped": True, "new": new})
    else:
        click.echo(stopped(named, new=new))


@command.command("start")
@click.argument("cadence")
@click.argument("step")
@click.argument("name")
@json_option
@with_workspace
def start(workspace: "Workspace", cadence: str, step: str, name: str, *, as_json: bool) -> None:
    """Let the variant NAME of STEP, which was stopped, go on: its own people get it again."""
    from sequencer.engine.variant_stop import VariantName, start_variant

    named = VariantName(cadence, step, name)
    with workspace.database.write() as connection:
        now = workspace.clock.now()
        new = start_variant(connection, workspace.desk, named, user(), now)
    if as_json:
        told = {"cadence": cadence, "step": step, "variant": name, "stopped": False, "new": new}
        print_json(told)
    else:
        click.echo(started(named, new=new))
