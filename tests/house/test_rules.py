import ast
import re
from collections import Counter
from functools import cache

import pytest
from house.tree import PACKAGE, ROOT, source_files, tree

from sequencer.files.rule_book import CHAPTERS, PAGE, RULES

BOOK = {path.name for path in (PACKAGE / "files").glob("rules_of_*.py")}
TESTS = [ROOT / "tests" / name for name in ("unit", "golden", "e2e", "property", "contract")]


@cache
def given() -> frozenset[str]:
    """Every code that what is written in files is given."""
    files = (path for path in source_files() if path.parent.name == "files")
    return frozenset(
        code for path in files for node in ast.walk(tree(path)) for code in codes_of(node)
    )


def codes_of(node: ast.AST) -> list[str]:
    """The codes in one call: `of_rule("...")`, `problem("...", ...)` and `code="..."`."""
    if not isinstance(node, ast.Call):
        return []
    called = getattr(node.func, "attr", "")
    first = node.args[:1] if called == "of_rule" else []
    named = [each.value for each in node.keywords if each.arg == "code"]
    literal = [each for each in (*first, *named) if isinstance(each, ast.Constant)]
    return [str(each.value) for each in literal if each.value]


@cache
def words_of_the_package() -> frozenset[str]:
    """Every text that stands in the package, the book aside."""
    return frozenset(
        node.value
        for path in source_files()
        if path.name not in BOOK
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@cache
def words_of_the_tests() -> str:
    """Everything that stands in tests and in what they expect."""
    files = (path for folder in TESTS for path in folder.rglob("*") if path.is_file())
    return "\n".join(path.read_text("utf-8") for path in files if path.suffix == ".py")


def test_codes_are_unique() -> None:
    """No two rules have the same code, and codes are words with hyphens."""
    every = Counter(rule.code for rules in CHAPTERS.values() for rule in rules)
    assert [code for code, times in every.items() if times > 1] == []
    assert [code for code in every if not re.fullmatch(r"[a-z]+(-[a-z]+)*", code)] == []


def test_codes_stand_in_the_book() -> None:
    """Every code that a problem is given has a rule."""
    assert given() - RULES.keys() == set()


@pytest.mark.parametrize("code", RULES)
def test_rules_are_used_and_tested(code: str) -> None:
    """Every rule is used by some check, and named by some test."""
    assert code in words_of_the_package()
    tested = re.search(rf"(?<![\w-]){code}(?![\w-])", words_of_the_tests())
    assert tested is not None, f"no test names `{code}`"


@pytest.mark.parametrize("code", RULES)
def test_rules_say_all(code: str) -> None:
    """Every rule has whole sentences about what is wrong, why, and what to do."""
    rule = RULES[code]
    for text in (rule.sentence, rule.why, rule.fix):
        assert text[0].isupper() or text[0] == "`"
        assert text.endswith(".")


@pytest.mark.parametrize("code", RULES)
def test_rules_have_a_place_in_the_docs(code: str) -> None:
    """The page that a finding names has a heading for its rule."""
    headings = re.findall(r"^### (.+)$", (ROOT / PAGE).read_text("utf-8"), re.MULTILINE)
    assert code in headings, "run `make docs`"
