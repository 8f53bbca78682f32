"""An agency's clients see their own, and nothing of each other."""

import pytest

from sequencer.domain.visibility import OURSELVES, may_see, whose


@pytest.mark.parametrize(
    ("viewer", "client", "may"),
    [
        (OURSELVES, OURSELVES, True),
        (OURSELVES, "acme", True),
        (OURSELVES, None, True),
        ("acme", "acme", True),
        ("acme", "other", False),
        ("acme", OURSELVES, False),
        ("acme", None, False),
        ("acme", "ACME", False),
    ],
)
def test_may_see(viewer: str, client: str | None, *, may: bool) -> None:
    """We see everything; a client what is certainly its own."""
    assert may_see(viewer, client) is may


@pytest.mark.parametrize(
    ("credited", "clients", "is_of"),
    [
        ("acme", ["other"], "acme"),
        ("", ["acme"], ""),
        (None, ["acme", "acme"], "acme"),
        (None, [""], ""),
        (None, ["acme", "other"], None),
        (None, ["acme", ""], None),
        (None, [], None),
    ],
)
def test_whose(credited: str | None, clients: list[str], is_of: str | None) -> None:
    """The cadence that it is credited to tells; without one, only what leaves no doubt."""
    assert whose(credited, clients) == is_of
