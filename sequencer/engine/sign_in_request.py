"""A mailbox needs somebody to sign in: its rep is asked to, once a day, until it is well again.

A task is about a person: the one whose mail waits first. Where no mail waits, nobody is asked, and
the state of the mailbox tells it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from sequencer.domain.mailbox import MailboxState
from sequencer.domain.task import TaskKind
from sequencer.engine.desk import Desk
from sequencer.engine.tasks import Matter, close_matters, open_matter
from sequencer.engine.world import World
from sequencer.store import due, enrollments, locked_out, mailboxes, sends
from sequencer.store.database import Connection, DatabaseError
from sequencer.store.locked_out import Request

log = structlog.get_logger()

LOOK_EVERY_S = 15.0
ASK_AGAIN = timedelta(days=1)  # after somebody has ended the task without signing in
AHEAD = timedelta(days=366)  # that a mail may be due later than now
TITLE = "Sign in to the mailbox "
DONE = "the mailbox is signed in"


@dataclass
class SignInWatch:
    """When a daemon looks next, and whether there may be requests that have settled themselves."""

    next_s: float = 0.0
    is_asking: bool = True

    async def look(self, world: World) -> None:
        """Ask for what has been locked out, and close the request for what is well again."""
        now_s, now = world.clock.boot(), world.clock.now()
        if now_s < self.next_s:
            return
        self.next_s = now_s + LOOK_EVERY_S
        locked, unasked = await world.read(_look, world.desk, now)
        try:
            for mailbox in unasked:
                await world.write(ask, world.desk, mailbox, now)
            requests = await world.read(locked_out.open_requests, TITLE) if self.is_asking else []
            if requests:
                await world.write(close_settled, now)
            self.is_asking = bool(locked or requests)
        except DatabaseError:
            raise
        except Exception:
            log.exception("sign_in_not_asked_for")


def ask(connection: Connection, desk: Desk, mailbox: str, now: datetime) -> bool:
    """Whether the rep of a mailbox got a task to sign in."""
    policy = desk.policy.mailboxes[mailbox]
    if not locked_out.hold(connection, mailbox) or _is_asked(connection, desk, mailbox, now):
        return False
    waiting = _waiting(connection, mailbox, now)
    if not waiting:
        return False
    enrollment = enrollments.get(connection, sends.get(connection, waiting[0]).enrollment_id)
    reason = mailboxes.get(connection, mailbox).health.reason
    about = (
        f"{policy.address} neither sends nor is read until somebody has signed in: {reason} "
        f"What is due there waits. `sequencer mailbox check {mailbox}` shows how it stands."
    )
    matter = Matter(TaskKind.MAILBOX, TITLE + mailbox, about, assignee=policy.belongs_to)
    open_matter(connection, enrollment.prospect_id, matter, now)
    return True


def close_settled(connection: Connection, now: datetime) -> None:
    """Close the requests for mailboxes that were read after they had been asked for.

    That a daemon begins, and tries it once more, is no sign of health.
    """
    for request in locked_out.open_requests(connection, TITLE):
        health = mailboxes.get(connection, request.title.removeprefix(TITLE)).health
        was_read = health.synced_at is not None and health.synced_at > request.created_at
        if was_read and health.state is not MailboxState.NEEDS_SIGN_IN:
            _close(connection, request, now)


def close_requests(connection: Connection, mailbox: str, now: datetime) -> None:
    """Close the requests for one mailbox: somebody has signed in."""
    for request in locked_out.open_requests(connection, TITLE + mailbox):
        if request.title == TITLE + mailbox:
            _close(connection, request, now)


def _close(connection: Connection, request: Request, now: datetime) -> None:
    person, title = request.prospect_id, request.title
    close_matters(connection, person, TaskKind.MAILBOX, [title], DONE, now)


def _look(connection: Connection, desk: Desk, now: datetime) -> tuple[set[str], list[str]]:
    """All that are locked out, and those of them whose rep is to be asked."""
    locked = locked_out.listed(connection)
    known = [mailbox for mailbox in locked if mailbox in desk.policy.mailboxes]
    unasked = [name for name in known if not _is_asked(connection, desk, name, now)]
    return set(locked), [name for name in unasked if _waiting(connection, name, now)]


def _waiting(connection: Connection, mailbox: str, now: datetime) -> list[int]:
    """Number of the mail that waits first in a mailbox, if there is any."""
    return due.due_in(connection, [mailbox], now + AHEAD, 1)


def _is_asked(connection: Connection, desk: Desk, mailbox: str, now: datetime) -> bool:
    rep = desk.policy.mailboxes[mailbox].belongs_to
    return locked_out.is_asked(connection, rep, TITLE + mailbox, now - ASK_AGAIN, DONE)
