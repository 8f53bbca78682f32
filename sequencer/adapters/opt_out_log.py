"""Who receives nothing any more? One line each, appended to a file that no restore takes back.

The lines hold addresses in the clear, as the database does: a hash could not be put on the list of
a database that has never met the address. So only the owner of the file may read it.
"""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock

from sequencer.domain.opt_out import OptOut
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason

MOST_OCTETS = 4_096  # of one line; an address has 320 at most


class OptOutLog:
    """The file; safe to use from several threads, and from several processes at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._owed: list[OptOut] = []
        self._lock = Lock()

    def note(self, opt_outs: Sequence[OptOut]) -> None:
        """Append these, and what could not be written before; on disk when this returns.

        Raises:
            OSError: they could not be written; they are tried again with the next ones.
        """
        with self._lock:
            self._owed += opt_outs
            if self._owed:
                self._append("".join(map(_line, self._owed)).encode())
                self._owed.clear()

    def read(self) -> Iterator[OptOut | str]:
        """What is in the file now, in its order; a line that cannot be understood as it stands."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            end = os.fstat(file.fileno()).st_size  # what is put back on the list is appended again
            while file.tell() < end and (line := file.readline(MOST_OCTETS)):
                if text := line.decode("utf-8", "replace").strip():
                    yield _read(text)

    def _append(self, lines: bytes) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        is_new = not self.path.exists()
        descriptor = os.open(self.path, flags, 0o600)
        try:
            if _is_torn(descriptor):
                lines = b"\n" + lines  # a crash left half a line: ours must not be joined to it
            while lines:
                lines = lines[os.write(descriptor, lines) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            _keep_name(self.path.parent)


def _is_torn(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


def _keep_name(folder: Path) -> None:
    """See to it that the name of a new file survives a crash, too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _line(opt_out: OptOut) -> str:
    entry = opt_out.suppression
    told = {
        "at": opt_out.at.isoformat(),
        "kind": entry.kind,
        "key": entry.key,
        "reason": entry.reason,
    }
    return f"{json.dumps(told, ensure_ascii=False)}\n"


def _read(text: str) -> OptOut | str:
    try:
        told = json.loads(text)
        kind, reason = SuppressionKind(told["kind"]), SuppressionReason(told["reason"])
        entry = Suppression(kind, str(told["key"]), reason)
        at = datetime.fromisoformat(told["at"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return text
    return OptOut(at, entry) if at.tzinfo is not None else text
