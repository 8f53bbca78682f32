"""What ran when in words, and what changed between two versions."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sequencer.cli.paragraph import Line
from sequencer.domain.spoken_time import full_time

if TYPE_CHECKING:
    from sequencer.engine.cadence_history import History, Ran
    from sequencer.engine.version_difference import Difference, KeyChange

SHOWN = 12  # digits of a version's name, as `apply` shows them
MARGIN = "    "
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def history_lines(found: "History", tz: ZoneInfo, now: datetime) -> Iterator[Line]:
    """What ran, the newest first, on the clock of one zone."""
    for each in found.draining:
        if each.archived_at is None:
            since = full_time(each.since, tz, now)
            yield Line(f"{each.slug}: draining since {since}, by {each.by}", style="yellow")
        else:
            at = full_time(each.archived_at, tz, now)
            yield Line(f"{each.slug}: archived {at}, taken out by {each.by}", style="yellow")
    for ran in found.ran:
        yield from _ran(ran, tz, now)
    if not found.ran:
        yield Line("Nothing has been applied yet. Next: sequencer check, sequencer apply.")
    if found.more_below is not None:
        yield Line()
        yield Line(f"There is more: --below {found.more_below}")


def _ran(ran: "Ran", tz: ZoneInfo, now: datetime) -> Iterator[Line]:
    applied = ran.applied
    current = ", runs now" if ran.is_current else ""
    text = f"{applied.slug} {applied.version_hash[:SHOWN]}{current}"
    yield Line(text, style="bold" if ran.is_current else "")
    by = f", by {applied.by}" if applied.by else ""
    yield Line(f"{full_time(applied.at, tz, now)}{by}", f"{MARGIN}applied   ")
    moved = f", {applied.moved:,} went over to it when it was applied" if applied.moved else ""
    if ran.people or moved:
        yield Line(f"{ran.people:,} are on it now{moved}", f"{MARGIN}people    ")
    if applied.plan:
        yield Line(applied.plan[:SHOWN], f"{MARGIN}plan      ")


def difference_lines(changed: "Difference") -> Iterator[Line]:
    """What changed: keys first, then each file as a diff."""
    yield Line(f"{changed.slug}: {changed.before[:SHOWN]} to {changed.after[:SHOWN]}", style="bold")
    if not changed:
        yield Line("They are the same.")
    for key in changed.keys:
        yield from _key(key)
    for template in changed.templates:
        yield Line()
        for line in template.lines:
            yield Line(line, style=_STYLES.get(line[:1], ""))
    if changed.attachments:
        yield Line()
        yield Line(f"other attachments: {', '.join(changed.attachments)}")


def _key(change: "KeyChange") -> Iterator[Line]:
    if change.before is None:
        yield Line(f"+ {change.key}: {change.after}", style="green")
    elif change.after is None:
        yield Line(f"- {change.key}: {change.before}", style="red")
    else:
        yield Line(f"~ {change.key}: {change.before} -> {change.after}", style="yellow")
