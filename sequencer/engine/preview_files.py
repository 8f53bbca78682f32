"""The cadences as the files say them at this moment: checked, and ready to be previewed."""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sequencer.domain.cadence import Version
from sequencer.engine.desk import Desk
from sequencer.engine.policy_of import policy_of
from sequencer.engine.preview import harmless_desk
from sequencer.files import workspace
from sequencer.files.cadence import LoadedCadence
from sequencer.files.cadence_name import name_in
from sequencer.files.check import check_workspace
from sequencer.files.problem import ConfigError, Problem, Severity
from sequencer.files.settings import Settings, load_settings

MOST_WATCHED = 2_000  # files; a workspace has some dozens
SHARED = "shared"


@dataclass(frozen=True)
class Written:
    """What lies in the files.

    Attributes:
        settings: None where they cannot be used; then there is no desk either.
        versions: the cadences that hold together, by name.
        problems: everything that `sequencer check` finds.
        files: the file of each cadence, those that do not hold together among them.
        has_database: whether there is one that may be asked about people.
    """

    settings: Settings | None
    desk: Desk | None
    versions: Mapping[str, Version]
    problems: tuple[Problem, ...]
    files: Mapping[str, str]
    has_database: bool = False

    def problems_of(self, slug: str) -> tuple[Problem, ...]:
        """Those in the settings and in the files of one cadence."""
        folders = tuple(f"{workspace.TEMPLATES / name}/" for name in (slug, SHARED))
        single = {workspace.SETTINGS.as_posix(), self.files.get(slug, "")}
        return tuple(
            each for each in self.problems if each.file in single or each.file.startswith(folders)
        )


def read_files(root: Path, environ: Mapping[str, str]) -> Written:
    """The workspace as it is written now; nothing is raised for what is wrong with it."""
    checked = check_workspace(root, environ)
    versions = {each.cadence.slug: version_of(each) for each in checked.cadences}
    files = {name_in(each): workspace.shown(each, root) for each in workspace.cadence_files(root)}
    try:
        settings = load_settings(root, environ)
    except ConfigError:
        return Written(None, None, versions, checked.problems, files)
    desk = harmless_desk(Desk(policy_of(settings)))
    has_database = _is_there(settings)
    return Written(settings, desk, versions, checked.problems, files, has_database)


def error_of(written: Written, slug: str) -> ConfigError:
    """Why a cadence cannot be previewed."""
    problems = [each for each in written.problems_of(slug) if each.severity is Severity.ERROR]
    nothing = Problem(written.files.get(slug, ""), None, None, "the cadence cannot be used")
    return ConfigError(problems or [nothing])


def version_of(loaded: LoadedCadence) -> Version:
    """The version that a cadence of the files would become."""
    attachments = {name: b64decode(text) for name, text in loaded.attachments.items()}
    return Version(loaded.hash, loaded.cadence, loaded.templates, attachments)


def stamp(root: Path, others: tuple[Path, ...] = ()) -> str:
    """A text that is another one as soon as a file of the workspace was changed."""
    found = []
    for path in islice(_watched(root, others), MOST_WATCHED):
        try:
            state = path.stat()
        except OSError:
            continue  # gone since it was listed, which changes the text as well
        found.append((path.as_posix(), state.st_mtime_ns, state.st_size))
    return f"{hash(tuple(sorted(found))):x}"


def _is_there(settings: Settings) -> bool:
    """Whether a database can be opened without one being made for that."""
    path = settings.database.partition("?")[0].removeprefix("sqlite:///")
    is_file = settings.database.startswith("sqlite:")
    return bool(settings.secret_keys) and (not is_file or Path(path).is_file())


def _watched(root: Path, others: tuple[Path, ...]) -> Iterator[Path]:
    yield from others
    yield root / workspace.SETTINGS
    for folder in (root / "config", root / workspace.CADENCES):
        yield from (each for each in folder.glob("*") if each.is_file())
    yield from (each for each in (root / workspace.TEMPLATES).glob("*/*") if each.is_file())
