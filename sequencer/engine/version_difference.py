"""In what do two versions of a cadence differ: keys, steps, and the text of their templates?"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff

CONTEXT = 2  # lines around a change of a template


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A key that is another one; None where there is none. Steps are named by their ids."""

    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class TextChange:
    """A file that is another one, as lines of a unified diff."""

    file: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one version in another.

    Attributes:
        attachments: names of files that are there no more, or new, or other ones.
    """

    slug: str
    before: str
    after: str
    keys: tuple[KeyChange, ...] = ()
    templates: tuple[TextChange, ...] = ()
    attachments: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.keys or self.templates or self.attachments)


def key_changes(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[KeyChange, ...]:
    """Keys of two documents that differ, in the order in which they are written."""
    old, new = dict(_flat(before, "")), dict(_flat(after, ""))
    keys = dict.fromkeys([*new, *old])
    return tuple(
        KeyChange(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)
    )


def text_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[TextChange, ...]:
    """Templates that differ, by their names."""
    return tuple(
        TextChange(name, tuple(_lines(name, before.get(name), after.get(name))))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    )


def other_files(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Names of files that differ."""
    every = sorted({*before, *after})
    return tuple(name for name in every if before.get(name) != after.get(name))


def _lines(name: str, before: str | None, after: str | None) -> Iterator[str]:
    old, new = ((text or "").splitlines() for text in (before, after))
    was, now = ("/dev/null" if text is None else name for text in (before, after))
    yield from unified_diff(old, new, was, now, n=CONTEXT, lineterm="")


def _flat(document: Mapping[str, object], above: str) -> Iterator[tuple[str, str]]:
    """Every key with the names of those above it, and its value in words."""
    for name, value in document.items():
        key = f"{above}{name}"
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{key}.")
        elif isinstance(value, list) and any(_id(each) for each in value):
            yield key, ", ".join(_id(each) for each in value)
            for each in value:
                yield from _flat(each, f"{key}.{_id(each)}.")
        elif name != "id":
            yield key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _id(entry: object) -> str:
    return str(entry.get("id") or "") if isinstance(entry, dict) else ""
