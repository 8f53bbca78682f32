from collections import Counter
from pathlib import Path

import pytest

from sequencer.domain.account import account_key
from sequencer.domain.address import domain_of
from sequencer.domain.cadence import MAIL_KINDS, Step, StepKind
from sequencer.files.account_list import Account, read_accounts
from sequencer.files.builtin import builtin_files
from sequencer.files.cadence import LoadedCadence, load_cadence
from sequencer.files.check import check_workspace
from sequencer.files.language import choose_template
from sequencer.files.prospects import Accepted, read_prospects
from sequencer.files.settings import load_settings
from sequencer.files.template import parse_template, render
from sequencer.files.workspace import cadence_files


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The example workspace, written as `init` does."""
    for relative, content in builtin_files():
        target = tmp_path / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return tmp_path


def test_files() -> None:
    """The examples come in the order of their paths, from the two folders alone."""
    paths = [relative for relative, _ in builtin_files()]
    assert paths == sorted(paths)
    assert {path.partition("/")[0] for path in paths} == {"config", "templates"}
    assert {"config/sequencer.yaml", "config/cadences/intro.yaml", "config/prospects.csv"} <= {
        *paths
    }


def test_people(workspace: Path) -> None:
    """Leads and customers can be imported; nobody shares a domain, none of which can exist."""
    rows = list(read_prospects(workspace / "config/prospects.csv"))
    people = [row.prospect for row in rows if isinstance(row, Accepted)]
    assert len(people) == len(rows) == len({domain_of(person.email) for person in people})
    assert Counter(person.stage for person in people) == {"lead": 25, "customer": 4}
    assert all(person.email.endswith(".example") for person in people)
    assert all(person.timezone and person.country and person.language for person in people)
    assert any(not person.first_name for person in people)
    assert any(not person.company for person in people)


def test_companies(workspace: Path) -> None:
    """What is known of companies can be imported, is of customers, and of all of them but one."""
    fields = load_settings(workspace, {}).account_fields
    rows = list(read_accounts(workspace / "config/accounts.csv", fields))
    known = {row.key for row in rows if isinstance(row, Account)}
    people = read_prospects(workspace / "config/prospects.csv")
    customers = {
        account_key(row.prospect)
        for row in people
        if isinstance(row, Accepted) and row.prospect.stage == "customer"
    }
    assert len(known) == len(rows) == len(customers) - 1
    assert known < customers


def test_cadences(workspace: Path) -> None:
    """There is one for first contact, one for whoever missed a meeting, one for customers."""
    slugs = [loaded.cadence.slug for loaded in examples(workspace)]
    assert slugs == ["customer-upsell", "fintech-intro", "missed-you"]
    assert not check_workspace(workspace).problems
    upsell, intro, missed = (loaded.cadence for loaded in examples(workspace))
    ids = [step.id for step in intro.steps]
    assert ids == ["intro", "bump", "first-call", "second-call", "last-mail"]
    assert [variant.name for variant in intro.steps[0].variants] == ["plain", "question"]
    assert [str(rule.enroll) for rule in intro.on if rule.enroll] == [missed.slug]
    kinds = [step.kind for step in upsell.steps]
    assert kinds[0] is StepKind.CALL
    assert StepKind.MANUAL_EMAIL in kinds
    assert upsell.audience.stages == {"customer"}


def test_languages(workspace: Path) -> None:
    """Every text is there in English and Spanish, those for leads in German and French too."""
    for loaded in examples(workspace):
        wanted = ("es",) if loaded.cadence.slug == "customer-upsell" else ("es", "de", "fr")
        for step in loaded.cadence.steps:
            for name in step.templates:
                stem = name.removesuffix(".md")
                assert {f"{stem}.{language}.md" for language in wanted} <= set(loaded.templates)


def test_every_step_for_everybody(workspace: Path) -> None:
    """Each wording is filled in for each person: no value is missing, no marker is left."""
    for loaded in examples(workspace):
        for row in read_prospects(workspace / "config/prospects.csv"):
            assert isinstance(row, Accepted)
            if row.prospect.stage in loaded.cadence.audience.stages:
                for step in loaded.cadence.steps:
                    assert all(is_whole(loaded, step, name, row) for name in step.templates)


def is_whole(loaded: LoadedCadence, step: Step, name: str, row: Accepted) -> bool:
    """Whether that file is a text for that person, as a mail or a guide should be."""
    chosen = choose_template(loaded.templates, name, row.prospect.language)
    sender = {"name": "Ana Ruiz", "email": "ana@closing-days.example"}
    mail = render(
        parse_template(chosen, loaded.templates[chosen], loaded.templates, row.prospect.language),
        {**row.prospect.variables(), "sender": sender, "account": {}},
    )
    signed = ("Ana Ruiz" in mail.text) == (step.kind in MAIL_KINDS)
    return signed and "{" not in mail.text + mail.subject


def examples(workspace: Path) -> list[LoadedCadence]:
    """The cadences, by their names."""
    return [load_cadence(file, workspace) for file in cadence_files(workspace)]
