"""A report says that a mail was refused because of us: its mailbox rests, and a person is told.

The same as when a server says so at once. The person waits, for nothing is wrong with the address.
"""

from datetime import timedelta
from typing import Final

from sequencer.domain.enrollment import PauseReason
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.task import TaskKind
from sequencer.engine.heard import Heard
from sequencer.engine.matter import bring_up
from sequencer.engine.recording import SMTP
from sequencer.engine.setback import CLASS_REST, QUOTA_REST
from sequencer.engine.tasks import Matter
from sequencer.mail.bounce_class import BounceClass
from sequencer.mail.delivery_status import FailedRecipient
from sequencer.mail.status_code import codes_in, wants_less
from sequencer.store import mailboxes

REFUSED: Final = "Refused because of our mailbox: let it go on?"
FRESH: Final = timedelta(days=1)  # what was refused longer ago says nothing about today
_RESTS: Final = {
    BounceClass.BLOCK: CLASS_REST[BounceClass.BLOCK],
    BounceClass.THROTTLE: CLASS_REST[BounceClass.THROTTLE],
    BounceClass.QUOTA_SENDER: QUOTA_REST,
}
_FORM: Final = ("5.6.", "5.3.4", "5.2.3")  # the message itself is refused, whoever sends it


def take_blame(heard: Heard, failed: FailedRecipient) -> None:
    """Hold the person, let the mailbox rest for as long as that trouble takes, and tell of it."""
    heard.hold(PauseReason.MAILBOX, None)
    about = f"{heard.told}; {failed.status} {failed.diagnostic}"
    matter = Matter(TaskKind.MAILBOX, REFUSED, about, inbound_id=heard.number)
    bring_up(heard.connection, heard.case.person.id, matter, heard.now)
    rest = _rest(heard, failed)
    mailbox = heard.case.stored.enrollment.mailbox
    if rest is None or mailbox is None:
        return
    health, until = mailboxes.get(heard.connection, mailbox).health, heard.now + rest
    slows = health.state is MailboxState.THROTTLED and (health.until or heard.now) < until
    if health.state is MailboxState.OK or slows:
        why = f"{SMTP}a report: {failed.status} {failed.diagnostic}"
        mailboxes.set_health(heard.connection, mailbox, MailboxState.THROTTLED, why, until)


def _rest(heard: Heard, failed: FailedRecipient) -> timedelta | None:
    """For how long the mailbox has to be silent; None if it may go on."""
    date, found = heard.verdict.incoming.date, failed.bounce_class
    if found is None or (date is not None and heard.now - date > FRESH):
        return None
    if failed.status.startswith(_FORM):
        return None
    code = codes_in(failed.diagnostic).code
    if found is BounceClass.THROTTLE and not wants_less(code, failed.status, failed.diagnostic):
        return None
    return _RESTS.get(found)
