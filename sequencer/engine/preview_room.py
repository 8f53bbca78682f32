"""A workspace whose drafts are looked at while somebody edits them.

Files are read again as soon as one of them has changed; what is half written is told, not raised.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Lock

from sequencer.domain.cadence import Version
from sequencer.engine.preview_files import Written, read_files, stamp
from sequencer.engine.preview_people import (
    PEOPLE,
    Complete,
    People,
    Sample,
    as_they_are,
    find_in,
    people_of,
    samples,
)
from sequencer.engine.preview_view import Ask, Material, View, view
from sequencer.files.problem import ConfigError, Problem


@dataclass(frozen=True)
class _Read:
    """What was in the files."""

    stamp: str
    written: Written
    people: People
    problems: tuple[Problem, ...]


@dataclass
class Room:
    """The workspace, and what was read of it last.

    Attributes:
        list_of: people to preview for; config/prospects.csv where it is None.
        guest: somebody who is shown before those who are invented.
        complete: adds what a database knows of the companies of people.
    """

    root: Path
    environ: Mapping[str, str]
    now: Callable[[], datetime]
    list_of: Path | None = None
    guest: Sample | None = None
    complete: Complete = as_they_are
    _lock: Lock = field(default_factory=Lock)
    _last: _Read | None = None

    def stamp(self) -> str:
        """Another text as soon as something has changed."""
        return stamp(self.root, (self._list,))

    def look(self, ask: Ask) -> View:
        """The files as they are now; nothing is raised for what is in them."""
        read = self._read()
        written = read.written
        slugs = tuple(sorted(written.files))
        slug = ask.cadence or next(iter(slugs), "")
        # Nobody knows which file held a cadence that is gone: all that is wrong is told then.
        own = written.problems_of(slug) if slug in slugs else written.problems
        problems = (*own, *read.problems)
        bare = View(replace(ask, cadence=slug), read.stamp, slugs, problems)
        version = written.versions.get(slug)
        if version is None or written.desk is None or written.settings is None:
            return bare
        guests = (self.guest,) if self.guest else ()
        settings = written.settings
        invented = (*guests, *samples(settings.prospect_fields, settings.account_fields))
        material = Material(
            desk=written.desk,
            version=version,
            people=read.people,
            invented=invented,
            named=self._named(ask.person, invented, version, read.people),
            complete=self.complete,
            now=self.now(),
        )
        return view(bare, material)

    def _named(
        self, address: str, invented: tuple[Sample, ...], version: Version, people: People
    ) -> Sample | None:
        if not address:
            return None
        found = find_in(people.samples, address)
        return find_in(invented, address) or (self.complete(version, [found])[0] if found else None)

    @property
    def _list(self) -> Path:
        return self.list_of or self.root / PEOPLE

    def _read(self) -> _Read:
        with self._lock:
            mark = self.stamp()
            if self._last is None or self._last.stamp != mark:
                written = read_files(self.root, self.environ)
                self._last = _Read(mark, written, *self._people())
            return self._last

    def _people(self) -> tuple[People, tuple[Problem, ...]]:
        if not self._list.is_file():
            return People(()), ()
        try:
            return people_of(self._list), ()
        except ConfigError as error:
            return People(()), error.problems
