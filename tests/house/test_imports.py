import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from house.tree import PACKAGE, ROOT

DOWN = "Imports point down only"
PURE = "domain and mail do no I/O and read no clock"
PORTS = "engine names ports, never an adapter"
FACES = "cli and web reach the rest only through engine and bootstrap"
SQL = "Only store speaks SQLAlchemy"
ROWS = "Table rows stay inside store"
ADAPTERS = "Adapters do not know each other"
CYCLES = "No cycles, at any depth"

PLANTS = [
    ("domain/delay.py", "import time", PURE),
    ("domain/gate.py", "import logging", PURE),
    ("mail/header.py", "import asyncio", PURE),
    ("mail/header.py", "import secrets", PURE),
    ("files/__init__.py", "import sequencer.store.columns", DOWN),
    ("adapters/clock.py", "import sequencer.files", DOWN),
    ("web/__init__.py", "import sequencer.cli.failure", DOWN),
    ("loose_end/__init__.py", '"""A package that was given no floor."""', DOWN),
    ("simulation/tally.py", "import sequencer.web.headers", DOWN),
    ("engine/why.py", "import sequencer.adapters.clock", PORTS),
    ("engine/send_mail.py", "import smtplib", PORTS),
    ("cli/__init__.py", "import sequencer.store.sends", FACES),
    ("web/__init__.py", "import sequencer.adapters.clock", FACES),
    ("engine/why.py", "import sqlalchemy", SQL),
    ("engine/verify.py", "import sequencer.store.tables", ROWS),
    ("adapters/randomness.py", "import sequencer.adapters.clock", ADAPTERS),
    ("domain/wall_time.py", "import sequencer.domain.delay", CYCLES),
    ("store/columns.py", "import sequencer.store.sends", CYCLES),
]


def verdicts(root: Path) -> dict[str, bool]:
    """Whether each contract is kept by the tree at `root`."""
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=root,
        env={"PATH": "/usr/bin:/bin", "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^(.+?) (KEPT|BROKEN)\b", run.stdout, re.MULTILINE)
    assert found, run.stdout + run.stderr
    assert (run.returncode == 0) == all(word == "KEPT" for _, word in found)
    return {name: word == "KEPT" for name, word in found}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", root)
    shutil.copytree(PACKAGE, root / "sequencer", ignore=shutil.ignore_patterns("__pycache__"))
    return root


def test_contracts_are_kept() -> None:
    """All contracts hold, and each of them is put to the test below."""
    assert verdicts(ROOT) == dict.fromkeys({contract for _, _, contract in PLANTS}, True)


@pytest.mark.parametrize(("file", "line", "contract"), PLANTS)
def test_contracts_bite(copy: Path, file: str, line: str, contract: str) -> None:
    """One forbidden import breaks exactly the contract that forbids it."""
    path = copy / "sequencer" / file
    before = path.read_text("utf-8") if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{before or ''}\n{line}\n", "utf-8")
    try:
        broken = [name for name, kept in verdicts(copy).items() if not kept]
    finally:
        if before is None:
            shutil.rmtree(path.parent)
        else:
            path.write_text(before, "utf-8")
    assert broken == [contract]
