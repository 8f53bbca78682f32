"""What does a new workspace begin with? Nothing that is there already is overwritten.

Where settings are, somebody has begun already, and may have deleted examples: these do not come
back. Only the secret key is written then, which a copy out of version control lacks.
"""

import os
from pathlib import Path

from sequencer.files.builtin import builtin_files
from sequencer.files.workspace import SETTINGS, STATE


def write_workspace(root: Path, key: str) -> list[Path]:
    """Files written: the examples, and the secret key."""
    written = []
    for relative, content in () if (root / SETTINGS).exists() else builtin_files():
        target = root / relative
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            written.append(target)
    state = root / STATE
    state.mkdir(mode=0o700, exist_ok=True)  # it holds people and what was written to them
    secret = state / "secret.key"
    if not secret.exists():
        descriptor = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{key}\n")
        (state / ".gitignore").write_text("*\n", encoding="ascii")
        written.append(secret)
    return written
