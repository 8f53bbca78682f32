"""The file of one language: its vocabulary, and rules with the sentences that prove them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from sequencer.files.nearest import did_you_mean
from sequencer.files.problem import ConfigError
from sequencer.files.yaml_source import Value, YamlSource, parse_yaml
from sequencer.mail.phrase import Classes, PhraseError, read_phrase
from sequencer.mail.rules import Group, Label, Language, Vocabulary

_KEYS = ("months", "weekdays", "words", "labels", "classes", "rules")
_PARTS = ("phrases", "yes", "no")
_LENGTHS = {"months": 12, "weekdays": 7}

Named = TypeVar("Named", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with the sentences that prove it."""

    group: Group
    phrases: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LanguageFile:
    """A file as it was read: the language, and its rules one by one."""

    language: Language
    rules: tuple[Rule, ...]


def read_language(code: str, text: str) -> LanguageFile:
    """The language that a file describes.

    Raises:
        ConfigError: it cannot be used; names the file and the line.
    """
    source = parse_yaml(text, f"{code}.yaml")
    top = _mapping(source, (), source.value)
    _only(source, (), top, _KEYS)
    classes = _classes(source, top)
    rules = tuple(_rules(source, _mapping(source, ("rules",), top.get("rules")), classes))
    phrases: dict[Group, tuple[str, ...]] = {}
    for rule in rules:
        phrases[rule.group] = phrases.get(rule.group, ()) + rule.phrases
    language = Language(
        code,
        months=_table(source, "months", top),
        weekdays=_table(source, "weekdays", top),
        words=_vocabularies(source, top),
        labels=_labels(source, top),
        phrases=phrases,
        classes=classes,
    )
    return LanguageFile(language, rules)


def _rules(source: YamlSource, groups: Mapping[str, Value], classes: Classes) -> Iterator[Rule]:
    for name, listed in groups.items():
        group = _named(source, ("rules", name), Group, name)
        path: tuple[str | int, ...] = ("rules", name)
        if not isinstance(listed, list) or not listed:
            raise _problem(source, path, "a group is a list of rules")
        for number, given in enumerate(listed):
            rule = _rule(source, group, (*path, number), given)
            for at, line in enumerate(rule.phrases):
                _check_phrase(source, (*path, number, "phrases"), at, line, classes)
            yield rule


def _rule(source: YamlSource, group: Group, path: tuple[str | int, ...], given: Value) -> Rule:
    parts = _mapping(source, path, given)
    _only(source, path, parts, _PARTS)
    lines = {part: _lines(source, (*path, part), parts.get(part)) for part in _PARTS}
    for part in ("phrases", "yes"):
        if not lines[part]:
            raise _problem(source, path, f"a rule has `{part}`")
    return Rule(group, lines["phrases"], lines["yes"], lines["no"])


def _check_phrase(
    source: YamlSource, path: tuple[str | int, ...], number: int, line: str, classes: Classes
) -> None:
    try:
        read_phrase("", line, classes)
    except PhraseError as error:
        line_of_block, _ = source.values[path]
        problem = source.problem_at((line_of_block + 1 + number, 0), str(error))
        raise ConfigError([problem]) from error


def _table(source: YamlSource, key: str, top: Mapping[str, Value]) -> tuple[tuple[str, ...], ...]:
    """A line for each month or weekday, with its names."""
    lines = _lines(source, (key,), top.get(key))
    if lines and len(lines) != _LENGTHS[key]:
        raise _problem(source, (key,), f"{_LENGTHS[key]} lines belong here, not {len(lines)}")
    return tuple(tuple(line.split()) for line in lines)


def _classes(source: YamlSource, top: Mapping[str, Value]) -> Mapping[str, tuple[str, ...]]:
    """Words by the name of their class."""
    given = _mapping(source, ("classes",), top.get("classes"))
    return {
        name: tuple(" ".join(_lines(source, ("classes", name), text)).split())
        for name, text in given.items()
    }


def _vocabularies(
    source: YamlSource, top: Mapping[str, Value]
) -> Mapping[Vocabulary, tuple[str, ...]]:
    given = _mapping(source, ("words",), top.get("words"))
    return {
        _named(source, ("words", name), Vocabulary, name): tuple(
            " ".join(_lines(source, ("words", name), text)).split()
        )
        for name, text in given.items()
    }


def _labels(source: YamlSource, top: Mapping[str, Value]) -> Mapping[Label, tuple[str, ...]]:
    given = _mapping(source, ("labels",), top.get("labels"))
    return {
        _named(source, ("labels", name), Label, name): _lines(source, ("labels", name), text)
        for name, text in given.items()
    }


def _lines(source: YamlSource, path: tuple[str | int, ...], value: Value) -> tuple[str, ...]:
    """Lines of a text; none where it is missing."""
    if value is None:
        return ()
    if not isinstance(value, str):
        raise _problem(source, path, "a text belongs here, one entry on each line")
    return tuple(line.strip() for line in value.splitlines() if line.strip())


def _mapping(source: YamlSource, path: tuple[str | int, ...], value: Value) -> Mapping[str, Value]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _problem(source, path, "keys with values belong here")
    return value


def _only(
    source: YamlSource,
    path: tuple[str | int, ...],
    given: Mapping[str, Value],
    allowed: tuple[str, ...],
) -> None:
    for key in given:
        if key not in allowed:
            raise _problem(source, (*path, key), f"`{key}` is no key here", key, allowed)


def _named(source: YamlSource, path: tuple[str | int, ...], names: type[Named], name: str) -> Named:
    try:
        return names(name)
    except ValueError as error:
        message = f"`{name}` is none of those known here"
        raise _problem(source, path, message, name, tuple(names)) from error


def _problem(
    source: YamlSource,
    path: tuple[str | int, ...],
    message: str,
    word: str = "",
    known: tuple[str, ...] = (),
) -> ConfigError:
    hint = did_you_mean(word, known) if word else ""
    return ConfigError([source.problem(path, message, hint, at_key=bool(word))])
