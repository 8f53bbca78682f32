"""Results of variants as people read them."""

from dataclasses import replace
from typing import Any

import pytest
from builders import NOON

from sequencer.cli.variants_words import BAR, as_object, bar, lines, sentence, shares_of
from sequencer.domain.interval import Interval, Share
from sequencer.domain.variant import WinnerRule, Yardstick
from sequencer.domain.variant_result import Tally, judge
from sequencer.engine.variant_results import StepResult, TextResult, VariantResult
from sequencer.store.variant_stops import Stop

PLAIN = Tally("plain", 410, 10, replies=40, positive=18, meetings=6, opted_out=5)
QUESTION = Tally("question", 405, 5, replies=52, positive=40, meetings=14, opted_out=4)
RULE = WinnerRule(by=Yardstick.POSITIVE_REPLIES)


def a_variant(tally: Tally, **changes: Any) -> VariantResult:
    variant = VariantResult(
        tally.name, f"{tally.name}.md", 1, None, tally, compared=tally.delivered
    )
    return replace(variant, **changes)


def a_result(
    *variants: VariantResult, rule: WinnerRule = RULE, declared: bool = True
) -> StepResult:
    known = variants or (a_variant(PLAIN), a_variant(QUESTION))
    texts = tuple(TextResult(each.name * 8, (each.name,), each.tally) for each in known)
    outcome = judge([each.tally for each in known if each.is_live], rule)
    return StepResult("first", "intro", rule, declared, known, texts, outcome)


def shown(result: StepResult) -> list[str]:
    return [f"{line.margin}{line.text}".rstrip() for line in lines("first", [result])]


def test_the_whole_picture() -> None:
    """Every share has its denominator and its interval, one below the other."""
    assert shown(a_result()) == PICTURE.splitlines()


PICTURE = """\
first intro
    plain     plain.md, weight 1; 400 delivered of 410 sent
    question  question.md, weight 1; 400 delivered of 405 sent
    of delivered mails (bounces: of those sent), with what is likely at 95 %
    meetings
    plain            6 of 400    1.5 %  0.7 to 3.2 %       ───●───────
    question        14 of 400    3.5 %  2.1 to 5.8 %            ──────●─────────
    positive replies
    plain           18 of 400    4.5 %  2.9 to 7.0 %         ───●────
    question        40 of 400   10.0 %  7.4 to 13.3 %                ────●──────
    replies
    plain           40 of 400   10.0 %  7.4 to 13.3 %             ────●────
    question        52 of 400   13.0 %  10.1 to 16.7 %                ────●─────
    opt-outs
    plain            5 of 400    1.2 %  0.5 to 2.9 %        ──────●─────────────
    question         4 of 400    1.0 %  0.4 to 2.5 %       ─────●────────────
    bounces
    plain           10 of 410    2.4 %  1.3 to 4.4 %           ──────●──────────
    question         5 of 405    1.2 %  0.5 to 2.9 %       ───●─────────
    question is better by positive replies: +1.9 to +9.2 points against plain.
    To do: `sequencer variants stop first intro plain`
"""


def test_nothing_to_show() -> None:
    """A cadence without variants says how to have some."""
    [line] = lines("first", [])
    assert line.text == "No mail of first has variants. A step gets them by its key `variants`."


def test_before_the_first_mail() -> None:
    """There are no shares of nothing, and no bars."""
    empty = [a_variant(Tally("plain"), waiting=3), a_variant(Tally("question"))]
    assert shown(a_result(*empty)) == [
        "first intro",
        "    plain     plain.md, weight 1; 0 delivered of 0 sent; 3 waiting",
        "    question  question.md, weight 1; 0 delivered of 0 sent",
        (
            "    No verdict: each variant needs 200 delivered mails that people had 14 days to "
            "answer, and the one with the fewest lacks 200."
        ),
    ]


def test_one_is_stopped() -> None:
    """Since when, by whom and why; the other one has no rival any more."""
    stop = Stop("first", "intro", "plain", NOON, "Eva", "a wrong price")
    result = a_result(a_variant(PLAIN, stopped=stop), a_variant(QUESTION))
    assert "stopped 2026-03-03 by Eva: a wrong price" in shown(result)[1]
    assert sentence(result) == "Everybody gets question."
    both = a_result(a_variant(PLAIN, stopped=stop), a_variant(QUESTION, weight=0, template=""))
    assert sentence(both) == "Nobody gets any of them."
    assert "not there now" in shown(both)[2]


@pytest.mark.parametrize(
    ("positive", "declared", "said"),
    [
        (60, True, "As the step says `auto: true`, the daemon does that by itself within a day."),
        (34, True, "does that by itself as soon as it holds at 99 %."),
        (60, False, "To do: `sequencer variants stop first intro plain`"),
    ],
)
def test_what_happens_next(positive: int, declared: bool, said: str) -> None:
    """A person is told whether to decide, or that the rule does."""
    better = a_variant(replace(QUESTION, positive=positive))
    rule = replace(RULE, auto=True)
    assert shown(a_result(a_variant(PLAIN), better, rule=rule, declared=declared))[-1].endswith(
        said
    )


def test_a_text_that_was_changed() -> None:
    """Names that had several texts are told apart by text, and it is said."""
    result = a_result(a_variant(PLAIN, other_texts=7), a_variant(QUESTION))
    texts = (*result.texts, TextResult("", ("plain",), Tally("", 3, replies=1)))
    found = shown(replace(result, texts=texts))
    assert "    by text" in found
    assert any(line.startswith("    edited    plain: 3 delivered, 0 meetings") for line in found)
    assert "    7 mails of plain had another text than now: not compared." in found


def test_what_is_not_compared() -> None:
    """Mails that are too young for an answer are told apart from what was delivered."""
    result = a_result(a_variant(PLAIN, compared=380), a_variant(QUESTION))
    assert "400 delivered of 410 sent; 380 compared" in shown(result)[1]
    assert "compared" not in shown(result)[2]


def test_bars() -> None:
    """The line reaches as far as the share may be; the dot is what was counted."""
    assert bar(Share(1, 2), Interval(0.0, 1.0), 1.0) == "─" * 12 + "●" + "─" * 11
    assert bar(Share(0, 10), Interval(0.0, 0.25), 0.5)[0] == "●"
    assert len(bar(Share(3, 10), Interval(0.1, 0.5), 0.5)) == BAR
    assert bar(Share(0, 0), Interval(0.0, 1.0), 1.0) == ""


def test_the_same_for_programs() -> None:
    """Shares are parts of one, each with what it is taken of."""
    told: dict[str, Any] = as_object(a_result())
    assert (told["verdict"], told["best"], told["sure"]) == ("clear", "question", True)
    assert [each["delivered"] for each in told["variants"]] == [400, 400]
    assert shares_of(PLAIN)["bounces"] == Share(10, 410)
    assert shares_of(PLAIN)["replies"] == Share(40, 400)
