import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[1] / "fakes" / "idle_pool.py"
MUCH_S = 60  # what is idle would stay for ever


@pytest.fixture
def simulation() -> Iterator[subprocess.Popen[str]]:
    """A process whose workers wait for more to do."""
    child = subprocess.Popen(
        [sys.executable, str(PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    yield child
    with child:
        if child.poll() is None:
            child.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_worker_is_left(simulation: subprocess.Popen[str], number: signal.Signals) -> None:
    """However the first process ends, its workers end too: they hold its output open until then."""
    simulation.send_signal(number)
    try:
        simulation.wait(MUCH_S)
        simulation.communicate(timeout=MUCH_S)
    except subprocess.TimeoutExpired:
        os.killpg(simulation.pid, signal.SIGKILL)
        raise
    assert simulation.returncode == -number
