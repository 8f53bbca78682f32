from pathlib import Path

import pytest

from sequencer.domain.address import domain_of
from sequencer.domain.cadence import StepKind
from sequencer.files.builtin import builtin_files
from sequencer.files.cadence import load_cadence
from sequencer.files.language import choose_template
from sequencer.files.prospects import Accepted, read_prospects
from sequencer.files.template import parse_template, render


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
    """All 25 invented people can be imported; nobody shares a domain, none of which can exist."""
    rows = list(read_prospects(workspace / "config/prospects.csv"))
    people = [row.prospect for row in rows if isinstance(row, Accepted)]
    assert len(people) == len(rows) == 25
    assert len({domain_of(person.email) for person in people}) == 25
    assert all(person.email.endswith(".example") for person in people)
    assert all(person.timezone and person.country and person.language for person in people)
    assert any(not person.first_name for person in people)
    assert any(not person.company for person in people)


def test_cadence(workspace: Path) -> None:
    """The example is a cadence of mails and a call without a mistake in it or its templates."""
    loaded = load_cadence(workspace / "config/cadences/intro.yaml", workspace)
    assert loaded.cadence.slug == "fintech-intro"
    ids = [step.id for step in loaded.cadence.steps]
    assert ids == ["intro", "bump", "first-call", "last-mail"]
    assert {"intro.md", "intro.es.md", "intro.de.md", "intro.fr.md"} <= set(loaded.templates)


def test_every_step_for_everybody(workspace: Path) -> None:
    """Each mail and guide is filled in for each person: no value is missing, no marker is left."""
    loaded = load_cadence(workspace / "config/cadences/intro.yaml", workspace)
    sender = {"name": "Ana Ruiz", "email": "ana@closing-days.example"}
    for row in read_prospects(workspace / "config/prospects.csv"):
        assert isinstance(row, Accepted)
        for step in loaded.cadence.steps:
            name = choose_template(loaded.templates, step.template, row.prospect.language)
            template = parse_template(name, loaded.templates[name])
            mail = render(template, {**row.prospect.variables(), "sender": sender})
            assert ("Ana Ruiz" in mail.text) == (step.kind is StepKind.EMAIL)
            assert "{" not in mail.text + mail.subject
            assert bool(mail.subject) == (step.id == "intro")
