"""What is known of providers, as it is stored; and sends in doubt, as they are found."""

from dataclasses import replace

from builders import NOON

from sequencer.domain.capability import Capability
from sequencer.store import capabilities, doubts
from sequencer.store.database import Database

LEARNED = Capability(
    mailbox="ana",
    server="a:1 b:2",
    probed_at=NOON,
    keeps_sent_copy=True,
    keeps_message_id=False,
    keeps_custom_header=True,
    sent_search_lag_s=7,
    problem="",
    key="",
    sent_at=NOON,
)


def test_kept(database: Database) -> None:
    """What was stored comes back, for that mailbox and those servers only."""
    with database.write() as connection:
        assert capabilities.get(connection, "ana", "a:1 b:2") is None
        capabilities.save(connection, LEARNED)
        assert capabilities.get(connection, "ana", "a:1 b:2") == LEARNED
        assert capabilities.get(connection, "ana", "c:3 d:4") is None
        assert capabilities.get(connection, "luis", "a:1 b:2") is None


def test_replaced(database: Database) -> None:
    """A mailbox has one row: what is newer takes the place of what was known, other servers too."""
    newer = replace(LEARNED, server="c:3 d:4", keeps_sent_copy=None, problem="no Sent" * 1_000)
    with database.write() as connection:
        capabilities.save(connection, LEARNED)
        capabilities.save(connection, newer)
        assert capabilities.get(connection, "ana", "a:1 b:2") is None
        found = capabilities.get(connection, "ana", "c:3 d:4")
        assert found is not None
        assert found.keeps_sent_copy is None
        assert found.problem.startswith("no Sent")
        assert len(found.problem) < len(newer.problem)


def test_forgotten(database: Database) -> None:
    """What was taken away is as if it had never been known."""
    with database.write() as connection:
        capabilities.save(connection, LEARNED)
        capabilities.forget(connection, "ana")
        assert capabilities.get(connection, "ana", "a:1 b:2") is None


def test_no_doubts(database: Database) -> None:
    """Nothing is in doubt where nothing was sent."""
    with database.read() as connection:
        assert doubts.listed(connection, 10) == []
        assert doubts.keys_of(connection, "ana", 10) == []
        assert doubts.accepted_since(connection, "ana", NOON, 10) == []
        assert not doubts.is_known(connection, 1)
