"""What does a new workspace begin with? Nothing that is there already is overwritten.

Where settings are, somebody has begun already, and may have deleted examples: these do not come
back. Only the secret key is written then, which a copy out of version control lacks. The settings
are therefore written last, and each file appears whole: an `init` that was interrupted is completed
by the next one.
"""

import os
from pathlib import Path

from sequencer.files.builtin import builtin_files
from sequencer.files.workspace import SETTINGS, STATE

_UNFINISHED = ".unfinished"


def write_workspace(root: Path, key: str) -> list[Path]:
    """Files written: the examples, and the secret key."""
    files = {} if (root / SETTINGS).exists() else dict(builtin_files())
    settings = {path: files.pop(path) for path in [*files] if Path(path) == SETTINGS}
    written = [root / path for path in files if _write(root / path, files[path])]
    state = root / STATE
    state.mkdir(mode=0o700, exist_ok=True)  # it holds people and what was written to them
    secret = state / "secret.key"
    if not secret.exists():
        _write(state / ".gitignore", b"*\n")  # before the key, which must never be committed
        _write(secret, f"{key}\n".encode("ascii"))
        written.append(secret)
    return [*written, *(root / path for path in settings if _write(root / path, settings[path]))]


def _write(target: Path, content: bytes) -> bool:
    """Whether a file was written, for its owner alone if it lies in the state folder."""
    if target.exists():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + _UNFINISHED)
    unfinished.unlink(missing_ok=True)
    mode = 0o600 if target.parent.name == STATE.name else 0o666
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    unfinished.replace(target)
    return True
