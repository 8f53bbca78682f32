"""One template out of several files: what is included, and macros, are put where they are used.

It is done on the syntax tree, once, before anything is compiled. What runs then has no loader, no
imports and no calls; a file that includes itself, and a macro that calls itself, are found here.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from jinja2 import Environment, nodes

from sequencer.files.front_matter import FENCE
from sequencer.files.language import choose_template
from sequencer.files.names import SHARED, included_name
from sequencer.files.nearest import did_you_mean
from sequencer.files.template_language import Objection, ObjectionError, lasting, objections
from sequencer.files.template_places import Places

MAX_NESTING = 8  # includes in includes, and macros that call macros
MAX_USES = 200  # of files and macros in one template
MAX_SIZE = 512 * 1024  # characters of all that is put in
NODE = 20  # what a node of the tree counts beside its text

AnyNode = TypeVar("AnyNode", bound=nodes.Node)


class Sources(NamedTuple):
    """The texts that a template may include, by file name, for readers of a language.

    Attributes:
        seen: names that were found in the texts as they are. Hash, language and checks of a
            template go by these, so nothing else can be included.
    """

    texts: Mapping[str, str]
    language: str = ""
    seen: Collection[str] = ()


NO_SOURCES = Sources(MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class _Macro:
    """A macro, and the file in which it was written."""

    node: nodes.Macro
    home: "_File"

    @property
    def title(self) -> str:
        """What no other macro is called."""
        return f"{self.home.name}: {self.node.name}"


@dataclass(slots=True)
class _File:
    """A file that was read: its statements, and the macros that it may call."""

    name: str
    body: list[nodes.Node]
    macros: dict[str, _Macro] = field(default_factory=dict)


def shown_beside(name: str, included: str) -> str:
    """How messages call an included file, if they call the template by that name or path."""
    folder = PurePosixPath(name).parent
    home = folder.parent if included.startswith(SHARED) else folder
    return (home / included).as_posix()


class Whole:
    """Puts one template together.

    Args:
        environment: reads the texts.
        places: where lines are; the first file is there already.
        name: how messages call the first file.
        sources: the other files.
    """

    def __init__(
        self, environment: Environment, places: Places, name: str, sources: Sources
    ) -> None:
        self._environment, self._places, self._name = environment, places, name
        self._sources = sources
        self._files: dict[str, _File] = {}
        self._ending: set[str] = set()
        self._uses = self._size = 0

    def tree(self) -> nodes.Template:
        """The template with everything in its place.

        Raises:
            ObjectionError: something in it, or in what it includes, is not available.
            TemplateSyntaxError: one of the files is no Jinja.
        """
        first = self._environment.parse(self._places.padded[0])
        home = self._read(PurePosixPath(self._name).name, first, ())
        first.body = list(self._placed(home.body, home, (home.name,)))
        first.set_environment(self._environment)
        refuse(lasting(first))
        return first

    def _read(self, name: str, tree: nodes.Template, stack: tuple[str, ...]) -> _File:
        """The file with the macros that it defines and takes from others."""
        refuse(objections(tree, set(_callable(tree))))
        home = _File(name, [each for each in tree.body if not isinstance(each, _DEFINING)])
        for node in tree.body:
            if isinstance(node, nodes.Macro):
                home.macros[node.name] = _Macro(node, home)
            elif isinstance(node, nodes.FromImport):
                self._import(node, home, (*stack, name))
        for macro in home.macros.values():
            self._ends(macro, ())
        return home

    def _ends(self, macro: _Macro, stack: tuple[str, ...]) -> None:
        """See that a macro does not come back to itself, called or not."""
        if macro.title in self._ending:
            return
        for call in macro.node.find_all(nodes.Call):
            other = _called(call, macro.home.macros)
            if other is not None:
                _refuse_return(call, other, (*stack, macro.title))
                self._ends(other, (*stack, macro.title))
        self._ending.add(macro.title)

    def _import(self, node: nodes.FromImport, home: _File, stack: tuple[str, ...]) -> None:
        other = self._file(node, node.template, stack)
        for names in node.names:
            name, own = (names, names) if isinstance(names, str) else names
            if name not in other.macros:
                hint = did_you_mean(name, other.macros)
                raise _no(node, f"there is no macro `{name}` in {other.name}", hint)
            home.macros[own] = other.macros[name]

    def _file(self, node: nodes.Node, named: nodes.Node, stack: tuple[str, ...]) -> _File:
        """The file that a statement names, read once."""
        name = _name(node, named)
        if name in stack:
            way = " includes ".join([*stack[stack.index(name) :], name])
            raise _no(node, f"`{name}` comes back to itself: {way}", "", "include-cycle")
        if len(stack) > MAX_NESTING:
            hint = f"files may include files {MAX_NESTING} deep"
            raise _no(node, "the includes are nested too deeply", hint)
        if name not in self._files:
            file = choose_template(self._sources.texts, name, self._sources.language)
            text = self._sources.texts.get(file)
            if text is None:
                raise self._not_there(node, name)
            if name not in self._sources.seen:
                hint = f'write the name as it is: {{% include "{name}" %}}'
                raise _no(node, f"`{name}` is named in a way that cannot be followed", hint)
            if text.partition("\n")[0].rstrip() == FENCE:
                message = f"`{name}` has a front matter, so it cannot be included"
                raise _no(node, message, "only a mail of its own has a subject")
            padded = self._places.add(shown_beside(self._name, file), text)
            tree = self._environment.parse(padded)
            _take_off(tree, len(padded) - len(text))
            self._files[name] = self._read(name, tree, stack)
        return self._files[name]

    def _not_there(self, node: nodes.Node, name: str) -> ObjectionError:
        known = [each for each in self._sources.texts if each != PurePosixPath(self._name).name]
        near = did_you_mean(name, known) if known else ""
        hint = near if near.startswith("did") else f"it would be {shown_beside(self._name, name)}"
        return _no(node, f"there is no file `{name}` to include", hint, "missing-include")

    def _placed(
        self, body: Sequence[nodes.Node], home: _File, stack: tuple[str, ...]
    ) -> Iterator[nodes.Node]:
        """The statements with what they include, and what the macros print that they call."""
        for node in body:
            if isinstance(node, nodes.Include):
                file = self._file(node, node.template, stack)
                inner = self._copied(node, file.body)
                placed = list(self._placed(inner, file, (*stack, file.name)))
                yield nodes.Scope(placed, lineno=node.lineno)
            elif isinstance(node, nodes.Output):
                yield from self._printed(node, home, stack)
            else:
                for part in ("body", "elif_", "else_"):
                    if isinstance(below := getattr(node, part, None), list):
                        setattr(node, part, list(self._placed(below, home, stack)))
                yield node

    def _printed(
        self, node: nodes.Output, home: _File, stack: tuple[str, ...]
    ) -> Iterator[nodes.Node]:
        """What is printed, and between it what each macro prints that is called."""
        plain: list[nodes.Expr] = []
        for each in node.nodes:
            macro = _called(each, home.macros)
            if macro is None or not isinstance(each, nodes.Call):
                plain.append(each)
                continue
            if plain:
                yield nodes.Output(plain, lineno=plain[0].lineno)
            plain = []
            yield self._expanded(each, macro, stack)
        if plain:
            yield nodes.Output(plain, lineno=plain[0].lineno)

    def _expanded(self, call: nodes.Call, macro: _Macro, stack: tuple[str, ...]) -> nodes.With:
        _refuse_return(call, macro, stack)
        if len(stack) > MAX_NESTING:
            hint = f"macros may call macros {MAX_NESTING} deep"
            raise _no(call, "the macros are nested too deeply", hint)
        arguments = _arguments(call, macro.node)
        body = self._copied(call, macro.node.body)
        # An include inside of it is that of a file which may include the macro's own.
        placed = list(self._placed(body, macro.home, (*stack, macro.title)))
        targets = [nodes.Name(each, "param", lineno=call.lineno) for each in arguments]
        return nodes.With(targets, list(arguments.values()), placed, lineno=call.lineno)

    def _copied(self, user: nodes.Node, body: Sequence[nodes.Node]) -> list[nodes.Node]:
        """The statements once more, as each use changes its own."""
        self._uses += 1
        if self._uses > MAX_USES:
            raise _no(user, f"more than {MAX_USES} includes and calls of macros")
        return [_copy(each, lambda node: self._count(user, node)) for each in body]

    def _count(self, user: nodes.Node, node: nodes.Node) -> None:
        self._size += NODE + len(node.data if isinstance(node, nodes.TemplateData) else "")
        if self._size > MAX_SIZE:
            raise _no(user, f"what is included is larger than {MAX_SIZE // 1024} kB")


_DEFINING = (nodes.Macro, nodes.FromImport)


def _take_off(tree: nodes.Template, padding: int) -> None:
    """Take the line breaks away that were put in front of a file."""
    first = tree.body[0] if tree.body else None
    data = first.nodes[0] if isinstance(first, nodes.Output) else None
    if isinstance(data, nodes.TemplateData):
        data.data = data.data.removeprefix("\n" * padding)  # where `{%-` has left them


def refuse(found: Sequence[Objection]) -> None:
    """Raise an ObjectionError, if there is something to object to."""
    if found:
        raise ObjectionError(found)


def _no(
    node: nodes.Node, message: str, hint: str = "", code: str = "template-syntax"
) -> ObjectionError:
    return ObjectionError([Objection(node.lineno, message, hint, code)])


def _refuse_return(call: nodes.Node, macro: _Macro, stack: tuple[str, ...]) -> None:
    if macro.title in stack:
        hint = "a macro may call others, but not itself"
        raise _no(call, f"the macro `{macro.node.name}` calls itself", hint, "include-cycle")


def _callable(tree: nodes.Template) -> Iterator[str]:
    """Names of the macros that a file defines or takes from others."""
    for node in tree.body:
        if isinstance(node, nodes.Macro):
            yield node.name
        elif isinstance(node, nodes.FromImport):
            yield from (each if isinstance(each, str) else each[1] for each in node.names)


def _called(node: nodes.Node, macros: Mapping[str, _Macro]) -> _Macro | None:
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
        return macros.get(node.node.name)
    return None


def _name(node: nodes.Node, named: nodes.Node) -> str:
    """The name of a file, which stands there as it is."""
    if not isinstance(named, nodes.Const) or not isinstance(named.value, str):
        hint = 'a file is named in quotes, as in {% include "ps.md" %}'
        raise _no(node, "what is included depends on a value", hint)
    try:
        return included_name(named.value)
    except ValueError as error:
        raise _no(node, f"`{named.value[:60]}` cannot be included", f"it takes {error}") from None


def _arguments(call: nodes.Call, macro: nodes.Macro) -> dict[str, nodes.Expr]:
    """What a call gives to each name of the macro."""
    names = [each.name for each in macro.args]
    if len(call.args) > len(names):
        message = f"`{macro.name}` takes {len(names)} values, not {len(call.args)}"
        raise _no(call, message, _form(macro))
    given: dict[str, nodes.Expr] = dict(zip(names, call.args, strict=False))
    for each in call.kwargs:
        if each.key not in names or each.key in given:
            twice = "gets `{}` twice" if each.key in given else "has no value `{}`"
            raise _no(call, f"`{macro.name}` {twice.format(each.key)}", _form(macro))
        given[each.key] = each.value
    for name, usual in zip(reversed(names), reversed(macro.defaults), strict=False):
        given.setdefault(name, _copy(usual, _nothing))
    missing = [name for name in names if name not in given]
    if missing:
        raise _no(call, f"`{macro.name}` needs a value for `{missing[0]}`", _form(macro))
    return {name: given[name] for name in names}


def _form(macro: nodes.Macro) -> str:
    return f"it is {macro.name}({', '.join(each.name for each in macro.args)})"


def _nothing(_node: nodes.Node) -> None:
    """Count nothing."""


def _copy(node: AnyNode, count: Callable[[nodes.Node], None]) -> AnyNode:
    count(node)
    twin = copy(node)
    for name, value in list(twin.iter_fields()):
        if isinstance(value, nodes.Node):
            setattr(twin, name, _copy(value, count))
        elif isinstance(value, list):
            listed = [
                _copy(each, count) if isinstance(each, nodes.Node) else each for each in value
            ]
            setattr(twin, name, listed)
    return twin
