"""What commands share: the opened workspace, and how an answer is printed."""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace

P = ParamSpec("P")
T = TypeVar("T")

PIPED_WIDTH = 1_000  # columns; what reads a pipe wants one line per row

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")


def workspace_folder(ctx: click.Context) -> Path:
    """The folder given by `--workspace`, absolute."""
    folder: Path = ctx.find_root().obj["workspace"]
    return folder.resolve()


def opened(ctx: click.Context) -> "Workspace":
    """The workspace with its database, closed when the command ends."""
    from sequencer.bootstrap import configure_logging, open_workspace

    # The library's own way is to print, with an error, the value of every variable.
    configure_logging(as_json=False, quiet=True)
    workspace = open_workspace(workspace_folder(ctx), os.environ)
    ctx.call_on_close(workspace.close)
    return workspace


def with_workspace(command: Callable[..., T]) -> Callable[..., T]:
    """Give a command the opened workspace as its first argument."""

    @click.pass_context
    @wraps(command)
    def run(ctx: click.Context, *args: Any, **kwargs: Any) -> T:
        return command(opened(ctx), *args, **kwargs)

    return run


def print_json(value: object) -> None:
    """One JSON value; dataclasses become objects, instants ISO 8601 in UTC."""
    click.echo(json_text(value, indent=2))


def json_text(value: object, indent: int | None = None) -> str:
    """The same as text, for whoever prints a long value in portions."""
    return json.dumps(value, default=_plain, ensure_ascii=False, indent=indent)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> None:
    """A table for people, or the sentence for an empty one."""
    filled = [list(map(str, row)) for row in rows]
    if not filled:
        click.echo(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        # Only what comes last is prose; a broken address or date is of no use to anybody.
        last = heading == headings[-1]
        table.add_column(heading, overflow="fold", no_wrap=not last)
    for row in filled:
        table.add_row(*row)
    console().print(table)


def print_change(prospect: str, done: tuple[int, str], nothing: str, *, as_json: bool) -> None:
    """How many enrollments of a person were changed and how, or the sentence for none."""
    number, word = done
    if as_json:
        print_json({"prospect": prospect, word: number})
    elif number:
        click.echo(f"{prospect}: {number} enrollment{'s' if number > 1 else ''} {word}.")
    else:
        click.echo(f"{prospect} {nothing}, nothing was changed.")


def console(*, stderr: bool = False) -> Console:
    """A console that leaves the text as it is: no guessed highlights, no markup from data."""
    width = None if Console(stderr=stderr).is_terminal else PIPED_WIDTH
    return Console(highlight=False, markup=False, stderr=stderr, width=width)


def user() -> str:
    """Who acts, for the ledger."""
    names = map(os.environ.get, ("SEQUENCER_USER", "SUDO_USER", "USER"))
    return next(filter(None, names), "the command line")


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be printed as JSON")
