import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from house.tree import ROOT

from sequencer.cli.commands import COMMANDS
from sequencer.domain import enrollment, follow_up, handover, mailbox, meeting, send, task
from sequencer.domain.advice import ADVICE
from sequencer.domain.ledger import Kind
from sequencer.domain.reason import Reason
from sequencer.domain.transition import Table
from sequencer.files.cadence_file import CadenceKeys
from sequencer.files.front_matter import FrontMatterKeys
from sequencer.files.row_code import RowCode
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


CODES = [*Reason, *enrollment.PauseReason, *enrollment.FinishReason, *Kind, *RowCode]
CODES += mailbox.MailboxState


@pytest.mark.parametrize("code", CODES, ids=lambda code: f"{type(code).__name__}-{code}")
def test_codes_are_explained(code: str) -> None:
    """Every code that a person may be shown has a sentence, and says what to do about it."""
    rows = re.findall(
        rf"^\| `{code}` \| (.*) \| (.*) \| (yes|) \|$", text("reasons.md"), re.MULTILINE
    )
    assert rows
    for sentence, advice, _ in rows:
        assert sentence.endswith(".")
        assert advice.endswith(".")


@pytest.mark.parametrize("code", Reason)
def test_what_time_heals(code: Reason) -> None:
    """What time does not heal asks for something to be done, or says that nothing can be."""
    advice = ADVICE[code]
    assert advice.what.startswith("Nothing") or advice.heals or len(advice.what) > 20


MACHINES: dict[str, Table[Any, Any]] = {
    "enrollment": enrollment.TRANSITIONS,
    "send": send.TRANSITIONS,
    "mailbox": mailbox.TRANSITIONS,
    "meeting": meeting.TRANSITIONS,
    "task": task.TRANSITIONS,
    "handover": handover.TRANSITIONS,
    "follow-up": follow_up.TRANSITIONS,
}


def arrows(transitions: Table[Any, Any]) -> set[tuple[str, str, str]]:
    """Every change of a machine, by its table."""
    return {
        (str(state), str(after), str(event))
        for state, row in transitions.items()
        for event, after in row.items()
        if after is not None
    }


def drawn(name: str) -> set[tuple[str, str, str]]:
    """Every change of a machine, by its Mermaid diagram."""
    section = text("states.md").partition(f"## {name.capitalize()}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^    (\w+) --> (\w+): (\w+)$", section, re.MULTILINE))


@pytest.mark.parametrize("name", MACHINES)
def test_diagrams_agree_with_the_tables(name: str) -> None:
    """A diagram has the arrows of its table, no less and no more."""
    assert drawn(name) == arrows(MACHINES[name])


@pytest.mark.parametrize("name", MACHINES)
def test_pictures_have_every_arrow(name: str) -> None:
    """In a picture each state has its box, each change that leads elsewhere its line."""
    words = re.findall(r'<text class="(\w+)"[^>]*>([^<]*)</text>', text(f"states-{name}.svg"))
    found = Counter(words)
    changes = arrows(MACHINES[name])
    assert {told for kind, told in words if kind == "name"} == {*map(str, MACHINES[name])}
    away = Counter(event for before, after, event in changes if before != after)
    assert {told: times for (kind, told), times in found.items() if kind == "event"} == away
    stays = Counter(event for before, after, event in changes if before == after)
    told = [told.removeprefix("stays: ") for kind, told in words if kind == "loops"]
    assert Counter(event for events in told for event in events.split(", ")) == stays


def test_every_machine_is_drawn() -> None:
    """A module of the domain that has a transition table has a diagram."""
    folder = Path(enrollment.__file__).parent
    with_table = {
        path.stem for path in folder.glob("*.py") if "\nTRANSITIONS" in path.read_text("utf-8")
    }
    assert with_table == {name.replace("-", "_") for name in MACHINES}
