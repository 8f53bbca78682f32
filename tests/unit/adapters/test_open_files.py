"""How many connections the process may have open."""

import subprocess
import sys

from sequencer.adapters.open_files import ENOUGH

SCRIPT = """
import resource
from sequencer.adapters.open_files import raise_limit
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
print(raise_limit(), *resource.getrlimit(resource.RLIMIT_NOFILE), raise_limit())
"""


def test_limit_is_raised() -> None:
    """It is raised to what is allowed, and once is enough."""
    done = subprocess.run(  # noqa: S603 - Python itself, with a script of ours
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    told, soft, hard, again = map(int, done.stdout.split())
    assert told == soft == again
    assert soft == min(hard, ENOUGH) or hard < 0
