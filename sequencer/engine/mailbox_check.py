"""Is a mailbox in order, and what is known of its provider? A person asks, and waits a little."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.capability import Capability
from sequencer.engine.learned import learned_now
from sequencer.engine.probe import look_for, send_probe
from sequencer.engine.sent_copy import keeps_copies
from sequencer.engine.world import World
from sequencer.mail.folder import Folder
from sequencer.mail.greeting import Greeting
from sequencer.store import sign_ins

LOOK_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class MailboxCheck:
    """What was found out about one mailbox.

    Attributes:
        folders: names of INBOX, Junk and Sent as the server has them.
        known: what was learned of the provider, now or earlier; None if nothing was.
        files_copies: whether we file the copies in Sent; None while that is not known.
        resends: whether a mail in doubt of which there is no copy is sent again.
        ends_at: when the provider ends the sign-in by OAuth, where it tells that.
    """

    name: str
    address: str
    smtp: Greeting
    imap: Greeting
    folders: dict[Folder, str]
    known: Capability | None
    files_copies: bool | None
    resends: bool
    ends_at: datetime | None = None

    @property
    def is_ok(self) -> bool:
        """Whether both sign-ins worked."""
        return self.smtp.is_ok and self.imap.is_ok


async def check_mailbox(
    world: World, mailbox: str, wait_s: float, tell: Callable[[int], None]
) -> MailboxCheck:
    """Sign in on both servers and, where that works, learn what the provider does with a mail.

    Args:
        world: everything.
        mailbox: which one.
        wait_s: how long to look for the mail to itself; 0 for sending none.
        tell: called now and then with the seconds that have passed since the last call.
    """
    door, policy = world.doors[mailbox], world.desk.policy.mailboxes[mailbox]
    smtp, imap = await asyncio.gather(door.mailer.greet(), door.inbox.greet())
    if wait_s and smtp.is_ok and imap.is_ok:
        known: Capability | None = await _learn(world, mailbox, wait_s, tell)
    else:
        known = await learned_now(world, mailbox)
    keeps = keeps_copies(policy, known)
    would_show = known is not None and known.would_show
    return MailboxCheck(
        name=mailbox,
        address=policy.address,
        smtp=smtp,
        imap=imap,
        folders=dict(imap.folders),
        known=known,
        files_copies=None if keeps is None else not keeps,
        resends=would_show and policy.keeps_sent_copy is not False,
        ends_at=await _ends_at(world, mailbox),
    )


async def _ends_at(world: World, mailbox: str) -> datetime | None:
    found = await world.read(sign_ins.find, mailbox)
    return found.ends_at if found else None


async def _learn(
    world: World, mailbox: str, wait_s: float, tell: Callable[[int], None]
) -> Capability:
    """Send a probe, or go on with one that is under way, and look for it for that long.

    A search that ends before its time is gone on with by the daemon.
    """
    known = await learned_now(world, mailbox)
    if known is None or not known.is_under_way or known.is_late:
        known = await send_probe(world, mailbox)
    began_s, told_s = world.clock.boot(), 0
    while known.is_under_way and not known.is_late:
        known = await look_for(world, known)
        passed_s = int(world.clock.boot() - began_s)
        tell(passed_s - told_s)
        told_s = passed_s
        if not known.is_under_way or known.is_late or passed_s >= wait_s:
            break
        await world.clock.sleep(LOOK_EVERY_S)
    return known
