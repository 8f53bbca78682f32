"""After a restore: compare the ledger with the world outside, mend it, and let mails leave again.

The world outside is the Sent folder of every mailbox, the log of opt-outs, and the mail that came
in since. Until all of it has been read, nothing leaves; a person may answer for a mailbox that
cannot be read, and then those who hear from it wait for that person.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sequencer.domain.history import Epoch
from sequencer.engine.compare_sent import SentComparison
from sequencer.engine.history import HistoryWatch
from sequencer.engine.ports import OptOuts
from sequencer.engine.remember import Difference
from sequencer.engine.replay import Replayed, replay
from sequencer.engine.scan import read_again
from sequencer.engine.unread import hold_unread
from sequencer.engine.world import World
from sequencer.mail.folder import InboxError
from sequencer.store import epoch, forgotten
from sequencer.store.database import Connection

MARGIN = timedelta(days=1)  # clocks are apart, and a date is that of the mail's writing
OVERTAKEN = "another hold, or an earlier loss, was noted meanwhile: run it again"


class ReconcileError(Exception):
    """It cannot be reconciled like that; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be compared.

    Attributes:
        since: from when on the world outside is read; None for what the database knows of the loss.
        skip: mailboxes that a person answers for.
        dry_run: only tell the differences.
    """

    since: datetime | None = None
    skip: Collection[str] = ()
    dry_run: bool = False


@dataclass
class MailboxReport:
    """What was read of one mailbox.

    Attributes:
        sent: mails that lie in Sent since then; `ours` are those that came from here.
        unreadable: those among them of which not even the headers could be read, asked twice.
        received: mails of INBOX and Junk that were looked at once more.
        problem: why it could not be compared; empty where it could.
    """

    name: str
    sent: int = 0
    ours: int = 0
    unreadable: int = 0
    received: int = 0
    skipped: bool = False
    problem: str = ""


@dataclass
class Report:
    """What was compared, what was mended, and whether mails leave again.

    Attributes:
        held: enrollments that wait for a person, as their mailbox was not read.
        overtaken: the hold was another one at the end than the one that was compared.
    """

    since: datetime
    dry_run: bool
    mailboxes: list[MailboxReport] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    opt_outs: Replayed = field(default_factory=Replayed)
    held: int = 0
    released: bool = False
    overtaken: bool = False

    @property
    def problems(self) -> list[str]:
        """Why mails do not leave again."""
        found = [f"{each.name}: {each.problem}" for each in self.mailboxes if each.problem]
        return [*found, OVERTAKEN] if self.overtaken else found


async def reconcile(
    world: World,
    wanted: Wanted,
    history: HistoryWatch,
    logs: Sequence[OptOuts],
    advance: Callable[[int], None] = lambda _mails: None,
) -> Report:
    """Compare, mend what differs, and begin a new epoch if everything could be compared.

    What this host has seen is asked first: perhaps no daemon has started since the restore.

    Args:
        world: the mailboxes and the database.
        wanted: what is to be compared.
        history: what this host has seen; it follows when mails leave again.
        logs: where opt-outs are kept.
        advance: called with the number of mails after each portion.

    Raises:
        ReconcileError: nothing is held and no instant is given, or it is not known how far back.
    """
    await history.look(world)
    held, since = await world.read(_begin_of, wanted.since)
    _check(world, wanted)
    report = Report(since, wanted.dry_run)
    compared = held
    if held is None and not wanted.dry_run:
        compared = await world.write(_hold_meanwhile, since, world.clock.now())
    for name in sorted(world.desk.policy.mailboxes):
        if name in wanted.skip:
            report.mailboxes.append(MailboxReport(name, skipped=True))
        else:
            report.mailboxes.append(await _compare(world, name, report, advance))
    report.opt_outs = await replay(world, logs, since, dry_run=wanted.dry_run)
    if wanted.dry_run:
        return report
    since_hold = held.held_since if held is not None else None
    for mailbox in report.mailboxes:
        if not mailbox.skipped and not mailbox.problem:
            await _hear(world, mailbox, since, since_hold)
    if not report.problems:
        report.held = await hold_unread(world, wanted.skip)
        report.released = await release(world, history, compared)
        report.overtaken = not report.released
    return report


async def release(world: World, history: HistoryWatch, compared: Epoch | None = None) -> bool:
    """Begin a new epoch: what the database holds counts, and mails leave again.

    With the epoch that was compared only if nothing else was noted since; whether it was begun.
    """
    begun = await world.write(epoch.go_on, history.new_key(), world.clock.now(), compared)
    await history.look(world)
    return begun


def sent_is_read_from(connection: Connection) -> datetime | None:
    """From when on Sent is read for the hold that is there; None where only a person can tell."""
    now = epoch.get(connection)
    if now is None or now.held_since is None or now.lost_since is None:
        return None
    return now.lost_since - MARGIN


def _hold_meanwhile(connection: Connection, since: datetime, now: datetime) -> Epoch | None:
    """The epoch, held as long as it is compared, unless something else holds it by now."""
    epoch.hold(connection, epoch.RECONCILING, since, now)
    return epoch.get(connection)


def _begin_of(connection: Connection, given: datetime | None) -> tuple[Epoch | None, datetime]:
    """The epoch if it is held, and the instant from which on everything is read."""
    now = epoch.get(connection)
    held = now if now is not None and now.held_since is not None else None
    if given is not None:
        return held, given
    if held is None:
        raise ReconcileError(
            "Nothing is held back, so there is nothing to reconcile. "
            "To compare all the same: `sequencer verify --against-sent`, or give `--since`."
        )
    since = sent_is_read_from(connection)
    if since is None:
        raise ReconcileError(
            "It is not known how far back the loss goes: say with `--since` how far back Sent is "
            "to be read.\nhint: the day before the backup was made, or earlier"
        )
    return held, since


def _check(world: World, wanted: Wanted) -> None:
    known = world.desk.policy.mailboxes
    unknown = sorted(set(wanted.skip) - set(known))
    if unknown:
        names = ", ".join(sorted(known)) or "none"
        raise ReconcileError(f"There is no mailbox {unknown[0]} in the settings ({names}).")


async def _compare(
    world: World, name: str, report: Report, advance: Callable[[int], None]
) -> MailboxReport:
    """Read Sent of one mailbox, and mend what the ledger does not know."""
    comparison = SentComparison(world, name, report.since, dry_run=report.dry_run)
    found = MailboxReport(name)
    try:
        await comparison.run(advance)
    except InboxError as error:
        found.problem = str(error)
    found.sent, found.ours = comparison.read, comparison.ours
    found.unreadable = comparison.unreadable
    report.differences += comparison.differences
    found.problem = found.problem or comparison.problem
    return found


async def _hear(
    world: World, mailbox: MailboxReport, since: datetime, since_hold: datetime | None
) -> None:
    """Read what came in since once more: now it meets the mails that it answers."""
    try:
        if since_hold is not None:
            # Whoever read it meanwhile may have a clock that is behind.
            since_read = since_hold - MARGIN
            await world.write(forgotten.forget_unmatched, mailbox.name, since_read)
        mailbox.received = await read_again(world, mailbox.name, since)
    except InboxError as error:
        mailbox.problem = str(error)
