"""Pools of mailboxes in settings and cadences."""

from pathlib import Path
from typing import Any

import pytest

from sequencer.domain.rotation import Rotation
from sequencer.files.cadence import LoadedCadence, cadence_from_document, load_cadence
from sequencer.files.check import check_workspace
from sequencer.files.problem import ConfigError
from sequencer.files.settings import Settings, load_settings

BOX = "address: {0}@seller.example\n    name: {0}\n    provider: google_workspace\n"
SETTINGS = f"""\
workspace: {{postal_address: 1 Street}}
mailboxes:
  ana:
    {BOX.format("ana")}
  luis:
    {BOX.format("luis")}
"""
CADENCE = """\
cadence: first
title: First
from: {{{0}}}
steps:
  - id: intro
    email: intro.md
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "config/cadences").mkdir(parents=True)
    folder = tmp_path / "templates/first"
    folder.mkdir(parents=True)
    (folder / "intro.md").write_text("---\nsubject: Hello\n---\nHello\n")
    return tmp_path


def settings(root: Path, pools: str) -> Settings:
    (root / "config/sequencer.yaml").write_text(f"{SETTINGS}pools: {{{pools}}}\n")
    return load_settings(root, {})


def cadence(root: Path, written: str) -> LoadedCadence:
    path = root / "config/cadences/first.yaml"
    path.write_text(CADENCE.format(written))
    return load_cadence(path)


def said(error: pytest.ExceptionInfo[ConfigError]) -> list[str]:
    return [f"{each.code} {each.message} ({each.hint})" for each in error.value.problems]


def test_a_pool(root: Path) -> None:
    """The settings say who is in it, the cadence names it and holds no mailbox itself."""
    assert settings(root, "madrid: [ana, luis]").pools == {"madrid": ("ana", "luis")}
    loaded = cadence(root, "pool: madrid")
    assert (loaded.cadence.mailboxes, loaded.cadence.pool) == ((), "madrid")
    assert loaded.document["from"] == {"pool": "madrid"}
    assert cadence_from_document(loaded.document) == loaded.cadence


def test_mailboxes_by_name_are_as_they_were(root: Path) -> None:
    """What is usual is not written down, so the version keeps its name."""
    loaded = cadence(root, "mailboxes: [ana, luis], rotate: least_loaded")
    assert loaded.document["from"] == {"mailboxes": ["ana", "luis"]}
    owners = cadence(root, "mailboxes: [ana, luis], rotate: owner_first")
    assert owners.cadence.rotate is Rotation.OWNER_FIRST
    assert owners.document["from"] == {"mailboxes": ["ana", "luis"], "rotate": "owner_first"}
    assert cadence_from_document(owners.document) == owners.cadence


@pytest.mark.parametrize(
    ("pools", "problem"),
    [
        ("madrid: [ana, lius]", "bad-pool there is no mailbox `lius` (did you mean `luis`?)"),
        ("madrid: [ana, ana]", "bad-pool `ana` is in the pool already (delete one of both)"),
        ("madrid: []", "bad-value `pools.madrid`: at least 1 is needed ()"),
    ],
)
def test_mistakes_in_settings(root: Path, pools: str, problem: str) -> None:
    """A pool has mailboxes that are there, each once."""
    with pytest.raises(ConfigError) as raised:
        settings(root, pools)
    assert said(raised) == [problem]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("rotate: least_loaded", "`from`: it is not said which mailboxes send it"),
        ("mailboxes: [ana], pool: madrid", "`from`: there are `mailboxes` and a `pool`"),
        ("mailboxes: []", "`from.mailboxes`: at least 1 is needed"),
    ],
)
def test_mistakes_in_cadences(root: Path, written: str, message: str) -> None:
    """Mailboxes or a pool, not both, and not neither."""
    with pytest.raises(ConfigError) as raised:
        cadence(root, written)
    assert [each.message for each in raised.value.problems] == [message]


def test_a_pool_that_nobody_knows(root: Path) -> None:
    """The check asks for the nearest, or to declare it."""
    settings(root, "madrid: [ana]")
    cadence(root, "pool: madird")
    found: list[Any] = [
        each for each in check_workspace(root).problems if each.code == "unknown-pool"
    ]
    assert [each.message for each in found] == ["there is no pool `madird` in the settings"]
    assert [each.hint for each in found] == ["did you mean `madrid`?"]
