"""Read Sent of one mailbox since an instant, and count as sent what the ledger has forgotten.

A mark of ours proves that a mail is ours; recipient and subject do not, as a rep's answer by hand
has the same ones. So these count only where the provider is known to leave no mark at all. Where
nothing is known of it, nothing is guessed either way: the person waits until somebody has looked.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from sequencer.domain.capability import Capability
from sequencer.domain.send import SendState
from sequencer.engine.by_subject import origin_by_subject
from sequencer.engine.desk import Desk
from sequencer.engine.hold_back import hold_back
from sequencer.engine.learned import learned_now
from sequencer.engine.origin import Origin, origin_of
from sequencer.engine.remember import Copy, Difference, Gap, remember
from sequencer.engine.world import World
from sequencer.mail.folder import Cursor, Fetched, Scan
from sequencer.mail.probe_mail import is_probe
from sequencer.mail.sent_mail import SentMail, read_sent
from sequencer.store import sends
from sequencer.store.database import Connection, DatabaseError

log = structlog.get_logger()

MOST_UNMARKED = 20_000  # copies without a mark that are kept in mind, to be compared by subject
AT_ONCE = 50  # mails of one transaction
MINUTES_APART = timedelta(minutes=10)  # between the date of a copy and its hand-over
BY_SUBJECT = "recipient and subject"


class _RehearsedError(Exception):
    """Ends a transaction of which nothing shall stay."""

    def __init__(self, result: "_Portion") -> None:
        super().__init__("a rehearsal")
        self.result = result


@dataclass
class _Portion:
    """What some mails came to."""

    ours: int = 0
    differences: list[Difference] = field(default_factory=list)
    others: list[Copy] = field(default_factory=list)

    def add(self, difference: Difference | None) -> None:
        """One more difference, if it is one."""
        if difference is not None:
            self.differences.append(difference)


Work = Callable[[Connection, Desk, Sequence[Copy], datetime], _Portion]


@dataclass
class SentComparison:
    """One mailbox.

    Attributes:
        dry_run: do everything, and take it back.
        read: how many mails lie there since then; `ours` are those that came from here.
        unreadable: those of which not even the headers could be read, asked twice.
        failed: those that made trouble when they were taken in.
        most_unmarked: how many without a mark are kept in mind.
        left_out: those without a mark that were not; they were not compared at all.
    """

    world: World
    mailbox: str
    since: datetime
    dry_run: bool
    read: int = 0
    ours: int = 0
    unreadable: int = 0
    failed: int = 0
    most_unmarked: int = MOST_UNMARKED
    left_out: int = 0
    differences: list[Difference] = field(default_factory=list)
    _unmarked: list[Copy] = field(default_factory=list)

    async def run(self, advance: Callable[[int], None]) -> None:
        """Read to the end. Raises InboxError."""
        cursor: Cursor | None = None
        inbox = self.world.doors[self.mailbox].inbox
        while (found := await inbox.read_sent(self.since, cursor)).messages:
            await self._take_in(await self._asked_again(found, cursor))
            advance(len(found.messages))
            cursor = Cursor(found.uidvalidity, found.last_uid)
        copies, self._unmarked = self._unmarked, []
        known = await learned_now(self.world, self.mailbox)
        if (work := _work_on_unmarked(known, ours=self.ours)) is None:
            self.left_out = 0
            return
        await self._in_portions(work, copies)

    @property
    def problem(self) -> str:
        """Why it was not compared in full, though it was read to the end; empty where it was."""
        reasons = (
            (self.unreadable, "mails in Sent that could not be read"),
            (self.failed, "mails that could not be taken in"),
            (self.left_out, "mails without a mark of ours that were too many to be compared"),
        )
        return "; ".join(f"{what}: {count:,}" for count, what in reasons if count)

    async def _asked_again(self, found: Scan, cursor: Cursor | None) -> Sequence[Fetched]:
        """The same mails; what was empty as it is now, without what was deleted meanwhile."""
        if all(each.raw for each in found.messages):
            return found.messages
        begin = cursor or Cursor(found.uidvalidity, 0)
        again = await self.world.doors[self.mailbox].inbox.read_sent(self.since, begin)
        now = {each.uid: each for each in again.messages}
        known = [each if each.raw else now.get(each.uid) for each in found.messages]
        return [each for each in known if each is not None]

    async def _take_in(self, messages: Sequence[Fetched]) -> None:
        heads = [read_sent(each.raw) for each in messages if each.raw]
        self.read += len(messages)
        self.unreadable += len(messages) - len(heads)
        copies = [Copy(self.mailbox, mail) for mail in heads if _may_be_ours(mail)]
        await self._in_portions(take_in, copies)

    async def _in_portions(self, work: Work, copies: Sequence[Copy]) -> None:
        for start in range(0, len(copies), AT_ONCE):
            await self._together(work, copies[start : start + AT_ONCE])

    async def _together(self, work: Work, copies: Sequence[Copy]) -> None:
        """In one transaction; if something fails, each alone: it must not keep others away."""
        try:
            self._add(await self._transact(work, copies))
        except DatabaseError:
            raise
        except Exception:
            if len(copies) == 1:
                self.failed += 1
                log.exception("sent_mail_not_compared", mailbox=self.mailbox)
                return
            for each in copies:
                await self._together(work, [each])

    async def _transact(
        self,
        work: Work,
        copies: Sequence[Copy],
    ) -> _Portion:
        desk, now = self.world.desk, self.world.clock.now()
        if not self.dry_run:
            return await self.world.write(work, desk, copies, now)
        try:
            return await self.world.write(_rehearsed, work, desk, copies, now)
        except _RehearsedError as rehearsed:
            return rehearsed.result

    def _add(self, portion: _Portion) -> None:
        self.ours += portion.ours
        self.differences += portion.differences
        room = self.most_unmarked - len(self._unmarked)
        self._unmarked += portion.others[:room]
        self.left_out += len(portion.others[room:])
        for each in portion.differences:
            told = {"mailbox": each.mailbox, "at": each.at.isoformat(), "step": each.step_id}
            log.warning("forgotten_mail", gap=each.gap, rehearsed=self.dry_run, **told)


def take_in(connection: Connection, desk: Desk, copies: Sequence[Copy], now: datetime) -> _Portion:
    """Mend what the ledger does not know of these mails, by their marks."""
    portion = _Portion()
    for copy in copies:
        origin = origin_of(connection, desk, copy.mail)
        if origin is None:
            portion.others.append(copy)
            continue
        portion.ours += 1
        portion.add(remember(connection, desk, copy, origin, now))
    return portion


def take_in_unmarked(
    connection: Connection, desk: Desk, copies: Sequence[Copy], now: datetime
) -> _Portion:
    """The same by recipient and subject."""
    portion = _Portion()
    for copy, origin in _by_subjects(connection, desk, copies):
        found = remember(connection, desk, copy, origin, now)
        portion.add(replace(found, by=BY_SUBJECT) if found else None)
    return portion


def doubt_unmarked(
    connection: Connection, desk: Desk, copies: Sequence[Copy], now: datetime
) -> _Portion:
    """Pause whoever got what may be a mail of ours, or one that a rep wrote by hand."""
    portion = _Portion()
    for copy, origin in _by_subjects(connection, desk, copies):
        if origin.stored is None:
            continue
        at = min(copy.mail.date or now, now)
        told = f"{at:%Y-%m-%d %H:%M} UTC"
        why = f"a mail in Sent of {copy.mailbox} of {told}, which may be `{origin.step_id}`"
        hold_back(connection, desk, [origin.stored.prospect_id], why, now)
        slug = origin.stored.slug
        portion.add(Difference(Gap.UNMARKED, copy.mailbox, copy.recipient, at, slug, by=BY_SUBJECT))
    return portion


def _by_subjects(
    connection: Connection, desk: Desk, copies: Sequence[Copy]
) -> Iterator[tuple[Copy, Origin]]:
    """Those that may be mails of ours, each with its step as it stands by then."""
    for copy in copies:
        origin = _by_subject(connection, desk, copy)
        if origin is not None:
            yield copy, origin


def _work_on_unmarked(known: Capability | None, *, ours: int) -> Work | None:
    """What is done about mails without a mark, where so many others have one; None for nothing."""
    marks = (known.keeps_message_id, known.keeps_custom_header) if known is not None else (None,)
    if any(marks):
        return None
    takes_all_off = all(mark is False for mark in marks)
    if ours:  # marks stay in this folder, at least now and then
        return doubt_unmarked if takes_all_off else None
    return take_in_unmarked if takes_all_off else doubt_unmarked


def _by_subject(connection: Connection, desk: Desk, copy: Copy) -> Origin | None:
    """The step whose mail it may be, unless it is the copy of one that is known as sent."""
    origin = origin_by_subject(connection, desk, copy.mailbox, copy.mail)
    if origin is None or origin.stored is None or copy.mail.date is None:
        return origin
    for send in sends.of_enrollment(connection, origin.stored.id):
        if send.state is not SendState.SENT or send.handed_at is None or not send.subject:
            continue
        is_same = send.mailbox == copy.mailbox and _plain(send.subject) == _plain(copy.mail.subject)
        if is_same and abs(send.handed_at - copy.mail.date) <= MINUTES_APART:
            return None
    return origin


def _plain(subject: str) -> str:
    return " ".join(subject.split()).casefold()


def _rehearsed(
    connection: Connection,
    work: Work,
    desk: Desk,
    copies: Sequence[Copy],
    now: datetime,
) -> _Portion:
    raise _RehearsedError(work(connection, desk, copies, now))


def _may_be_ours(mail: SentMail) -> bool:
    return not is_probe(mail.ref) and not mail.is_automatic
