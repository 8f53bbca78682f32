"""The words of a hold that a move leaves behind."""

import pytest

from sequencer.domain.moved import held_before, moved_to, what_to_do, why_moved

WHERE = "postgresql://me@/db?host=a%3A1"


@pytest.mark.parametrize("before", ["", "Ana said so; everything was moved to x"])
def test_what_is_written_is_read(before: str) -> None:
    """Where everything went and what held it before are found in the sentence."""
    why = why_moved(WHERE, before)
    assert (moved_to(why), held_before(why)) == (WHERE, before)
    assert what_to_do(why) == f"set `database:` to {WHERE}"


def test_another_reason() -> None:
    """What was not moved is reconciled."""
    assert (moved_to("Ana said so"), held_before("Ana said so")) == ("", "Ana said so")
    assert what_to_do("Ana said so") == "`sequencer reconcile`"
