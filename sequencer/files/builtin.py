"""The example workspace: the files that `init` writes and the demonstration runs."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

FOLDERS = ("config", "templates")
SUFFIXES = (
    ".csv",
    ".json",
    ".md",
    ".txt",
    ".yaml",
)  # no caches, no copies that an editor leaves behind

_PACKAGE = "sequencer"


def builtin_files() -> Iterator[tuple[str, bytes]]:
    """Path and content of every file of the example workspace, in the order of their paths.

    In a checkout these are the files at the top of the repository, in an installed package the
    copies that the wheel holds.
    """
    found = [each for folder in FOLDERS for each in _files(_top() / folder, folder)]
    for relative, file in sorted(found, key=lambda each: each[0]):
        yield relative, file.read_bytes()


def _top() -> Traversable:
    checkout = Path(__file__).parents[2]
    if (
        all((checkout / folder).is_dir() for folder in (*FOLDERS, _PACKAGE))
        and (checkout / "pyproject.toml").is_file()
    ):
        return checkout
    return files(_PACKAGE) / "_builtin"


def _files(folder: Traversable, relative: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        path = f"{relative}/{entry.name}"
        if entry.name.startswith((".", "_")):
            continue
        if entry.is_dir():
            yield from _files(entry, path)
        elif entry.name.endswith(SUFFIXES):
            yield path, entry
