"""What announced mail sets off."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from foreign_mails import a_mail
from stage import Stage

from sequencer.domain.enrollment import FinishReason
from sequencer.engine.mailbox_watch import MailboxWatch
from sequencer.mail.folder import Cursor, Folder, Scan
from sequencer.simulation.inbox import FakeInbox

ZOE = "zoe@bank.example"


async def test_mail_that_comes_while_the_mailbox_is_read(stage: Stage) -> None:
    """What is announced while a scan is under way, which has passed it by, sets off another one."""
    looked, goes_on = asyncio.Queue[str](), asyncio.Event()

    class Slow(FakeInbox):
        async def scan(
            self, cursors: Mapping[Folder, Cursor], since: datetime | None = None
        ) -> Sequence[Scan]:
            found = await super().scan(cursors, since)
            looked.put_nowait("a scan")
            await goes_on.wait()
            return found

    stage.begin(ZOE)
    await stage.work()
    stage.inboxes["ana"] = inbox = Slow(stage.clock.now, stage.inboxes["ana"].boxes)
    stage.restart()
    await stage.take_leases()
    watch = MailboxWatch(stage.runner)
    watch.follow()
    async with asyncio.timeout(10):
        inbox.deliver(a_mail("From: x@stranger.example"))
        await looked.get()
        inbox.deliver(a_mail(f"From: {ZOE}", "In-Reply-To"))
        for _ in range(20):  # so that the announcement is heard
            await stage.clock.sleep(0)
        goes_on.set()
        await looked.get()
        await stage.runner.drain()
    await watch.end()
    assert stage.enrollment(ZOE).finish_reason is FinishReason.REPLIED
