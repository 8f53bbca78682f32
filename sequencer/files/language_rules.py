"""How mails are read in each language: the rules that stand in YAML files of the package.

One file per language. Under `rules` each group is a list of rules: phrases, sentences in which one
of them has to be found (`yes`), and sentences in which none may be (`no`); the tests run them all.
Long lists are literal blocks, one phrase a line, which are quick to read.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from sequencer.mail.rules import Group, Label, Language, Rules, Vocabulary

FOLDER = Path(__file__).with_name("languages")
MADE = FOLDER / "made.json"


@lru_cache(maxsize=1)
def load_rules() -> Rules:
    """The rules of all languages, read once in a process.

    What the files say stands beside them in JSON too, which is read many times faster; it counts
    only if it was made of these very files.
    """
    texts = rule_files()
    digest = digest_of(texts)
    made = json.loads(MADE.read_bytes()) if MADE.exists() else {}
    if made.get("digest") == digest:
        return Rules(map(_from_json, made["languages"]), digest)
    from sequencer.files.language_file import read_language

    return Rules((read_language(code, text).language for code, text in texts.items()), digest)


def rule_files() -> dict[str, str]:
    """Content of every file by the code of its language."""
    return {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.yaml"))}


def digest_of(texts: Mapping[str, str]) -> str:
    """Eight hexadecimal digits that stand for these files."""
    return hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()[:8]


def rules_as_json(texts: Mapping[str, str]) -> str:
    """What stands beside the files."""
    from sequencer.files.language_file import read_language

    languages = [asdict(read_language(code, text).language) for code, text in texts.items()]
    made = {"digest": digest_of(texts), "languages": languages}
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n"


def _from_json(made: dict[str, Any]) -> Language:
    return Language(
        made["code"],
        months=tuple(map(tuple, made["months"])),
        weekdays=tuple(map(tuple, made["weekdays"])),
        words={Vocabulary(name): tuple(words) for name, words in made["words"].items()},
        labels={Label(name): tuple(labels) for name, labels in made["labels"].items()},
        phrases={Group(name): tuple(phrases) for name, phrases in made["phrases"].items()},
        classes={name: tuple(words) for name, words in made["classes"].items()},
    )
