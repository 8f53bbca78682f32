"""Plant each bug in a copy of the package and let the simulation look for it.

Run from the root of the project: `python tests/mutants/plant.py`; names as arguments plant only
those. The last line is a JSON object with how many were planted and how many were found.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from mutants.planted import PLANTS, Edit, Plant

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sequencer"
PAGE = ROOT / "docs" / "reference" / "mutants.md"
MOST_SEEDS = 500
WORKERS = min(2, os.cpu_count() or 1)
_SENTENCE = re.compile(r"^seed (\d+): (.*)$", re.MULTILINE)
HEAD = """# Planted bugs

Each of these bugs was planted alone in a copy of the engine, and `sequencer prove` was run on it
until a promise broke, over at most {seeds} seeds. `make mutants` does it again and writes this
page.

| bug | what is wrong then | seeds until found | first broken promise |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Hunt:
    """What came of one planted bug; `seed` is None where it was not found."""

    plant: Plant
    seed: int | None
    sentence: str


def replaced(text: str, edit: Edit) -> str:
    """The file's text with the bug; ValueError unless the place is found exactly once."""
    times = text.count(edit.before)
    if times != 1:
        raise ValueError(f"{edit.file}: {times} times: {edit.before!r}")
    return text.replace(edit.before, edit.after)


def plant_in(package: Path, plant: Plant) -> None:
    """Change the files of a copy of the package."""
    for edit in plant.edits:
        path = package / edit.file
        path.write_text(replaced(path.read_text("utf-8"), edit), "utf-8")


def hunt(plant: Plant, seeds: int = MOST_SEEDS) -> Hunt:
    """Run the simulation on a copy with that bug until something is broken."""
    with tempfile.TemporaryDirectory(prefix="sequencer-mutant-") as folder:
        copy = Path(folder) / "sequencer"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        plant_in(copy, plant)
        run = subprocess.run(
            [
                *(sys.executable, "-m", "sequencer", "prove", "--stop-early"),
                *(f"--seeds={seeds}", f"--workers={WORKERS}"),
            ],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    found = _SENTENCE.search(run.stdout)
    if found is None and not run.stdout.rstrip().endswith("}"):
        raise RuntimeError(run.stderr)
    return Hunt(plant, int(found[1]) if found else None, found[2] if found else "")


def page_of(hunts: list[Hunt]) -> str:
    """The page of documentation that shows the result."""
    rows = [
        f"| `{each.plant.name}` | {each.plant.wrong} "
        f"| {'not found' if each.seed is None else each.seed + 1} "
        f"| {each.sentence.partition(':')[0]} |\n"
        for each in hunts
    ]
    return HEAD.format(seeds=MOST_SEEDS) + "".join(rows)


def main(names: list[str]) -> int:
    """Hunt for all of them, or for those named; how many were not found."""
    plants = [plant for plant in PLANTS if not names or plant.name in names]
    hunts = []
    for plant in plants:
        each = hunt(plant)
        hunts.append(each)
        after = "NOT FOUND" if each.seed is None else f"seed {each.seed}: {each.sentence}"
        print(f"{plant.name:24} {after}", flush=True)
    if not names:
        PAGE.write_text(page_of(hunts), "utf-8")
    found = sum(each.seed is not None for each in hunts)
    print(json.dumps({"planted": len(hunts), "found": found}))
    return len(hunts) - found


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
