from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from builders import NOON
from rows import add_enrollment, add_person, add_send

from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.send import SendEvent, SendState
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.store import (
    attempts,
    enrollment_proof,
    enrollments,
    ledger,
    ledger_proof,
    send_proof,
    sends,
    suppressions,
)
from sequencer.store.attempts import Attempt
from sequencer.store.database import Connection, Database
from sequencer.store.stream import PORTION, streamed
from sequencer.store.tables import EnrollmentRow, LedgerRow

HOUR = timedelta(hours=1)
END, OPEN, HAND, LISTED = Kind.FINISHED, Kind.REOPENED, Kind.HANDED, Kind.SUPPRESSED
PAUSE, RESUME = Kind.PAUSED, Kind.RESUMED


def tell(connection: Connection, kind: Kind, enrollment: int, step_id: str = "intro") -> None:
    """Let the ledger say that of an enrollment and its person."""
    person = enrollments.get(connection, enrollment).prospect_id
    ledger.write(connection, Entry(NOON, kind, "", person, enrollment, "ana", step_id))


@dataclass
class Story:
    """Entries about two enrollments, in the order they are written."""

    connection: Connection
    numbers: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.numbers = [add_enrollment(self.connection).id for _ in range(2)]

    def tell(self, *kinds: Kind, of: int = 0) -> None:
        for number, kind in enumerate(kinds):
            tell(self.connection, kind, self.numbers[of], f"step-{number}")


@pytest.fixture
def story(database: Database) -> Iterator[Story]:
    with database.write() as connection:
        yield Story(connection)


@pytest.mark.parametrize(
    ("kinds", "late", "ended_again"),
    [
        ((), [], 0),
        ((HAND, END), [], 0),
        ((END, HAND), ["step-1"], 0),
        ((END, HAND, HAND), ["step-1", "step-2"], 0),
        ((HAND, END, OPEN, HAND, END), [], 0),
        ((END, OPEN, HAND, END, HAND), ["step-4"], 0),
        ((END, END), [], 1),
        ((END, OPEN, END, END, END), [], 2),
        ((OPEN, HAND, END, OPEN, OPEN, HAND), [], 0),
    ],
)
def test_after_the_end(
    story: Story, kinds: tuple[Kind, ...], late: list[str], ended_again: int
) -> None:
    """Mails and further ends after an end are found, until the enrollment is re-opened."""
    story.tell(HAND, HAND, END, of=1)
    story.tell(*kinds)
    number = story.numbers[0]
    assert list(ledger_proof.handed_after_end(story.connection)) == [
        (number, step) for step in late
    ]
    assert list(ledger_proof.ended_twice(story.connection)) == [number] * ended_again


@pytest.mark.parametrize(
    ("kinds", "late"),
    [
        ((HAND, PAUSE), []),
        ((PAUSE, HAND), ["step-1"]),
        ((PAUSE, RESUME, HAND), []),
        ((PAUSE, PAUSE, RESUME, HAND, PAUSE, HAND), ["step-5"]),
        ((PAUSE, END, OPEN, HAND), []),
    ],
)
def test_in_a_pause(story: Story, kinds: tuple[Kind, ...], late: list[str]) -> None:
    """Mails in a pause are found, until it ends or the enrollment does."""
    story.tell(PAUSE, RESUME, HAND, of=1)
    story.tell(*kinds)
    found = list(ledger_proof.handed_in_pause(story.connection))
    assert found == [(story.numbers[0], step) for step in late]


@pytest.mark.parametrize(
    ("kinds", "state", "told"),
    [
        ((), "active", True),
        ((), "finished", False),
        ((END,), "finished", True),
        ((END,), "paused", False),
        ((END, OPEN), "active", True),
        ((END, OPEN), "finished", False),
        ((END, OPEN, END), "finished", True),
    ],
)
def test_ends_are_told(story: Story, kinds: tuple[Kind, ...], state: str, *, told: bool) -> None:
    """The state of an enrollment is what the last end or re-opening says."""
    story.tell(*kinds)
    number = story.numbers[0]
    this = sa.update(EnrollmentRow).where(EnrollmentRow.id == number)
    story.connection.execute(this.values(state=state))
    found = list(ledger_proof.untold_ends(story.connection))
    assert found == ([] if told else [(number, state)])


