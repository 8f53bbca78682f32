"""The health of a mailbox: may it send, and since when was it read.

What a server answers moves it between ok and the states that heal; a pause is a person's word, and
only a person's word ends it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sequencer.domain.transition import Table, table


class MailboxState(StrEnum):
    """What the mailbox is able to do."""

    OK = "ok"
    NEEDS_SIGN_IN = "needs_sign_in"
    THROTTLED = "throttled"
    PAUSED = "paused"
    FAILING = "failing"


class MailboxEvent(StrEnum):
    """What can happen to a mailbox."""

    RECOVER = "recover"
    REFUSE_SIGN_IN = "refuse_sign_in"
    THROTTLE = "throttle"
    FAIL = "fail"
    PAUSE = "pause"
    RESUME = "resume"


_S, _E = MailboxState, MailboxEvent
_BY_SERVER = {
    _E.RECOVER: _S.OK,
    _E.REFUSE_SIGN_IN: _S.NEEDS_SIGN_IN,
    _E.THROTTLE: _S.THROTTLED,
    _E.FAIL: _S.FAILING,
    _E.PAUSE: _S.PAUSED,
}

TRANSITIONS: Table[MailboxState, MailboxEvent] = table(
    MailboxState,
    MailboxEvent,
    {
        _S.OK: _BY_SERVER,
        _S.NEEDS_SIGN_IN: _BY_SERVER,
        _S.THROTTLED: _BY_SERVER,
        _S.FAILING: _BY_SERVER,
        _S.PAUSED: {_E.PAUSE: _S.PAUSED, _E.RESUME: _S.OK},
    },
)


@dataclass(frozen=True, slots=True)
class MailboxHealth:
    """State of a mailbox, and the last scan that would have seen a reply.

    Attributes:
        until: when a throttled or failing mailbox may be tried again (UTC).
        synced_at: begin of the last completed scan of INBOX and Junk (UTC), None before the first.
    """

    state: MailboxState = MailboxState.OK
    reason: str = ""
    until: datetime | None = None
    synced_at: datetime | None = None
