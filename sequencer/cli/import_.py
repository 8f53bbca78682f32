"""`sequencer import`: prospects, or what is known of companies, from a CSV file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, with_workspace
from sequencer.cli.failure import EXIT_FAILED, EXIT_PARTLY
from sequencer.cli.import_accounts import import_file
from sequencer.cli.progress import progress
from sequencer.cli.rejects import rejects_target

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.import_prospects import Imported

CSV = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("file", type=CSV)
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    show_default="beside FILE, with .rejects.csv",
    help="Where to write refused rows.",
)
@click.option(
    "--accounts",
    is_flag=True,
    help="FILE is one of companies: a column `account` or `domain`, and what the settings name "
    "under `account_fields`.",
)
@json_option
@click.pass_context
@with_workspace
def command(
    workspace: "Workspace",
    ctx: click.Context,
    *,
    file: Path,
    rejects: Path | None,
    accounts: bool,
    as_json: bool,
) -> None:
    """Import prospects from FILE, a CSV with a heading line and at least a column `email`.

    Known people are brought up to date; an empty cell never erases a value, and who has another
    `owner` now is handed over as by `sequencer assign`. A bad row never stops the import: each is
    listed with its line and reason, and written to a file that can be corrected and imported again.
    Ends with 5 if some rows were refused, with 1 if all were.

    With --accounts, what FILE says of a company takes the place of what was known of it, empty
    cells too: yesterday's file, imported again, undoes today's.
    """
    if accounts:
        import_file(workspace, ctx, file, rejects, as_json=as_json)
        return
    from sequencer.engine.import_prospects import import_prospects
    from sequencer.files.prospects import (
        count_rows,
        extra_columns,
        read_prospects,
        write_rejects,
    )

    target: Path | None = rejects_target(file, rejects)
    with progress("importing", count_rows(file), quiet=as_json) as advance:
        done = import_prospects(
            workspace.database,
            workspace.desk,
            read_prospects(file),
            file.name,
            workspace.clock.now(),
            advance,
        )
    if target is not None and done.refused:
        write_rejects(target, file, done.refused)
    else:
        target = None
    extra = extra_columns(file)
    if as_json:
        print_json(_as_json(file, done, extra, target))
    else:
        _tell(file, done, extra, target)
    if done.refused:
        ctx.exit(EXIT_PARTLY if done.addresses else EXIT_FAILED)


def _as_json(
    file: Path, done: "Imported", extra: list[str], target: Path | None
) -> dict[str, object]:
    return {
        "added": done.added,
        "updated": done.updated,
        "handed": done.handed,
        "extra_columns": extra,
        "refused": [
            {"file": str(file), "line": row.line, "code": row.code, "sentence": row.sentence}
            for row in done.refused
        ],
        "rejects": str(target) if target else None,
    }


def _tell(file: Path, done: "Imported", extra: list[str], target: Path | None) -> None:
    for row in done.refused:
        click.echo(f"{file}:{row.line}: {row.code}: {row.sentence}", err=True)
    if extra:
        click.echo(f"Columns kept under their own names: {', '.join(extra)}.")
    refused = len(done.refused)
    click.echo(f"{done.added} added, {done.updated} brought up to date, {refused} refused.")
    if done.handed:
        moved = sum(each.enrollments for each in done.handed)
        click.echo(f"{len(done.handed)} have another owner; {moved} cadences moved with them.")
    if target:
        click.echo(f"Correct the refused rows in {target} and import that file.")
