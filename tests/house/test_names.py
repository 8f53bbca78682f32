import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from house.tree import PACKAGE, source_files, tree

# The glossary has one word per thing; these are the words that it replaced or that say nothing.
AVOIDED = {
    "campaign": "cadence",
    "campaigns": "cadence",
    "sequence": "cadence",
    "sequences": "cadence",
    "lead": "prospect",
    "leads": "prospect",
    "manager": "what it does",
    "managers": "what it does",
    "util": "what it does",
    "utils": "what it does",
    "helper": "what it does",
    "helpers": "what it does",
}
SAYS_NOTHING = {*AVOIDED, "base", "common", "data", "handle", "handler", "info", "misc", "process"}
ELSEWHERE = {"Sequence", "SequenceStartEvent"}  # a type of Python and one of the YAML library


def words(identifier: str) -> list[str]:
    """The words of a snake_case or CamelCase identifier."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier)
    return [word.lower() for word in spaced.split("_") if word]


def identifiers(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name that the code gives or uses, with its line; modules of others are not ours."""
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.keyword(arg=str(name)) | ast.alias(asname=str(name)):
                yield node.lineno, name
            case ast.ImportFrom(names=aliases):
                yield from ((node.lineno, alias.name) for alias in aliases)
            case _:
                pass


def avoided(path: Path) -> list[str]:
    return [
        f"{path.relative_to(PACKAGE)}:{line} {name}"
        for line, name in identifiers(tree(path))
        if name not in ELSEWHERE and set(words(name)) & set(AVOIDED)
    ]


def test_identifiers_use_the_glossary() -> None:
    """No identifier uses a word that the glossary avoids."""
    assert [found for path in source_files() for found in avoided(path)] == []


def test_modules_are_named_after_their_question() -> None:
    """No module or package has a name that fits any code."""
    names = {path.relative_to(PACKAGE) for path in source_files()}
    parts = {path: [*path.parts[:-1], path.stem] for path in names}
    nothing = [path for path in names if any({*words(each)} & SAYS_NOTHING for each in parts[path])]
    assert nothing == []


@pytest.mark.parametrize(
    ("identifier", "found"),
    [
        ("lead_time", ["lead", "time"]),
        ("CampaignRow", ["campaign", "row"]),
        ("_misleading", ["misleading"]),
        ("__all__", ["all"]),
    ],
)
def test_words(identifier: str, found: list[str]) -> None:
    """Words are found in either way of joining them, and only as whole words."""
    assert words(identifier) == found


def test_strings_and_foreign_modules_are_free() -> None:
    """The stage value `lead` is data of the user, and `email.utils` is named by others."""
    found = identifiers(ast.parse('from email.utils import x\nstage = "lead"  # a lead\n'))
    assert sorted(found) == [(1, "x"), (2, "stage")]
