"""What was compared after a restore, in words and for scripts."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sequencer.cli.paragraph import Line
from sequencer.cli.verify_words import counted

if TYPE_CHECKING:
    from sequencer.engine.reconcile import MailboxReport, Report
    from sequencer.engine.remember import Difference

MARGIN = "    "
MOST = 50  # differences that are told one by one; `--json` has them all
ASK = (
    "This compares the database with the Sent folders and the opt-out log, mends what it has "
    "forgotten, and then lets mails leave again."
)
SKIPPED = "Not read: {}. Everybody who hears from there is paused until a person resumes them."
FORCE = (
    "Nothing is compared. Whatever left since the backup is sent again, and whoever opted out "
    "since then is written to again. Only do this if you know that nothing was lost."
)
FORCED = "Mails leave again. Nothing was compared."
LEFT = (
    "What no folder and no log could bring back, because it was only in the lost database: "
    "webhooks (meetings that were booked), calls and tasks that were done, imports and enrolments, "
    "pauses, stops by hand, and cadences that were applied. Do those once more, meetings first."
)


def warning(skipped: Collection[str], *, forced: bool) -> str:
    """What a person is asked to agree to."""
    if forced:
        return FORCE
    return "\n".join([ASK, *([SKIPPED.format(", ".join(sorted(skipped)))] if skipped else [])])


def how_far(begin: datetime | None, tz: ZoneInfo) -> str:
    """From when on Sent will be read for a hold."""
    if begin is None:
        return (
            "How far back the loss goes is not known: `sequencer reconcile` will ask for --since, "
            "the day before the backup was made."
        )
    return f"Sent will be read from {begin.astimezone(tz):%a %d %b %Y %H:%M} ({tz.key}) on."


def lines(report: "Report", tz: ZoneInfo) -> Iterator[Line]:
    """The report for people."""
    since = report.since.astimezone(tz)
    yield Line(
        f"Compared with everything since {since:%a %d %b %Y %H:%M} ({tz.key}).", style="bold"
    )
    for mailbox in report.mailboxes:
        yield from _mailbox(mailbox)
    yield from _opt_outs(report)
    for each in report.differences[:MOST]:
        yield Line(_difference(each, tz), f"{MARGIN}! ")
    if (more := len(report.differences) - MOST) > 0:
        yield Line(f"and {more:,} more: see --json", f"{MARGIN}! ")
    is_read = any(not each.skipped for each in report.mailboxes)
    if is_read and not report.differences and not report.problems:
        yield Line("Every mail of ours in Sent was known to the ledger.", MARGIN)
    if report.held:
        wait = "waits" if report.held == 1 else "wait"
        told = f"{counted(report.held, 'enrollment')} {wait} for a person."
        yield Line(told, MARGIN, "yellow")
    yield Line()
    yield from _end(report)


def as_object(report: "Report") -> dict[str, object]:
    """The report for scripts."""
    return {
        "released": report.released,
        "dry_run": report.dry_run,
        "since": report.since,
        "mailboxes": report.mailboxes,
        "differences": report.differences,
        "opt_outs": report.opt_outs,
        "held": report.held,
        "problems": report.problems,
    }


def _mailbox(mailbox: "MailboxReport") -> Iterator[Line]:
    if mailbox.skipped:
        yield Line("not read, as you said", f"{MARGIN}{mailbox.name}: ", "yellow")
    elif mailbox.problem:
        yield Line(f"cannot be compared: {mailbox.problem}", f"{MARGIN}{mailbox.name}: ", "red")
    else:
        sent = f"{counted(mailbox.sent, 'mail')} in Sent, {mailbox.ours:,} of them ours"
        received = f"{counted(mailbox.received, 'mail')} that came in read again"
        yield Line(f"{sent}; {received}", f"{MARGIN}{mailbox.name}: ")
    if mailbox.unreadable and not mailbox.problem:
        told = f"{counted(mailbox.unreadable, 'mail')} in Sent could not be read"
        yield Line(told, f"{MARGIN}{mailbox.name}: ", "yellow")


def _opt_outs(report: "Report") -> Iterator[Line]:
    found = report.opt_outs
    told = f"{counted(found.lines, 'opt-out')} since then, {found.new:,} had been forgotten"
    yield Line(told, f"{MARGIN}the opt-out log: ")
    for line in found.broken[:MOST]:
        yield Line(f"a line of the log cannot be read: {line[:100]}", f"{MARGIN}! ", "yellow")


def _difference(each: "Difference", tz: ZoneInfo) -> str:
    at = f"{each.at.astimezone(tz):%d %b %H:%M}"
    who = f"{each.recipient or 'somebody'}, from {each.mailbox}, {at}"
    is_marked = each.by == "our mark"
    by = "" if is_marked else f" (known by {each.by})"
    doubt = "nobody knows which step" if is_marked else f"perhaps, by {each.by} alone"
    return {
        "sent": f"{who}: {each.slug} {each.step_id} was sent; it counts now{by}",
        "unmarked": f"{who}: a mail of {each.slug}, {doubt}; they are paused",
        "stranger": f"{who}: enrolled after the backup, which is forgotten; the mail is noted",
    }[each.gap]


def _end(report: "Report") -> Iterator[Line]:
    if report.dry_run:
        yield Line("Nothing was changed.", style="bold")
        return
    if report.overtaken:
        yield Line(f"Nothing was released: {report.problems[-1]}.", style="bold red")
        return
    if not report.released:
        yield Line("Nothing leaves yet: a mailbox could not be compared.", style="bold red")
        hint = "Put that right and run this again, or go on without it: --skip MAILBOX."
        yield Line(hint)
        return
    yield Line("Mails leave again.", style="bold green")
    yield Line(LEFT)
