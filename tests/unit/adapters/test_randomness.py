"""Keys."""

import re

from sequencer.adapters.randomness import new_key


def test_new_key() -> None:
    """Keys have 32 hexadecimal digits and do not repeat."""
    keys = {new_key() for _ in range(1_000)}
    assert len(keys) == 1_000
    assert all(re.fullmatch(r"[0-9a-f]{32}", key) for key in keys)
