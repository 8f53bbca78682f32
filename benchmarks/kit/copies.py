"""Copies of a filled database, one for each run."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from servers.databases import Databases


@dataclass(frozen=True)
class Copies:
    """Of the database at that URL, which nobody uses meanwhile."""

    url: str
    databases: Databases | None = None

    @contextmanager
    def fresh(self) -> Iterator[tuple[Path, str]]:
        """A new folder, and the URL of a copy; both are gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="copy-") as name:
            folder = Path(name)
            if self.databases is None:
                shutil.copy(sa.make_url(self.url).database or "", folder / "copy.db")
                yield folder, f"sqlite:///{folder / 'copy.db'}"
                return
            url = self.databases.copy(self.url)
            yield folder, url
            self.databases.drop(url)
