"""Write the pages of docs/reference from the code, so that they cannot say anything else.

Run by `make docs`; with `--check` it writes nothing and fails if a page is not up to date.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from inspect import cleandoc
from pathlib import Path

import click

from sequencer.cli.main import cli
from sequencer.domain import enrollment, send
from sequencer.domain.reason import SENTENCES
from sequencer.domain.transition import E, S, Table

FOLDER = Path(__file__).parent / "reference"
NOTICE = "<!-- Written by docs/generate.py: change the code, then run `make docs`. -->"


def page(title: str, *paragraphs: str) -> str:
    """A page of Markdown: the notice, the title, the paragraphs."""
    return "\n\n".join([NOTICE, f"# {title}", *paragraphs]) + "\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; a bar inside a cell is escaped."""
    cells = [headings, ["---"] * len(headings), *rows]
    return "\n".join(
        "| " + " | ".join(each.replace("|", "\\|") for each in row) + " |" for row in cells
    )


def commands() -> str:
    """Every command with its arguments and options."""
    root = click.Context(cli, info_name="sequencer")
    sections = [
        section for path, command in walk(cli, root) for section in described(path, command)
    ]
    return page("Commands", cleandoc(cli.help or ""), options(cli, root), *sections)


def walk(group: click.Group, above: click.Context) -> Iterator[tuple[click.Context, click.Command]]:
    """The commands of a group in its order, each before its own commands."""
    for name in group.list_commands(above):
        command = group.get_command(above, name)
        if command is None or command.hidden:
            continue
        context = click.Context(command, info_name=name, parent=above)
        yield context, command
        if isinstance(command, click.Group):
            yield from walk(command, context)


def described(context: click.Context, command: click.Command) -> list[str]:
    """Heading, usage, help and options of a command."""
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    help_text = cleandoc(command.help or "").replace("\b\n", "")
    parts = [
        f"## {context.command_path}",
        f"```\n{usage}\n```",
        help_text,
        options(command, context),
    ]
    return [part for part in parts if part]


def options(command: click.Command, context: click.Context) -> str:
    """Table of the options of a command, the empty string where it has none but `--help`."""
    rows = [
        (f"`{record[0]}`", record[1])
        for parameter in command.params
        if (record := parameter.get_help_record(context)) is not None
    ]
    return table(("option", "meaning"), rows) if rows else ""


def reasons() -> str:
    """Every code of the gate, and every reason for a pause or an end."""
    gate = [(f"`{reason}`", sentence) for reason, sentence in SENTENCES.items()]
    return page(
        "Reasons",
        "The codes are stable: they are printed, stored and may be matched by scripts.",
        "## What the gate may say",
        "`missing_variable` and `paused` carry what they are about: `missing_variable:company`.",
        table(("code", "sentence"), gate),
        "## Why an enrollment is paused",
        bullets(enrollment.PauseReason),
        "## Why an enrollment has finished",
        "An enrollment has at most one of these, for ever.",
        bullets(enrollment.FinishReason),
    )


def bullets(values: type[StrEnum]) -> str:
    """A list of codes."""
    return "\n".join(f"- `{value}`" for value in values)


def states() -> str:
    """Both machines as diagrams."""
    return page(
        "States",
        "Two machines that are never folded into one. An event that has no arrow from a state is "
        "refused there and changes nothing.",
        "## Enrollment",
        diagram(enrollment.TRANSITIONS, enrollment.EnrollmentState.PENDING),
        "## Send",
        diagram(send.TRANSITIONS, send.SendState.QUEUED),
    )


def diagram(transitions: Table[S, E], first: S) -> str:
    """Mermaid diagram of a transition table."""
    arrows = [f"    [*] --> {first}"]
    for state, row in transitions.items():
        allowed = [(event, after) for event, after in row.items() if after is not None]
        arrows += [f"    {state} --> {after}: {event}" for event, after in allowed]
        if not allowed:
            arrows.append(f"    {state} --> [*]")
    return "\n".join(["```mermaid", "stateDiagram-v2", *arrows, "```"])


def pages() -> dict[str, str]:
    """Every generated page by its file name."""
    return {
        "commands.md": commands(),
        "reasons.md": reasons(),
        "states.md": states(),
    }


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or say which of them are stale."""
    stale = [
        name
        for name, text in pages().items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text("utf-8") != text
    ]
    if "--check" in arguments:
        print(*(f"docs/reference/{name} is stale: run `make docs`" for name in stale), sep="\n")
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for name in stale:
        (FOLDER / name).write_text(pages()[name], "utf-8")
        print(f"wrote docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
