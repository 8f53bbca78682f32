"""What has this host seen committed? A small file beside the database, which a restore leaves."""

import json
import os
from datetime import datetime
from pathlib import Path

from sequencer.domain.history import Seen


class MarkerError(OSError):
    """The file is there and cannot be understood."""


class MarkerFile:
    """The newest entry of the ledger that a daemon of this workspace has seen, and its epoch."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Seen | None:
        """What was seen; None where nothing was yet.

        Raises:
            MarkerError: the file cannot be read or understood.
        """
        try:
            told = json.loads(self.path.read_text("utf-8"))
            return Seen(str(told["epoch"]), int(told["entry"]), datetime.fromisoformat(told["at"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise MarkerError(f"{self.path} cannot be read: {error!r}") from error

    def save(self, seen: Seen) -> None:
        """Replace it in one step; when this returns it survives a crash. Raises OSError."""
        told = {"epoch": seen.epoch, "entry": seen.entry, "at": seen.at.isoformat()}
        fresh = self.path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(told, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
