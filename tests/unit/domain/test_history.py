"""Whether a database can be the one that was seen before."""

from datetime import UTC, datetime, timedelta

import pytest

from sequencer.domain.history import Epoch, Seen, why_lost

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
SEEN = Seen("now", 7, NOON)


@pytest.mark.parametrize(
    ("epoch", "at", "words"),
    [
        (Epoch("now", NOON), NOON, ""),
        (Epoch("now", NOON), None, "is not there any more"),
        (Epoch("now", NOON), NOON + timedelta(microseconds=1), "is another one now"),
        (Epoch("later", NOON, ("now",)), None, ""),
        (Epoch("later", NOON, ("between", "now", "first")), NOON, ""),
        (Epoch("first", NOON), NOON, "another database"),
        (Epoch("first", NOON), None, "another database"),
    ],
)
def test_why_lost(epoch: Epoch, at: datetime | None, words: str) -> None:
    """The same entry of the same history, or one that goes on from it, has lost nothing."""
    found = why_lost(SEEN, epoch, at)
    assert bool(found) == bool(words)
    assert words in found
