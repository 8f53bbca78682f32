"""Is a step ever doubled or lost when daemons are killed again and again while they send?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

LOOP = Path(__file__).parents[1] / "kill/run.py"
KILLS = 20
LONGEST_S = 300


@pytest.mark.timeout(LONGEST_S + 20)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_kills_double_nothing_and_lose_nothing(database: str) -> None:
    """Everybody gets every step exactly once by the record of the sink, or somebody is told."""
    run = subprocess.run(
        [sys.executable, str(LOOP), f"--kills={KILLS}", f"--db={database}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["kills"] >= KILLS
    assert found["doubled"] == found["falsely_sent"] == 0
    assert 0 < found["parked"] < found["accepted"] <= found["steps"]
