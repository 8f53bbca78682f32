"""A fraction from ids instead of a die, so that a restart computes the same due time."""

import hashlib


def fraction(*keys: str) -> float:
    """Number in [0, 1) that depends on nothing but the keys; evenly spread over different keys."""
    return _unit(hashlib.sha256("\x1f".join(keys).encode()).digest())


def _unit(digest: bytes) -> float:
    # 53 bits are what a float holds exactly: one more, and the largest would round up to 1.
    return (int.from_bytes(digest[:7], "big") >> 3) / 2**53
