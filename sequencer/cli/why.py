"""`sequencer why`: every gate for one person, with the instant at which it opens."""

from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, user, with_workspace
from sequencer.cli.paragraph import show
from sequencer.cli.why_rules import all_rules, as_value, rules
from sequencer.cli.why_words import lines

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.why import EnrollmentReport


@click.command("why")
@click.argument("prospect")
@click.option("--all", "every_rule", is_flag=True, help="Show what every rule of the gate says.")
@click.option("--enter", metavar="CADENCE", help="Show whether they may enter that cadence.")
@click.option("--as", "rep", default="", help="The rep who would enrol them.")
@json_option
@with_workspace
def command(
    workspace: "Workspace",
    prospect: str,
    *,
    every_rule: bool,
    enter: str | None,
    rep: str,
    as_json: bool,
) -> None:
    """Show where PROSPECT (an e-mail address) stands: what comes next, and what is in its way."""
    from sequencer.engine.why import may_enter, why

    now = workspace.clock.now()
    if enter is not None:
        with workspace.database.read() as connection:
            answers = may_enter(connection, workspace.desk, enter, prospect, rep or user(), now)
        if as_json:
            print_json({"prospect": prospect, "cadence": enter, "rules": as_value(answers, None)})
        else:
            show(rules(answers, None, workspace.desk.policy.tz, now))
        return
    with workspace.database.read() as connection:
        report = why(connection, workspace.desk, prospect, now)
    if as_json:
        print_json(
            {
                "prospect": report.person.prospect.email,
                "suppressions": report.suppressions,
                "follow_ups": [
                    {"case": each.case, "what": each.what, "due_at": each.due_at}
                    for each in report.follow_ups
                ],
                "meetings": [
                    {"number": each.id, "state": each.state, "starts_at": each.starts_at}
                    for each in report.meetings
                ],
                "enrollments": [_as_json(each) for each in report.enrollments],
            }
        )
    else:
        show(lines(report, workspace.desk.policy.tz, now))
        show(all_rules(report, now) if every_rule else ())


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
        "rules": as_value(report.answers, report.occasion),
    }
