"""Which wording somebody gets: by a lot that is drawn from the key alone."""

import pytest

from sequencer.domain.variant import NoVariantError, Variant, choose, live

PLAIN, QUESTION = Variant("plain", "intro.md"), Variant("question", "intro-question.md", 2)
KEYS = [f"{number:032x}" for number in range(6000)]


def test_the_same_key_has_the_same_wording_for_ever() -> None:
    """What is drawn does not depend on the order of the file, and is the same on every machine."""
    drawn = [choose((PLAIN, QUESTION), key, "intro").name[0] for key in KEYS[:8]]
    assert "".join(drawn) == "qqqpqpqq"
    for key in KEYS[:100]:
        assert choose((QUESTION, PLAIN), key, "intro") == choose((PLAIN, QUESTION), key, "intro")


def test_steps_draw_apart() -> None:
    """Who has the first wording of one mail has any of the next: else two tests would be one."""
    both = [
        (choose((PLAIN, QUESTION), key, "intro").name, choose((PLAIN, QUESTION), key, "bump").name)
        for key in KEYS
    ]
    same = both.count(("plain", "plain"))
    assert 600 <= same <= 740  # a ninth


def test_shares_follow_the_weights() -> None:
    """A wording of twice the weight goes to twice as many."""
    share = sum(choose((PLAIN, QUESTION), key, "intro") is QUESTION for key in KEYS)
    assert 3880 <= share <= 4120


def test_nobody_gets_what_weighs_nothing_or_is_stopped() -> None:
    """Whatever the key."""
    gone = Variant("gone", "gone.md", 0)
    assert live((PLAIN, QUESTION, gone), {"plain"}) == (QUESTION,)
    assert {choose((PLAIN, QUESTION, gone), key, "intro", {"plain"}) for key in KEYS} == {QUESTION}


def test_nothing_is_left() -> None:
    """Nobody is sent what somebody stopped: it is said instead."""
    with pytest.raises(NoVariantError, match="every variant of the step intro is stopped"):
        choose((PLAIN, QUESTION), KEYS[0], "intro", {"plain", "question"})
