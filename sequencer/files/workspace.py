"""Where things lie in a workspace: `config/sequencer.yaml`, `config/cadences`, `templates`."""

from collections.abc import Sequence
from pathlib import Path

SETTINGS = Path("config", "sequencer.yaml")
CADENCES = Path("config", "cadences")
TEMPLATES = Path("templates")
TESTS = (".test.yaml", ".test.yml")  # how the names of files with tests of cadences end
STATE = Path(".sequencer")
CHECKED = STATE / "checked.json"  # what the last check found; may be deleted
HISTORY, OPT_OUTS = STATE / "history.json", STATE / "opt-outs.log"  # never in the database


def cadence_files(root: Path) -> Sequence[Path]:
    """Cadence files of the workspace in the order of their names; tests of cadences are none."""
    return [path for path in _yaml_files(root / CADENCES) if not path.name.endswith(TESTS)]


def cadence_test_files(root: Path) -> Sequence[Path]:
    """Files with tests of cadences, in the order of their names."""
    return [path for path in _yaml_files(root / CADENCES) if path.name.endswith(TESTS)]


def _yaml_files(folder: Path) -> Sequence[Path]:
    return sorted(
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.suffix in {".yaml", ".yml"} and path.is_file() and not path.name.startswith(".")
    )


def root_of(cadence_file: Path) -> Path:
    """The workspace that a cadence file belongs to: the folder above `config/cadences`."""
    folder = cadence_file.absolute().parent
    if folder.parts[-2:] == CADENCES.parts:
        return folder.parents[1]
    return folder


def shown(path: Path, root: Path) -> str:
    """How messages call a file: relative to the workspace where it lies inside."""
    try:
        return path.absolute().relative_to(root.absolute()).as_posix()
    except ValueError:
        return str(path)
