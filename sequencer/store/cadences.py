"""Applied cadences: immutable versions, and which of them new enrollments get."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.prepared import Prepared
from sequencer.store.tables import CadenceRow, VersionRow

_CURRENT_ONE = sa.select(CadenceRow.version_hash).where(CadenceRow.slug == sa.bindparam("one"))
_CURRENT = Prepared(_CURRENT_ONE)
_CURRENT_LOCKED = _CURRENT_ONE.with_for_update()


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version as it lies in the database; `document` is what `files` can read again.

    Attributes:
        attachments: the files that go with its mails, in Base64, by their names.
    """

    hash: str
    slug: str
    title: str
    document: Mapping[str, object]
    templates: Mapping[str, str]
    attachments: Mapping[str, str] = field(default_factory=dict)


def apply_version(connection: Connection, version: StoredVersion, now: datetime) -> str | None:
    """Hash of the version that was current before (None for a new cadence).

    The version is stored if it is not there yet, and is the current one afterwards.
    """
    _keep(connection, version, now)
    values = {"version_hash": version.hash, "applied_at": now}
    if insert_new(connection, CadenceRow, {"slug": version.slug, **values}):
        return None
    before = current_hash(connection, version.slug, lock=True)
    if before != version.hash:
        connection.execute(
            sa.update(CadenceRow).where(CadenceRow.slug == version.slug).values(**values)
        )
    return before


def _keep(connection: Connection, version: StoredVersion, now: datetime) -> None:
    values = {
        "hash": version.hash,
        "slug": version.slug,
        "title": cut(version.title),
        "document": dict(version.document),
        "templates": dict(version.templates),
        "attachments": dict(version.attachments),
        "applied_at": now,
    }
    insert_new(connection, VersionRow, values)


def current_hash(connection: Connection, slug: str, *, lock: bool = False) -> str | None:
    """Hash of the version that new enrollments get, None for an unknown cadence.

    With `lock`, whoever wants to enrol in it or to apply it anew waits for this transaction.
    """
    if not lock:
        known: str | None = _CURRENT.scalar(connection, {"one": slug})
        return known
    return connection.execute(_CURRENT_LOCKED, {"one": slug}).scalar()


def version(connection: Connection, version_hash: str) -> StoredVersion:
    """The version of that hash; a foreign key sees to it that there is one."""
    row = connection.execute(
        sa.select(VersionRow.__table__).where(VersionRow.hash == version_hash)
    ).one()
    return StoredVersion(
        row.hash, row.slug, row.title, row.document, row.templates, row.attachments
    )


def version_hashes(connection: Connection, slug: str) -> list[str]:
    """Every version of a cadence that was ever applied, the oldest first."""
    own = sa.select(VersionRow.hash).where(VersionRow.slug == slug)
    query = own.order_by(VersionRow.applied_at, VersionRow.hash)
    return list(connection.execute(query).scalars())


def slugs(connection: Connection) -> list[str]:
    """Names of all applied cadences."""
    return list(connection.execute(sa.select(CadenceRow.slug).order_by(CadenceRow.slug)).scalars())
