"""The life of what follows from a meeting by a rule: it waits, is done, and may be undone."""

from enum import StrEnum

from sequencer.domain.transition import Table, table


class FollowUpState(StrEnum):
    """Where it stands."""

    WAITING = "waiting"
    DONE = "done"
    DROPPED = "dropped"
    UNDONE = "undone"


class FollowUpEvent(StrEnum):
    """What can happen to it."""

    DO = "do"
    DROP = "drop"
    UNDO = "undo"


_S, _E = FollowUpState, FollowUpEvent

TRANSITIONS: Table[FollowUpState, FollowUpEvent] = table(
    FollowUpState,
    FollowUpEvent,
    {
        _S.WAITING: {_E.DO: _S.DONE, _E.DROP: _S.DROPPED},
        _S.DONE: {_E.UNDO: _S.UNDONE},
        _S.DROPPED: {},
        _S.UNDONE: {},
    },
)

# What holds as long as the meeting stands as it does.
IN_FORCE = frozenset({FollowUpState.WAITING, FollowUpState.DONE})
