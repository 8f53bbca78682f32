"""The life of a handover: a meeting that is given to a rep, who takes it or does not."""

from enum import StrEnum

from sequencer.domain.transition import Table, table


class HandoverState(StrEnum):
    """Where a handover stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class HandoverEvent(StrEnum):
    """What can happen to a handover."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"
    CHANGE = "change"


_S, _E = HandoverState, HandoverEvent

# A meeting that is moved is offered anew to whoever had it; who refused has nothing more to do
# with it. Nobody takes back a handover that has passed on to the next rep.
TRANSITIONS: Table[HandoverState, HandoverEvent] = table(
    HandoverState,
    HandoverEvent,
    {
        _S.OFFERED: {
            _E.ACCEPT: _S.ACCEPTED,
            _E.REFUSE: _S.REFUSED,
            _E.LAPSE: _S.LAPSED,
            _E.WITHDRAW: _S.WITHDRAWN,
            _E.CHANGE: _S.OFFERED,
        },
        _S.ACCEPTED: {
            _E.ACCEPT: _S.ACCEPTED,
            _E.REFUSE: _S.REFUSED,
            _E.WITHDRAW: _S.WITHDRAWN,
            _E.CHANGE: _S.OFFERED,
        },
        _S.REFUSED: {},
        _S.LAPSED: {},
        _S.WITHDRAWN: {},
    },
)

WITH_SOMEBODY = frozenset({HandoverState.OFFERED, HandoverState.ACCEPTED})
