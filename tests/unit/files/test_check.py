from pathlib import Path

import pytest

from sequencer.files.check import Checked, check_workspace

SETTINGS = """\
workspace: {postal_address: "1 Example Street"}
web: {public_url: https://sales.example}
prospect_fields: [deal_size]
mailboxes:
  ana: {address: ana@sales.example, name: Ana, provider: google_workspace}
"""
CADENCE = """\
cadence: first
title: First
from: {mailboxes: [ana]}
steps:
  - {id: intro, email: intro.md}
  - {id: bump, wait: 3 business_days, email: bump.md}
"""
INTRO = '---\nsubject: For {{ company | or("you") }}\n---\nHello {{ first_name | or("there") }}!\n'
BUMP = "Any news about {{ company | or('it') }}?\n\n{{ sender.name }}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("config/cadences", "templates/first"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "config/sequencer.yaml").write_text(SETTINGS)
    (tmp_path / "config/cadences/first.yaml").write_text(CADENCE)
    (tmp_path / "templates/first/intro.md").write_text(INTRO)
    (tmp_path / "templates/first/bump.md").write_text(BUMP)
    return tmp_path


def shown(checked: Checked) -> list[str]:
    return [
        f"{each.severity} {each.file}:{each.line}:{each.column} {each.message}"
        for each in checked.problems
    ]


def with_intro(root: Path, text: str) -> list[str]:
    (root / "templates/first/intro.md").write_text(text)
    return shown(check_workspace(root))


def test_all_is_well(root: Path) -> None:
    """A workspace without mistakes gives its cadences and no word more."""
    checked = check_workspace(root)
    assert shown(checked) == []
    assert [loaded.cadence.slug for loaded in checked.cadences] == ["first"]


def test_empty_folder(tmp_path: Path) -> None:
    """A folder without anything has one problem: it is no workspace."""
    checked = check_workspace(tmp_path)
    assert [problem.file for problem in checked.problems] == ["config/sequencer.yaml"]
    assert checked.cadences == ()


def test_environment_counts(root: Path) -> None:
    """Settings are checked as they will be in force."""
    [problem] = check_workspace(root, {"SEQUENCER_WEB__PORT": "x"}).problems
    assert problem.file == "environment"


def test_misspelt_variable(root: Path) -> None:
    """A name that no prospect has is an error at its line and column, with the one meant."""
    (root / "templates/first/intro.md").write_text(INTRO + "\nAt {{ compnay }}\n")
    [problem] = check_workspace(root).problems
    assert (problem.file, problem.line, problem.column) == ("templates/first/intro.md", 6, 7)
    assert problem.message == "there is no field `compnay`"
    assert problem.hint == "did you mean `company`?"
    assert problem.source_line == "At {{ compnay }}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ shoe_size | or(1) }}", "5:4 there is no field `shoe_size`"),
        ("{{ sender.nme }}", "5:4 there is no `sender.nme`; a template knows sender.name, sender"),
        ("{{ sender }}", "5:4 there is no `sender`; a template knows sender.name, sender.email"),
        ("{{ company.name }}", "5:4 `company` is a single value, it has no `.name`"),
        ("{% if compnay %}x{% endif %}", "5:7 there is no field `compnay`"),
        ("{{ company | uper }}", "5:"),
        ("{{ company", "5:"),
        ("{% for x in range(999) %}x{% endfor %}", "5:1 a range has more than 100 numbers"),
    ],
)
def test_template_errors(root: Path, text: str, expected: str) -> None:
    """Unknown names, bad syntax and what fails for everybody are errors with their line."""
    [found] = with_intro(root, f"{INTRO}{text}\n")
    assert found.startswith(f"error templates/first/intro.md:{expected}"), found


def test_declared_field(root: Path) -> None:
    """A column that the settings declare is known."""
    assert with_intro(root, INTRO + "{{ deal_size | or('some') }}\n") == []


