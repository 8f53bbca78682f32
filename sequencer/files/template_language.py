"""The part of Jinja that templates may use, checked on the syntax tree before anything runs.

What is left can neither recurse nor nest loops. Loops, `~`, lists and comparisons are put behind
filters that measure them, because Jinja offers no other place to do so. Includes and macros are
objected to here only where they cannot be put in place before the template is compiled.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeGuard

from jinja2 import nodes

from sequencer.files.nearest import did_you_mean
from sequencer.files.template_filters import COMPARE, EACH, FILTERS, JOIN, LIST
from sequencer.files.template_sandbox import ACCOUNT, METHODS, TESTS

MAX_DEPTH = 60


class Objection(NamedTuple):
    """Something that a template may not do, with the line where it does."""

    line: int
    message: str
    hint: str = ""
    code: str = "template-syntax"


class ObjectionError(Exception):
    """A template is not put together, for these reasons."""

    def __init__(self, found: Sequence[Objection]) -> None:
        self.found = tuple(found)
        super().__init__(found[0].message)


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
    nodes.Include,
    nodes.FromImport,
    nodes.Macro,
)

_NAMES: dict[type[nodes.Node], str] = {
    nodes.Extends: "`{% extends %}`",
    nodes.Import: "`{% import %}`",
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


_DEFINING = (nodes.FromImport, nodes.Macro)
_OTHERS = frozenset({"range", "loop", "caller", "varargs", "kwargs"})  # these mean something else


def objections(tree: nodes.Template, macros: Collection[str] = ()) -> list[Objection]:
    """Everything in one file that is not available, in the order of the lines.

    Args:
        tree: the file.
        macros: names that it may call.
    """
    return sorted(set(_walk(tree, 0, tree.lineno or 1, macros)))


def _walk(node: nodes.Node, depth: int, line: int, macros: Collection[str]) -> Iterator[Objection]:
    line = node.lineno or line  # nodes that Jinja makes up itself have none
    if depth > MAX_DEPTH:
        yield Objection(line, "this is nested too deeply")
        return
    if not isinstance(node, _ALLOWED):
        what = _NAMES.get(type(node), f"`{type(node).__name__.lower()}`")
        yield Objection(line, f"{what} is not available in templates")
        return
    if isinstance(node, _DEFINING) and depth != 1:
        what = "from" if isinstance(node, nodes.FromImport) else "macro"
        hint = "it stands at the top of the file, outside of everything else"
        yield Objection(line, f"`{{% {what} %}}` is not available in here", hint)
    yield from _details(node, macros)
    for child in node.iter_child_nodes():
        if isinstance(node, nodes.Output) and _is_call_of(child, macros):
            for argument in (*child.args, *child.kwargs):
                yield from _walk(argument, depth + 2, line, macros)
            yield from _stars(child)
        else:
            yield from _walk(child, depth + 1, line, macros)


def _is_call_of(node: nodes.Node, macros: Collection[str]) -> TypeGuard[nodes.Call]:
    called = node.node if isinstance(node, nodes.Call) else None
    return isinstance(called, nodes.Name) and called.name in macros


def lasting(tree: nodes.Template) -> list[Objection]:
    """What would take too long or too deep a stack in a template that was put together."""
    return sorted(set(_bounds(tree, 0, tree.lineno or 1, in_loop=False)))


def _bounds(node: nodes.Node, depth: int, line: int, *, in_loop: bool) -> Iterator[Objection]:
    line = node.lineno or line
    if depth > MAX_DEPTH:
        yield Objection(line, "this is nested too deeply")
        return
    if isinstance(node, nodes.For):
        if in_loop:
            hint = "loops stand side by side, not inside each other"
            yield Objection(line, "a loop in a loop is not available in templates", hint)
        in_loop = True
    for child in node.iter_child_nodes():
        yield from _bounds(child, depth + 1, line, in_loop=in_loop)


def _details(node: nodes.Node, macros: Collection[str]) -> Iterator[Objection]:
    line = node.lineno
    match node:
        case nodes.For(recursive=True):
            yield Objection(line, "a recursive loop is not available in templates")
        case nodes.Filter(name=str(name)) if name not in FILTERS:
            yield _unknown(line, "filter", name, FILTERS)
        case nodes.Test(name=str(name)) if name not in TESTS:
            yield _unknown(line, "test", name, TESTS)
        case nodes.Assign(target=target) if not isinstance(target, nodes.Name):
            yield Objection(line, "`{% set %}` gives a value to one name")
        case nodes.Call(node=called):
            yield from _call(line, called, macros)
        case nodes.Macro():
            yield from _macro(node)
        case nodes.Include():
            yield from _include(node)
    yield from _names_in(node)
    yield from _stars(node)


def _names_in(node: nodes.Node) -> Iterator[Objection]:
    match node:
        case nodes.Name(name=str(name)) | nodes.Getattr(attr=str(name)) if name.startswith("_"):
            yield Objection(node.lineno, f"the name `{name}` is not available in templates")
        case nodes.Name(name="account", ctx="store" | "param"):
            yield Objection(node.lineno, "the name `account` is not available in templates")


def _include(node: nodes.Include) -> Iterator[Objection]:
    if node.ignore_missing:
        yield Objection(node.lineno, "`ignore missing` is not available in templates")
    if not node.with_context:
        yield Objection(node.lineno, "`without context` is not available in templates")


def _stars(node: nodes.Node) -> Iterator[Objection]:
    if getattr(node, "dyn_args", None) or getattr(node, "dyn_kwargs", None):
        yield Objection(node.lineno, "`*` and `**` are not available in calls")


def _macro(macro: nodes.Macro) -> Iterator[Objection]:
    for name in (macro.name, *(each.name for each in macro.args)):
        if name in _OTHERS or name.startswith("_"):
            yield Objection(macro.lineno, f"the name `{name}` is not available in templates")
    for usual in macro.defaults:
        if not isinstance(usual, nodes.Const):
            message = f"what `{macro.name}` does without a value is more than a text or a number"
            yield Objection(macro.lineno, message, "give the value where the macro is called")


def _call(line: int, called: nodes.Node, macros: Collection[str]) -> Iterator[Objection]:
    match called:
        case nodes.Name(name="range"):
            return
        case nodes.Name(name=name) if name in macros:
            hint = f"a macro stands alone: {{{{ {name}(...) }}}}"
            yield Objection(line, f"`{name}` cannot be called in here", hint)
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
    """The same template, with every list, loop and comparison measured while it runs."""
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
        case (
            nodes.Getattr(node=nodes.Name(name="account") as name)
            | nodes.Getitem(node=nodes.Name(name="account") as name, arg=nodes.Const(value=str()))
        ):
            name.name = ACCOUNT  # alone, `account` is what the import says of the person
        case nodes.Compare(expr=first, ops=operands):
            return _compared(first, operands)
        case nodes.CondExpr(expr2=None):
            node.expr2 = nodes.Const("", lineno=node.lineno)
    return node


def _compared(first: nodes.Expr, operands: Sequence[nodes.Operand]) -> nodes.Filter:
    """A comparison; each side of it is worked out once, however many follow."""
    line = first.lineno
    each = ((nodes.Const(one.op, lineno=line), one.expr) for one in operands)
    args = [part for pair in each for part in pair]
    return nodes.Filter(first, COMPARE, args, [], None, None, lineno=line)


def _filter(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)
