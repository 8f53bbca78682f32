import json
from pathlib import Path
from typing import Any

import pytest
from house.tree import ROOT
from jsonschema import Draft7Validator

from sequencer.files.cadence import load_cadence
from sequencer.files.editor_schema import FileKind, schema_files, schema_of, write_schemas
from sequencer.files.problem import ConfigError
from sequencer.files.yaml_source import load_yaml, parse_yaml

MODELINE = "# yaml-language-server: $schema="
FILES = sorted((ROOT / "config").rglob("*.yaml"))
KIND_OF = {"sequencer.yaml": FileKind.SETTINGS, "dispositions.yaml": FileKind.DISPOSITIONS}
BASE = """\
cadence: fintech-intro
title: First contact
from: {mailboxes: [ana]}
steps:
  - {id: intro, email: intro.md}
  - {id: bump, wait: 3 business_days, email: intro.md}
"""


def kind_of(file: Path) -> FileKind:
    """What a shipped file is."""
    if file.name.endswith(".test.yaml"):
        return FileKind.TEST
    return KIND_OF.get(file.name, FileKind.CADENCE)


def refusals(kind: FileKind, value: object) -> list[str]:
    """What an editor would underline."""
    found = Draft7Validator(schema_of(kind)).iter_errors(value)
    return [f"{'.'.join(map(str, each.path))}: {each.message}" for each in found]


