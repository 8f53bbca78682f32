"""The part of Jinja that templates may use, checked on the syntax tree before anything runs.

What is left can neither recurse nor nest loops. Loops, `~` and lists are put behind filters that
check their length, because Jinja offers no other place to do so.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from jinja2 import nodes

from sequencer.files.nearest import did_you_mean
from sequencer.files.template_filters import EACH, FILTERS, JOIN, LIST
from sequencer.files.template_sandbox import METHODS, TESTS

MAX_DEPTH = 60


class Objection(NamedTuple):
    """Something that a template may not do, with the line where it does."""

    line: int
    message: str
    hint: str = ""


_ALLOWED = (
    nodes.Template,
    nodes.Scope,  # stands around `autoescape` alone, which is refused under its own name
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.For,
    nodes.Assign,
    nodes.Name,
    nodes.Const,
    nodes.List,
    nodes.Tuple,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Call,
    nodes.Filter,
    nodes.Test,
    nodes.Compare,
    nodes.Operand,
    nodes.CondExpr,
    nodes.Concat,
    nodes.Keyword,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Neg,
    nodes.Pos,
    nodes.Add,
    nodes.Sub,
    nodes.Mul,
    nodes.Div,
    nodes.FloorDiv,
    nodes.Mod,
    nodes.Pow,
)

_NAMES: dict[type[nodes.Node], str] = {
    nodes.Include: "`{% include %}`",
    nodes.Extends: "`{% extends %}`",
    nodes.Import: "`{% import %}`",
    nodes.FromImport: "`{% from %}`",
    nodes.Macro: "`{% macro %}`",
    nodes.CallBlock: "`{% call %}`",
    nodes.FilterBlock: "`{% filter %}`",
    nodes.Block: "`{% block %}`",
    nodes.With: "`{% with %}`",
    nodes.AssignBlock: "a `{% set %}` that is a block",
    nodes.ScopedEvalContextModifier: "`{% autoescape %}`",
    nodes.Dict: "a mapping",
    nodes.Slice: "a slice",
    nodes.NSRef: "a namespace",
}


def objections(tree: nodes.Template) -> list[Objection]:
    """Everything in the template that is not available, in the order of the lines."""
    return sorted(set(_walk(tree, 0, tree.lineno or 1, in_loop=False)))


def _walk(node: nodes.Node, depth: int, line: int, *, in_loop: bool) -> Iterator[Objection]:
    line = node.lineno or line  # nodes that Jinja makes up itself have none
    if depth > MAX_DEPTH:
        yield Objection(line, "this is nested too deeply")
        return
    if not isinstance(node, _ALLOWED):
        what = _NAMES.get(type(node), f"`{type(node).__name__.lower()}`")
        yield Objection(line, f"{what} is not available in templates")
        return
    if isinstance(node, nodes.For):
        if in_loop:
            hint = "loops stand side by side, not inside each other"
            yield Objection(line, "a loop in a loop is not available in templates", hint)
        in_loop = True
    yield from _details(node)
    for child in node.iter_child_nodes():
        yield from _walk(child, depth + 1, line, in_loop=in_loop)


def _details(node: nodes.Node) -> Iterator[Objection]:
    line = node.lineno
    match node:
        case nodes.For(recursive=True):
            yield Objection(line, "a recursive loop is not available in templates")
        case nodes.Name(name=str(name)) | nodes.Getattr(attr=str(name)) if name.startswith("_"):
            yield Objection(line, f"the name `{name}` is not available in templates")
        case nodes.Filter(name=str(name)) if name not in FILTERS:
            yield _unknown(line, "filter", name, FILTERS)
        case nodes.Test(name=str(name)) if name not in TESTS:
            yield _unknown(line, "test", name, TESTS)
        case nodes.Assign(target=target) if not isinstance(target, nodes.Name):
            yield Objection(line, "`{% set %}` gives a value to one name")
        case nodes.Call(node=called):
            yield from _call(line, called)
    if getattr(node, "dyn_args", None) or getattr(node, "dyn_kwargs", None):
        yield Objection(line, "`*` and `**` are not available in calls")


def _call(line: int, called: nodes.Node) -> Iterator[Objection]:
    match called:
        case nodes.Name(name="range"):
            return
        case nodes.Name(name=name):
            yield Objection(line, f"`{name}` cannot be called in templates")
        case nodes.Getattr(attr=name):
            if name not in METHODS:
                yield _unknown(line, "method", name, METHODS)
        case _:
            yield Objection(line, "this cannot be called in templates")


def _unknown(line: int, kind: str, name: str, known: Iterable[str]) -> Objection:
    words = [each for each in known if each.isalpha()]
    return Objection(line, f"there is no {kind} `{name}`", did_you_mean(name, words))


def fenced(tree: nodes.Template) -> nodes.Template:
    """The same template, with every list and loop measured while it runs."""
    environment = tree.environment
    _fence(tree)
    if environment is not None:
        tree.set_environment(environment)
    return tree


def _fence(node: nodes.Node) -> nodes.Node:
    for name, value in list(node.iter_fields()):
        if isinstance(value, nodes.Node):
            setattr(node, name, _fence(value))
        elif isinstance(value, list):
            value[:] = [_fence(each) if isinstance(each, nodes.Node) else each for each in value]
    return _fenced(node)


def _fenced(node: nodes.Node) -> nodes.Node:
    match node:
        case nodes.For(iter=iterated):
            node.iter = _filter(iterated, EACH)
        case nodes.Concat(nodes=parts):
            return _filter(nodes.List(parts, lineno=node.lineno), JOIN)
        case nodes.List() | nodes.Tuple(ctx="load"):
            return _filter(node, LIST)
        case nodes.CondExpr(expr2=None):
            node.expr2 = nodes.Const("", lineno=node.lineno)
    return node


def _filter(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)
