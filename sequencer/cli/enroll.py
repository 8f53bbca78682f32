"""`sequencer enroll`: prospects into a cadence."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, user, with_workspace
from sequencer.cli.failure import EXIT_FAILED, EXIT_PARTLY
from sequencer.cli.import_ import CSV
from sequencer.cli.progress import progress
from sequencer.cli.rejects import rejects_target

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.enroll import Answer


@click.command("enroll")
@click.argument("cadence")
@click.argument("prospect", nargs=-1)
@click.option("--file", type=CSV, help="Enrol the people in the `email` column of a CSV file.")
@click.option("--all", "everybody", is_flag=True, help="Enrol everybody who was ever imported.")
@json_option
@with_workspace
def command(
    workspace: "Workspace",
    *,
    cadence: str,
    prospect: tuple[str, ...],
    file: Path | None,
    everybody: bool,
    as_json: bool,
) -> None:
    """Enrol each PROSPECT (an e-mail address) in CADENCE.

    Everybody passes the gate on their own; each refusal is listed with its reason code, and with
    --file the refused rows are also written to a file that can be corrected and used again. Ends
    with 5 if some were refused, with 1 if all were.
    """
    from sequencer.engine.enroll import Enrolment, enroll

    lines = _lines(workspace, prospect, file, everybody=everybody)
    wanted = Enrolment(cadence, list(lines), user())
    with progress("enrolling", len(lines), quiet=as_json) as advance:
        answers = enroll(
            workspace.database,
            workspace.desk,
            wanted,
            workspace.new_key,
            workspace.clock.now(),
            advance,
        )
    refused = [answer for answer in answers if not answer.enrolled]
    target = _write_rejects(file, lines, refused) if file else None
    if as_json:
        print_json(_as_json(answers, target))
    else:
        for answer in refused:
            place = f"{file}:{lines[answer.address]}: " if file else ""
            codes = "; ".join(f"{each.code}: {each.sentence}" for each in answer.refusals)
            click.echo(f"{place}{answer.address}: {codes}", err=True)
        click.echo(f"{len(answers) - len(refused)} enrolled, {len(refused)} refused.")
        if target:
            click.echo(f"The refused rows are in {target}.")
    if refused:
        click.get_current_context().exit(
            EXIT_FAILED if len(refused) == len(answers) else EXIT_PARTLY
        )


def _lines(
    workspace: "Workspace", named: Sequence[str], file: Path | None, *, everybody: bool
) -> dict[str, int]:
    """Addresses to enrol, each with its line in the file (0 where it comes from elsewhere)."""
    from sequencer.engine.enroll import everybody as all_addresses

    if sum([bool(named), file is not None, everybody]) != 1:
        raise click.UsageError("Name the prospects, or give --file, or --all.")
    if everybody:
        with workspace.database.read() as connection:
            return dict.fromkeys(all_addresses(connection), 0)
    if file is None:
        return dict.fromkeys(named, 0)
    return _lines_of(file)


def _lines_of(file: Path) -> dict[str, int]:
    from sequencer.files.prospects import read_addresses

    lines: dict[str, int] = {}
    for line, address in read_addresses(file):
        lines.setdefault(address, line)
    return lines


def _write_rejects(file: Path, lines: dict[str, int], refused: Sequence["Answer"]) -> Path | None:
    from sequencer.files.prospects import Refused, write_rejects

    if not refused:
        return None
    target = rejects_target(file)
    rows = [
        Refused(lines[each.address], each.refusals[0].code, each.refusals[0].sentence)
        for each in refused
    ]
    write_rejects(target, file, rows)
    return target


def _as_json(answers: Sequence["Answer"], target: Path | None) -> dict[str, object]:
    return {
        "enrolled": [answer.address for answer in answers if answer.enrolled],
        "refused": [
            {
                "prospect": answer.address,
                "reasons": [
                    {"code": each.code, "sentence": each.sentence} for each in answer.refusals
                ],
            }
            for answer in answers
            if not answer.enrolled
        ],
        "rejects": str(target) if target else None,
    }
