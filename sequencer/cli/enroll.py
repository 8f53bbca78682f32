"""`sequencer enroll`: prospects into a cadence."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sequencer.cli.desk import json_option, print_json, user, with_workspace
from sequencer.cli.enroll_options import enrolment_options, overrides_of, start_of
from sequencer.cli.failure import EXIT_FAILED, EXIT_PARTLY
from sequencer.cli.import_ import CSV
from sequencer.cli.progress import progress
from sequencer.cli.rejects import rejects_target

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.domain.reason import Refusal
    from sequencer.engine.enroll import Answer, Enrolment


@click.command("enroll")
@click.argument("cadence")
@click.argument("prospect", nargs=-1)
@click.option("--file", type=CSV, help="Enrol the people in the `email` column of a CSV file.")
@click.option("--all", "everybody", is_flag=True, help="Enrol everybody who was ever imported.")
@enrolment_options
@click.option("--dry-run", is_flag=True, help="Ask the gate, and enrol nobody.")
@json_option
@with_workspace
def command(
    workspace: "Workspace",
    *,
    cadence: str,
    prospect: tuple[str, ...],
    file: Path | None,
    **given: Any,
) -> None:
    """Enrol each PROSPECT (an e-mail address) in CADENCE.

    Everybody passes the gate on their own; each refusal is listed with its reason code, and with
    --file the refused rows are also written to a file that can be corrected and used again. Who is
    let in beyond what the cadence's `throttle` allows, or with --starts, is pending and begins by
    itself. Ends with 5 if some were refused, with 1 if all were.
    """
    lines = _lines(workspace, prospect, file, everybody=given["everybody"])
    wanted = _wanted(workspace, cadence, list(lines), given)
    quiet, dry_run = given["as_json"], given["dry_run"]
    answers = _answers(workspace, wanted, quiet=quiet, dry_run=dry_run)
    refused = [answer for answer in answers if not answer.enrolled]
    target = _write_rejects(file, lines, refused) if file and not dry_run else None
    if quiet:
        print_json({**_as_json(answers, target), "dry_run": dry_run})
    else:
        _tell(answers, lines, file)
        if dry_run:
            click.echo("Nothing was stored: this was a dry run.")
        if target:
            click.echo(f"The refused rows are in {target}.")
    if refused:
        click.get_current_context().exit(
            EXIT_FAILED if len(refused) == len(answers) else EXIT_PARTLY
        )


def _wanted(
    workspace: "Workspace", cadence: str, addresses: list[str], given: dict[str, Any]
) -> "Enrolment":
    from sequencer.engine.enroll import Enrolment

    overrides = overrides_of(given["start_at"], given["skip"], given["waits"], given["values"])
    return Enrolment(
        slug=cadence,
        addresses=addresses,
        by=user(),
        rep=given["rep"],
        starts_at=start_of(given["starts"], workspace.desk.policy.tz),
        overrides=overrides.as_json(),
    )


def _answers(
    workspace: "Workspace", wanted: "Enrolment", *, quiet: bool, dry_run: bool
) -> list["Answer"]:
    from sequencer.engine.enroll import enroll, preview

    database, desk, now = workspace.database, workspace.desk, workspace.clock.now()
    with progress("enrolling", len(wanted.addresses), quiet=quiet) as advance:
        if dry_run:
            return preview(database, desk, wanted, now, advance)
        return enroll(database, desk, wanted, workspace.new_key, now, advance)


def _tell(answers: Sequence["Answer"], lines: dict[str, int], file: Path | None) -> None:
    for answer in answers:
        place = f"{file}:{lines[answer.address]}: " if file else ""
        if answer.refusals:
            codes = "; ".join(f"{each.code}: {each.sentence}" for each in answer.refusals)
            click.echo(f"{place}{answer.address}: {codes}", err=True)
    pending = [answer for answer in answers if answer.pending]
    refused = [answer for answer in answers if not answer.enrolled]
    count = len(answers) - len(refused)
    waits = f", {len(pending)} of them pending" if pending else ""
    click.echo(f"{count} enrolled{waits}, {len(refused)} refused.")
    for sentence in dict.fromkeys(each.sentence for answer in pending for each in answer.waits[:1]):
        click.echo(f"Pending: {sentence}")


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
        "pending": [
            {"prospect": answer.address, "reasons": _reasons(answer.waits)}
            for answer in answers
            if answer.pending
        ],
        "refused": [
            {"prospect": answer.address, "reasons": _reasons(answer.refusals)}
            for answer in answers
            if not answer.enrolled
        ],
        "rejects": str(target) if target else None,
    }


def _reasons(refusals: Sequence["Refusal"]) -> list[dict[str, object]]:
    return [
        {"code": each.code, "sentence": each.sentence, "until": each.until} for each in refusals
    ]
