"""Where does the CPU of this process go, over all of its threads?

Work is spread over the loop and its worker threads, and much of it happens while no Python runs. So
another process looks on: py-spy, which is installed into a folder of its own when it is missing.
"""

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kit.peers import installed

RATE = 250  # looks per second
# Where a thread waits for work; py-spy cannot always tell that from work.
_WAITS = (" _worker", " Condition.wait", " EpollSelector.select")
_HERE = f"{Path(__file__).parents[2]}/"


@dataclass
class Profile:
    """Looks at running threads, by function: in it, and in it or in what it had called."""

    own: Counter[str] = field(default_factory=Counter)
    within: Counter[str] = field(default_factory=Counter)
    looks: int = 0

    def read(self, raw: str) -> None:
        """Add the stacks that py-spy has written, each with its count."""
        for line in raw.splitlines():
            stack, _, number = line.rpartition(" ")
            frames = [_name(frame) for frame in stack.split(";")]
            if frames[-1].endswith(_WAITS):
                continue
            self.looks += int(number)
            self.own[frames[-1]] += int(number)
            for name in set(frames):
                self.within[name] += int(number)

    def top(self, lines: int = 20) -> dict[str, list[str]]:
        """The heaviest, in parts of all looks: by themselves, and with what they call."""
        ours = Counter({name: n for name, n in self.within.items() if name.startswith("sequencer")})
        kinds = {"own": self.own, "ours_with_callees": ours}
        return {kind: self._parts(counter, lines) for kind, counter in kinds.items()}

    def _parts(self, counter: Counter[str], lines: int) -> list[str]:
        every = max(self.looks, 1)
        return [f"{number / every:.1%} {name}" for name, number in counter.most_common(lines)]


@contextmanager
def profiled(folder: Path) -> Iterator[Profile]:
    """A profile of what happens inside; it is filled at the end."""
    raw, profile = folder / "stacks.txt", Profile()
    program = installed("py-spy", "py-spy") / "bin" / "py-spy"
    arguments = ["record", "--pid", str(os.getpid()), "--rate", str(RATE), "--format", "raw"]
    process = subprocess.Popen(
        [program, *arguments, "--output", str(raw), "--function"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if process.stdout is not None:
        process.stdout.readline()  # it says that it looks on now
    yield profile
    process.send_signal(signal.SIGINT)
    process.communicate()
    profile.read(raw.read_text("utf-8"))


def _name(frame: str) -> str:
    """`function (file)`, the file as it is imported."""
    function, _, place = frame.rpartition(" (")
    path = place.rstrip(")").removeprefix(_HERE)
    path = path.rpartition("site-packages/")[2].rpartition("lib/python3.11/")[2]
    return f"{path} {function}"
