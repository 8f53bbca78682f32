"""An outcome being stored: what every part of that has at hand."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sequencer.domain.ledger import Kind
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.send import SendEvent
from sequencer.engine.desk import Case, Desk
from sequencer.engine.react import entry_of
from sequencer.engine.reopen import reopen
from sequencer.mail.bounce_class import BounceClass
from sequencer.mail.status_code import classify_status
from sequencer.mail.transaction import Outcome
from sequencer.store import ledger, mailboxes
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend

SMTP = "smtp: "  # marks trouble that only a mail that gets through can clear
MAILBOX_REST = timedelta(minutes=2)  # after a server that did not answer or lost the line


class Recording(NamedTuple):
    """An outcome being stored, with the send and the enrollment it is about."""

    connection: Connection
    desk: Desk
    send: StoredSend
    case: Case
    outcome: Outcome
    now: datetime

    @property
    def bounce_class(self) -> BounceClass:
        """What the answer means."""
        return classify_status(self.outcome.code, self.outcome.enhanced, self.outcome.text)

    def reopen(self, event: SendEvent, **values: object) -> bool:
        """Whether the send took the event, which must lead to an open state."""
        # Nothing left, so the instant at which it might have is forgotten. Not if there was a doubt
        # before: a mail that was sent again keeps its bytes, however often it is tried.
        if not ledger.was_in_doubt(self.connection, self.send.enrollment_id, self.send.step_id):
            values = {"handed_at": None, **values}
        return reopen(self.connection, self.desk, self.send, event, self.now, **values)

    def tell(self, kind: Kind, detail: str) -> None:
        """Write into the ledger."""
        entry = entry_of(self.case, kind, detail, self.now, self.send.step_id)
        ledger.write(self.connection, entry)

    def rest(self, state: MailboxState, rest: timedelta) -> None:
        """Let the mailbox rest for that time, or for longer where it was given a longer rest."""
        reason, until = SMTP + words(self.outcome), self.now + rest
        known = mailboxes.get(self.connection, self.send.mailbox).health.until
        if known is not None and known > until and state is not MailboxState.NEEDS_SIGN_IN:
            return  # another mail was under way at the same time, and its answer weighs more
        mailboxes.set_health(self.connection, self.send.mailbox, state, reason, until)


def words(outcome: Outcome) -> str:
    """The server's answer in one line, with the phase it came in."""
    code = f"{outcome.code} " if outcome.code else ""
    enhanced = f"{outcome.enhanced} " if outcome.enhanced else ""
    return f"at {outcome.phase}: {code}{enhanced}{outcome.text}"