def test_fields_are_unknown_while_settings_are_broken(root: Path) -> None:
    """Broken settings do not make every template wrong."""
    (root / "config/sequencer.yaml").write_text("wbe: 1\n")
    found = with_intro(root, INTRO + "{{ deal_size | or('some') }}\n")
    assert [each.split(" ")[1] for each in found] == ["config/sequencer.yaml:1:1"]


def test_missing_fallback(root: Path) -> None:
    """A value without a fallback is a warning at its place: whoever lacks it gets no mail."""
    found = with_intro(root, INTRO + "You are {{ title }}, {{ last_name }}, {{ title }}.\n")
    assert found == [
        "warning templates/first/intro.md:5:12 whoever has no `title` does not get this mail",
        "warning templates/first/intro.md:5:25 whoever has no `last_name` does not get this mail",
    ]


def test_sample_that_fails_otherwise(root: Path) -> None:
    """What only fails for a sample with nothing but an address is not held against the template."""
    assert with_intro(root, INTRO + "{{ 100 // (phone | or('') | length) }}\n") == []


def test_missing_subject(root: Path) -> None:
    """A mail that begins a thread needs a subject, in every language; an answer needs none."""
    (root / "templates/first/intro.es.md").write_text("Hola\n")
    (root / "templates/first/bump.es.md").write_text("Hola\n")
    [found] = shown(check_workspace(root))
    assert found == (
        "error templates/first/intro.es.md:1:None the template has no subject, "
        "but the step `intro` begins a thread"
    )


def test_template_of_two_steps(root: Path) -> None:
    """A template that several steps use is reported once."""
    cadence = CADENCE + "  - {id: again, wait: 2 days, email: intro.md}\n"
    (root / "config/cadences/first.yaml").write_text(cadence)
    assert len(with_intro(root, INTRO + "{{ nope }}\n")) == 1


def test_unknown_mailbox(root: Path) -> None:
    """A mailbox that the settings do not know is an error in the cadence."""
    (root / "config/cadences/first.yaml").write_text(CADENCE.replace("[ana]", "[ana, aan]"))
    [problem] = check_workspace(root).problems
    assert (problem.line, problem.column) == (3, 25)
    assert problem.message == "there is no mailbox `aan` in the settings"
    assert problem.hint == "did you mean `ana`?"


def test_slug_twice(root: Path) -> None:
    """Two files cannot define the same cadence."""
    (root / "config/cadences/second.yaml").write_text(CADENCE)
    [found] = shown(check_workspace(root))
    assert found == (
        "error config/cadences/second.yaml:1:10 the cadence `first` stands in "
        "config/cadences/first.yaml already"
    )


def test_problems_of_all_files(root: Path) -> None:
    """One bad file does not hide the mistakes of another."""
    (root / "config/cadences/a.yaml").write_text("cadence: [\n")
    (root / "config/cadences/b.yml").write_bytes(b"\xff")
    (root / "config/cadences/notes.txt").write_text("no cadence")
    (root / "templates/first/bump.md").write_text("{{ nope }}")
    files = [problem.file for problem in check_workspace(root).problems]
    assert files == [
        "config/cadences/a.yaml",
        "config/cadences/b.yml",
        "templates/first/bump.md",
    ]


