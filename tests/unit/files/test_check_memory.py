import json
from pathlib import Path

import pytest

from sequencer.files.check import Wanted, check_workspace
from sequencer.files.check_memory import CheckMemory
from sequencer.files.problem import Problem, Severity

SETTINGS = """\
workspace: {postal_address: "1 Example Street"}
web: {public_url: https://sales.example}
mailboxes: {ana: {address: ana@sales.example, name: Ana, provider: google_workspace}}
"""
CADENCE = """\
cadence: first
title: First
from: {mailboxes: [ana]}
steps:
  - {id: intro, email: intro.md}
  - {id: bump, wait: 1 day, email: bump.md}
"""
INTRO = "---\nsubject: News\n---\nHello {{ first_name }},\n"
FOUND = ["too-close", "missing-fallback"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in {
        "config/sequencer.yaml": SETTINGS,
        "config/cadences/first.yaml": CADENCE,
        "templates/first/intro.md": INTRO,
        "templates/first/bump.md": "Hello\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / ".sequencer").mkdir()
    return tmp_path


def codes(root: Path) -> list[str]:
    """What a check finds that remembers."""
    wanted = Wanted(memory=root / ".sequencer/checked.json")
    checked = check_workspace(root, {}, wanted)
    assert checked.problems == check_workspace(root, {}).problems  # as one that does not
    return [each.code for each in checked.problems]


def kept(root: Path) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(
        (root / ".sequencer/checked.json").read_text()
    )
    return found


def test_remembered(root: Path) -> None:
    """A second check finds the same, from what the first has kept."""
    assert codes(root) == FOUND
    [(key, problems)] = kept(root).items()
    assert sorted(str(each["code"]) for each in problems) == sorted(FOUND)
    for each in problems:
        each["code"] = "long-mail"  # so it is seen where the findings come from
    (root / ".sequencer/checked.json").write_text(json.dumps({key: problems}))
    wanted = Wanted(memory=root / ".sequencer/checked.json")
    found = [each.code for each in check_workspace(root, {}, wanted).problems]
    assert found == ["long-mail", "long-mail"]


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("templates/first/intro.md", INTRO.replace("{{ first_name }}", "you"), ["too-close"]),
        ("config/cadences/first.yaml", CADENCE.replace("1 day", "3 days"), ["missing-fallback"]),
        ("config/sequencer.yaml", f"{SETTINGS}prospect_fields: [size]\n", FOUND),
        ("templates/first/old.md", "Hello\n", [*FOUND, "unused-template"]),
        (
            "templates/first/intro.es.md",
            INTRO.replace("{{ first_name }}", "tú"),
            ["missing-language", *FOUND],
        ),
    ],
)
def test_what_has_changed(root: Path, file: str, text: str, expected: list[str]) -> None:
    """Whatever a finding may depend on, a change of it is seen; what is gone is forgotten."""
    assert codes(root) == FOUND
    before = kept(root)
    (root / file).write_text(text)
    assert sorted(codes(root)) == sorted(expected)
    assert len(kept(root)) == 1
    assert kept(root) != before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"a": 1}',
        b'"' + b"x" * (9 * 1024 * 1024) + b'"',
    ],
)
def test_a_memory_that_is_none(root: Path, content: bytes) -> None:
    """What was not written here counts for nothing, and is written anew."""
    (root / ".sequencer/checked.json").write_bytes(content)
    assert codes(root) == FOUND
    assert len(kept(root)) == 1


PROBLEM = Problem("a.md", 1, 2, "said", severity=Severity.WARNING, code="too-close")


@pytest.mark.parametrize(
    "wrong",
    [
        {"line": "1"},
        {"line": True},
        {"column": 1.5},
        {"file": None},
        {"severity": "dire"},
        {"other": 1},
    ],
)
def test_a_finding_that_is_none(tmp_path: Path, wrong: dict[str, object]) -> None:
    """A finding that cannot be one makes all of its cadence be looked at again."""
    path = tmp_path / "checked.json"
    memory = CheckMemory(path)
    memory.put("key", [PROBLEM])
    memory.save()
    assert CheckMemory(path).get("key") == (PROBLEM,)
    found = json.loads(path.read_text())
    found["key"][0] |= wrong
    path.write_text(json.dumps(found))
    assert CheckMemory(path).get("key") is None
    for odd in ('{"key": 1}', '{"key": [1]}', '{"key": [{}]}'):
        path.write_text(odd)
        assert CheckMemory(path).get("key") is None


def test_nowhere_to_write(tmp_path: Path) -> None:
    """Without a folder for it nothing is kept, and nothing fails."""
    for path in (None, tmp_path / "none/checked.json"):
        memory = CheckMemory(path)
        memory.put("key", [PROBLEM])
        memory.save()
        assert CheckMemory(path).get("key") is None
    (tmp_path / "checked.new").mkdir()
    memory = CheckMemory(tmp_path / "checked.json")
    memory.put("key", [PROBLEM])
    memory.save()
    assert list(tmp_path.iterdir()) == [tmp_path / "checked.new"]
