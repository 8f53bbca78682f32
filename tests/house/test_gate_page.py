import re

import pytest
from house.tree import ROOT

from sequencer.domain.gate import RULES, Effect, Occasion, Rule

PAGE = ROOT / "docs" / "explanation" / "gate.md"
WHEN = {
    Occasion.ENROLMENT: "enrolment",
    Occasion.ACTIVATION: "beginning",
    Occasion.FIRST_MAIL: "first mail",
    Occasion.MAIL: "every mail",
    Occasion.DOT: "final dot",
}
FOLLOWS = {
    Effect.FINISH: "ends",
    Effect.SKIP: "nothing, what holds it brings it back",
    Effect.REST: "the mailbox waits",
    Effect.ASK: "paused",
    Effect.WAIT: "later",
}


def row(rule: Rule) -> str:
    """The line of the table that a rule has to have."""
    asked = ", ".join(words for occasion, words in WHEN.items() if occasion in rule.asked)
    follows = FOLLOWS[rule.effect] if rule.effect else ""
    if rule.finish_reason is not None:
        follows += f" as `{rule.finish_reason}`"
    if rule.effect is Effect.ASK:
        follows += f" (`{rule.pause_reason}`), a person is asked"
    return f"| `{rule.reason}` | {asked} | {follows} |"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.reason)
def test_rule_is_described(rule: Rule) -> None:
    """Every rule stands in the table, with its occasions and what follows from a no."""
    assert row(rule) in PAGE.read_text("utf-8").splitlines()


def test_nothing_else_is_described() -> None:
    """The table has no row for a rule that is no more, and the rules stand in their order."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if re.match(r"\| `", line)]
    assert lines == [row(rule) for rule in RULES]
