import re
import subprocess
import sys

import pytest
from house.tree import ROOT

from sequencer.cli.commands import COMMANDS
from sequencer.domain import enrollment, send
from sequencer.domain.reason import Reason
from sequencer.files.cadence_file import CadenceKeys
from sequencer.files.front_matter import FrontMatterKeys
from sequencer.files.section import Section
from sequencer.files.settings_model import Settings

REFERENCE = ROOT / "docs" / "reference"


def text(page: str) -> str:
    return (REFERENCE / page).read_text("utf-8")


def test_pages_are_up_to_date() -> None:
    """The reference pages are what the code says now."""
    run = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_are_described(name: str) -> None:
    """Every command has a section."""
    assert f"## sequencer {name}\n" in text("commands.md")


def keys(model: type[Section]) -> set[str]:
    """Every key that a file may have, wherever it stands, by the library's own account."""
    schema = model.model_json_schema()
    sections = [schema, *schema.get("$defs", {}).values()]
    return {key for section in sections for key in section.get("properties", {})}


@pytest.mark.parametrize(
    ("model", "page"),
    [
        (CadenceKeys, "cadence.md"),
        (FrontMatterKeys, "cadence.md"),
        (Settings, "settings.md"),
    ],
)
def test_keys_are_described(model: type[Section], page: str) -> None:
    """Every key of a file is named in its page, alone or in the middle of a longer one."""
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"\| `([^`]+)` \|", text(page)))))
    assert keys(model) - named == set()


@pytest.mark.parametrize(
    "code", [*Reason, *enrollment.PauseReason, *enrollment.FinishReason], ids=str
)
def test_reasons_are_described(code: str) -> None:
    """Every code that a person may be shown is listed."""
    assert f"`{code}`" in text("reasons.md")


@pytest.mark.parametrize("state", [*enrollment.EnrollmentState, *send.SendState], ids=str)
def test_states_are_drawn(state: str) -> None:
    """Every state is in a diagram."""
    assert f"    {state} --> " in text("states.md")
