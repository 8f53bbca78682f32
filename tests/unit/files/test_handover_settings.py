"""How meetings are given to reps, as it is written in the settings."""

from datetime import timedelta
from pathlib import Path

import pytest

from sequencer.domain.delay import Delay, Unit
from sequencer.domain.handover_policy import HandoverPolicy
from sequencer.engine.policy_of import policy_of
from sequencer.files.problem import ConfigError
from sequencer.files.settings import load_settings

REPS = """reps:
  omar: {name: Omar Haddad, address: omar@field.example}
  petra: {name: Petra Lang, address: petra@field.example, takes_meetings: false}
"""


def policy(root: Path, handover: str, reps: str = REPS) -> HandoverPolicy:
    """What the engine goes by."""
    (root / "config").mkdir(exist_ok=True)
    (root / "config" / "sequencer.yaml").write_text(f"{reps}{handover}")
    return policy_of(load_settings(root, {})).handover


def test_nothing_is_handed_over_by_default(tmp_path: Path) -> None:
    """Without the section no rep is asked, and none would wait for ever."""
    assert policy(tmp_path, "", "{}\n") == HandoverPolicy()
    assert HandoverPolicy().to == ()


def test_all_of_it(tmp_path: Path) -> None:
    """Every key means what it says; one way or reminder needs no list."""
    text = "handover: {to: [owner, omar], answer_within: 4 hours, remind_before: [1 day, 2 hours]}"
    assert policy(tmp_path, text) == HandoverPolicy(
        to=("owner", "omar"),
        answer_within=Delay(4, Unit.HOURS),
        remind_before=(timedelta(days=1), timedelta(hours=2)),
    )
    text = "handover: {to: round_robin, answer_within: null, remind_before: 30 minutes}"
    assert policy(tmp_path, text) == HandoverPolicy(
        to=("round_robin",), answer_within=None, remind_before=(timedelta(minutes=30),)
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{to: [omra]}", "there is no rep `omra`"),
        ("{to: [omra]}", "did you mean `omar`?"),
        ("{to: [petra, omar]}", "`petra` has `takes_meetings: false`"),
        ("{to: owner, mailbox: ana}", "there is no mailbox `ana`"),
        ("{to: owner, answer_within: soon}", "a delay is a number and a unit"),
        ("{to: owner, remind_before: 1 business_day}", "days, hours or minutes before"),
        ("{to: owner, remind_before: 0 days}", "before the meeting"),
        ("{too: owner}", "did you mean `to`?"),
    ],
)
def test_mistakes(tmp_path: Path, written: str, said: str) -> None:
    """What leads nowhere is told with its place, and what may have been meant."""
    with pytest.raises(ConfigError) as caught:
        policy(tmp_path, f"handover: {written}\n")
    told = "\n".join(str(each) for each in caught.value.problems)
    assert said in told
    assert "config/sequencer.yaml" in told


def test_nobody_to_hand_over_to(tmp_path: Path) -> None:
    """A way that can find nobody is a mistake that is told before the first meeting."""
    with pytest.raises(ConfigError, match="nobody under `reps:`"):
        policy(tmp_path, "handover: {to: owner}\n", "")
