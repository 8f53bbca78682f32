from pathlib import Path

import pytest

from sequencer.files.cadence import LoadedCadence, cadence_from_document, load_cadence
from sequencer.files.problem import ConfigError, Problem

CADENCE = """\
cadence: fintech-intro
title: First contact
from: {mailboxes: [ana]}
steps:
  - {id: intro, email: intro.md}
"""


def load(root: Path, text: str) -> LoadedCadence:
    """The cadence of that text, with its one template."""
    folder = root / "templates/fintech-intro"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "intro.md").write_text("Hello")
    file = root / "config/cadences/intro.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return load_cadence(file, root)


def problem(root: Path, text: str) -> Problem:
    """The one problem of that text."""
    with pytest.raises(ConfigError) as caught:
        load(root, text)
    [found] = caught.value.problems
    return found


def test_ids_that_are_gone(tmp_path: Path) -> None:
    """Retired ids reach the cadence and its document in one order, each once."""
    loaded = load(tmp_path, f"{CADENCE}retired: [nudge, bump, nudge]\n")
    assert loaded.cadence.retired == ("bump", "nudge")
    assert loaded.document["retired"] == ["bump", "nudge"]
    assert cadence_from_document(loaded.document) == loaded.cadence


def test_name_of_the_version(tmp_path: Path) -> None:
    """Without the key, and with an empty one, a version has the name that it always had."""
    plain = load(tmp_path, CADENCE)
    assert "retired" not in plain.document
    assert load(tmp_path, f"{CADENCE}retired: []\n").hash == plain.hash
    assert load(tmp_path, f"{CADENCE}retired: [bump]\n").hash != plain.hash


def test_retired_step_that_is_there(tmp_path: Path) -> None:
    """An id cannot be retired and a step at once; the place in `retired` is named."""
    found = problem(tmp_path, f"{CADENCE}retired: [bump, intro]\n")
    assert (found.line, found.column) == (6, 17)
    assert "`intro` is retired and a step" in found.message
    assert "never comes back" in found.hint


@pytest.mark.parametrize("value", ["bump", "[Bump]", "[1]", "{bump: 1}", "[[bump]]"])
def test_what_is_no_list_of_ids(tmp_path: Path, value: str) -> None:
    """Anything but a list of names is a mistake, with its line."""
    assert problem(tmp_path, f"{CADENCE}retired: {value}\n").line == 6


def test_very_many(tmp_path: Path) -> None:
    """There is a limit to the list."""
    ids = ", ".join(f"step-{number}" for number in range(201))
    assert problem(tmp_path, f"{CADENCE}retired: [{ids}]\n").line == 6
