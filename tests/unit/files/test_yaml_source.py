from pathlib import Path

import pytest

from sequencer.files.problem import ConfigError, Problem
from sequencer.files.yaml_mistake import mistake_of
from sequencer.files.yaml_source import MAX_BYTES, load_yaml, parse_yaml

LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as raised:
        parse_yaml(text, "a.yaml")
    return raised.value.problems


def first(text: str) -> str:
    found = problems(text)[0]
    return f"{found.line}:{found.column} {found.message}"


def test_values() -> None:
    """Plain words follow YAML 1.2: what looks like a time, a country or a name stays text."""
    text = "t: 9:00\nc: NO\non: yes\nz: 0815\nd: 2026-12-24\nv: 1.5\nn: 12\nb: true\ne:\nq: '12'\n"
    assert parse_yaml(text, "a.yaml").value == {
        "t": "9:00",
        "c": "NO",
        "on": "yes",
        "z": "0815",
        "d": "2026-12-24",
        "v": 1.5,
        "n": 12,
        "b": True,
        "e": None,
        "q": "12",
    }


def test_nested_values() -> None:
    """Lists and mappings in both styles."""
    text = "a: {b: [1, {c: x}]}\nd:\n  - e: |\n      two\n      lines\n  - f\n"
    assert parse_yaml(text, "a.yaml").value == {
        "a": {"b": [1, {"c": "x"}]},
        "d": [{"e": "two\nlines\n"}, "f"],
    }


@pytest.mark.parametrize(("text", "value"), [("", None), ("# only\n", None), ("- a\n", ["a"])])
def test_documents_of_other_kinds(text: str, value: object) -> None:
    """An empty file says nothing, and a list is a list."""
    assert parse_yaml(text, "a.yaml").value == value


def test_places() -> None:
    """Every value and key can be found again; what is missing is looked for around its place."""
    source = parse_yaml("steps:\n  - id: intro\n    wait: soon\n", "a.yaml")
    places = [
        source.problem(("steps", 0, "wait"), ""),
        source.problem(("steps", 0, "wait"), "", at_key=True),
        source.problem(("steps", 0, "email"), ""),
        source.problem(("steps", 7, "email"), ""),
        source.problem(("nope",), ""),
    ]
    assert [(each.line, each.column) for each in places] == [
        (3, 11),
        (3, 5),
        (2, 5),
        (1, 1),
        (1, 1),
    ]
    assert places[0].source_line == "    wait: soon"


def test_front_matter_counts_lines_of_its_file() -> None:
    """A text that begins at line 2 has its problems there."""
    source = parse_yaml("a: 1\nb: 2\n", "intro.md", first_line=2)
    assert source.problem(("b",), "").line == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n\tb: 1\n", "2:1 a tab cannot be used here"),
        ("a: b: c\n", "1:5 there is a second colon in this line"),
        ("a: 1\n b: 2\n", "2:3 a key is not expected here"),
        ("a: 'x\nb: 1\n", "1:4 this quote is never closed"),
        ("a: [1\nb: 2\n", "1:4 this list is not closed, or a comma is missing in it"),
        ("a: {b: 1\n", "1:4 this mapping is not closed, or a comma is missing in it"),
        ("- a\nb: 1\n", "2:1 this line does not fit the indentation above it"),
        ("a: @x\n", "1:4 a value cannot begin with this character"),
        ('a: "\\q"\n', "1:4 a backslash in double quotes must be followed by a known letter"),
        ("a: 1\na: 2\n", "2:1 the key `a` is there twice"),
        ("a: {b: 1, b: 2}\n", "1:11 the key `b` is there twice"),
        ("a: {{ b }}\n", "1:5 a key is a word, not a list or a mapping"),
        ("? [a]\n: 1\n", "1:3 a key is a word, not a list or a mapping"),
        ("a: 1\n---\nb: 2\n", "2:1 a second document begins here"),
        ("a: \0", "1:4 a control character (U+0000) is not allowed"),
        ("a: 1\nb: \x1b\n", "2:4 a control character (U+001B) is not allowed"),
        ("%YAML 9.9\n---\na: 1", "1:1 this is not valid YAML: found incompatible YAML document"),
        ("a: *b\n", "1:4 anchors (&) and aliases (*) are not allowed"),
        ("a: !!python/object/apply:os.system [x]\n", "1:4 the tag `tag:yaml.org,2002:python"),
        ("a: !x 1\n", "1:4 the tag `!x` is not allowed"),
    ],
)
def test_mistakes(text: str, said: str) -> None:
    """Each mistake is told in plain words at the place where it is to be mended."""
    assert first(text).startswith(said)


def test_error_without_a_place() -> None:
    """An error of the parser that tells no place is still a mistake of the file."""
    assert mistake_of(RecursionError(), "a") == ((0, 0), "this is not YAML that can be read", "")


def test_all_mistakes_at_once() -> None:
    """Reading goes on after a mistake that does not make the rest unreadable."""
    text = "a: &x 1\nb: !y 2\nc: 3\nc: 4\n"
    assert [problem.line for problem in problems(text)] == [1, 2, 4]


def test_billion_laughs() -> None:
    """Anchors are refused before anything could be multiplied."""
    found = problems(LAUGHS)
    assert {problem.message for problem in found} == {"anchors (&) and aliases (*) are not allowed"}
    assert len(found) <= 50


@pytest.mark.parametrize("bracket", ["[", "{a: ", "- ", "? ", "[a, "])
def test_depth(bracket: str) -> None:
    """A thousand nested brackets are refused at the fifty-first, without a RecursionError."""
    said = first(bracket * 1_000)
    assert "nested deeper than 50 levels" in said or "a key is a word" in said


def test_number_of_values() -> None:
    """A file of more than 50,000 values is refused, however flat it is."""
    assert "more than 50000 values" in first("- a\n" * 50_001)
    assert len(problems("- &a b\n" * 9_000)) == 50


def test_size(tmp_path: Path) -> None:
    """A file that is too large is not even parsed."""
    path = tmp_path / "a.yaml"
    path.write_text("a: " + "x" * MAX_BYTES)
    with pytest.raises(ConfigError, match=f"larger than {MAX_BYTES // 1024} kB"):
        load_yaml(path, "a.yaml")


@pytest.mark.parametrize(
    "line",
    [
        "password: 'hunter2",
        "refresh_token: [hunter2",
        "signing_keys: {hunter2",
        "database: [postgresql://me:hunter2@host/db",
    ],
)
def test_secrets_are_not_shown(line: str) -> None:
    """A line that seems to hold a secret is not repeated, wherever its mistake is."""
    with pytest.raises(ConfigError) as raised:
        parse_yaml(f"a: 1\n{line}\n", "a.yaml")
    assert raised.value.problems[0].line == 2
    assert "hunter2" not in str(raised.value)


def test_folded_text() -> None:
    """What stands on several lines is one line, with no trace of the folding."""
    source = parse_yaml("when: >\n  first\n  second\n", "x.yaml")
    assert source.value == {"when": "first second\n"}
