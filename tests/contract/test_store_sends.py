from datetime import timedelta

import pytest
from builders import NOON
from rows import add_enrollment, add_send
from sqlalchemy.exc import IntegrityError

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.send import OPEN_STATES, TRANSITIONS, SendEvent, SendState
from sequencer.store import due, enrollments, mailboxes, send_bytes, sends
from sequencer.store.columns import TEXT_LIMIT
from sequencer.store.database import Connection, Database

HOUR = timedelta(hours=1)
PATHS = {
    SendState.QUEUED: (),
    SendState.CLAIMED: (SendEvent.CLAIM,),
    SendState.DEFERRED: (SendEvent.CLAIM, SendEvent.DEFER),
    SendState.HANDED: (SendEvent.CLAIM, SendEvent.HAND),
    SendState.SENT: (SendEvent.CLAIM, SendEvent.HAND, SendEvent.ACCEPT),
    SendState.REJECTED: (SendEvent.CLAIM, SendEvent.REJECT),
    SendState.UNKNOWN: (SendEvent.CLAIM, SendEvent.HAND, SendEvent.DOUBT),
    SendState.PARKED: (SendEvent.PARK,),
    SendState.CANCELLED: (SendEvent.CANCEL,),
}


def bring(connection: Connection, send_id: int, state: SendState) -> None:
    for event in PATHS[state]:
        assert sends.move(connection, [send_id], event) == 1
    assert sends.get(connection, send_id).state is state


def test_a_step_has_one_send(database: Database) -> None:
    """A second send of the same step of an enrollment is refused, whatever became of the first."""
    with database.write() as connection:
        send = add_send(connection)
        bring(connection, send.id, SendState.CANCELLED)
    with pytest.raises(IntegrityError), database.write() as connection:
        add_send(connection, send.enrollment_id)
    with database.write() as connection:
        assert len(sends.of_enrollment(connection, send.enrollment_id)) == 1


def test_a_message_id_is_used_once(database: Database) -> None:
    """Two sends never carry the same Message-ID."""
    with database.write() as connection:
        first, second = add_send(connection), add_send(connection)
        sends.move(connection, [first.id], SendEvent.CLAIM, message_id="<a@b.c>")
    with pytest.raises(IntegrityError), database.write() as connection:
        sends.move(connection, [second.id], SendEvent.CLAIM, message_id="<a@b.c>")


def test_a_send_needs_an_enrollment(database: Database) -> None:
    """A foreign key keeps sends from hanging in the air."""
    with pytest.raises(IntegrityError), database.write() as connection:
        add_send(connection, 999)


@pytest.mark.parametrize("state", SendState)
def test_moves_follow_the_table(database: Database, state: SendState) -> None:
    """Each event moves a send where the table says, and does nothing where it says nothing."""
    with database.write() as connection:
        for event in SendEvent:
            send = add_send(connection)
            bring(connection, send.id, state)
            following = TRANSITIONS[state][event]
            moved = sends.move(connection, [send.id], event, why="because")
            after = sends.get(connection, send.id)
            assert moved == (following is not None)
            assert after.state is (following or state)
            assert after.why == ("because" if following else "")


def test_several_move_at_once(database: Database) -> None:
    """Sends in different states take an event together; those that do not know it stay."""
    with database.write() as connection:
        numbers = []
        for state in (SendState.QUEUED, SendState.DEFERRED, SendState.SENT):
            send = add_send(connection)
            bring(connection, send.id, state)
            numbers.append(send.id)
        assert sends.move(connection, numbers, SendEvent.CANCEL) == 2
        assert sends.move(connection, [], SendEvent.CANCEL) == 0


def test_a_fence_guards_a_move(database: Database) -> None:
    """A move under another fence than that of the claim changes nothing."""
    with database.write() as connection:
        send = add_send(connection)
        sends.move(connection, [send.id], SendEvent.CLAIM, fence=4)
        assert sends.move(connection, [send.id], SendEvent.HAND, if_fence=3) == 0
        assert sends.get(connection, send.id).state is SendState.CLAIMED
        assert sends.move(connection, [send.id], SendEvent.HAND, if_fence=4) == 1


def test_a_claim_stores_what_it_was_given(database: Database) -> None:
    """Bytes, instants and words come back exactly; words too long for a column are cut."""
    data = bytes(range(256)) * 300
    with database.write() as connection:
        send = add_send(connection)
        sends.move(
            connection,
            [send.id],
            SendEvent.CLAIM,
            fence=2,
            tries=1,
            message_id="<a@b.c>",
            subject="S\x00" + "s" * 5_000,
            recipient="zoe@bank.example",
            looked_at=NOON,
            tz="Europe/Berlin",
            synced_at=NOON - HOUR,
            why="w" * 5_000,
        )
        send_bytes.keep(connection, {send.id: b"an earlier one"})
        send_bytes.keep(connection, {send.id: data})
        found = sends.get(connection, send.id)
        assert send_bytes.of(connection, send.id) == data
        assert send_bytes.of(connection, send.id + 1) is None
    assert (found.fence, found.tries) == (2, 1)
    assert (found.looked_at, found.synced_at, found.tz) == (NOON, NOON - HOUR, "Europe/Berlin")
    assert found.subject == "S\ufffd" + "s" * (TEXT_LIMIT - 2)
    assert len(found.why) == TEXT_LIMIT


