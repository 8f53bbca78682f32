"""`sequencer import --accounts`: what is known of companies, from a CSV file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import print_json
from sequencer.cli.failure import EXIT_FAILED, EXIT_PARTLY
from sequencer.cli.progress import progress
from sequencer.cli.rejects import rejects_target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sequencer.bootstrap import Workspace
    from sequencer.engine.import_accounts import ImportedAccounts
    from sequencer.files.account_list import LeftOut


def import_file(
    workspace: "Workspace", ctx: click.Context, file: Path, rejects: Path | None, *, as_json: bool
) -> None:
    """Import the companies in a file, and tell what came of it."""
    from sequencer.engine.import_accounts import import_accounts
    from sequencer.files.account_list import KEYS, left_out, read_accounts
    from sequencer.files.prospects import count_rows, write_rejects

    fields = workspace.settings.account_fields
    target: Path | None = rejects_target(file, rejects)
    with progress("importing", count_rows(file), quiet=as_json) as advance:
        rows = read_accounts(file, fields)
        done = import_accounts(workspace.database, rows, workspace.clock.now(), advance)
    if target is not None and done.refused:
        write_rejects(target, file, done.refused, KEYS)
    else:
        target = None
    columns = left_out(file, fields)
    if as_json:
        print_json(_as_json(file, done, columns, target))
    else:
        _tell(file, done, columns, target)
    if done.refused:
        ctx.exit(EXIT_PARTLY if done.accepted else EXIT_FAILED)


def _as_json(
    file: Path, done: "ImportedAccounts", columns: "Sequence[LeftOut]", target: Path | None
) -> dict[str, object]:
    return {
        "added": done.added,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "forgotten": done.forgotten,
        "columns_left_out": [each.heading for each in columns],
        "refused": [
            {"file": str(file), "line": row.line, "code": row.code, "sentence": row.sentence}
            for row in done.refused
        ],
        "rejects": str(target) if target else None,
    }


def _tell(
    file: Path, done: "ImportedAccounts", columns: "Sequence[LeftOut]", target: Path | None
) -> None:
    for row in done.refused:
        click.echo(f"{file}:{row.line}: {row.code}: {row.sentence}", err=True)
    for each in columns:
        hint = f"; {each.hint}" if each.hint else ""
        click.echo(f"The column `{each.heading}` is none of `account_fields`: left out{hint}")
    if not done.accepted and not done.refused:
        click.echo("There is no row below the headings.")
        return
    click.echo(
        f"{done.added} companies added, {done.changed} changed, {done.unchanged} as before, "
        f"{done.forgotten} without values any more, {len(done.refused)} rows refused."
    )
    if target:
        click.echo(f"Correct the refused rows in {target} and import that file.")
