"""What a host has seen committed: kept in one step, and never mistaken when it is broken."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sequencer.adapters.marker import MarkerError, MarkerFile
from sequencer.domain.history import Seen

SEEN = Seen("an epoch", 7, datetime(2026, 3, 3, 12, 0, 0, 123_456, tzinfo=UTC))


def test_what_was_kept_is_found(tmp_path: Path) -> None:
    """The last one that was kept is found, to the microsecond."""
    marker = MarkerFile(tmp_path / "history.json")
    assert marker.load() is None
    marker.save(Seen("another", 3, SEEN.at))
    marker.save(SEEN)
    assert MarkerFile(tmp_path / "history.json").load() == SEEN
    assert [each.name for each in tmp_path.iterdir()] == ["history.json"]


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "null", '{"epoch": "x", "entry": "y"}', "\xff"]
)
def test_broken(tmp_path: Path, content: str) -> None:
    """A file that cannot be understood is an error: it is no proof that nothing was seen."""
    path = tmp_path / "history.json"
    path.write_text(content, "latin-1")
    with pytest.raises(MarkerError, match="cannot be read"):
        MarkerFile(path).load()