def test_due(database: Database) -> None:
    """Due is what is open, in time, of the mailbox, and of an enrollment that runs."""
    with database.write() as connection:
        in_time = add_send(connection)
        deferred = add_send(connection, due_at=NOON - HOUR)
        bring(connection, deferred.id, SendState.DEFERRED)
        add_send(connection, due_at=NOON + timedelta(microseconds=1))
        add_send(connection, mailbox="luis")
        for state in set(SendState) - OPEN_STATES:
            bring(connection, add_send(connection).id, state)
        for enrolled in set(EnrollmentState) - {EnrollmentState.ACTIVE}:
            add_send(connection, add_enrollment(connection, state=enrolled).id)
        found = due.next_due(connection, "ana", NOON, 100, follow_up=False)
        assert found == [deferred.id, in_time.id]


def test_due_of_one_kind(database: Database) -> None:
    """Follow-ups or first touches, the oldest first, and not more than asked for."""
    with database.write() as connection:
        first = add_send(connection, due_at=NOON - 9 * HOUR).id
        late = add_send(connection, follow_up=True, due_at=NOON - HOUR).id
        early = add_send(connection, follow_up=True, due_at=NOON - 2 * HOUR).id
        assert due.next_due(connection, "ana", NOON, 9, follow_up=True) == [early, late]
        assert due.next_due(connection, "ana", NOON, 1, follow_up=True) == [early]
        assert due.next_due(connection, "ana", NOON, 9, follow_up=False) == [first]


def test_the_next_due_instant(database: Database) -> None:
    """The earliest due time of what is open and runs; a mailbox without is left out."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
        assert due.earliest(connection, ["ana"]) == {}
        cancelled = add_send(connection, due_at=NOON - HOUR)
        bring(connection, cancelled.id, SendState.CANCELLED)
        paused = add_enrollment(connection, state=EnrollmentState.PAUSED)
        add_send(connection, paused.id, due_at=NOON - HOUR)
        add_send(connection, due_at=NOON + HOUR)
        add_send(connection, due_at=NOON)
        assert due.earliest(connection, ["ana", "luis"]) == {"ana": NOON}


def test_only_open_sends_are_postponed(database: Database) -> None:
    """An open send gets a later time and the reason; one under way or ended does not."""
    with database.write() as connection:
        for state in SendState:
            send = add_send(connection)
            bring(connection, send.id, state)
            is_open = state in OPEN_STATES
            assert sends.postpone(connection, send.id, NOON + HOUR, "closed") == is_open
            found = sends.get(connection, send.id)
            expected = (NOON + HOUR, "closed") if is_open else (NOON, "")
            assert (found.due_at, found.why) == expected


def test_a_stop_cancels_what_is_open(database: Database) -> None:
    """Open sends of the enrollment are cancelled with the reason, others are left alone."""
    with database.write() as connection:
        enrollment = add_enrollment(connection)
        for state in SendState:
            send = add_send(connection, enrollment.id, step_id=state)
            bring(connection, send.id, state)
        stranger = add_send(connection)
        cancelled = sends.cancel_open(connection, enrollment.id, "replied")
        assert sorted(cancelled) == sorted(OPEN_STATES)
        by_step = {each.step_id: each for each in sends.of_enrollment(connection, enrollment.id)}
        for state in SendState:
            expected = SendState.CANCELLED if state in OPEN_STATES else state
            assert by_step[state].state is expected
        assert by_step["queued"].why == "replied"
        assert sends.get(connection, stranger.id).state is SendState.QUEUED


def test_sends_by_state_and_message_id(database: Database) -> None:
    """Sends are found by their state, in one mailbox or all, and by Message-ID, latest first."""
    with database.write() as connection:
        numbers = []
        for mailbox, message_id in (("ana", "<1@b.c>"), ("luis", "<2@b.c>")):
            send = add_send(connection, mailbox=mailbox)
            sends.move(connection, [send.id], SendEvent.CLAIM, message_id=message_id)
            numbers.append(send.id)
        claimed = sends.in_state(connection, SendState.CLAIMED)
        assert [each.id for each in claimed] == numbers
        [ana] = sends.in_state(connection, SendState.CLAIMED, "ana")
        assert ana.id == numbers[0]
        assert sends.in_state(connection, SendState.SENT) == []
        wanted = ["<1@b.c>", "<3@b.c>", "<2@b.c>", "<\x00@b.c>", "<\udc80@b.c>"]
        found = sends.by_message_ids(connection, wanted)
        assert [each.id for each in found] == numbers[::-1]
        assert sends.by_message_ids(connection, []) == []


def test_counts_by_mailbox(database: Database) -> None:
    """How many sends each mailbox has in each state."""
    with database.write() as connection:
        assert sends.states_of_mailboxes(connection) == {}
        for mailbox in ("ana", "ana", "luis"):
            add_send(connection, mailbox=mailbox)
        bring(connection, add_send(connection).id, SendState.SENT)
        assert sends.states_of_mailboxes(connection) == {
            ("ana", SendState.QUEUED): 2,
            ("ana", SendState.SENT): 1,
            ("luis", SendState.QUEUED): 1,
        }


def test_the_order_of_queueing(database: Database) -> None:
    """Sends of an enrollment come in the order they were queued."""
    with database.write() as connection:
        enrollment = add_enrollment(connection)
        for step in ("intro", "bump", "another"):
            add_send(connection, enrollment.id, step_id=step)
        found = sends.of_enrollment(connection, enrollment.id)
        assert [each.step_id for each in found] == ["intro", "bump", "another"]
        assert enrollments.get(connection, enrollment.id) == enrollment
