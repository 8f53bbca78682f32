"""Does the loop find a broken engine? Plant bugs in copies of the package, and let it look.

Run from the root of the project: `python tests/kill/prove.py`; names as arguments plant only those.
The last line is a JSON object with how many were planted and how many were found.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from mutants.plant import PACKAGE, plant_in
from mutants.planted import PLANTS, Plant, one

KILLS = 30
# Where each is looked for: a mail in two hands needs two daemons.
WHERE = {
    "mark-after-send": "sqlite",
    "handed-is-queued": "sqlite",
    "handed-is-sent": "sqlite",
    "doubt-is-not-sent": "sqlite",
    "boot-clock-not-compared": "postgresql",
}
HANDED_IS_SENT = one(
    "handed-is-sent",
    "a mail that a crash left handed over counts as sent",
    "engine/settle.py",
    "        if await _is_in_sent(world, send):\n            return FOUND\n",
    "        return FOUND\n",
)
_BY_SLEEPERS = re.compile(r'"by_sleepers": (\d+)')


def hunt(plant: Plant) -> str:
    """What the loop says of a copy with that bug; empty if it finds nothing."""
    with tempfile.TemporaryDirectory(prefix="kill-proof-") as folder:
        copy = Path(folder) / "sequencer"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        plant_in(copy, plant)
        script = Path(__file__).with_name("run.py")
        run = subprocess.run(
            [sys.executable, str(script), f"--kills={KILLS}", f"--db={WHERE[plant.name]}"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    last = run.stdout.rstrip().rpartition("\n")[2]
    if not last.startswith("{"):
        raise RuntimeError(run.stderr)
    found = json.loads(last)
    by_sleepers = _BY_SLEEPERS.search(run.stderr)
    wrong = found["doubled"] + found["falsely_sent"] + int(by_sleepers[1] if by_sleepers else 0)
    return (
        f"{last} by_sleepers: {by_sleepers and by_sleepers[1]}" if wrong and run.returncode else ""
    )


def main(names: list[str]) -> int:
    """Hunt for all of them, or for those named; how many were not found."""
    known = {plant.name: plant for plant in (*PLANTS, HANDED_IS_SENT)}
    missed = 0
    for name in names or WHERE:
        said = hunt(known[name])
        missed += not said
        print(f"{name:24} {said or 'NOT FOUND'}", flush=True)
    print(json.dumps({"planted": len(names or WHERE), "found": len(names or WHERE) - missed}))
    return missed


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
