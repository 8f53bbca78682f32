"""A backup of a database as an operator makes one, and puts it back."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from servers.databases import Databases

from sequencer.store.database import Database


@dataclass
class Backup:
    """Of an SQLite file, by SQLite's own copy; of PostgreSQL, as a copy of the whole database."""

    database: Database
    folder: Path
    server: Databases | None = None
    _copy: str = ""

    def take(self) -> None:
        """Keep everything as it is now."""
        self.database.dispose()
        if self.server is not None:
            self._copy = self.server.copy(_url(self.database))
            return
        self._copy = str(self.folder / "backup.db")
        with (
            closing(sqlite3.connect(str(self.database.path))) as source,
            closing(sqlite3.connect(self._copy)) as target,
        ):
            source.backup(target)

    def restore(self) -> None:
        """Let the database be again what it was then."""
        self.database.dispose()
        if self.server is not None:
            self.server.overwrite(_url(self.database), self._copy)
            return
        path = self.database.path
        assert path is not None
        for tail in ("-wal", "-shm"):
            path.with_name(path.name + tail).unlink(missing_ok=True)
        shutil.copy(self._copy, path)


def _url(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)
