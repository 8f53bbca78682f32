"""The template files of one cadence and those that all share, and nothing outside their folders."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from os import DirEntry, scandir
from pathlib import Path

from sequencer.files import names
from sequencer.files.attach_keys import attachment_name
from sequencer.files.language import variants
from sequencer.files.names import SHARED
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.template_text import included_names
from sequencer.files.text_file import read_text

MAX_BYTES = 64 * 1024
MAX_FILE = 1_500_000  # bytes of a file that goes with a mail


class TemplateFolder:
    """Folder `templates/<cadence>` of a workspace, and `templates/shared` beside it.

    Args:
        folder: where it is.
        shown: how messages call it.
    """

    def __init__(self, folder: Path, shown: str) -> None:
        self.shown = shown
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """Names of the template files; a link that leads out of the folder is none."""
        return tuple(sorted(_names_in(self._folder, names.template_name)))

    def path(self, name: str) -> tuple[Path, str]:
        """Where a file is, and how messages call it."""
        if name.startswith(SHARED):
            return self._folder.parent / name, f"{self.shown.rpartition('/')[0]}/{name}"
        return self._folder / name, f"{self.shown}/{name}"

    def read(self, wanted: Iterable[str]) -> dict[str, str]:
        """Source text of the wanted templates and of all that they include, by file name.

        The language variants of each are read with it. Names that do not exist are left out.

        Raises:
            ConfigError: some of the files cannot be read as text.
        """
        present = self.names()
        texts: dict[str, str] = {}
        problems: list[Problem] = []
        waiting = list(_with_languages((name for name in wanted if name in present), present))
        while waiting:
            name = waiting.pop()
            if name in texts:
                continue
            try:
                texts[name] = read_text(*self.path(name), MAX_BYTES)
            except ConfigError as error:
                texts[name] = ""
                problems.extend(error.problems)
            included = included_names(texts[name])
            waiting.extend(_with_languages(included, self._pieces) if included else ())
        if problems:
            raise ConfigError(problems)
        return {name: texts[name] for name in sorted(texts)}

    def files(self) -> tuple[str, ...]:
        """Names of the files that may go with a mail."""
        return tuple(sorted(_names_in(self._folder, attachment_name)))

    def contents(self, wanted: Iterable[str]) -> dict[str, bytes]:
        """What is in the wanted files, at most a byte more than is allowed; missing ones left out.

        Raises:
            ConfigError: one cannot be read.
        """
        names_here = set(wanted)
        found = {}
        for name in sorted(names_here and names_here.intersection(self.files())):
            path, shown = self.path(name)
            try:
                with path.open("rb") as file:
                    found[name] = file.read(MAX_FILE + 1)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                problem = Problem(shown, None, None, f"the file cannot be read: {reason}")
                raise ConfigError([problem.of_rule("unreadable-file")]) from error
        return found

    @cached_property
    def _pieces(self) -> tuple[str, ...]:
        """All that templates here may include."""
        shared = _names_in(self._folder.parent / SHARED, names.included_name)
        own = _names_in(self._folder, names.included_name)
        return (*own, *(f"{SHARED}{name}" for name in shared))


def _with_languages(wanted: Iterable[str], present: tuple[str, ...]) -> Iterator[str]:
    for name in wanted:
        if name in present:
            yield name
        yield from variants(present, name)


def _names_in(folder: Path, form: Callable[[str], str]) -> Iterator[str]:
    """Names of that form in a folder; a link that leads out of it is none."""
    if not folder.is_dir() or not _lies_beside(folder):
        return
    with scandir(folder) as entries:
        for entry in entries:
            if _has_form(entry.name, form) and entry.is_file() and _lies_in(folder, entry):
                yield entry.name


def _lies_beside(folder: Path) -> bool:
    """Whether it is a folder of the workspace's `templates/`, and no link that leads out of it."""
    return not folder.is_symlink() or folder.resolve().is_relative_to(folder.parent.resolve())


def _lies_in(folder: Path, entry: "DirEntry[str]") -> bool:
    """Whether it is a file of the folder, and no link that leads out of it."""
    return not entry.is_symlink() or Path(entry.path).resolve().parent == folder.resolve()


def _has_form(name: str, form: Callable[[str], str]) -> bool:
    try:
        form(name)
    except ValueError:
        return False
    return True
