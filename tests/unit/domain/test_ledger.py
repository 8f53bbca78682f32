from dataclasses import FrozenInstanceError

import pytest
from builders import NOON

from sequencer.domain.ledger import Entry, Kind


def test_an_entry_stands() -> None:
    """An entry may concern nobody in particular, and nobody changes it."""
    entry = Entry(NOON, Kind.IMPORTED)
    assert (entry.prospect_id, entry.enrollment_id, entry.mailbox, entry.step_id) == (None,) * 4
    with pytest.raises(FrozenInstanceError):
        entry.detail = "rewritten"  # type: ignore[misc]  # the mistake under test
