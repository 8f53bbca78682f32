"""Which values does a template need, where does it name them, and which may be missing?

Read from the syntax tree, without filling anything in. A use is guarded where a missing value does
no harm: in the test of an `if`, before `or` or `default`, or where an `if` has made sure of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from jinja2 import Environment, nodes

Safe = frozenset[str]

_FALLBACKS = frozenset({"or", "default", "d"})
_ASKS_WHETHER = frozenset({"defined", "undefined", "none", "eq", "equalto", "==", "ne", "!=", "in"})
_HARMLESS = frozenset({"eq", "ne", "in", "notin"})  # comparisons that a missing value survives


@dataclass(frozen=True, slots=True)
class Variable:
    """One use of a value; `name` has dots where it is nested, columns count from 1.

    Attributes:
        file: the file in which it stands, which may be one that the template includes.
        source_line: what stands in that line.
    """

    name: str
    line: int
    column: int | None
    guarded: bool
    file: str = ""
    source_line: str = ""


@dataclass(frozen=True, slots=True)
class _Scope:
    """What is known at a place: names made sure of, names of the template's own, and the guard."""

    safe: Safe = frozenset()
    own: Safe = frozenset({"range", "loop"})
    guarded: bool = False

    def sure_of(self, names: Safe) -> "_Scope":
        return replace(self, safe=self.safe | names)

    def with_guard(self) -> "_Scope":
        return replace(self, guarded=True)

    def without(self, names: Safe) -> "_Scope":
        """The scope of a macro's body, where these are values that it was given."""
        safe = frozenset(each for each in self.safe if each.partition(".")[0] not in names)
        return replace(self, safe=safe, own=self.own - names)

    def with_own(self, names: Iterator[str]) -> "_Scope":
        return replace(self, own=self.own | frozenset(names))


def variables_of(
    environment: Environment, tree: nodes.Template, sources: Iterable[str]
) -> list[Variable]:
    """Every use of a value in the order of the text; names that the template sets are left out.

    Args:
        environment: reads the sources.
        tree: the template, put together.
        sources: what it was read from; each counts its lines on from the one before.
    """
    places: dict[tuple[str, int], list[int]] = {}
    for source in sources:
        for name, line, column in _names(environment, source):
            places.setdefault((name, line), []).append(column)
    found = []
    for use in _statements(tree.body, _Scope()):
        columns = places.get((use.name.partition(".")[0], use.line), [])
        found.append(replace(use, column=columns[0] if columns else None))
        if len(columns) > 1:
            del columns[0]  # what is included twice is used twice where it stands once
    return list(dict.fromkeys(sorted(found, key=lambda use: (use.line, use.column or 0))))


def _names(environment: Environment, source: str) -> Iterator[tuple[str, int, int]]:
    """Words inside delimiters that can be names of values, with their places."""
    offset, line, begin, before = 0, 1, 0, ""
    for _, kind, text in environment.lex(source):
        at = source.find(text, offset)
        if at < 0:
            continue
        line_ends = source.count("\n", offset, at)
        if line_ends:
            line, begin = line + line_ends, source.rfind("\n", offset, at) + 1
        if kind == "name" and before not in {".", "|"}:
            yield text, line, at - begin + 1
        inside = text.count("\n")
        if inside:
            line, begin = line + inside, at + text.rfind("\n") + 1
        offset = at + len(text)
        before = before if kind == "whitespace" else text


def _statements(body: Sequence[nodes.Node], scope: _Scope) -> Iterator[Variable]:
    for node in body:
        if isinstance(node, nodes.Assign):
            yield from _expression(node.node, scope)
            scope = scope.with_own(_targets(node.target))
        elif isinstance(node, nodes.If):
            yield from _if(node, scope)
            scope = scope.with_own(_set_inside(node))
        elif isinstance(node, nodes.For):
            yield from _for(node, scope)
        elif isinstance(node, nodes.Scope):
            yield from _statements(node.body, scope)
        elif isinstance(node, nodes.With):
            yield from _with(node, scope)
        else:
            for child in node.iter_child_nodes():
                yield from _expression(child, scope)


def _if(node: nodes.If, scope: _Scope) -> Iterator[Variable]:
    for branch in (node, *node.elif_):
        yield from _expression(branch.test, scope.with_guard())
        yield from _statements(branch.body, scope.sure_of(_sure_if(branch.test, holds=True)))
        scope = scope.sure_of(_sure_if(branch.test, holds=False))
    yield from _statements(node.else_, scope)


def _for(node: nodes.For, scope: _Scope) -> Iterator[Variable]:
    yield from _expression(node.iter, scope)
    inner = scope.with_own(_targets(node.target))
    if node.test is not None:
        yield from _expression(node.test, inner.with_guard())
    yield from _statements(node.body, inner)
    yield from _statements(node.else_, scope)


