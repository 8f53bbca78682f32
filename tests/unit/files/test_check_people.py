from datetime import date
from pathlib import Path

import pytest

from sequencer.files.check import Checked, Wanted, check_workspace

SETTINGS = """\
workspace: {postal_address: "1 Example Street"}
web: {public_url: https://sales.example}
mailboxes: {ana: {address: ana@sales.example, name: Ana, provider: google_workspace}}
"""
CADENCE = """\
cadence: first
title: First
audience: {stages: [lead]}
schedule: {window: {mon-fri: ["09:00-17:00"]}}
from: {mailboxes: [ana]}
steps:
  - {id: intro, email: intro.md}
  - {id: bump, wait: 3 business_days, email: bump.md}
"""
HEAD = "email,first_name,title,country,language,stage,consent\n"
ON = date(2026, 9, 7)


def outlook(
    root: Path, rows: list[str], on: date | None = ON, cadence: str = CADENCE, spanish: str = ""
) -> Checked:
    """What a check says of these people."""
    files = {
        "config/sequencer.yaml": SETTINGS,
        "config/cadences/first.yaml": cadence,
        "templates/first/intro.md": "---\nsubject: News\n---\nHello {{ title }},\n",
        "templates/first/bump.md": "Hello\n",
        **({"templates/first/intro.es.md": spanish} if spanish else {}),
        **({"templates/first/bump.es.md": "Hola\n"} if spanish else {}),
        "people.csv": HEAD + "".join(f"{row}\n" for row in rows),
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return check_workspace(root, {}, Wanted((), root / "people.csv", on))


def said(checked: Checked, code: str) -> list[str]:
    """Place and words of the findings of a rule."""
    return [
        f"{each.file}:{each.line} {each.message}" for each in checked.problems if each.code == code
    ]


def test_a_value_that_is_empty(tmp_path: Path) -> None:
    """For each value it is said at its place for how many people it is empty, and for whom."""
    checked = outlook(
        tmp_path,
        ["a@x.example,A,CFO,US,en,,", "b@x.example,B,,US,en,,", "c@x.example,C,,US,en,,"],
    )
    [found] = [each for each in checked.problems if each.code == "empty-variable"]
    assert (found.file, found.line, found.column) == ("templates/first/intro.md", 4, 10)
    assert found.message == "`title` is empty for 2 of 3 people, who would be held here"
    assert "lines 3, 4 of people.csv" in found.hint
    [told] = checked.outlooks
    assert (told.people, told.held, told.refused, told.clear) == (3, 2, {}, 1)


def test_the_language_that_they_read(tmp_path: Path) -> None:
    """A value counts in the template that somebody would get, and in no other."""
    spanish = "---\nsubject: Hola\n---\nHola {{ first_name }}:\n"
    rows = ["a@x.example,,CFO,ES,es,,2026-01-01 form", "b@x.example,,CFO,US,en,,"]
    checked = outlook(tmp_path, rows, spanish=spanish)
    words = "is empty for 1 of 2 people, who would be held here"
    assert said(checked, "empty-variable") == [
        f"templates/first/intro.es.md:4 `first_name` {words}"
    ]
    assert said(checked, "unwritten-language") == []


def test_refused_people(tmp_path: Path) -> None:
    """Who would be refused is counted by the code of the gate, each person once."""
    rows = [
        "a@x.example,A,CFO,US,en,lead,",
        "b@x.example,B,CFO,US,en,customer,",
        "c@x.example,C,CFO,DE,en,customer,",
        "d@x.example,D,CFO,DE,en,,",
        "e@x.example,E,CFO,DE,en,,2026-01-01 form",
        "no address,,,,,,",
        "a@x.example,,,,,,",
    ]
    checked = outlook(tmp_path, rows)
    [told] = checked.outlooks
    assert told.refused == {"stage_excluded": 2, "country_needs_consent": 1}
    assert (told.people, told.held, told.clear) == (5, 0, 2)
    assert said(checked, "nobody-fits") == [
        "config/cadences/first.yaml:3 2 of 5 people are of another stage: customer 2"
    ]
    assert said(checked, "no-consent") == [
        "people.csv:4 2 of 5 people have no `consent`, where one is needed: DE 2"
    ]
    assert said(checked, "refused-rows") == [
        "people.csv:7 2 of 7 rows are refused: email_invalid 1, email_duplicate 1"
    ]


def test_languages_that_are_not_written(tmp_path: Path) -> None:
    """A language that nobody has written is said once, with its readers."""
    rows = ["a@x.example,A,CFO,BR,pt-BR,,", "b@x.example,B,CFO,US,en,,", "c@x.example,C,CFO,US,,,"]
    checked = outlook(tmp_path, rows)
    assert said(checked, "unwritten-language") == [
        "config/cadences/first.yaml:7 1 of 3 people read `pt`, in which `intro.md` is not"
    ]


@pytest.mark.parametrize(
    ("country", "on", "expected"),
    [
        ("US", date(2026, 9, 7), False),
        ("US", date(2026, 12, 21), True),
        ("CN", date(2026, 9, 28), True),
        ("SA", date(2026, 12, 21), False),
        ("", date(2026, 12, 21), False),
    ],
)
def test_holidays(tmp_path: Path, country: str, on: date, expected: bool) -> None:
    """A launch into holidays is warned of where most people live in them."""
    rows = [f"{name}@x.example,A,CFO,{country},en,,2026-01-01 form" for name in "abc"]
    found = said(outlook(tmp_path, rows, on), "holidays-ahead")
    assert bool(found) is expected
    if expected:
        assert "for 3 of 3 people" in found[0]


def test_a_weekend_elsewhere(tmp_path: Path) -> None:
    """A window is held against the weekend of the countries that people live in."""
    cadence = CADENCE.replace("mon-fri", "fri,mon")
    rows = ["a@x.example,A,CFO,SA,en,,", "b@x.example,B,CFO,US,en,,"]
    assert said(outlook(tmp_path, rows, cadence=cadence), "weekend-window") == []
    friday = CADENCE.replace("mon-fri", "thu-fri")
    assert said(outlook(tmp_path, rows, cadence=friday), "weekend-window") == []
    sunday = CADENCE.replace('mon-fri: ["09:00-17:00"]', 'sat-sun: ["09:00-17:00"]')
    found = said(outlook(tmp_path, rows, cadence=sunday), "weekend-window")
    assert found[1].endswith("which is the weekend of 1 of 2 people (US)")


def test_nobody_at_all(tmp_path: Path) -> None:
    """An empty list has no findings, and nobody fares badly."""
    checked = outlook(tmp_path, [])
    assert [each.code for each in checked.problems] == ["missing-fallback"]
    assert checked.outlooks[0].people == 0


def test_without_a_day(tmp_path: Path) -> None:
    """Without a day nothing is said of holidays."""
    checked = outlook(tmp_path, ["a@x.example,A,CFO,US,en,,"], None)
    assert [each.code for each in checked.problems] == ["missing-fallback"]


def test_one_cadence_alone(tmp_path: Path) -> None:
    """Findings about other cadences are left out where one is asked for."""
    outlook(tmp_path, ["a@x.example,A,,US,en,,"])
    second = CADENCE.replace("cadence: first", "cadence: second")
    (tmp_path / "config/cadences/second.yaml").write_text(second + "  - {id: x}\n")
    every = check_workspace(tmp_path, {})
    assert {each.file for each in every.problems} > {"config/cadences/second.yaml"}
    first = check_workspace(tmp_path, {}, Wanted(("first",), tmp_path / "people.csv", ON))
    assert {each.file for each in first.problems} == {"templates/first/intro.md"}
    assert [each.cadence for each in first.outlooks] == ["first"]
    assert first.slugs == ("first", "second")


@pytest.mark.parametrize("text", ["", "name\nZoe\n", "email\n\x00\n", 'email\n"a', "email\n\xff"])
def test_a_list_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    """A list that is none is an error with its name, and the rest is checked all the same."""
    outlook(tmp_path, [])
    (tmp_path / "people.csv").write_bytes(text.encode("latin-1"))
    checked = check_workspace(tmp_path, {}, Wanted((), tmp_path / "people.csv", ON))
    assert [each.file for each in checked.problems if each.code == "bad-list"] == ["people.csv"]
    assert "missing-fallback" in [each.code for each in checked.problems]
