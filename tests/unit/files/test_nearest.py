from sequencer.files.nearest import did_you_mean, nearest


def test_nearest() -> None:
    """Case does not matter, and the known spelling is given back."""
    assert nearest("FIRST_NAM", ["last_name", "first_name"]) == "first_name"
    assert nearest("europe/madird", ["Europe/Madrid", "Europe/Paris"]) == "Europe/Madrid"
    assert nearest("zzz", ["subject"]) is None


def test_nothing_near() -> None:
    """A short list is shown in full, a long or empty one not at all."""
    assert did_you_mean("zzz", ["subject", "format"]) == "known here: format, subject"
    assert did_you_mean("zzz", (f"key{number}" for number in range(50))) == ""
    assert did_you_mean("zzz", []) == ""


def test_endless_word() -> None:
    """A word of any length is compared in no time."""
    assert did_you_mean("x" * 1_000_000, ["wait"]) == "known here: wait"
