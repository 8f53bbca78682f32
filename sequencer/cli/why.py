"""`sequencer why`: every gate for one person, with the instant at which it opens."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from sequencer.cli.desk import json_option, print_json, with_workspace

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.why import EnrollmentReport


@click.command("why")
@click.argument("prospect")
@json_option
@with_workspace
def command(workspace: "Workspace", prospect: str, *, as_json: bool) -> None:
    """Show what stands in the way of the next mail to PROSPECT (an e-mail address)."""
    from sequencer.engine.why import why

    with workspace.database.read() as connection:
        report = why(connection, workspace.desk, prospect, workspace.clock.now())
    if as_json:
        print_json(
            {
                "prospect": report.person.prospect.email,
                "suppressions": report.suppressions,
                "enrollments": [_as_json(each) for each in report.enrollments],
            }
        )
        return
    click.echo(report.person.prospect.email)
    for suppression in report.suppressions:
        click.echo(f"  suppressed: {suppression.key} ({suppression.reason})")
    for each in report.enrollments:
        _print(each)
    if not report.enrollments:
        click.echo("  not enrolled in any cadence")


def _print(report: "EnrollmentReport") -> None:
    enrollment = report.enrollment
    reason = enrollment.finish_reason or enrollment.pause_reason
    click.echo(f"\n  {report.slug}: {enrollment.state}{f' ({reason})' if reason else ''}")
    tz = ZoneInfo(report.tz)
    send = report.next_send
    if send is not None:
        due = send.due_at.astimezone(tz)
        click.echo(f"    next step {send.step_id}: due {due:%a %d %b %Y %H:%M} {report.tz} time")
        if send.why:
            click.echo(f"      {send.why}")
    elif enrollment.finish_reason is None:
        click.echo("    nothing is queued: the last mail is on its way or being settled")
    for refusal in report.refusals:
        until = ""
        if refusal.until is not None:
            until = f" Opens {refusal.until.astimezone(tz):%a %d %b %Y %H:%M} {report.tz} time."
        click.echo(f"    {refusal.code}: {refusal.sentence}{until}")
    if enrollment.finish_reason is None and not report.refusals:
        click.echo("    nothing stands in the way")


def _as_json(report: "EnrollmentReport") -> dict[str, object]:
    send = report.next_send
    return {
        "cadence": report.slug,
        "version": report.version_hash,
        "state": report.enrollment.state,
        "reason": report.enrollment.finish_reason or report.enrollment.pause_reason,
        "enrolled_at": report.enrolled_at,
        "next": None
        if send is None
        else {"step": send.step_id, "due_at": send.due_at, "why": send.why},
        "refusals": [
            {"code": each.code, "sentence": each.sentence, "until": each.until}
            for each in report.refusals
        ],
    }