def _with(node: nodes.With, scope: _Scope) -> Iterator[Variable]:
    """What a macro needs that was put in place: a value it is given counts where it is given."""
    names = [each.name for each in node.targets if isinstance(each, nodes.Name)]
    below = list(_statements(node.body, scope.without(frozenset(names))))
    for name, value in zip(names, node.values, strict=True):
        uses = [use for use in below if use.name.partition(".")[0] == name]
        yield from _given(name, value, uses, scope)
    yield from (use for use in below if use.name.partition(".")[0] not in names)


def _given(
    name: str, value: nodes.Expr, uses: Sequence[Variable], scope: _Scope
) -> Iterator[Variable]:
    """The needs of a value that a macro uses there under that name."""
    path = path_of(value)
    if path is None or not uses:
        guarded = all(use.guarded for use in uses)
        yield from _expression(value, scope.with_guard() if guarded else scope)
        return
    for below in sorted({use.name.removeprefix(name) for use in uses}):
        guarded = all(use.guarded for use in uses if use.name == f"{name}{below}")
        for use in _expression(value, scope.with_guard() if guarded else scope):
            full = f"{path}{below}"
            yield replace(use, name=full, guarded=use.guarded or full in scope.safe)


def _expression(node: nodes.Node, scope: _Scope) -> Iterator[Variable]:
    path = path_of(node)
    if path is not None:
        root = path.partition(".")[0]
        if root not in scope.own:
            guarded = scope.guarded or path in scope.safe
            yield Variable(path, node.lineno, None, guarded)
        return
    for child, inner in _parts(node, scope):
        yield from _expression(child, inner)


def _parts(node: nodes.Node, scope: _Scope) -> Iterator[tuple[nodes.Node, _Scope]]:
    """Parts of an expression, each with what is known where it is evaluated."""
    match node:
        case nodes.And(left=left, right=right):
            yield left, scope.with_guard()
            yield right, scope.sure_of(_sure_if(left, holds=True))
        case nodes.Or(left=left, right=right):
            yield left, scope.with_guard()
            yield right, scope.sure_of(_sure_if(left, holds=False))
        case nodes.CondExpr(test=test, expr1=first, expr2=second):
            yield test, scope.with_guard()
            yield first, scope.sure_of(_sure_if(test, holds=True))
            if second is not None:
                yield second, scope.sure_of(_sure_if(test, holds=False))
        case nodes.Filter(node=nodes.Expr() as value, name=name) if name in _FALLBACKS:
            yield value, scope.with_guard()
            for fallback in (*node.args, *node.kwargs):
                yield fallback, scope
        case _:
            guarded = scope.with_guard() if _survives(node) else scope
            for child in node.iter_child_nodes():
                yield child, guarded


def _survives(node: nodes.Node) -> bool:
    """Whether the expression has a value even where its parts are missing."""
    match node:
        case nodes.Test(name=name):
            return name in _ASKS_WHETHER
        case nodes.Compare(ops=ops):
            return all(op.op in _HARMLESS for op in ops)
        case _:
            return isinstance(node, nodes.Not)


def _sure_if(test: nodes.Node, *, holds: bool) -> Safe:
    """Names that are certainly there if the test holds (or if it does not)."""
    path = path_of(test)
    if path is not None:
        return frozenset({path}) if holds else frozenset()
    match test:
        case nodes.Not(node=inner):
            return _sure_if(inner, holds=not holds)
        case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
            first, second = _sure_if(left, holds=holds), _sure_if(right, holds=holds)
            return first | second if isinstance(test, nodes.And) is holds else first & second
        case nodes.Test(node=inner, name=name):
            asked = "defined" if holds else "undefined"
            return _sure_if(inner, holds=True) if name == asked else frozenset()
        case nodes.Compare(expr=expr, ops=[nodes.Operand(op="eq", expr=nodes.Const())]) if holds:
            return _sure_if(expr, holds=True)
        case _:
            return frozenset()


def path_of(node: nodes.Node) -> str | None:
    """`sender.name` for a name and what lies below it, None for any other expression."""
    match node:
        case nodes.Name(name=name):
            return str(name)
        case nodes.Getattr(node=below, attr=str(last)):
            path = path_of(below)
        case nodes.Getitem(node=below, arg=nodes.Const(value=str(last))):
            path = path_of(below)
        case _:
            return None
    return None if path is None else f"{path}.{last}"


def _targets(target: nodes.Node) -> Iterator[str]:
    if isinstance(target, nodes.Name):
        yield target.name
    yield from (name.name for name in target.find_all(nodes.Name))


def _set_inside(node: nodes.Node) -> Iterator[str]:
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Assign):
            yield from _targets(child.target)
        elif isinstance(child, nodes.If):
            yield from _set_inside(child)
