"""Is an output what it was when somebody last read it? The texts lie in tests/golden."""

import os
from difflib import unified_diff
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"
REWRITE = "GOLDEN_REWRITE"  # run the tests with it set to 1, then read the diff of git


def golden(name: str, text: str) -> None:
    """Fail, with the lines that differ, unless the file of that name holds that text."""
    path = FOLDER / name
    if os.environ.get(REWRITE) == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    kept = path.read_text("utf-8") if path.exists() else ""
    lines = unified_diff(kept.splitlines(), text.splitlines(), f"kept {name}", "now", lineterm="")
    assert kept == text, "\n".join([*lines, f"`{REWRITE}=1` takes what comes out now."])
