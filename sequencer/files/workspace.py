"""Where things lie in a workspace: `config/sequencer.yaml`, `config/cadences`, `templates`."""

from collections.abc import Sequence
from pathlib import Path

SETTINGS = Path("config", "sequencer.yaml")
CADENCES = Path("config", "cadences")
TEMPLATES = Path("templates")
STATE = Path(".sequencer")
HISTORY, OPT_OUTS = STATE / "history.json", STATE / "opt-outs.log"  # never in the database


def cadence_files(root: Path) -> Sequence[Path]:
    """Cadence files of the workspace in the order of their names."""
    folder = root / CADENCES
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
