"""When may one wording be called the better one?"""

from typing import Any

from sequencer.domain.variant import WinnerRule, Yardstick
from sequencer.domain.variant_result import Outcome, Tally, Verdict, judge

BY_REPLIES = WinnerRule(by=Yardstick.POSITIVE_REPLIES)


def a_tally(name: str, sent: int = 400, **counts: Any) -> Tally:
    return Tally(name, sent, **counts)


def test_one_alone_wins_nothing() -> None:
    """Where everybody gets the same there is nothing to compare."""
    assert judge([a_tally("plain", positive=90)], BY_REPLIES) == Outcome(Verdict.ALONE)
    assert judge([], BY_REPLIES).verdict is Verdict.ALONE


def test_nothing_is_said_below_the_minimum() -> None:
    """However large the difference is; what came back does not count as a mail."""
    few = a_tally("question", 205, bounced=10)
    assert judge([a_tally("plain", positive=90), few], BY_REPLIES) == Outcome(
        Verdict.TOO_FEW, missing=5
    )


def test_a_difference_that_may_be_chance() -> None:
    """Whoever is ahead is named, and is no winner."""
    found = judge([a_tally("plain", positive=20), a_tally("question", positive=26)], BY_REPLIES)
    assert (found.verdict, found.best, found.sure) == (Verdict.OPEN, "question", False)
    assert found.against[0].name == "plain"
    assert found.against[0].behind.low < 0 < found.against[0].behind.high


def test_a_clear_difference() -> None:
    """At 95 % a person may decide; at 99 % nobody has to be asked."""
    clear = judge([a_tally("plain", positive=20), a_tally("question", positive=38)], BY_REPLIES)
    assert (clear.verdict, clear.best, clear.sure) == (Verdict.CLEAR, "question", False)
    sure = judge([a_tally("plain", positive=20), a_tally("question", positive=60)], BY_REPLIES)
    assert (sure.verdict, sure.sure) == (Verdict.CLEAR, True)


def test_the_best_has_to_beat_every_other() -> None:
    """One that is as good leaves it open."""
    three = [a_tally(name, meetings=of) for name, of in (("a", 60), ("b", 55), ("c", 5))]
    assert judge(three, WinnerRule()).verdict is Verdict.OPEN
    assert judge([three[0], three[2]], WinnerRule()).best == "a"


def test_more_angry_replies_do_not_win() -> None:
    """A wording that many answer, to be left alone, is not better than one with interest."""
    angry = a_tally("shouting", replies=200, positive=4, opted_out=150)
    kind = a_tally("kind", replies=50, positive=40)
    assert judge([angry, kind], BY_REPLIES).best == "kind"
    assert judge([angry, kind], WinnerRule()).verdict is Verdict.OPEN


def test_a_share_never_exceeds_one() -> None:
    """A meeting of a person whose mail came back is no share of what was delivered."""
    odd = a_tally("plain", 2, bounced=2, meetings=1)
    assert (odd.delivered, odd.share(Yardstick.MEETINGS).hits) == (0, 0)
