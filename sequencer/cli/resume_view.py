"""The plan of a resume for people and for programs: how many mails on which day, per mailbox."""

from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import print_table

if TYPE_CHECKING:
    from sequencer.engine.pause import ResumePlan
    from sequencer.engine.policy import Policy

BAR = 40  # characters of the longest bar
MOST_DAYS = 31  # lines of the table; a plan for months is summed up


def as_value(plan: "ResumePlan", policy: "Policy") -> dict[str, object]:
    """The plan as one JSON value; days are those of each mailbox's zone."""
    instants = _instants(plan)
    return {
        "enrollments": len(plan.going),
        "without_mail": len(plan.going) - len(instants),
        "left_out": plan.left_out,
        "first_at": min(instants, default=None),
        "last_at": max(instants, default=None),
        "days": [
            {"on": on.isoformat(), "mailbox": mailbox, "mails": mails}
            for (on, mailbox), mails in sorted(_days(plan, policy).items())
        ],
    }


def show(plan: "ResumePlan", policy: "Policy") -> None:
    """Print the plan: a line for each day and mailbox, with a bar, then first and last."""
    if plan.left_out:
        click.echo(
            f"Left out: {plan.left_out} with a mail that may have been sent. Look at them with "
            "`sequencer why`, and name them by address."
        )
    if not plan.going:
        click.echo("Nobody is paused here, nothing was changed.")
        return
    days = sorted(_days(plan, policy).items())
    longest = max((mails for _, mails in days), default=1)
    rows = [
        (f"{on:%a %d %b %Y}", mailbox, str(mails), "▇" * max(1, round(BAR * mails / longest)))
        for (on, mailbox), mails in days
    ]
    print_table(["day", "mailbox", "mails", ""], rows[:MOST_DAYS], "No mail is due by this.")
    if len(rows) > MOST_DAYS:
        click.echo(f"... and {len(rows) - MOST_DAYS} lines more")
    instants = _instants(plan)
    if instants:
        first, last = min(instants), max(instants)
        click.echo(f"First mail {first:%Y-%m-%d %H:%M} UTC, last {last:%Y-%m-%d %H:%M} UTC.")
    if len(plan.going) > len(instants):
        click.echo(f"{len(plan.going) - len(instants)} wait for no mail.")


def _instants(plan: "ResumePlan") -> list[datetime]:
    return [going.due_at for going in plan.going if going.due_at is not None]


def _days(plan: "ResumePlan", policy: "Policy") -> Counter[tuple[date, str]]:
    days: Counter[tuple[date, str]] = Counter()
    for going in plan.going:
        if going.due_at is not None:
            known = policy.mailboxes.get(going.mailbox)
            tz = (known.tz if known else None) or policy.tz
            days[going.due_at.astimezone(tz).date(), going.mailbox] += 1
    return days
