"""The template files of one cadence, and nothing outside their folder."""

from collections.abc import Iterable
from pathlib import Path

from sequencer.files import names
from sequencer.files.language import variants
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.text_file import read_text

MAX_BYTES = 64 * 1024


class TemplateFolder:
    """Folder `templates/<cadence>` of a workspace.

    Args:
        folder: where it is.
        shown: how messages call it.
    """

    def __init__(self, folder: Path, shown: str) -> None:
        self.shown = shown
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """Names of the template files; a link that leads out of the folder is none."""
        if not self._folder.is_dir():
            return ()
        home = self._folder.resolve()
        return tuple(
            sorted(
                path.name
                for path in self._folder.iterdir()
                if _is_template(path.name) and path.is_file() and path.resolve().parent == home
            )
        )

    def read(self, wanted: Iterable[str]) -> dict[str, str]:
        """Source text of the wanted templates and of their language variants, by file name.

        Names that do not exist are left out.

        Raises:
            ConfigError: some of the files cannot be read as text.
        """
        present = self.names()
        wanted = {name for name in wanted if name in present}
        chosen = {*wanted, *(each for name in wanted for each in variants(present, name))}
        texts: dict[str, str] = {}
        problems: list[Problem] = []
        for name in sorted(chosen):
            try:
                texts[name] = read_text(self._folder / name, f"{self.shown}/{name}", MAX_BYTES)
            except ConfigError as error:
                problems.extend(error.problems)
        if problems:
            raise ConfigError(problems)
        return texts


def _is_template(name: str) -> bool:
    try:
        names.template_name(name)
    except ValueError:
        return False
    return True
