"""The life of one e-mail of one enrollment, from queued to its end.

`handed` is committed right before the final dot goes out, and nothing but that commit tells
whether the server may have the mail: the client library raises the same error for a line that drops
before and after the dot. A send that a crash left `claimed` is safe to try again; one left `handed`
becomes `unknown`, and only evidence (a copy in Sent) or a person moves it on. A definite refusal
ends the doubt, so `handed` may become `deferred` or `rejected` too.

The table is total: a pair that is not allowed says so, and the engine treats it as a lost race.
"""

from enum import StrEnum

from sequencer.domain.transition import Table, table


class SendState(StrEnum):
    """Where a send stands."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    HANDED = "handed"
    SENT = "sent"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    PARKED = "parked"
    CANCELLED = "cancelled"


class SendEvent(StrEnum):
    """What can happen to a send."""

    CLAIM = "claim"
    RELEASE = "release"
    HAND = "hand"
    ACCEPT = "accept"
    DEFER = "defer"
    REJECT = "reject"
    DOUBT = "doubt"
    RESEND = "resend"
    PARK = "park"
    CANCEL = "cancel"
    REQUEUE = "requeue"


_S, _E = SendState, SendEvent

TRANSITIONS: Table[SendState, SendEvent] = table(
    SendState,
    SendEvent,
    {
        _S.QUEUED: {_E.CLAIM: _S.CLAIMED, _E.CANCEL: _S.CANCELLED, _E.PARK: _S.PARKED},
        _S.DEFERRED: {_E.CLAIM: _S.CLAIMED, _E.CANCEL: _S.CANCELLED, _E.PARK: _S.PARKED},
        _S.CLAIMED: {
            _E.RELEASE: _S.QUEUED,
            _E.HAND: _S.HANDED,
            _E.DEFER: _S.DEFERRED,
            _E.REJECT: _S.REJECTED,
            _E.PARK: _S.PARKED,
            _E.CANCEL: _S.CANCELLED,
        },
        _S.HANDED: {
            _E.ACCEPT: _S.SENT,
            _E.DEFER: _S.DEFERRED,
            _E.REJECT: _S.REJECTED,
            _E.DOUBT: _S.UNKNOWN,
        },
        # Resend happens only where the provider is known to keep a copy and none was found.
        _S.UNKNOWN: {_E.ACCEPT: _S.SENT, _E.RESEND: _S.QUEUED, _E.PARK: _S.PARKED},
        _S.PARKED: {_E.ACCEPT: _S.SENT, _E.RESEND: _S.QUEUED, _E.CANCEL: _S.CANCELLED},
        _S.SENT: {},
        # What certainly did not leave may wait again, where a person re-opens its enrollment.
        _S.REJECTED: {_E.REQUEUE: _S.QUEUED},
        _S.CANCELLED: {_E.REQUEUE: _S.QUEUED},
    },
)

OPEN_STATES = frozenset({_S.QUEUED, _S.DEFERRED})
IN_FLIGHT = frozenset({_S.CLAIMED, _S.HANDED, _S.UNKNOWN})
FINAL = frozenset({_S.SENT, _S.REJECTED, _S.CANCELLED})
