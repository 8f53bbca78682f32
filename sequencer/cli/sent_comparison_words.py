"""Whether Sent and the ledger agree, in words and for scripts."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sequencer.cli.paragraph import Line
from sequencer.cli.verify_words import counted

if TYPE_CHECKING:
    from sequencer.engine.against_sent import Compared, Disagreement

MARGIN = "    "
MOST = 50  # of one mailbox that are told one by one; `--json` has them all


def sent_lines(found: "Sequence[Compared]", since: datetime, tz: ZoneInfo) -> Iterator[Line]:
    """The comparison for people."""
    begin = since.astimezone(tz)
    yield Line(f"Compared since {begin:%a %d %b %Y %H:%M} ({tz.key}).", style="bold")
    if not found:
        yield Line("No mailbox is configured.")
        return
    for each in found:
        yield from _mailbox(each, tz)
    yield Line()
    unread = sum(1 for each in found if each.problem)
    total = sum(len(each.disagreements) for each in found)
    if total:
        yield Line(f"{counted(total, 'mail')} about which they differ.", style="bold red")
    if unread:
        yield Line(f"{unread} of {len(found)} mailboxes could not be compared.", style="bold red")
    if not total and not unread:
        yield Line("Sent and the ledger agree.", style="bold green")


def sent_as_object(found: "Sequence[Compared]", since: datetime) -> dict[str, object]:
    """The comparison for scripts."""
    clean = all(not each.problem and not each.disagreements for each in found)
    return {"clean": clean, "since": since, "mailboxes": found}


def _mailbox(found: "Compared", tz: ZoneInfo) -> Iterator[Line]:
    if found.problem:
        yield Line(f"cannot be compared: {found.problem}", f"{MARGIN}{found.mailbox}: ", "red")
        return
    copies = f"{counted(found.copies, 'mail')} in Sent, {found.ours:,} of them ours"
    told = f"{copies}; {counted(found.sends, 'mail')} in the ledger"
    yield Line(told, f"{MARGIN}{found.mailbox}: ")
    for each in found.disagreements[:MOST]:
        yield Line(_told(each, tz), f"{MARGIN}! ")
    if (more := len(found.disagreements) - MOST) > 0:
        yield Line(f"and {more:,} more: see --json", f"{MARGIN}! ")


def _told(each: "Disagreement", tz: ZoneInfo) -> str:
    at = f"{each.at.astimezone(tz):%d %b %H:%M}"
    return f"{each.recipient or 'somebody'}, {at}: {each.sentence} [{each.fault}]"
