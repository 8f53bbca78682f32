"""From the events of a YAML parser to plain values with their places, without recursion.

The parser hands out one event after the other, so depth and number of values are checked while
reading: a bomb is refused before it is built. What YAML offers beyond values (anchors, tags, keys
that are lists) is refused too: no cadence needs it, and each has been the way to an accident.
"""

from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from sequencer.files.yaml_mistake import Mistake, Place, mistake_of
from sequencer.files.yaml_scalar import plain_value

MAX_DEPTH = 50
MAX_VALUES = 50_000  # a thousand mailboxes have that many
MAX_MISTAKES = 50

_QUOTE = 'quote text that begins with `{` or `[`, such as "{{ first_name }}"'


@dataclass
class Found:
    """What was read so far."""

    value: Any = None
    values: dict[tuple[str | int, ...], Place] = field(default_factory=dict)
    keys: dict[tuple[str | int, ...], Place] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)


class _TooMuchError(Exception):
    """Reading on would cost more than the file can be worth."""


@dataclass
class _Open:
    """A list or mapping that has begun; `key` is set while a mapping waits for its value."""

    value: dict[str, Any] | list[Any]
    path: tuple[str | int, ...]
    key: str | None = None


def read_events(text: str) -> Found:
    """Values of the text with their places, or the mistakes that keep it from being used."""
    reader = _Reader()
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            reader.take(event)
    except _TooMuchError:
        pass
    except (YAMLError, RecursionError, ValueError, LookupError) as error:
        reader.found.mistakes.append(mistake_of(error, text))
    return reader.found


class _Reader:
    """Builds values from events; the stack of open collections is a list, not the call stack."""

    def __init__(self) -> None:
        self.found = Found()
        self._stack: list[_Open] = []
        self._count = 0
        self._documents = 0

    def take(self, event: Any) -> None:
        """Read one event."""
        if isinstance(event, DocumentStartEvent):
            self._begin_document(event)
        elif isinstance(event, CollectionEndEvent):
            self._stack.pop()
        elif isinstance(event, NodeEvent):
            self._check(event)
            self._node(event)

    def _begin_document(self, event: DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            self._stop(_place(event), "a second document begins here", "remove the line `---`")

    def _check(self, event: Any) -> None:
        self._count += 1
        if self._count > MAX_VALUES:
            self._stop(_place(event), f"more than {MAX_VALUES} values")
        if isinstance(event, AliasEvent) or event.anchor:
            hint = "write the value out at each place"
            self._say(_place(event), "anchors (&) and aliases (*) are not allowed", hint)
        elif event.tag:
            hint = "quote the value if the `!` is part of it"
            self._say(_place(event), f"the tag `{event.tag}` is not allowed", hint)

    def _node(self, event: NodeEvent) -> None:
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._key(top, event)
            return
        value = _value(event)
        path = self._path(top)
        # The parser places a value that is not there at the next word, lines below its key.
        missing = isinstance(event, ScalarEvent) and not event.value and value is None
        self.found.values[path] = (missing and self.found.keys.get(path)) or _place(event)
        if top is None:
            self.found.value = value
        elif isinstance(top.value, list):
            top.value.append(value)
        else:
            top.value[str(top.key)] = value
            top.key = None
        if isinstance(value, dict | list):
            self._open(event, _Open(value, path))

    def _key(self, top: _Open, event: Any) -> None:
        place = _place(event)
        if not isinstance(event, ScalarEvent):
            self._stop(place, "a key is a word, not a list or a mapping", _QUOTE)
        top.key = key = str(event.value)[:200]
        path = (*top.path, key)
        if path in self.found.keys:
            first = self.found.keys[path][0] + 1
            hint = f"it stands in line {first} already: keep one of the two"
            self._say(place, f"the key `{key}` is there twice", hint)
        self.found.keys[path] = place

    def _path(self, top: _Open | None) -> tuple[str | int, ...]:
        if top is None:
            return ()
        last = len(top.value) if isinstance(top.value, list) else str(top.key)
        return (*top.path, last)

    def _open(self, event: NodeEvent, opened: _Open) -> None:
        self._stack.append(opened)
        if len(self._stack) > MAX_DEPTH:
            self._stop(_place(event), f"nested deeper than {MAX_DEPTH} levels")

    def _say(self, place: Place, message: str, hint: str = "") -> None:
        self.found.mistakes.append(Mistake(place, message, hint))
        if len(self.found.mistakes) >= MAX_MISTAKES:
            raise _TooMuchError

    def _stop(self, place: Place, message: str, hint: str = "") -> None:
        self.found.mistakes.append(Mistake(place, message, hint))
        raise _TooMuchError


def _value(event: NodeEvent) -> Any:
    if isinstance(event, MappingStartEvent):
        return {}
    if isinstance(event, SequenceStartEvent):
        return []
    if isinstance(event, ScalarEvent):
        text = str(event.value)
        if event.style == ">":
            return text.replace("\a", "")  # the parser marks where it has folded a line
        return plain_value(text) if event.style in {None, ""} else text
    return None


def _place(event: Any) -> Place:
    return event.start_mark.line, event.start_mark.column
