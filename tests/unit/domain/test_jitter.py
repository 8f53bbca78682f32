from sequencer.domain.jitter import _unit, fraction


def test_depends_on_nothing_but_the_keys() -> None:
    """A restart computes the same number; the value is fixed here, so a new Python does too."""
    assert fraction("k1", "intro") == 0.4728289753417555


def test_keys_are_kept_apart() -> None:
    """`ab, c` and `a, bc` are different keys."""
    assert fraction("ab", "c") != fraction("a", "bc")


def test_never_one() -> None:
    """The largest digest stays below 1, so that a jitter never leaves its opening."""
    assert _unit(b"\xff" * 32) < 1
    assert _unit(b"\x00" * 32) == 0


def test_evenly_spread() -> None:
    """Over a thousand keys every tenth of the range gets its share."""
    tenths = [int(fraction(f"key-{number}") * 10) for number in range(1_000)]
    assert all(60 < tenths.count(tenth) < 140 for tenth in range(10))
