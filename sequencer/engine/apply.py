"""Make checked cadences the ones that run: store each as an immutable version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sequencer.files.cadence import LoadedCadence
from sequencer.store import applications, cadences, draining
from sequencer.store.applications import Application
from sequencer.store.database import Connection, Database


class Change(StrEnum):
    """What applying a cadence did."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Applied:
    """One cadence after `apply`."""

    slug: str
    hash: str
    change: Change


def apply_cadences(
    database: Database, loaded: Sequence[LoadedCadence], now: datetime, by: str = ""
) -> list[Applied]:
    """What changed, cadence by cadence, in one transaction.

    People who are enrolled stay on the version they were enrolled with. A cadence that was running
    dry takes people in again.
    """
    applied = []
    with database.write() as connection:
        for each in loaded:
            before = store_version(connection, each, now)
            change = Change.CHANGED if before else Change.NEW
            if before == each.hash:
                change = Change.UNCHANGED
            else:
                new = Application(each.cadence.slug, each.hash, now, by)
                applications.add(connection, new)
            applied.append(Applied(each.cadence.slug, each.hash, change))
    return applied


def store_version(connection: Connection, loaded: LoadedCadence, now: datetime) -> str | None:
    """Hash of the version that ran before (None for a new cadence); now that of the file does."""
    version = cadences.StoredVersion(
        hash=loaded.hash,
        slug=loaded.cadence.slug,
        title=loaded.cadence.title,
        document=loaded.document,
        templates=loaded.templates,
        attachments=loaded.attachments,
    )
    before = cadences.apply_version(connection, version, now)
    draining.stop(connection, version.slug)  # its file is there: it takes people in
    return before
