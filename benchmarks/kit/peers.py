"""Programs that are compared with, or that look on: each in an environment that may be thrown away.

They come from the package registries, into `benchmarks/.peers`.
"""

import subprocess
import sys
from pathlib import Path

PEERS = Path(__file__).parents[1] / ".peers"
INSTALL_S = 180


class MissingError(Exception):
    """A peer could not be installed."""


def installed(name: str, *packages: str) -> Path:
    """A Python environment with these packages, made where it is missing.

    Raises:
        MissingError: the registry cannot be reached, or has no such package.
    """
    folder = PEERS / name
    if not (folder / "done").exists():
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        _run([str(folder / "bin" / "pip"), "install", "--quiet", *packages])
        (folder / "done").touch()
    return folder


def installed_npm(name: str, *packages: str) -> Path:
    """A folder with these packages of npm, made where it is missing.

    Raises:
        MissingError: as for Python.
    """
    folder = PEERS / name
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _run(["npm", "install", "--silent", "--no-fund", "--prefix", str(folder), *packages])
        (folder / "done").touch()
    return folder


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=INSTALL_S)
    except (OSError, subprocess.SubprocessError) as error:
        words = getattr(error, "stderr", None) or str(error).encode()
        raise MissingError(words.decode("utf-8", "replace").strip()[-300:]) from error
