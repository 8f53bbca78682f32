"""Write the pages of docs/reference from the code, so that they cannot say anything else.

Run by `make docs`; with `--check` it writes nothing and fails if a page is not up to date.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from inspect import cleandoc
from pathlib import Path

import click

from docs.markdown import page, table
from docs.phrase_page import phrases
from docs.reason_page import reasons
from docs.rule_page import rules
from docs.state_page import pictures, states
from sequencer.cli.failure import EXIT_FAILED, EXIT_INVALID, EXIT_PARTLY
from sequencer.cli.main import cli
from sequencer.domain.prospect import FIELDS
from sequencer.files.attach_keys import MAX_FILES
from sequencer.files.check_attach import MOST_KB
from sequencer.files.describe import (
    Row,
    describe_cadence_keys,
    describe_disposition_keys,
    describe_settings,
    describe_template_keys,
)
from sequencer.files.editor_schema import schema_files
from sequencer.files.environment import DATABASE, variable_name
from sequencer.files.sample_values import ALWAYS
from sequencer.files.template_filters import FILTERS
from sequencer.files.template_whole import MAX_NESTING, MAX_USES
from sequencer.mail.enclosure import TYPES

FOLDER = Path(__file__).parent / "reference"
EXIT_CODES = [
    ("0", "done"),
    (str(EXIT_FAILED), "failed"),
    ("2", "wrong usage"),
    (str(EXIT_INVALID), "invalid settings, cadence or template"),
    (str(EXIT_PARTLY), "partly done: some rows or people were refused"),
]


def commands() -> str:
    """Every command with its arguments and options."""
    root = click.Context(cli, info_name="sequencer")
    sections = [
        section for path, command in walk(cli, root) for section in described(path, command)
    ]
    return page(
        "Commands",
        cleandoc(cli.help or ""),
        options(cli, root),
        "Every command ends with one of these codes.",
        table(("code", "meaning"), EXIT_CODES),
        *sections,
    )


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
        if (record := parameter.get_help_record(context)) is not None and record[1]
    ]
    return table(("option", "meaning"), rows) if rows else ""


def cadence() -> str:
    """The keys of cadence files and templates, and what a template may name."""
    always = [
        f"{name}.{key}" if key else name
        for name, value in ALWAYS.items()
        for key in (value if isinstance(value, dict) else [""])
    ]
    return page(
        "Cadence files and templates",
        "## Cadence file",
        "One file per cadence in `config/cadences/`. A key with `[]` stands in every entry of a "
        "list. An unknown key is a mistake.",
        key_table(describe_cadence_keys()),
        "## Dispositions",
        "How a call or another task may end, in `config/dispositions.yaml`, for all cadences.",
        key_table(describe_disposition_keys()),
        "## Head of a template",
        "A template lies in `templates/<cadence>/` and begins with its keys between two lines of "
        "`---`.",
        key_table(describe_template_keys()),
        "## What a template may name",
        "The fields of the prospect, the `prospect_fields` of the settings, what is always there, "
        "`account.<name>` for each of the `account_fields`, and `sender.<name>` for each of the "
        "`values` of mailboxes and reps. A value that a prospect does not have keeps the mail "
        "back, unless the template gives a fallback, as in `{{ title or 'your work' }}`.",
        table(("name", "from"), names_from(FIELDS, "the prospect") + names_from(always, "always")),
        "## Filters",
        ", ".join(f"`{name}`" for name in FILTERS),
        "## Parts of a template",
        '`{% include "ps.md" %}` puts another file in place, and '
        '`{% from "_macros.md" import greeting %}` lets a macro be called as '
        "`{{ greeting(first_name) }}`; `shared/` in front means `templates/shared/`. "
        f"Includes and macros are nested {MAX_NESTING} deep at most, {MAX_USES} in one template. "
        "[Write templates](../how-to/write-templates.md) shows them at work.",
        "## Files of a mail",
        f"`attach` takes files of the types {', '.join(f'`{each}`' for each in TYPES)} from the "
        f"folder of the templates: {MAX_FILES} with one mail, which may have {MOST_KB:,} kB in "
        "all.",
    )


def names_from(names: Iterable[str], source: str) -> list[tuple[str, str]]:
    """Rows of names with where they come from."""
    return [(f"`{name}`", source) for name in names]


def key_table(rows: Iterable[Row]) -> str:
    """Table of the keys of a file."""
    cells = [(f"`{row.key}`", row.type, row.default, row.description) for row in rows]
    return table(("key", "value", "default", "meaning"), cells)


def settings() -> str:
    """The keys of the settings, and the variables that stand for them."""
    rows = list(describe_settings())
    variables = [
        (f"`{row.key}`", f"`{variable_of(row.key)}`", "yes" if may_be_a_file(row) else "")
        for row in rows
    ]
    return page(
        "Settings",
        "Settings stand in `config/sequencer.yaml`; a variable of the environment wins over the "
        "file. An unknown key or variable is a mistake. Secrets never stand in the file: they come "
        "from their variable, or from the file that the variable with `_FILE` at its end names.",
        "## Keys",
        key_table(row for row in rows if not row.secret),
        "## Secrets",
        key_table(row for row in rows if row.secret),
        "## Variables",
        "Lists are written with commas between their entries, commands as in a shell.",
        table(("key", "variable", "also with `_FILE`"), variables),
    )


def may_be_a_file(row: Row) -> bool:
    """Whether the value may come from a file: secrets, and the database's address may hold one."""
    return row.secret or (row.key,) == DATABASE


def variable_of(key: str) -> str:
    """The variable for a key, the name that people give left open."""
    return variable_name(key.replace("<name>", "NAME").split("."))


def pages() -> dict[str, str]:
    """Every generated page, picture and schema by its file name."""
    return {
        **pictures(),
        "cadence.md": cadence(),
        "cadence-tests.md": phrases(),
        "check-rules.md": rules(),
        "commands.md": commands(),
        "reasons.md": reasons(),
        "settings.md": settings(),
        "states.md": states(),
        **{f"../../{path.as_posix()}": text for path, text in schema_files()},
    }


def shown(name: str) -> str:
    """Where it lies in the repository: pages, and the schemas that `init` copies."""
    return (FOLDER / name).resolve().relative_to(FOLDER.parents[1].resolve()).as_posix()


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or say which of them are stale."""
    stale = [
        name
        for name, text in pages().items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text("utf-8") != text
    ]
    if "--check" in arguments:
        print(*(f"{shown(name)} is stale: run `make docs`" for name in stale), sep="\n")
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for name in stale:
        (FOLDER / name).write_text(pages()[name], "utf-8")
        print(f"wrote {shown(name)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
