"""Which file is the cadence of that name in, even where the file is half written?"""

import re
from pathlib import Path

from sequencer.files import workspace

MOST_READ = 64 * 1024  # bytes; the name stands at the top
_NAME = re.compile(rb"^cadence:[ \t]*[\"']?([a-z0-9-]+)", re.MULTILINE)


def file_of_cadence(root: Path, slug: str) -> str:
    """Path of its file as messages show it; empty where no file has that name."""
    for path in workspace.cadence_files(root):
        if name_in(path) == slug:
            return workspace.shown(path, root)
    return ""


def name_in(path: Path) -> str:
    """The name that a cadence file says; that of the file where it says none."""
    try:
        with path.open("rb") as file:
            found = _NAME.search(file.read(MOST_READ))
    except OSError:
        found = None
    return found[1].decode("ascii") if found else path.stem
