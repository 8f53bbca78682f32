"""The command line: global options, and commands that are imported only when they are called."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from sequencer import __version__
from sequencer.cli.commands import COMMANDS
from sequencer.cli.failure import EXIT_FAILED, failure_of

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class LazyGroup(click.Group):
    """A group whose commands are found by a table of names, so that `--help` imports none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order in which a new user needs them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"sequencer.cli.{COMMANDS[cmd_name].module}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Names and summaries from the table alone."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command meant; a misspelt one is answered with the nearest name."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            if not near or "Did you mean" in error.format_message():
                raise
            hint = f"{error.format_message()} Did you mean `{near[0]}`?"
            raise click.UsageError(hint, ctx) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an expected failure is one plain message and its exit code."""
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except BrokenPipeError:
            sys.stderr.close()  # the reader of a pipe went away: nothing to say, nobody to tell
            raise click.exceptions.Exit(EXIT_FAILED) from None
        except Exception as error:
            told = failure_of(error)
            if told is None:
                raise
            click.echo(told.message, err=True)
            raise click.exceptions.Exit(told.exit_code) from error


@click.group(cls=LazyGroup, context_settings=CONTEXT)
@click.option(
    "-w",
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    envvar="SEQUENCER_WORKSPACE",
    show_default="the current folder",
    help="Folder with config/ and templates/.",
)
@click.version_option(__version__, "-V", "--version", package_name="sequencer")
@click.pass_context
def cli(ctx: click.Context, workspace: Path) -> None:
    """Outreach for inside sales: cadences in YAML, sent through the reps' own mailboxes.

    Begin with `sequencer demo`, which needs nothing, or with `sequencer init`.
    """
    ctx.ensure_object(dict)["workspace"] = workspace
