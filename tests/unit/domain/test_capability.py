"""What is known of a provider, and what that allows."""

from datetime import timedelta
from typing import Any

import pytest
from builders import NOON

from sequencer.domain.capability import NOTHING_FOUND, NOTHING_LEFT, Capability

SECOND = timedelta(seconds=1)


def known(**changes: Any) -> Capability:
    """A mailbox of which nothing is known, but for the changes."""
    return Capability("ana", "a:1 b:2", NOON, **changes)


@pytest.mark.parametrize(
    ("copy", "by_id", "by_ref", "shows"),
    [
        (True, True, True, True),
        (True, True, False, True),
        (True, False, True, True),
        (True, False, False, False),
        (True, None, None, False),
        (False, True, True, False),
        (None, True, True, False),
    ],
)
def test_would_show(
    *, copy: bool | None, by_id: bool | None, by_ref: bool | None, shows: bool
) -> None:
    """A mail is known to have left no trace only where copies are kept with one of its marks."""
    found = known(keeps_sent_copy=copy, keeps_message_id=by_id, keeps_custom_header=by_ref)
    assert found.would_show is shows
    assert found.is_learned is (copy is not None)


def test_lag() -> None:
    """Twice the lag that was measured is waited for; nothing where none was."""
    assert known().shows_within == timedelta(0)
    assert known(sent_search_lag_s=300).shows_within == timedelta(minutes=10)


@pytest.mark.parametrize(("sent_at", "rest"), [(None, NOTHING_LEFT), (NOON, NOTHING_FOUND)])
def test_another_try(sent_at: object, rest: timedelta) -> None:
    """A probe that could not leave is tried again soon, one that was lost from sight much later."""
    tried = known(problem="busy", sent_at=sent_at)
    assert not tried.is_due(NOON + rest - SECOND)
    assert tried.is_due(NOON + rest)
    assert tried.is_due(NOON - SECOND)  # the last try was dated by a clock that stood wrong


@pytest.mark.parametrize("changes", [{"keeps_sent_copy": False}, {"key": "c0ffee"}])
def test_no_other_try(changes: dict[str, object]) -> None:
    """What is learned, or under way, is not tried again by itself."""
    assert not known(**changes).is_due(NOON + 400 * NOTHING_FOUND)


def test_under_way() -> None:
    """A probe that is looked for has something to do at once."""
    found = known(key="c0ffee", sent_at=NOON)
    assert found.is_under_way
    assert found.due_at == NOON
    assert not known().is_under_way
