"""The files that the house rules are about."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sequencer"
GENERATED = PACKAGE / "store" / "migrations" / "versions"


def source_files() -> list[Path]:
    """Python files of the package, as people wrote them."""
    return sorted(path for path in PACKAGE.rglob("*.py") if GENERATED not in path.parents)


def all_files() -> list[Path]:
    """Python files of the package, its tests, documents and benchmarks."""
    folders = [ROOT / name for name in ("sequencer", "tests", "docs", "benchmarks")]
    found = (path for folder in folders for path in folder.rglob("*.py"))
    # What was installed into a hidden folder, to be compared with, is not ours.
    return sorted(path for path in found if "/." not in str(path.relative_to(ROOT)))


@cache
def tree(path: Path) -> ast.Module:
    """The file, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    """Every function and method of a file, nested ones too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, Function):
            yield node
