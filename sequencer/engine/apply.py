"""Make checked cadences the ones that run: store each as an immutable version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sequencer.files.cadence import LoadedCadence
from sequencer.store import cadences
from sequencer.store.database import Database


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
    database: Database, loaded: Sequence[LoadedCadence], now: datetime
) -> list[Applied]:
    """What changed, cadence by cadence, in one transaction.

    People who are enrolled stay on the version they were enrolled with.
    """
    applied = []
    with database.write() as connection:
        for each in loaded:
            version = cadences.StoredVersion(
                hash=each.hash,
                slug=each.cadence.slug,
                title=each.cadence.title,
                document=each.document,
                templates=each.templates,
                attachments=each.attachments,
            )
            before = cadences.apply_version(connection, version, now)
            change = Change.CHANGED if before else Change.NEW
            if before == version.hash:
                change = Change.UNCHANGED
            applied.append(Applied(version.slug, version.hash, change))
    return applied
