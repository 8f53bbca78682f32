import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from house.tree import PACKAGE, Function, functions, source_files


def name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def file_lines() -> dict[str, int]:
    return {name(path): len(path.read_text("utf-8").splitlines()) for path in source_files()}


def every_function() -> Iterator[tuple[str, Function]]:
    for path in source_files():
        for function in functions(path):
            yield f"{name(path)}:{function.lineno} {function.name}", function


def lines(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def parameters(function: Function) -> int:
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return len([each for each in named if each.arg not in {"self", "cls"}])


def test_files_are_short() -> None:
    """A file holds one idea: 400 lines at most, and half of them have no more than 120."""
    assert {path: count for path, count in file_lines().items() if count > 400} == {}
    written = [count for count in file_lines().values() if count > 1]
    assert median(written) <= 120


def test_functions_are_short() -> None:
    """A function fits a screen: 60 lines at most, and half of them have no more than 10."""
    assert {where: lines(each) for where, each in every_function() if lines(each) > 60} == {}
    assert median(lines(each) for _, each in every_function()) <= 10


def test_functions_take_few_parameters() -> None:
    """What needs more than six parameters needs a value that holds them."""
    crowded = {where: parameters(each) for where, each in every_function() if parameters(each) > 6}
    assert crowded == {}


def test_the_measure_measures() -> None:
    """A function of three lines with two parameters is counted as that."""
    [function] = ast.parse("class A:\n  def f(self, a, *, b):\n    a\n    b\n").body[0].body  # type: ignore[attr-defined]  # it is a class
    assert (lines(function), parameters(function)) == (3, 2)