def loads(root: Path, text: str) -> bool:
    """Whether the loader takes the cadence."""
    file = root / "config/cadences/intro.yaml"
    for name in ("config/cadences", "templates/fintech-intro"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name in ("intro.md", "question.md"):
        (root / "templates/fintech-intro" / name).write_text("---\nsubject: Hello\n---\nHello")
    (root / "templates/fintech-intro/prices.pdf").write_bytes(b"%PDF-1.4")
    file.write_text(text)
    try:
        load_cadence(file, root)
    except ConfigError:
        return False
    return True


@pytest.mark.parametrize("kind", FileKind)
def test_schema(kind: FileKind) -> None:
    """Each is a schema of the draft that editors understand."""
    schema = schema_of(kind)
    Draft7Validator.check_schema(schema)
    assert schema["$schema"].startswith("http://json-schema.org/draft-07")
    assert schema["properties"]
    assert all(each["markdownDescription"] for each in described(schema))


def described(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The keys at the top, as far as they are no sections."""
    return [each for each in schema["properties"].values() if "$ref" not in each]


def test_up_to_date() -> None:
    """What lies in the repository, and is copied by `init`, is what the models say now."""
    for path, text in schema_files():
        assert (ROOT / path).read_text("utf-8") == text, f"run `make docs`: {path} is stale"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_shipped_files(file: Path) -> None:
    """Every example is right by its schema, which its first line names by a path that leads on."""
    source = load_yaml(file, file.name)
    assert refusals(kind_of(file), source.value) == []
    first = file.read_text("utf-8").splitlines()[0]
    assert first.startswith(MODELINE)
    schema = (file.parent / first.removeprefix(MODELINE)).resolve()
    assert schema == ROOT / "config/schema" / f"{kind_of(file)}.json"


GOOD = (
    "",
    "on: {meeting.no_show: {enroll: missed-you}}\n",
    "on: {meeting.cancelled: [{after: 1 day, task: call}, {assign: marta}]}\n",
    'schedule: {window: {"Mon - Fri": ["8:30-17:00"], sat: ["22:00 - 02:00"]}}\n',
    "schedule: {skip_dates: [2026-12-24], jitter_minutes: 0, timezone: mailbox}\n",
    "stop_on: {colleague_reply: pause  14 days}\n",
    "audience: {stages: [], again: if_inactive, max_active_per_account: 2}\n",
    "retired: [old-step]\n",
)
STEPS = (
    "{id: x, wait: 4 hours, call: intro.md, skip_after: 1day}",
    "{id: x, wait: 1 day, task: intro.md, type: letter}",
    "{id: x, wait: 1 day, variants: {a: intro.md, b: {email: question.md, weight: 2}}}",
    "{id: x, wait: 1 day, email: intro.md, variants: {a: {weight: 1}, b: question.md}}",
    '{id: x, wait: 1 day, email: intro.md, at: "9:30", when: title, thread: new}',
    "{id: x, wait: 1 day, email: intro.md, attach: [prices.pdf, {file: prices.pdf, when: title}]}",
    '{id: x, wait: 1 day, manual_email: intro.md, window: {mon: ["09:00-10:00"]}}',
)


@pytest.mark.parametrize(
    "text",
    [BASE + each for each in GOOD]
    + [f"{BASE}  - {step}\n" for step in STEPS]
    + [BASE.replace("mailboxes: [ana]", "pool: madrid, rotate: owner_first")],
)
def test_what_is_right(tmp_path: Path, text: str) -> None:
    """Short forms and long ones, hours of every kind: what the loader takes, the schema takes."""
    assert loads(tmp_path, text)
    assert refusals(FileKind.CADENCE, parse_yaml(text, "x").value) == []


MISTAKES = {
    "misspelt key": (BASE + "audiences: {}\n"),
    "misspelt key of a step": BASE.replace("wait:", "waits:"),
    "no title": BASE.replace("title: First contact\n", ""),
    "no steps": BASE.partition("steps:")[0] + "steps: []\n",
    "capital letters": BASE.replace("cadence: fintech-intro", "cadence: Fintech Intro"),
    "a step that is nothing": BASE + "  - {id: x, wait: 1 day}\n",
    "two things at once": BASE + "  - {id: x, wait: 1 day, email: intro.md, call: intro.md}\n",
    "no unit": BASE.replace("3 business_days", "3"),
    "unknown unit": BASE.replace("3 business_days", "3 weeks"),
    "wait and day": BASE.replace("wait: 3 business_days", "wait: 1 day, day: 3"),
    "window and at": BASE + '  - {id: x, wait: 1 day, email: intro.md, at: "9:30", '
    'window: {mon: ["9:00-10:00"]}}\n',
    "unknown word": BASE + "  - {id: x, wait: 1 day, email: intro.md, thread: fresh}\n",
    "type of a mail": BASE + "  - {id: x, wait: 1 day, email: intro.md, type: letter}\n",
    "no file name": BASE + "  - {id: x, wait: 1 day, email: Hello there}\n",
    "unknown day": BASE + 'schedule: {window: {monday: ["9:00-10:00"]}}\n',
    "hours that are none": BASE + "schedule: {window: {mon: [9-10]}}\n",
    "hour 25": BASE + 'schedule: {window: {mon: ["9:00-25:00"]}}\n',
    "a date that is none": BASE + "schedule: {skip_dates: [Christmas]}\n",
    "too much jitter": BASE + "schedule: {jitter_minutes: 500}\n",
    "a number as text": BASE + "throttle: {new_per_day: many}\n",
    "unknown case": BASE + "on: {meeting.missed: {task: call}}\n",
    "a rule that does nothing": BASE + "on: {meeting.no_show: {after: 1 day}}\n",
    "enrol and reopen": BASE + "on: {meeting.no_show: {enroll: x, reopen: next_step}}\n",
    "a reply that ends nothing": BASE + "stop_on: {reply: ignore}\n",
    "half a pause": BASE + "stop_on: {colleague_reply: pause}\n",
    "a weight of -1": BASE
    + "  - {id: x, wait: 1 day, variants: {a: {email: intro.md, weight: -1}}}\n",
    "a list for a mapping": BASE.replace("{mailboxes: [ana]}", "[ana]"),
    "nobody writes": BASE.replace("{mailboxes: [ana]}", "{}"),
    "mailboxes and a pool": BASE.replace("[ana]", "[ana], pool: madrid"),
    "retired text": BASE + "retired: old-step\n",
}


@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES.keys())
def test_typical_mistakes(tmp_path: Path, text: str) -> None:
    """What the loader refuses, an editor underlines while it is typed."""
    assert not loads(tmp_path, text)
    assert refusals(FileKind.CADENCE, parse_yaml(text, "x").value)


def test_settings_have_no_secrets() -> None:
    """Passwords and keys stand in no file, so the schema knows no place for them."""
    text = json.dumps(schema_of(FileKind.SETTINGS))
    assert "per_day" in text
    for secret in ("password", "signing_keys", "secret_keys", "client_secret"):
        assert f'"{secret}": {{' not in text
    assert refusals(FileKind.SETTINGS, {"mailboxes": {"ana": {"password": "x"}}})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FileKind.SETTINGS, {"workspaces": {}}),
        (FileKind.SETTINGS, {"web": {"port": "many"}}),
        (FileKind.SETTINGS, {"mailboxes": {"ana": {"address": "a@b.example", "per_days": 3}}}),
        (FileKind.DISPOSITIONS, {"dispositions": [{"name": "busy"}]}),
        (FileKind.DISPOSITIONS, {"dispositions": [{"name": "a", "outcome": "b", "action": "go"}]}),
        (FileKind.TEST, {"cadence": "x", "tests": []}),
        (FileKind.TEST, {"cadence": "x", "tests": [{"test": "y", "expects": []}]}),
    ],
)
def test_mistakes_elsewhere(kind: FileKind, value: object) -> None:
    """The other files are watched as well."""
    assert refusals(kind, value)


def test_writing(tmp_path: Path) -> None:
    """Only what is another one is written; twice in a row, nothing."""
    names = {path.name for path in write_schemas(tmp_path)}
    assert names == {f"{kind}.json" for kind in FileKind}
    assert write_schemas(tmp_path) == []
    (tmp_path / "config/schema/test.json").write_text("{}")
    assert [path.name for path in write_schemas(tmp_path)] == ["test.json"]
