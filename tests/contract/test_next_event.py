"""When the daemon has something to do again, on every kind of database."""

from datetime import datetime, timedelta

import pytest
from builders import NOON
from rows import add_enrollment, add_send

from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.pacing import Pace
from sequencer.domain.send import SendEvent
from sequencer.engine.desk import Desk
from sequencer.engine.next_event import next_instant
from sequencer.engine.policy import MailboxPolicy, Policy
from sequencer.store import mailboxes, sends
from sequencer.store.database import Connection, Database

HOUR = timedelta(hours=1)
PACE = Pace(per_day=2, gap=timedelta(minutes=10), per_hour=2)
POLICY = Policy(
    mailboxes={
        name: MailboxPolicy(name, f"{name}@reps.example", name, pace=PACE)
        for name in ("ana", "luis")
    },
    keys=(b"key",),
    public_url="https://go.reps.example",
    probes=False,
)


def instant(connection: Connection, now: datetime = NOON) -> datetime | None:
    return next_instant(connection, Desk(POLICY), now)


def hand(connection: Connection, at: datetime) -> sends.StoredSend:
    """A send of ana's that was handed over."""
    send = add_send(connection)
    sends.move(connection, [send.id], SendEvent.CLAIM)
    sends.move(connection, [send.id], SendEvent.HAND, handed_at=at)
    return send


def test_nothing_to_do(database: Database) -> None:
    """An empty database, and one in which everything has ended, wait for nothing."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana", "luis"])
        assert instant(connection) is None
        add_enrollment(connection, state=EnrollmentState.FINISHED)
        assert instant(connection) is None


def test_earliest_due_send(database: Database) -> None:
    """The earliest mail of any mailbox counts; a mail of somebody who is paused does not."""
    with database.write() as connection:
        add_send(connection, due_at=NOON + 3 * HOUR)
        add_send(connection, mailbox="luis", due_at=NOON + 2 * HOUR)
        paused = add_enrollment(connection, state=EnrollmentState.PAUSED)
        add_send(connection, paused.id, due_at=NOON + HOUR)
        assert instant(connection) == NOON + 2 * HOUR


def test_overdue_is_due_now(database: Database) -> None:
    """What is overdue is due now, never in the past."""
    with database.write() as connection:
        add_send(connection, due_at=NOON - HOUR)
        assert instant(connection) == NOON


def test_own_pace(database: Database) -> None:
    """What the process itself knows puts a mailbox off, and another one comes first."""
    with database.write() as connection:
        add_send(connection)
        add_send(connection, mailbox="luis", due_at=NOON + HOUR)
        own = {"ana": NOON + 2 * HOUR}
        assert next_instant(connection, Desk(POLICY), NOON, own) == NOON + HOUR
        own["luis"] = NOON + 3 * HOUR
        assert next_instant(connection, Desk(POLICY), NOON, own) == NOON + 2 * HOUR


def test_pace(database: Database) -> None:
    """A mail that is due waits for the gap, and for the cap of 24 hours."""
    with database.write() as connection:
        hand(connection, NOON - timedelta(minutes=1))
        add_send(connection)
        found = instant(connection)
        assert found is not None
        assert timedelta(minutes=9) <= found - NOON <= timedelta(minutes=14)
        hand(connection, NOON - HOUR)
        assert instant(connection) == NOON + 23 * HOUR


def test_rest(database: Database) -> None:
    """A mailbox that rests is not looked at before its rest is over."""
    with database.write() as connection:
        add_send(connection)
        mailboxes.set_health(connection, "ana", MailboxState.THROTTLED, "slow", NOON + HOUR)
        assert instant(connection) == NOON + HOUR


@pytest.mark.parametrize("in_h", [1, 3])
def test_return_date(database: Database, in_h: int) -> None:
    """Somebody's return is an instant like every other."""
    with database.write() as connection:
        add_enrollment(
            connection,
            state=EnrollmentState.PAUSED,
            pause_reason=PauseReason.AUTO_REPLY,
            resume_at=NOON + in_h * HOUR,
        )
        add_send(connection, due_at=NOON + 2 * HOUR)
        assert instant(connection) == NOON + min(in_h, 2) * HOUR


def test_doubt(database: Database) -> None:
    """A doubt is settled once it is old enough."""
    with database.write() as connection:
        send = hand(connection, NOON)
        sends.move(connection, [send.id], SendEvent.DOUBT)
        assert instant(connection) == NOON + POLICY.settle
