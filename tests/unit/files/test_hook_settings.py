"""The settings of the booking tools."""

from pathlib import Path

import pytest

from sequencer.adapters.booking.registry import TOOLS
from sequencer.bootstrap import booking_sources
from sequencer.domain.meeting_filter import MeetingFilter
from sequencer.files.hook_settings import HookSettings
from sequencer.files.problem import ConfigError
from sequencer.files.settings import load_settings

SECRET = "canary-secret-of-an-address"


def sources(root: Path, text: str = "", **environ: str) -> dict[str, MeetingFilter]:
    """The tools that settings name, and which of their meetings count."""
    (root / "config").mkdir(exist_ok=True)
    (root / "config" / "sequencer.yaml").write_text(text or "{}\n")
    variables = {f"SEQUENCER_HOOKS__{name}": value for name, value in environ.items()}
    found = booking_sources(load_settings(root, variables))
    return {name: source.counts for name, source in found.items()}


def test_every_tool_has_a_section() -> None:
    """The settings know exactly the tools that there are."""
    assert set(HookSettings.model_fields) == set(TOOLS)


def test_which_tools_are_taken(tmp_path: Path) -> None:
    """A tool is there once we have a secret with it, and a token alone is none."""
    assert sources(tmp_path) == {}
    assert sources(tmp_path, HUBSPOT__API_TOKEN="t", CALENDLY__SIGNING_KEYS=" , ") == {}
    assert list(
        sources(
            tmp_path,
            CALENDLY__SIGNING_KEYS="new,old",
            ZCAL__URL_SECRETS=SECRET,
            HUBSPOT__SIGNING_KEYS="k",
            HUBSPOT__API_TOKEN="t",
        )
    ) == ["calendly", "zcal", "hubspot"]


def test_filters(tmp_path: Path) -> None:
    """Which meetings count is said for each tool."""
    text = "hooks:\n  generic: {event_types: [Intro, Demo], most_days_ahead: 30}\n"
    assert sources(tmp_path, text, GENERIC__SIGNING_KEYS="k") == {
        "generic": MeetingFilter(frozenset({"Intro", "Demo"}), 30)
    }


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CHILIPIPER__URL_SECRETS", "too-short"),
        ("CHILIPIPER__URL_SECRETS", "with/a/slash/in/the/middle"),
        ("CHILIPIPER__SIGNING_KEYS", SECRET),
        ("ZOOM__URL_SECRETS", SECRET),
        ("CALENDLY__MOST_DAYS_AHEAD", "0"),
        ("ACUITY__SIGNING_KEYS", SECRET),
    ],
)
def test_not_possible(tmp_path: Path, variable: str, value: str) -> None:
    """What a tool does not take is refused, and no secret is in the refusal."""
    with pytest.raises(ConfigError) as raised:
        sources(tmp_path, **{variable: value})
    told = "\n".join(problem.render() for problem in raised.value.problems)
    assert value not in told or variable.endswith("AHEAD")


def test_secrets_are_not_in_the_file(tmp_path: Path) -> None:
    """A secret in the settings file is refused, and not repeated."""
    text = f"hooks: {{zcal: {{url_secrets: [{SECRET}]}}}}\n"
    with pytest.raises(ConfigError) as raised:
        sources(tmp_path, text)
    assert SECRET not in "\n".join(problem.render() for problem in raised.value.problems)