@pytest.mark.parametrize("before", [True, False])
def test_handed_after_listing(database: Database, *, before: bool) -> None:
    """The ledger's order tells what came first where the clocks show the same instant."""
    with database.write() as connection:
        person = add_person(connection)
        enrollment = add_enrollment(connection, person).id
        mail = Entry(NOON, HAND, "", person, enrollment, "ana", "intro")
        other = Entry(NOON, LISTED, "", add_person(connection))
        listed = Entry(NOON, LISTED, "", person)
        ledger.write(connection, other, *([mail, listed] if before else [listed, mail]))
        found = list(ledger_proof.handed_after_listing(connection))
        assert found == ([] if before else [(enrollment, "intro")])


@contextmanager
def without_keys(connection: Connection) -> Iterator[None]:
    """The table of sends as it might come out of a broken restore: without its unique keys."""
    connection.exec_driver_sql("ALTER TABLE send RENAME TO send_before")
    connection.exec_driver_sql("CREATE TABLE send AS SELECT * FROM send_before")
    yield
    connection.exec_driver_sql("DROP TABLE send")
    connection.exec_driver_sql("ALTER TABLE send_before RENAME TO send")


def test_rows_that_the_keys_would_refuse(database: Database) -> None:
    """Two sends of a step, and two of one Message-ID, are found should the keys ever be gone."""
    with database.write() as connection:
        first, other = add_send(connection), add_send(connection)
        for number, send in enumerate((first, other)):
            claim(connection, send.id, message_id=f"<{number}@x>")
        with without_keys(connection):
            assert list(send_proof.steps_twice(connection)) == []
            assert list(send_proof.message_ids_twice(connection)) == []
            copy = "INSERT INTO send SELECT * FROM send WHERE message_id = '<0@x>'"
            connection.exec_driver_sql(copy)
            assert list(send_proof.steps_twice(connection)) == [(first.enrollment_id, "intro", 2)]
            assert list(send_proof.message_ids_twice(connection)) == [("<0@x>", 2)]


def claim(connection: Connection, number: int, **values: Any) -> None:
    assert sends.move(connection, [number], SendEvent.CLAIM, **values) == 1


def hand(connection: Connection, number: int, **values: Any) -> None:
    claim(connection, number)
    values = {"looked_at": NOON, "handed_at": NOON, "recipient": "zoe@bank.example", **values}
    assert sends.move(connection, [number], SendEvent.HAND, **values) == 1


def accept(connection: Connection, number: int) -> None:
    assert sends.move(connection, [number], SendEvent.ACCEPT, ended_at=NOON) == 1


def an_attempt(number: int, outcome: str = "accepted") -> Attempt:
    return Attempt(number, NOON, outcome, "dot", 250, "2.0.0", "queued")


def test_two_accepts_are_found(database: Database) -> None:
    """A send that a server accepted twice is found; other attempts do not count."""
    with database.write() as connection:
        good, bad = add_send(connection).id, add_send(connection).id
        for attempt in (an_attempt(good, "deferred"), an_attempt(good), an_attempt(bad)):
            attempts.add(connection, attempt)
        assert list(send_proof.accepted_twice(connection)) == []
        attempts.add(connection, an_attempt(bad))
        assert list(send_proof.accepted_twice(connection)) == [(bad, 2)]


