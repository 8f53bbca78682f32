"""A key is told by its digest, and by nothing less than all of it."""

from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.access import Access, access_by, digest_of

KEYS = ("a" * 32, "b" * 32)
KNOWN = tuple(Access(f"key{number}", "Ana", digest_of(key)) for number, key in enumerate(KEYS))


def test_whose_key() -> None:
    """Each key is its own, whatever its place; none is anybody's by itself."""
    assert [access_by(KNOWN, key) for key in KEYS] == list(KNOWN)
    assert access_by((), KEYS[0]) is None
    assert access_by(KNOWN, "") is None
    assert access_by(KNOWN, KNOWN[0].digest.hex()) is None


@given(st.text())
def test_no_other_key(key: str) -> None:
    """Any text may be presented, half characters too."""
    assert (access_by(KNOWN, key) is None) == (key not in KEYS)
    assert access_by(KNOWN, f"{KEYS[0]}{key}") in {None, KNOWN[0]}
    assert (access_by(KNOWN, f"{KEYS[0]}{key}") is None) == (key != "")


def test_half_a_character() -> None:
    """What cannot be written as UTF-8 is a key that nobody has."""
    assert access_by(KNOWN, "\ud800") is None


def test_what_is_told() -> None:
    """Who acts is told with the key's name; nothing of the key is."""
    assert KNOWN[0].by == "Ana (key key0)"
    assert str(KNOWN[0].digest) not in repr(KNOWN[0])
