"""Read Sent of one mailbox since an instant, and count as sent what the ledger has forgotten."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from sequencer.engine.by_subject import origin_by_subject
from sequencer.engine.desk import Desk
from sequencer.engine.origin import origin_of
from sequencer.engine.remember import Copy, Difference, remember
from sequencer.engine.sent_since import sent_since
from sequencer.engine.world import World
from sequencer.mail.folder import Fetched
from sequencer.mail.probe_mail import is_probe
from sequencer.mail.sent_mail import SentMail, read_sent
from sequencer.store.database import Connection, DatabaseError

log = structlog.get_logger()

MOST_UNMARKED = 20_000  # copies without a mark that are kept in mind, to be compared by subject
AT_ONCE = 50  # mails of one transaction


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


Work = Callable[[Connection, Desk, Sequence[Copy], datetime], _Portion]


@dataclass
class SentComparison:
    """One mailbox.

    Attributes:
        dry_run: do everything, and take it back.
        read: how many mails lie there since then; `ours` are those that came from here.
        unreadable: those of which not even the headers could be read.
        failed: those that made trouble when they were taken in.
    """

    world: World
    mailbox: str
    since: datetime
    dry_run: bool
    read: int = 0
    ours: int = 0
    unreadable: int = 0
    failed: int = 0
    differences: list[Difference] = field(default_factory=list)
    _unmarked: list[Copy] = field(default_factory=list)

    async def run(self, advance: Callable[[int], None]) -> None:
        """Read to the end. Raises InboxError."""
        async for messages in sent_since(self.world, self.mailbox, self.since):
            await self._take_in(messages)
            advance(len(messages))
        if not self.ours:  # this provider leaves no mark on what it files
            copies, self._unmarked = self._unmarked, []
            await self._in_portions(take_in_unmarked, copies)

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
        room = MOST_UNMARKED - len(self._unmarked)
        self._unmarked += portion.others[:room]
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
        if difference := remember(connection, desk, copy, origin, now):
            portion.differences.append(difference)
    return portion


def take_in_unmarked(
    connection: Connection, desk: Desk, copies: Sequence[Copy], now: datetime
) -> _Portion:
    """The same by recipient and subject."""
    portion = _Portion()
    for copy in copies:
        origin = origin_by_subject(connection, desk, copy.mailbox, copy.mail)
        if origin is None:
            continue
        if difference := remember(connection, desk, copy, origin, now):
            portion.differences.append(replace(difference, by="recipient and subject"))
    return portion


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
