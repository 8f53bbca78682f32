"""Guards: the small language behind `when:`, parsed by hand, decided on facts alone.

    not call.connected and (stage == "customer" or country != "ES")

`not`, `and`, `or` and parentheses; a name alone asks whether there is something; `==` and `!=`
compare a field with a quoted text. Nothing in it can fail at run time: what is not known is empty.
Size and nesting are limited, and the work grows with the length of the text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

MAX_LENGTH = 500
MAX_DEPTH = 20
CALL_CONNECTED = "call.connected"
SENT, DONE, SKIPPED = "sent", "done", "skipped"  # words that every step knows

_TOKEN = re.compile(
    r"""\s*(?:(?P<name>[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*)?)"""
    r"""|(?P<text>"[^"]*"|'[^']*')|(?P<sign>==|!=|[()]))""",
    re.ASCII,
)


class GuardError(ValueError):
    """A guard that cannot be read; `at` is the position in it, counted from 0."""

    def __init__(self, message: str, at: int, hint: str = "") -> None:
        super().__init__(message)
        self.at = at
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when a guard is asked.

    Attributes:
        fields: the values of the prospect; a blank one counts as none.
        ends: how each step ended so far, in words: sent, done, skipped, a disposition.
        connected: whether a call has reached somebody.
    """

    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    ends: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    connected: bool = False

    def passing(self, step_ids: Iterable[str]) -> "Facts":
        """The facts where these steps lie behind: one of them that did not happen was skipped."""
        passed = {step_id: self.ends.get(step_id, frozenset({SKIPPED})) for step_id in step_ids}
        return Facts(self.fields, {**self.ends, **passed}, self.connected)


NO_FACTS = Facts()


@dataclass(frozen=True, slots=True)
class Name:
    """Whether a fact holds, or a field has a value; `at` is its position."""

    name: str
    at: int

    def holds(self, facts: Facts) -> bool:
        """Whether there is such a thing."""
        if self.name == CALL_CONNECTED:
            return facts.connected
        step_id, dot, word = self.name.partition(".")
        if dot:
            return word in facts.ends.get(step_id, ())
        return bool(facts.fields.get(self.name, "").strip())


@dataclass(frozen=True, slots=True)
class Equal:
    """Whether a field has exactly that text, or has not."""

    name: Name
    text: str
    wanted: bool

    def holds(self, facts: Facts) -> bool:
        """Whether it is so."""
        return (facts.fields.get(self.name.name, "") == self.text) is self.wanted


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    part: "Guard"

    def holds(self, facts: Facts) -> bool:
        """Whether the part does not hold."""
        return not self.part.holds(facts)


@dataclass(frozen=True, slots=True)
class All:
    """Every part."""

    parts: tuple["Guard", ...]

    def holds(self, facts: Facts) -> bool:
        """Whether all parts hold."""
        return all(part.holds(facts) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part."""

    parts: tuple["Guard", ...]

    def holds(self, facts: Facts) -> bool:
        """Whether one of the parts holds."""
        return any(part.holds(facts) for part in self.parts)


Guard = Name | Equal | Not | All | Some


def parse_guard(text: str) -> Guard:
    """The guard of that text.

    Raises:
        GuardError: it is none; the error says where, and what to write instead.
    """
    if len(text) > MAX_LENGTH:
        raise GuardError(f"a guard has at most {MAX_LENGTH} characters", MAX_LENGTH)
    parser = _Parser(list(_tokens(text)), len(text.rstrip()))
    guard = parser.either(0)
    parser.expect_end()
    return guard


def holds(text: str, facts: Facts) -> bool:
    """Whether the guard lets a step happen; an empty one always does.

    Raises:
        GuardError: the text is no guard.
    """
    return not text or parse_guard(text).holds(facts)


def names_in(guard: Guard) -> Iterator[tuple[Name, bool]]:
    """Every name of a guard in its order, and whether it is compared with a text."""
    if isinstance(guard, Name):
        yield guard, False
    elif isinstance(guard, Equal):
        yield guard.name, True
    else:
        for part in (guard.part,) if isinstance(guard, Not) else guard.parts:
            yield from names_in(part)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def _tokens(text: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise _unreadable(text, at)
        kind = match.lastgroup or ""
        yield _Token(kind, match[kind], match.start(kind))
        at = match.end()


def _unreadable(text: str, at: int) -> GuardError:
    if text[at] in "\"'":
        return GuardError("the quoted text does not end", at, "close it with the same quote")
    if text[at] == "=":
        return GuardError("a single `=`", at, "write `==` to compare")
    hint = "names, quoted text, `not`, `and`, `or`, `==`, `!=` and parentheses are known"
    return GuardError(f"`{text[at]}` means nothing here", at, hint)


@dataclass
class _Parser:
    """Recursive descent over tokens; `next` is the position among them."""

    tokens: list[_Token]
    end: int
    next: int = 0

    def either(self, depth: int) -> Guard:
        parts = [self._both(depth)]
        while self._takes("or"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _both(self, depth: int) -> Guard:
        parts = [self._one(depth)]
        while self._takes("and"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self, depth: int) -> Guard:
        if depth >= MAX_DEPTH:
            raise GuardError(f"more than {MAX_DEPTH} levels", self._at)
        if self._takes("not"):
            return Not(self._one(depth + 1))
        if self._takes("("):
            inner = self.either(depth + 1)
            if not self._takes(")"):
                raise GuardError("a parenthesis is not closed", self._at, "add `)`")
            return inner
        return self._name()

    def _name(self) -> Guard:
        token = self._peek()
        if token is None or token.kind != "name" or token.text in {"and", "or"}:
            found = f"`{token.text}`" if token else "the end"
            hint = "such as `call.connected`, `phone` or `stage`"
            raise GuardError(f"a name is expected, not {found}", self._at, hint)
        self.next += 1
        name = Name(token.text, token.at)
        for sign in ("==", "!="):
            if self._takes(sign):
                return Equal(name, self._text(), wanted=sign == "==")
        return name

    def _text(self) -> str:
        token = self._peek()
        if token is None or token.kind != "text":
            hint = 'put the text in quotes, such as "customer"'
            raise GuardError("a quoted text is expected", self._at, hint)
        self.next += 1
        return token.text[1:-1]

    def expect_end(self) -> None:
        token = self._peek()
        if token is not None:
            hint = "join two conditions with `and` or `or`"
            raise GuardError(f"`{token.text}` is not expected here", token.at, hint)

    def _peek(self) -> _Token | None:
        return self.tokens[self.next] if self.next < len(self.tokens) else None

    def _takes(self, word: str) -> bool:
        token = self._peek()
        taken = token is not None and token.kind != "text" and token.text == word
        self.next += taken
        return taken

    @property
    def _at(self) -> int:
        token = self._peek()
        return token.at if token is not None else self.end
