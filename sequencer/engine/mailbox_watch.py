"""Wait until the servers of the held mailboxes announce mail, and read it at once."""

import asyncio
from dataclasses import dataclass, field

import structlog

from sequencer.engine.runner import Runner
from sequencer.mail.folder import InboxError

log = structlog.get_logger()

IDLE_S = 1_200.0  # RFC 2177 asks to renew within 29 minutes; routers forget a quiet line sooner
REST_S = 30.0  # before a mailbox that could not be watched is tried again


@dataclass
class MailboxWatch:
    """One watch for each mailbox that the runner holds."""

    runner: Runner
    _ended: bool = False
    _watches: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def follow(self) -> None:
        """Watch what the runner holds by now, and nothing else any more; nothing after the end."""
        if self._ended:
            return  # leases may still be renewed then
        held = self.runner.leases.keys() & self.runner.world.doors.keys()
        for mailbox in self._watches.keys() - held:
            self._watches.pop(mailbox).cancel()
        for mailbox in sorted(held - self._watches.keys()):
            task = asyncio.create_task(self._watch(mailbox), name=f"watch {mailbox}")
            self._watches[mailbox] = task

    async def end(self) -> None:
        """Watch nothing any more, for good."""
        self._ended = True
        watches = list(self._watches.values())
        self._watches.clear()
        for watch in watches:
            watch.cancel()
        await asyncio.gather(*watches, return_exceptions=True)

    async def _watch(self, mailbox: str) -> None:
        world = self.runner.world
        while self._is_on(mailbox):
            try:
                changed = await world.doors[mailbox].inbox.wait(IDLE_S)
            except InboxError as error:
                log.warning("mailbox_not_watched", mailbox=mailbox, error=str(error))
                await self._rest(mailbox)
                continue
            except Exception:
                log.exception("mailbox_not_watched", mailbox=mailbox)
                await self._rest(mailbox)
                continue
            if changed:
                await self._look(mailbox)

    async def _look(self, mailbox: str) -> None:
        """Have the mailbox read; a look that is under way may have passed by what is new."""
        name = f"look {mailbox}"
        await self.runner.until_done(name)
        if mailbox in self.runner.leases:
            self.runner.start(name, self.runner.look_into(mailbox))

    def _is_on(self, mailbox: str) -> bool:
        """Whether this watch is still wanted: a cancellation may get lost in a time-out."""
        return self._watches.get(mailbox) is asyncio.current_task()

    async def _rest(self, mailbox: str) -> None:
        if self._is_on(mailbox):
            await self.runner.world.clock.sleep(REST_S)