def test_postal_address(root: Path) -> None:
    """A missing postal address is only a warning: it depends on the country."""
    (root / "config/sequencer.yaml").write_text(SETTINGS.partition("\n")[2])
    [found] = shown(check_workspace(root))
    assert found.startswith("warning config/sequencer.yaml")


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("phon", "9:11 there is no field `phon`"),
        ("intro", "9:11 `intro` is a step"),
        ("intro.opened", "9:11 no step ends as `opened`"),
        ("intro.bussy", "9:11 no step ends as `bussy`"),
    ],
)
def test_guards_know_fields_and_dispositions(root: Path, when: str, words: str) -> None:
    """A guard that asks for what nobody can have or do is a mistake, with its place."""
    known = "dispositions:\n  - {name: busy, outcome: not_connected}\n"
    (root / "config/dispositions.yaml").write_text(known)
    path = root / "config/cadences/first.yaml"
    step = "  - {id: bump, wait: 3 business_days, email: bump.md}"
    written = CADENCE.replace(
        step, "  - id: bump\n    wait: 2 days\n    email: bump.md\n    when: {}"
    )
    path.write_text(written.replace("{}", when))
    found = [line for line in shown(check_workspace(root)) if "error" in line]
    assert found == [f"error config/cadences/first.yaml:{words}"]
    path.write_text(written.replace("{}", 'intro.sent and deal_size == "x" or phone or intro.busy'))
    assert shown(check_workspace(root)) == []


def test_a_mail_that_may_be_the_first(root: Path) -> None:
    """A reply that some people get as their first mail needs a subject; that is said beforehand."""
    path = root / "config/cadences/first.yaml"
    step = "  - {id: intro, email: intro.md}"
    manual = "  - {id: intro, manual_email: intro.md}"
    warning = (
        "warning templates/first/bump.md:1:None the step `bump` is held for whoever got no mail "
        "before it: the template has no subject to begin a thread with"
    )
    path.write_text(CADENCE.replace(step, manual))
    assert shown(check_workspace(root)) == [warning]
    path.write_text(CADENCE.replace(step, "  - {id: intro, email: intro.md, when: phone}"))
    assert shown(check_workspace(root)) == [warning]
    jump = (
        "  - {id: call, call: intro.md, when: phone, goto: bump}\n"
        "  - {id: intro, wait: 2 days, email: intro.md}"
    )
    path.write_text(CADENCE.replace(step, jump))
    assert shown(check_workspace(root)) == [warning]


LATER = """\
dispositions:
  - name: later
    outcome: connected
    action: goto
    step: {}
"""


def with_call(slug: str, last: str) -> str:
    """A cadence with a call, and something after it."""
    steps = f"  - {{id: talk, call: intro.md}}\n  - {{id: {last}, wait: 2 days, call: bump.md}}\n"
    return f"{CADENCE.partition('steps:')[0].replace('first', slug)}steps:\n{steps}"


def test_a_disposition_that_leads_nowhere(root: Path) -> None:
    """A step that no cadence has is told with its place, for it would be passed over in silence."""
    (root / "config/dispositions.yaml").write_text(LATER.format("bmp"))
    [found] = check_workspace(root).problems
    assert shown(check_workspace(root)) == [
        "warning config/dispositions.yaml:5:11 `later` goes on at `bmp`, a step that no cadence has"
    ]
    assert found.hint == "did you mean `bump`?"
    assert "step: bmp" in found.source_line


def test_a_disposition_that_leads_nowhere_in_one_cadence(root: Path) -> None:
    """Where one of the cadences with tasks lacks the step, that one is named."""
    for slug, last in (("first", "bump"), ("second", "end")):
        (root / f"config/cadences/{slug}.yaml").write_text(with_call(slug, last))
        folder = root / "templates" / slug
        folder.mkdir(exist_ok=True)
        for name in ("intro.md", "bump.md"):
            (folder / name).write_text("Ask them how long a closing takes.\n")
    (root / "config/dispositions.yaml").write_text(LATER.format("bump"))
    [found] = check_workspace(root).problems
    words = "`later` goes on at `bump`, which stands below no task of `second`"
    assert shown(check_workspace(root)) == [f"warning config/dispositions.yaml:5:11 {words}"]
    assert found.hint == "there it goes on with the next step; give one below the id `bump`"


def test_a_disposition_for_cadences_without_tasks(root: Path) -> None:
    """Where nobody can choose a disposition, nothing can go wrong with it."""
    (root / "config/dispositions.yaml").write_text(LATER.format("bump"))
    assert shown(check_workspace(root)) == []