@pytest.mark.parametrize(
    ("evidence", "proven"),
    [(None, False), ("deferred", False), ("accepted", True), (Kind.SETTLED, True)],
)
def test_what_counts_as_sent(database: Database, evidence: str | None, *, proven: bool) -> None:
    """A send counts as sent because a server accepted it, or because a doubt was settled."""
    with database.write() as connection:
        send = add_send(connection)
        hand(connection, send.id)
        accept(connection, send.id)
        if isinstance(evidence, Kind):
            tell(connection, evidence, send.enrollment_id)
        elif evidence:
            attempts.add(connection, an_attempt(send.id, evidence))
        assert list(send_proof.sent_without_proof(connection)) == ([] if proven else [send.id])


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        ((), False),
        ((Kind.SENT,), False),
        ((HAND,), False),
        ((Kind.SENT, HAND), False),
        ((HAND, Kind.SENT), True),
        ((HAND, Kind.DEFERRED, HAND, Kind.SENT), True),
    ],
)
def test_handed_before_sent(database: Database, kinds: tuple[Kind, ...], *, told: bool) -> None:
    """The ledger has to tell of the hand-over of that step before it tells that it was sent."""
    with database.write() as connection:
        send, other = add_send(connection), add_send(connection)
        hand(connection, send.id)
        accept(connection, send.id)
        entries = [(kind, send.enrollment_id) for kind in kinds]
        for kind, enrollment in [(HAND, other.enrollment_id), *entries]:
            tell(connection, kind, enrollment)
        assert list(send_proof.sent_without_handing(connection)) == ([] if told else [send.id])


def test_handed_mails(database: Database) -> None:
    """What left or may have left is listed; what waits to be sent again is counted by its pace."""
    with database.write() as connection:
        one, two, again, waiting = (add_send(connection).id for _ in range(4))
        for number, send in enumerate((one, two, again)):
            hand(connection, send, handed_at=NOON - number * HOUR)
        accept(connection, one)
        for event in (SendEvent.DOUBT, SendEvent.RESEND):
            assert sends.move(connection, [again], event) == 1
        assert [mail.id for mail in send_proof.handed(connection)] == [one, two]
        pace = list(send_proof.handed_by_mailbox(connection))
        assert pace == [("ana", NOON - 2 * HOUR), ("ana", NOON - HOUR), ("ana", NOON)]
        assert send_proof.counts(connection) == send_proof.Counts(every=4, sent=1, handed=2)
        assert sends.get(connection, waiting).state is SendState.QUEUED


def test_listed_since(database: Database) -> None:
    """An address is listed by itself or with its domain, since the earlier of both."""
    zoe, ada, bob = "zoe@bank.example", "ada@bank.example", "bob@shop.example"
    with database.write() as connection:
        for kind, key, at in (
            (SuppressionKind.ADDRESS, zoe, NOON),
            (SuppressionKind.DOMAIN, "bank.example", NOON + HOUR),
            (SuppressionKind.DOMAIN, "zoe@bank.example", NOON - HOUR),
            (SuppressionKind.ADDRESS, "shop.example", NOON),
        ):
            entry = Suppression(kind, key, SuppressionReason.MANUAL)
            suppressions.add(connection, entry, "", at)
        since = enrollment_proof.listed_at(connection, [zoe, ada, bob])
        assert since == {zoe: NOON, ada: NOON + HOUR}
        assert enrollment_proof.listed_at(connection, []) == {}


def test_streams_are_read_in_portions(database: Database) -> None:
    """A query of any length may be read beside other questions to the same connection."""
    with database.write() as connection:
        person = add_person(connection)
        lines = range(2 * PORTION + 1)
        ledger.write_all(connection, (Entry(NOON, Kind.SENT, str(n), person) for n in lines))
        query = sa.select(LedgerRow.detail).order_by(LedgerRow.id)
        seen = []
        for row in streamed(connection, query):
            seen.append(row.detail)
            if len(seen) == PORTION:
                assert enrollment_proof.count(connection) == 0
        assert seen == [str(line) for line in lines]
