from pathlib import Path

import pytest

from sequencer.domain.pacing import Limits, Pace
from sequencer.domain.rolling import Ramp
from sequencer.engine.policy_of import policy_of
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.provider import PRESETS, Provider
from sequencer.files.settings import load_settings
from sequencer.files.workspace import SETTINGS

SERVERS = "    smtp: {host: mx.example}\n    imap: {host: mx.example}\n"


def written(root: Path, provider: str, *lines: str, top: str = "") -> None:
    """Settings with one mailbox of that provider."""
    path = root / SETTINGS
    path.parent.mkdir(exist_ok=True)
    text = f"{top}mailboxes:\n  ana:\n    address: ana@sales.example\n    name: Ana\n"
    text += f"    provider: {provider}\n" + (SERVERS if provider == "other" else "")
    path.write_text(text + "".join(f"    {line}\n" for line in lines), "utf-8")


def pace(root: Path) -> Pace:
    """The pace of that mailbox as the engine sees it."""
    return policy_of(load_settings(root, {})).mailboxes["ana"].pace


def problem(root: Path) -> Problem:
    """The one thing that is wrong with the settings."""
    with pytest.raises(ConfigError) as caught:
        load_settings(root, {})
    [found] = caught.value.problems
    return found


@pytest.mark.parametrize("provider", Provider)
def test_defaults_of_a_provider(tmp_path: Path, provider: Provider) -> None:
    """A mailbox of a known provider needs no servers and no pace, and stays under its ceiling."""
    written(tmp_path, provider)
    preset = PRESETS[provider]
    assert pace(tmp_path) == Pace(per_day=preset.per_day)
    assert preset.ceiling.per_day is None or preset.per_day * 5 <= preset.ceiling.per_day


def test_every_key(tmp_path: Path) -> None:
    """Each key of the pace reaches the engine."""
    lines = ["per_day: 40", "per_hour: 9", "per_week: 150", "gap_s: 60", "first_share: 0.4"]
    written(tmp_path, "other", *lines, "ramp: {begin: 5, step: 3}")
    ramp = Ramp(begin=5, step=3)
    assert pace(tmp_path) == Pace(40, pace(tmp_path).gap, 9, 150, ramp, 0.4)
    assert pace(tmp_path).gap.total_seconds() == 60


def test_ramp_of_defaults(tmp_path: Path) -> None:
    """A ramp without numbers begins with ten mails and grows by two."""
    written(tmp_path, "other", "ramp: {}")
    assert pace(tmp_path).ramp == Ramp(begin=10, step=2)


def test_above_the_ceiling(tmp_path: Path) -> None:
    """More than the provider takes is a mistake at its place, with the key that allows it."""
    written(tmp_path, "google_workspace", "per_day: 2001")
    found = problem(tmp_path)
    assert (found.line, found.column) == (6, 14)
    assert found.message == "`mailboxes.ana.per_day`: Google Workspace takes 2000 in 24 hours"
    assert "above_ceiling: true" in found.hint


def test_faster_than_the_provider(tmp_path: Path) -> None:
    """So is a gap that would let more leave in a minute than the provider takes."""
    written(tmp_path, "microsoft_365", "gap_s: 1")
    assert problem(tmp_path).message == (
        "`mailboxes.ana.gap_s`: Microsoft 365 takes 30 mails in a minute"
    )
    written(tmp_path, "microsoft_365", "gap_s: 2")
    assert pace(tmp_path).gap.total_seconds() == 2


@pytest.mark.parametrize(
    ("provider", "line"), [("zoho", "per_day: 301"), ("outlook_com", "gap_s: 0")]
)
def test_ceiling_lifted(tmp_path: Path, provider: str, line: str) -> None:
    """A plan that allows more lifts the ceiling."""
    written(tmp_path, provider, "above_ceiling: true", line)
    assert pace(tmp_path) != Pace()


def test_unknown_provider_has_no_ceiling(tmp_path: Path) -> None:
    """A mistake in the provider's name is reported once, not as a broken ceiling too."""
    written(tmp_path, "gogle", "per_day: 3000")
    assert problem(tmp_path).message.startswith("`mailboxes.ana.provider`")


def test_limits(tmp_path: Path) -> None:
    """Limits of companies and people have defaults, and each of them can be lifted."""
    written(tmp_path, "other")
    assert policy_of(load_settings(tmp_path, {})).limits == Limits(
        per_domain=5, per_person_day=2, per_person_week=5
    )
    top = "limits: {per_domain: 3, per_person_day: null, per_person_week: null}\n"
    written(tmp_path, "other", top=top)
    assert policy_of(load_settings(tmp_path, {})).limits == Limits(per_domain=3)


@pytest.mark.parametrize(
    "line", ["per_day: true", "per_hour: true", "gap_s: false", "first_share: false"]
)
def test_truth_is_no_number(tmp_path: Path, line: str) -> None:
    """`false` is no gap of zero seconds, and `true` no single mail a day."""
    written(tmp_path, "other", line)
    key, value = line.split(": ")
    assert (
        problem(tmp_path).message == f"`mailboxes.ana.{key}`: a number is expected, not `{value}`"
    )
