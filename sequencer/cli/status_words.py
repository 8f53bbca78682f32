"""Where everything stands in words: people by cadence, what each mailbox does and waits for."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sequencer.cli.paragraph import Line
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.meaning import HEALTHS
from sequencer.domain.moved import moved_to, what_to_do
from sequencer.domain.spoken_time import full_time

if TYPE_CHECKING:
    from sequencer.engine.outside_list import OutsideState
    from sequencer.engine.status import MailboxStatus, Status, Usage

MARGIN = "    "
SHOWN = 8  # mailboxes of a daemon; `--json` has all


def lines(found: "Status", tz: ZoneInfo, now: datetime) -> Iterator[Line]:
    """The picture for people, on the clock of one zone."""
    yield from held_lines(found.held)
    yield from _cadences(found, tz, now)
    yield from _winners(found)
    yield from _tasks(found)
    for mailbox in found.mailboxes:
        yield Line()
        yield from _mailbox(mailbox, tz, now)
        yield from _complaints(found, mailbox.name)
        yield from _unread(found, mailbox.name, tz, now)
    if not found.mailboxes:
        yield Line()
        yield Line("No mailbox is configured.")
    elif not found.daemons:
        yield Line()
        yield Line("No daemon is running: start one with `sequencer run`.", style="yellow")
    yield from _daemons(found, tz, now)
    yield from outside_lines(found.outside, tz, now)


def outside_lines(states: Sequence["OutsideState"], tz: ZoneInfo, now: datetime) -> Iterator[Line]:
    """The calendars and booking tools that daemons ask; nothing where there are none."""
    if states:
        yield Line()
        yield Line("asked by itself", style="bold")
    for each in states:
        read = full_time(each.read_at, tz, now) if each.read_at else "never"
        yield Line(f"{each.name}: read {read}", MARGIN)
        if each.failing_since is not None:
            since = full_time(each.failing_since, tz, now)
            yield Line(f"does not answer since {since}: {each.problem}", MARGIN * 2, "red")
        elif each.problem:
            yield Line(each.problem, MARGIN * 2, "yellow")


def held_lines(why: str) -> Iterator[Line]:
    """That nothing leaves, and what to do; nothing where mails may leave."""
    if why:
        yield Line(f"Nothing leaves: {why}.", style="bold red")
        more = "" if moved_to(why) else ", which compares with the Sent folders"
        yield Line(f"To do: {what_to_do(why)}{more}.")
        yield Line()


def _cadences(found: "Status", tz: ZoneInfo, now: datetime) -> Iterator[Line]:
    """How many people of each cadence stand where; what is archived comes last, in one line."""
    draining = {each.slug: each for each in found.draining}
    if not found.cadences:
        yield Line("No cadence has been applied yet. Next: sequencer check, sequencer apply.")
    archived = [each.slug for each in found.draining if each.archived_at is not None]
    for slug in (each for each in found.cadences if each not in archived):
        counts = [row for row in found.enrollments if row.slug == slug]
        yield Line(slug, style="bold")
        if slug in draining:
            since = full_time(draining[slug].since, tz, now)
            text = f"draining since {since}, by {draining[slug].by}: it takes nobody in any more"
            yield Line(text, MARGIN, "yellow")
        if not counts:
            yield Line("Nobody is enrolled yet.", MARGIN)
        for state, rows in groupby(counts, key=lambda row: row.state):
            of_state = list(rows)
            total = sum(row.number for row in of_state)
            reasons = ", ".join(f"{row.number:,} {row.reason}" for row in of_state if row.reason)
            yield Line(f"{total:,}" + (f": {reasons}" if reasons else ""), f"{MARGIN}{state:<10}")
    if archived:
        yield Line(", ".join(archived), "archived  ")


def _winners(found: "Status") -> Iterator[Line]:
    """Mails of which one variant is better than the others, and what to do."""
    if found.winners:
        yield Line()
        yield Line("variants", style="bold")
    for each in found.winners:
        by = str(each.by).replace("_", " ")
        text = f"{each.best} is better than {', '.join(each.losers)} by {by}"
        place = f"{MARGIN}{each.slug} {each.step_id}  "
        yield Line(f"{text}: see `sequencer variants {each.slug}`", place)


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
        text = f"{mailbox.parked:,}: each waits for a person, see `sequencer sends unknown`"
        yield Line(text, f"{MARGIN}parked    ", "red")
    read = full_time(health.synced_at, tz, now) if health.synced_at else "never"
    yield Line(read, f"{MARGIN}read      ")


def _complaints(found: "Status", mailbox: str) -> Iterator[Line]:
    """People who called mails of the mailbox spam in the last 30 days, by their domains."""
    mine = [each for each in found.complaints if each.mailbox == mailbox]
    if mine:
        where = ", ".join(f"{each.number:,} at {each.domain}" for each in mine[:SHOWN])
        more = f" and at {len(mine) - SHOWN:,} more" if len(mine) > SHOWN else ""
        total = sum(each.number for each in mine)
        text = f"{total:,} in 30 days: {where}{more}"
        yield Line(text, f"{MARGIN}spam      ", "red")


def _unread(found: "Status", mailbox: str, tz: ZoneInfo, now: datetime) -> Iterator[Line]:
    """Mails that nobody could make anything of: a person may still want to look at them."""
    mine = [each for each in found.unread if each.mailbox == mailbox]
    for each in mine[:SHOWN]:
        at = full_time(each.stored_at, tz, now)
        who = f" from {each.sender}" if each.sender else ""
        yield Line(f"{each.folder}, {at}{who}: {each.why}", f"{MARGIN}unread    ", "yellow")
    if len(mine) > SHOWN:
        yield Line(f"{len(mine) - SHOWN:,} more", f"{MARGIN}unread    ", "yellow")


def _daemons(found: "Status", tz: ZoneInfo, now: datetime) -> Iterator[Line]:
    """Who works on this database, and for whom; what nobody serves is named as well."""
    for daemon in found.daemons:
        yield Line()
        yield Line(f"daemon {daemon.name}", style="bold")
        yield Line(full_time(daemon.started_at, tz, now), f"{MARGIN}since     ")
        yield Line(_names(daemon.mailboxes), f"{MARGIN}serves    ")
    unserved = [mailbox.name for mailbox in found.mailboxes if not mailbox.held_by]
    if found.daemons and unserved:
        yield Line()
        yield Line(f"Served by no daemon: {_names(unserved)}", style="yellow")


def _names(mailboxes: Sequence[str]) -> str:
    shown = ", ".join(mailboxes[:SHOWN])
    more = len(mailboxes) - SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown or "nothing yet"


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
