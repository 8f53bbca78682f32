"""Where everything stands in words: people by cadence, what each mailbox does and waits for."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sequencer.cli.paragraph import Line
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.meaning import HEALTHS
from sequencer.domain.spoken_time import full_time

if TYPE_CHECKING:
    from sequencer.engine.status import MailboxStatus, Status, Usage

MARGIN = "    "


def lines(found: "Status", tz: ZoneInfo, now: datetime) -> Iterator[Line]:
    """The picture for people, on the clock of one zone."""
    yield from _cadences(found)
    yield from _tasks(found)
    for mailbox in found.mailboxes:
        yield Line()
        yield from _mailbox(mailbox, tz, now)
    if not found.mailboxes:
        yield Line()
        yield Line("No mailbox is configured.")
    elif not any(mailbox.held_by for mailbox in found.mailboxes):
        yield Line()
        yield Line("No daemon is running: start one with `sequencer run`.", style="yellow")


def _cadences(found: "Status") -> Iterator[Line]:
    """How many people of each cadence stand where."""
    if not found.cadences:
        yield Line("No cadence has been applied yet. Next: sequencer check, sequencer apply.")
    for slug in found.cadences:
        counts = [row for row in found.enrollments if row.slug == slug]
        yield Line(slug, style="bold")
        if not counts:
            yield Line("Nobody is enrolled yet.", MARGIN)
        for state, rows in groupby(counts, key=lambda row: row.state):
            of_state = list(rows)
            total = sum(row.number for row in of_state)
            reasons = ", ".join(f"{row.number:,} {row.reason}" for row in of_state if row.reason)
            yield Line(f"{total:,}" + (f": {reasons}" if reasons else ""), f"{MARGIN}{state:<10}")


def _tasks(found: "Status") -> Iterator[Line]:
    """What waits for people; nothing where nothing does."""
    if found.tasks:
        yield Line()
        yield Line("tasks", style="bold")
    for each in found.tasks:
        yield Line(f"{each.open:,} open, {each.due:,} of them due", f"{MARGIN}{each.assignee:<10}")


def _mailbox(mailbox: "MailboxStatus", tz: ZoneInfo, now: datetime) -> Iterator[Line]:
    health = mailbox.health
    yield Line(f"{mailbox.name} <{mailbox.address}>: {health.state}", style="bold")
    if health.state is not MailboxState.OK:
        meaning = HEALTHS[health.state]
        until = f" Until {full_time(health.until, tz, now)}." if health.until else ""
        reason = f" ({health.reason})" if health.reason else ""
        yield Line(f"{meaning.sentence}{reason}{until}", MARGIN, "yellow")
        yield Line(f"To do: {meaning.what}", MARGIN)
    yield Line(_sent(mailbox.usage), f"{MARGIN}sent      ")
    yield Line(_waiting(mailbox, tz, now), f"{MARGIN}waiting   ")
    if mailbox.in_doubt:
        yield Line(f"{mailbox.in_doubt:,}: the Sent folder is asked soon", f"{MARGIN}in doubt  ")
    if mailbox.parked:
        yield Line(f"{mailbox.parked:,}: each waits for a person", f"{MARGIN}parked    ", "red")
    read = full_time(health.synced_at, tz, now) if health.synced_at else "never"
    yield Line(read, f"{MARGIN}read      ")


def _sent(usage: "Usage") -> str:
    """Mails of the last hour, day and week against their limits."""
    ramp = f" (later {usage.ramp_to:,})" if usage.ramp_to else ""
    week = f" of {usage.per_week:,}" if usage.per_week else ""
    by_hand = f", {usage.by_hand_24h:,} of them by hand" if usage.by_hand_24h else ""
    return (
        f"{usage.sent_hour:,} of {usage.per_hour:,} in an hour, "
        f"{usage.sent_24h:,} of {usage.per_day:,}{ramp} in 24 hours{by_hand}, "
        f"{usage.sent_week:,}{week} in 7 days"
    )


def _waiting(mailbox: "MailboxStatus", tz: ZoneInfo, now: datetime) -> str:
    if mailbox.next_due_at is None:
        return f"{mailbox.waiting:,}"
    due = full_time(mailbox.next_due_at, tz, now)
    return f"{mailbox.waiting:,}, the next is due {due}"
