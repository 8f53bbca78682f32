"""The life of a task: something that a person does, a step of an enrollment or a matter by itself.

A task that was put off or passed on is still open. One that ended is opened again only where a
person takes its end back, or where the enrollment that had closed it is re-opened.
"""

from enum import StrEnum

from sequencer.domain.transition import Table, table


class TaskKind(StrEnum):
    """What is to be done."""

    MANUAL_EMAIL = "manual_email"
    CALL = "call"
    SOCIAL = "social"
    LETTER = "letter"
    OTHER = "other"
    REVIEW = "review"
    REFERRAL = "referral"
    MAILBOX = "mailbox"
    TRIAGE = "triage"
    REPLY = "reply"


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


class TaskEvent(StrEnum):
    """What can happen to a task."""

    DO = "do"
    SKIP = "skip"
    SNOOZE = "snooze"
    ASSIGN = "assign"
    REOPEN = "reopen"


_S, _E = TaskState, TaskEvent

TRANSITIONS: Table[TaskState, TaskEvent] = table(
    TaskState,
    TaskEvent,
    {
        _S.OPEN: {
            _E.DO: _S.DONE,
            _E.SKIP: _S.SKIPPED,
            _E.SNOOZE: _S.OPEN,
            _E.ASSIGN: _S.OPEN,
        },
        _S.DONE: {_E.REOPEN: _S.OPEN},
        _S.SKIPPED: {_E.REOPEN: _S.OPEN},
    },
)
