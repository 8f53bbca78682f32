"""File a copy of what was sent in Sent, where the provider does not do that itself.

While a mailbox is being learned about, mails leave as ever, and their copies are filed once it is
known that the provider files none: a mail never waits for that, and Sent never has two of one.
"""

from datetime import timedelta

import structlog

from sequencer.domain.capability import Capability
from sequencer.engine.learned import learned
from sequencer.engine.policy import MailboxPolicy
from sequencer.engine.world import World
from sequencer.mail.folder import Folder, InboxError
from sequencer.mail.sent_mail import read_sent
from sequencer.store import doubts

log = structlog.get_logger()

CLOCKS_APART = timedelta(days=1)
CAUGHT_UP = timedelta(days=2)  # how far back copies are filed that had to wait
MOST = 500  # of them
HEAD = 64 * 1024  # octets of a mail in which its marks are


async def keep_copy(world: World, mailbox: str, data: bytes) -> None:
    """File the copy if nobody else does; a failure is no reason to doubt the mail."""
    policy = world.desk.policy.mailboxes[mailbox]
    if policy.keeps_sent_copy:
        return  # by a person's word, which nothing that was learned changes
    known = await learned(world, mailbox)
    keeps = keeps_copies(policy, known)
    if keeps or (keeps is None and _will_be_known(world, known)):
        return
    try:
        if keeps is None and await _is_there(world, mailbox, data):
            return
        await world.doors[mailbox].inbox.keep_copy(data, world.clock.now())
    except InboxError as error:
        log.warning("sent_copy_not_filed", mailbox=mailbox, error=str(error))


async def catch_up(world: World, mailbox: str) -> None:
    """File the copies of what left while nobody knew whether the provider files them."""
    policy = world.desk.policy.mailboxes[mailbox]
    if policy.keeps_sent_copy is not None or policy.presumed_copy is not None:
        return  # then nothing had to wait
    since = world.clock.now() - CAUGHT_UP
    inbox = world.doors[mailbox].inbox
    for at, data in await world.read(doubts.accepted_since, mailbox, since, MOST):
        if world.ending.is_set():
            return
        try:
            if not await _is_there(world, mailbox, data):
                await inbox.keep_copy(data, at)
        except InboxError as error:
            log.warning("sent_copies_not_filed", mailbox=mailbox, error=str(error))
            return


def keeps_copies(policy: MailboxPolicy, known: Capability | None) -> bool | None:
    """Whether the provider files copies: by a person's word, by what was learned, by its name."""
    if policy.keeps_sent_copy is not None:
        return policy.keeps_sent_copy
    if known is not None and known.is_learned:
        return known.keeps_sent_copy
    return policy.presumed_copy


def _will_be_known(world: World, known: Capability | None) -> bool:
    return world.desk.policy.probes and (known is None or known.is_under_way)


async def _is_there(world: World, mailbox: str, data: bytes) -> bool:
    mail = read_sent(data[:HEAD])
    message_id = next(iter(mail.message_ids), "")
    since = (mail.date or world.clock.now()) - CLOCKS_APART
    inbox = world.doors[mailbox].inbox
    return bool(await inbox.find(Folder.SENT, message_id, mail.ref, since))
