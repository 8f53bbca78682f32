"""What a check found in cadences that have not changed since, so that it need not look again.

Kept in a file of the workspace's state folder. It may be deleted at any time, and one that is not
what was written here counts for nothing.
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, fields
from functools import cache
from pathlib import Path

import sequencer
from sequencer.domain.disposition import Dispositions
from sequencer.files.cadence import LoadedCadence
from sequencer.files.problem import Problem, Severity
from sequencer.files.settings_model import Settings
from sequencer.files.yaml_source import YamlSource

MAX_BYTES = 8 * 1024 * 1024
_TEXTS = frozenset({"file", "message", "hint", "source_line", "code"})
_NAMES = tuple(field.name for field in fields(Problem))
_CODE = ("domain", "files", "mail")  # parts of the package that decide what is found


class CheckMemory:
    """Findings by what they were found in.

    Args:
        path: the file; None to remember nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._kept = {} if path is None else _read(path)
        self._used: dict[str, list[dict[str, object]]] = {}

    def get(self, key: str) -> tuple[Problem, ...] | None:
        """What was found under that key, None where nothing is known."""
        try:
            found = tuple(map(_problem, self._kept[key]))
        except (KeyError, TypeError, ValueError):
            return None
        self._used[key] = self._kept[key]
        return found

    def put(self, key: str, problems: Iterable[Problem]) -> None:
        """Remember what was found."""
        self._used[key] = [asdict(problem) for problem in problems]

    def save(self) -> None:
        """Write down what was used or found, where there is a folder for it; or leave it."""
        if self._path is None or self._used.keys() == self._kept.keys():
            return
        text = json.dumps(self._used)
        if len(text) > MAX_BYTES or not self._path.parent.is_dir():
            return
        beside = self._path.with_suffix(".new")
        try:
            beside.write_text(text, "utf-8")
            beside.replace(self._path)
        except OSError:
            return  # it would only have saved time


def key_of(
    source: YamlSource,
    loaded: LoadedCadence,
    settings: Settings | None,
    dispositions: Dispositions,
    present: Collection[str],
) -> str:
    """What decides which findings a cadence has, as one short text.

    Args:
        source: its file.
        loaded: its templates, and what goes with its mails.
        settings: those in force.
        dispositions: how its tasks may end.
        present: names of the files in its folder of templates.
    """
    parts = [
        source.file,
        source.text,
        sorted(loaded.templates.items()),
        sorted(loaded.attachments.items()),
        repr(settings),
        repr(sorted(dispositions.items())),
        sorted(present),
    ]
    return hashlib.sha256(json.dumps([_stamp(), *parts]).encode()).hexdigest()


@cache
def _stamp() -> str:
    """Which program it is: its version, and when its files were last written."""
    root = Path(sequencer.__file__).parent
    newest = max(each.stat().st_mtime_ns for part in _CODE for each in (root / part).glob("**/*.*"))
    return f"{sequencer.__version__} {newest}"


def _read(path: Path) -> dict[str, list[dict[str, object]]]:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        found = json.loads(content) if len(content) <= MAX_BYTES else None
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _problem(written: object) -> Problem:
    """The problem that was written so; TypeError or ValueError where it is none."""
    if not isinstance(written, dict) or set(written) != set(_NAMES):
        raise ValueError("no problem")
    for name in _TEXTS:
        if not isinstance(written[name], str):
            raise TypeError(name)
    for name in ("line", "column"):
        if written[name] is not None and type(written[name]) is not int:
            raise TypeError(name)
    return Problem(**{**written, "severity": Severity(written["severity"])})
