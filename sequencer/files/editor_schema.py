"""The JSON Schema of each kind of file, made from the models that read it: editors complete by it.

Draft 7, which is what the YAML servers of editors understand. A schema refuses what the loader
refuses as far as that can be said in it, and nothing else but a key without a value.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sequencer.files.cadence_file import CadenceKeys
from sequencer.files.cadence_test_keys import TestFileKeys
from sequencer.files.dispositions import DispositionsKeys
from sequencer.files.schema_rules import RULES, SHORT_FORMS
from sequencer.files.settings_model import Settings

FOLDER = Path("config", "schema")
_DRAFT = "http://json-schema.org/draft-07/schema#"
_NULL = {"type": "null"}

Schema = dict[str, Any]


class FileKind(StrEnum):
    """A kind of file that people write."""

    CADENCE = "cadence"
    SETTINGS = "settings"
    TEST = "test"
    DISPOSITIONS = "dispositions"


_MODELS: Mapping[FileKind, tuple[type[BaseModel], str]] = {
    FileKind.CADENCE: (CadenceKeys, "A cadence"),
    FileKind.SETTINGS: (Settings, "Settings of the workspace"),
    FileKind.TEST: (TestFileKeys, "Tests of a cadence"),
    FileKind.DISPOSITIONS: (DispositionsKeys, "How a call or another task may end"),
}


def schema_of(kind: FileKind) -> Schema:
    """The schema of a kind of file, as a JSON value."""
    model, title = _MODELS[kind]
    raw = model.model_json_schema()
    sections = raw.pop("$defs", {})
    words = {name: each for name, each in sections.items() if "enum" in each}
    tidy = _Tidy(words).tidy
    kept = {name: each for name, each in sections.items() if name not in words}
    defs = {name: _with_rules(name, tidy(each)) for name, each in sorted(kept.items())}
    return {"$schema": _DRAFT, "title": title, **tidy(raw), "$defs": defs}


def schema_text(kind: FileKind) -> str:
    """The same as the text of a file."""
    return json.dumps(schema_of(kind), indent=2, ensure_ascii=False) + "\n"


def schema_files() -> Iterator[tuple[Path, str]]:
    """Path in a workspace, and text, of every schema."""
    for kind in FileKind:
        yield FOLDER / f"{kind}.json", schema_text(kind)


def write_schemas(root: Path) -> list[Path]:
    """The files of a workspace that are other ones now."""
    written = []
    for relative, text in schema_files():
        target = root / relative
        if not target.is_file() or target.read_text("utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
            written.append(target)
    return written


def _with_rules(name: str, section: Schema) -> Schema:
    """The section with what holds between its keys, and with its short form."""
    whole = {**section, **RULES.get(name, {})}
    short = SHORT_FORMS.get(name)
    return whole if short is None else {"anyOf": [short, whole]}


class _Tidy:
    """Makes of the library's schema one that helps in an editor; `words` are its enumerations."""

    def __init__(self, words: Mapping[str, Schema]) -> None:
        self.words = words

    def tidy(self, node: Schema) -> Schema:
        found = self._resolved(self._without_null(node))
        for name in ("title", "writeOnly"):
            found.pop(name, None)
        if found.get("default", "") is None:
            del found["default"]
        self._below(found)
        if "patternProperties" in found:
            found["additionalProperties"] = False
        if "description" in found:
            found["markdownDescription"] = found["description"]
        return found

    def _without_null(self, node: Schema) -> Schema:
        """Whoever writes a key means something by it: nothing is no value to choose."""
        others = [each for each in node.get("anyOf", ()) if each != _NULL]
        if len(others) == 1:
            return {**others[0], **{key: node[key] for key in node if key != "anyOf"}}
        return {**node, "anyOf": others} if others else dict(node)

    def _resolved(self, node: Schema) -> Schema:
        """Words in the place that refers to them; draft 7 sees nothing beside a reference."""
        if "$ref" not in node:
            return node
        reference = node.pop("$ref")
        words = self.words.get(reference.rpartition("/")[2])
        if words is not None:
            return {**words, **node}
        return {**node, "allOf": [{"$ref": reference}]} if node else {"$ref": reference}

    def _below(self, node: Schema) -> None:
        if "properties" in node:
            kept = {key: each for key, each in node["properties"].items() if not _is_secret(each)}
            node["properties"] = _each(kept, self.tidy)
            node["required"] = [key for key in node.get("required", ()) if key in kept]
        if "patternProperties" in node:
            node["patternProperties"] = _each(node["patternProperties"], self.tidy)
        for name in ("items", "additionalProperties"):
            if isinstance(node.get(name), dict):
                node[name] = self.tidy(node[name])
        if "anyOf" in node:
            node["anyOf"] = [self.tidy(each) for each in node["anyOf"]]
            node.pop("minLength", None)  # the length of a list that may be written as one entry
            node.pop("maxLength", None)
        if "enum" in node.get("propertyNames", {}):
            # Editors offer the keys of `properties`, and nothing else.
            value = node.pop("additionalProperties")
            node["properties"] = dict.fromkeys(node.pop("propertyNames")["enum"], value)
            node["additionalProperties"] = False


def _each(nodes: Mapping[str, Schema], tidy: Callable[[Schema], Schema]) -> Schema:
    return {key: tidy(node) for key, node in nodes.items()}


def _is_secret(node: object) -> bool:
    """Whether it is a secret, or a list of them: these stand in no file."""
    return '"format": "password"' in json.dumps(node)
