"""Which sends and follow-ups wait for nothing that will come, or are under way for too long?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.pacing import mailbox_refusals
from sequencer.domain.reason import Reason
from sequencer.domain.send import OPEN_STATES, SendState
from sequencer.engine.desk import Desk
from sequencer.engine.mail_gate import refusals_for
from sequencer.engine.traffic import mailbox_traffic
from sequencer.store import enrollments, follow_ups, mailboxes, sends, unfinished
from sequencer.store.database import Connection
from sequencer.store.unfinished import Unfinished

OVERDUE = timedelta(days=1)  # an open send this late which nothing keeps back now is stuck
A_MOMENT = timedelta(minutes=10)  # in which the daemon takes up what nothing keeps back any more
# A server answers within ten minutes, a doubt is settled after fifteen.
_UNDER_WAY = {
    SendState.CLAIMED: timedelta(hours=1),
    SendState.HANDED: timedelta(hours=1),
    SendState.UNKNOWN: timedelta(days=1),
}


def stuck(connection: Connection, desk: Desk, now: datetime) -> Iterator[str]:
    """One sentence for each enrollment, send or follow-up that will not end by itself."""
    watch = _Watch(connection, desk, now)
    for send in unfinished.open_sends(connection):
        if sentence := watch.trouble(send):
            yield sentence
    for number in unfinished.without_next_step(connection):
        yield f"enrollment {number} runs, and nothing will come of it"
    for number, due_at in follow_ups.overdue(connection, now - OVERDUE):
        yield f"follow-up {number} is due since {due_at}"


@dataclass(frozen=True)
class _Watch:
    """What all sends are compared with; mailboxes are looked at once."""

    connection: Connection
    desk: Desk
    now: datetime
    _resting: dict[str, bool] = field(default_factory=dict)

    def trouble(self, send: Unfinished) -> str:
        """What is wrong with a send; nothing as a rule."""
        if send.state not in OPEN_STATES:
            since = send.since or send.due_at
            late = since < self.now - _UNDER_WAY[send.state]
            return f"send {send.id} is {send.state} since {since}" if late else ""
        if send.enrollment is EnrollmentState.FINISHED:
            return f"send {send.id} is {send.state}, and its enrollment has ended"
        if send.enrollment is not EnrollmentState.ACTIVE:
            return ""
        if send.mailbox not in self.desk.policy.mailboxes:
            return f"send {send.id} waits for {send.mailbox}, which is not in the settings"
        late = send.due_at < self.now - OVERDUE and not self._is_kept_back(send)
        return f"send {send.id} is due since {send.due_at}" if late else ""

    def _is_kept_back(self, send: Unfinished) -> bool:
        """Whether a rule of the gate says no, or did until a moment ago.

        What was stored when the send was queued or pushed forward explains the time up to its due
        instant, and nothing after it.
        """
        if self._rests(send.mailbox):
            return True
        case = self.desk.case(self.connection, enrollments.get(self.connection, send.enrollment_id))
        stored = sends.get(self.connection, send.id)
        # A scan that is too old is made anew before each mail: alone it keeps nothing back.
        return any(
            refusal.reason is not Reason.SYNC_STALE
            for at in (self.now, self.now - A_MOMENT)
            for refusal in refusals_for(self.connection, self.desk, case, stored, at)
        )

    def _rests(self, mailbox: str) -> bool:
        """Whether the mailbox as a whole sends nothing now, by its pace or its health."""
        if mailbox not in self._resting:
            health = mailboxes.get(self.connection, mailbox).health
            pace = self.desk.policy.mailboxes[mailbox].pace
            self._resting[mailbox] = health.state is not MailboxState.OK or any(
                mailbox_refusals(pace, mailbox_traffic(self.connection, mailbox, pace, at), at)
                for at in (self.now, self.now - A_MOMENT)
            )
        return self._resting[mailbox]
