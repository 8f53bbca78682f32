"""What the check says of text that is included, and of values of accounts and senders."""

from pathlib import Path

import pytest

from sequencer.files.check import Wanted, check_workspace
from sequencer.files.problem import Problem

SETTINGS = """\
workspace: {postal_address: 1 Street}
web: {public_url: https://go.seller.example}
account_fields: [tier, renewal]
mailboxes:
  ana:
    address: ana@seller.example
    name: Ana
    provider: google_workspace
    values: {phone: "+34 1"}
  luis: {address: luis@seller.example, name: Luis, provider: google_workspace, rep: eva}
reps:
  eva: {name: Eva, address: eva@seller.example, values: {phone: "+34 2", city: Madrid}}
"""
CADENCE = """\
cadence: first
title: First
from: {mailboxes: [ana, luis]}
steps:
  - id: intro
    email: intro.md
"""
SENDER = "sender.name, sender.email, sender.city, sender.phone"
HEAD = "---\nsubject: Hello there\n---\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with one cadence of one mail, and a folder for snippets."""
    for folder in ("config/cadences", "templates/first", "templates/shared"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "config/sequencer.yaml").write_text(SETTINGS)
    (tmp_path / "config/cadences/first.yaml").write_text(CADENCE)
    return tmp_path


def found(root: Path, body: str, **files: str) -> list[Problem]:
    """Problems of a mail with that body; `shared_ps` names the file `shared/ps.md`."""
    (root / "templates/first/intro.md").write_text(f"{HEAD}{body}\n")
    for name, text in files.items():
        path = f"{name.replace('shared_', '../shared/')}.md".replace("__", ".")
        (root / "templates/first" / path).write_text(text)
    return list(check_workspace(root).problems)


def said(root: Path, body: str, **files: str) -> list[str]:
    return [
        f"{each.file}:{each.line}:{each.column} {each.code}" for each in found(root, body, **files)
    ]


def test_a_mistake_in_a_snippet_is_told_once(root: Path) -> None:
    """It stands in the file that holds it, however many mails include it, with its line."""
    (root / "templates/first/intro.es.md").write_text(
        HEAD + 'Hola.\n{% include "shared/ps.md" %}\n'
    )
    body = 'Hello.\n{% include "shared/ps.md" %}{% include "shared/ps.md" %}'
    problems = found(root, body, shared_ps="One\n{{ compnay }}\n")
    assert [(each.file, each.line, each.column) for each in problems] == [
        ("templates/shared/ps.md", 2, 4)
    ]
    assert problems[0].source_line == "{{ compnay }}"
    assert problems[0].hint == "did you mean `company`?"


def test_a_snippet_in_a_language_that_the_mail_is_not_written_in(root: Path) -> None:
    """The form for its readers is checked as well."""
    body = 'Hello. {% include "shared/ps.md" %}'
    files = {"shared_ps": "fine", "shared_ps__es": "{{ nombre }}"}
    assert said(root, body, **files) == ["templates/shared/ps.es.md:1:4 undefined-variable"]


def test_missing_files_and_cycles(root: Path) -> None:
    """Each has a rule of its own, and its place."""
    assert said(root, 'Hello. {% include "gone.md" %}') == [
        "templates/first/intro.md:4:20 missing-include"
    ]
    assert said(root, 'Hello. {% include "_a.md" %}', _a='{% include "_a.md" %}') == [
        "templates/first/_a.md:1:13 include-cycle"
    ]


def test_fallbacks_are_seen_through_macros(root: Path) -> None:
    """A macro that has one needs none at the call; one that has none does."""
    body = '{% from "_m.md" import hello, bare %}{{ hello(first_name) }}, {{ bare(company) }}.'
    macros = (
        '{% macro hello(name) -%}Hello {{ name | or("there") }}{%- endmacro %}'
        "{% macro bare(name) -%}{{ name }}{%- endmacro %}"
    )
    problems = found(root, body, _m=macros)
    assert [(each.code, each.file, each.column) for each in problems] == [
        ("missing-fallback", "templates/first/intro.md", 71)
    ]


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        (
            "account.teir",
            "there is no `account.teir`; a template knows account.tier, account.renewal",
            "did you mean `account.tier`?",
        ),
        (
            "sender.zzz",
            f"there is no `sender.zzz`; a template knows {SENDER}",
            "declare it under `values` of a mailbox or a rep in config/sequencer.yaml",
        ),
        ("company.name", "`company` is a single value, it has no `.name`", ""),
    ],
)
def test_names_that_nobody_declared(root: Path, value: str, message: str, hint: str) -> None:
    """They are errors, with what there is and a guess."""
    [problem] = found(root, f"Hello {{{{ {value} }}}}.")
    assert (problem.message, problem.hint) == (message, hint)


def test_no_account_fields(root: Path) -> None:
    """Without any, the hint says where they are declared."""
    (root / "config/sequencer.yaml").write_text(SETTINGS.replace("account_fields", "test_fields"))
    text = SETTINGS.replace("account_fields: [tier, renewal]\n", "")
    (root / "config/sequencer.yaml").write_text(text)
    [problem] = found(root, "Hello {{ account.tier }}.")
    assert problem.hint == "declare it under `account_fields` in config/sequencer.yaml"


def test_values_that_may_be_missing(root: Path) -> None:
    """A value of an account, or one that some mailbox lacks, wants a fallback."""
    assert said(root, "Call {{ sender.phone }}.") == []
    assert said(root, 'In {{ sender.city | or("town") }}, {{ account.tier | or("now") }}.') == []
    assert said(root, "In {{ sender.city }}.") == ["templates/first/intro.md:4:7 missing-fallback"]
    assert said(root, "On {{ account.tier }} in {{ account.renewal }}.") == [
        "templates/first/intro.md:4:7 missing-fallback",
        "templates/first/intro.md:4:29 missing-fallback",
    ]


def test_people_of_a_list(root: Path) -> None:
    """What a list cannot say is not held against it; what a snippet needs is told in it."""
    (root / "people.csv").write_text("email,first_name\nzoe@bank.example,\n")
    body = 'Call {{ sender.phone }} on {{ account.tier }}. {% include "shared/ps.md" %}'
    found(root, body, shared_ps="See you, {{ first_name }}.")
    checked = check_workspace(root, wanted=Wanted(prospects=root / "people.csv"))
    told = [each for each in checked.problems if each.code == "empty-variable"]
    assert [(each.file, each.line, each.column) for each in told] == [
        ("templates/shared/ps.md", 1, 13)
    ]


def test_waiver_in_a_snippet(root: Path) -> None:
    """A comment with its reason in the included file silences the warning there."""
    waived = "{# allow: missing-fallback because everybody has one #}\n{{ company }}\n"
    assert said(root, 'Hello. {% include "shared/ps.md" %}', shared_ps=waived) == []
