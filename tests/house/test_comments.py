import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from house.tree import PACKAGE, ROOT, all_files, source_files, tree

MOST_EXCEPTIONS = 24  # of types and lint together: raise it only with a reason that convinces
EXCEPTION = re.compile(r"#\s*(type:\s*ignore|noqa|pragma)")
WITH_REASON = re.compile(
    r"#\s*(type: ignore\[[a-z-]+(, ?[a-z-]+)*\]|noqa: [A-Z]+\d+(, [A-Z]+\d+)*)(\s+#| -) \S.{8,}"
)


def comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def exceptions() -> list[tuple[Path, int, str]]:
    return [
        (path.relative_to(ROOT), line, comment)
        for path in all_files()
        for line, comment in comments(path.read_text("utf-8"))
        if EXCEPTION.search(comment)
    ]


def test_exceptions_say_why() -> None:
    """Each exception from the rules names the rule and gives a reason on the same line."""
    assert [each for each in exceptions() if not WITH_REASON.search(each[2])] == []


def test_exceptions_are_few() -> None:
    """Exceptions stay exceptions."""
    assert len(exceptions()) <= MOST_EXCEPTIONS


@pytest.mark.parametrize(
    ("comment", "accepted"),
    [
        ("# noqa: S603  # the command is our own", True),
        ("# type: ignore[arg-type]  # the mistake under test", True),
        ("# noqa: PLC0415, S603 - only for mistakes", True),
        ("# noqa: S603", False),
        ("# noqa  # some reason or other", False),
        ("# type: ignore  # some reason or other", False),
        ("# type: ignore[misc]  # why", False),
        ("# pragma: no cover  # some reason or other", False),
    ],
)
def test_form(comment: str, *, accepted: bool) -> None:
    """A code and a reason, or it does not count; a line is never excluded from coverage."""
    assert EXCEPTION.search(comment)
    assert bool(WITH_REASON.search(comment)) == accepted


def test_every_file_says_what_it_answers() -> None:
    """Each source file begins with a docstring, a generated migration too."""
    files = sorted({*source_files(), *PACKAGE.rglob("*.py")})
    assert [
        str(path.relative_to(ROOT)) for path in files if not ast.get_docstring(tree(path))
    ] == []
