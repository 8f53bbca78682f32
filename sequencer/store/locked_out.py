"""Mailboxes that need somebody to sign in: has anybody been asked to?"""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from sequencer.domain.mailbox import MailboxState
from sequencer.domain.task import TaskKind, TaskState
from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared
from sequencer.store.tables import MailboxRow, TaskRow

_LISTED = Prepared(
    sa.select(MailboxRow.name)
    .where(MailboxRow.state == MailboxState.NEEDS_SIGN_IN)
    .order_by(MailboxRow.name)
)


class Request(NamedTuple):
    """A task to sign in: about whom, its title, since when."""

    prospect_id: int
    title: str
    created_at: datetime


def listed(connection: Connection) -> list[str]:
    """Names of the mailboxes that need somebody to sign in."""
    return [name for (name,) in _LISTED.all(connection, {})]


def hold(connection: Connection, mailbox: str) -> bool:
    """Whether the mailbox still needs it; until the commit nobody else can ask this or end it."""
    state = MailboxState.NEEDS_SIGN_IN
    update = sa.update(MailboxRow).where(MailboxRow.name == mailbox, MailboxRow.state == state)
    return connection.execute(update.values(state=state)).rowcount == 1


def is_asked(
    connection: Connection, assignee: str, title: str, since: datetime, but_why: str
) -> bool:
    """Whether a task of that title is open, or was ended by a person since then."""
    ended = (TaskRow.ended_at >= since) & (TaskRow.why != but_why)
    query = sa.select(TaskRow.id).where(
        TaskRow.state.in_(list(TaskState)),  # for the index, which begins with it
        TaskRow.assignee == assignee,
        TaskRow.kind == TaskKind.MAILBOX,
        TaskRow.title == title,
        (TaskRow.state == TaskState.OPEN) | ended,
    )
    return connection.execute(query.limit(1)).first() is not None


def open_requests(connection: Connection, prefix: str) -> list[Request]:
    """The open tasks whose title begins like that."""
    query = sa.select(TaskRow.prospect_id, TaskRow.title, TaskRow.created_at).where(
        TaskRow.state == TaskState.OPEN,
        TaskRow.kind == TaskKind.MAILBOX,
        TaskRow.title.startswith(prefix, autoescape=True),
    )
    return [Request(*row) for row in connection.execute(query)]
