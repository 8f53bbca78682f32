"""Does another process work on this database? One SQLite file bears one daemon."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class LockedError(Exception):
    """Another process has the database; the text says which one, and what to do."""


class InstanceLock:
    """An exclusive lock beside a database, held by this process until released or dead.

    The kernel drops the lock with the process, so a file that is left behind means nothing. It is
    not removed either: whoever waits for it would then hold a lock on a file without a name.
    """

    def __init__(self, database: Path) -> None:
        self.database = database
        self.path = database.with_name(database.name + ".lock")
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock, or raise LockedError at once."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()} {_boot_id()}\n".encode())
        except BlockingIOError as error:
            holder = os.read(descriptor, 200).decode("ascii", "replace")
            os.close(descriptor)
            raise LockedError(self._complaint(holder)) from error
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; without one this does nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def _complaint(self, holder: str) -> str:
        pid, _, boot_id = holder.strip().partition(" ")
        here = boot_id == _boot_id()
        who = f"process {pid}" if here else f"process {pid or '?'} of another machine or container"
        way_out = f"stop it first (kill {pid})" if here else "stop it there first"
        return (
            f"{self.database} is in use by {who}: {way_out}, "
            "or move to PostgreSQL, which serves several daemons (sequencer db move)."
        )


def _boot_id() -> str:
    with suppress(OSError):
        return _BOOT_ID.read_text("ascii").strip()
    return "-"
