"""The suppression list: addresses and domains that receive nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.prospects import CHUNK
from sequencer.store.tables import EnrollmentRow, ProspectRow, SendRow, SuppressionRow


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of the list, and where it came from."""

    suppression: Suppression
    source: str
    at: datetime


def add(connection: Connection, new: Suppression, source: str, now: datetime) -> bool:
    """Whether the entry is new; the first reason stays."""
    place = (SuppressionRow.kind == new.kind, SuppressionRow.key == new.key)
    if connection.execute(sa.select(SuppressionRow.id).where(*place)).scalar() is not None:
        return False
    connection.execute(
        sa.insert(SuppressionRow).values(
            kind=new.kind, key=new.key, reason=new.reason, source=cut(source), at=now
        )
    )
    return True


def hitting(connection: Connection, keys: Sequence[str]) -> dict[str, tuple[Suppression, ...]]:
    """Entries that hit each of these address keys, by address or by domain; others are absent."""
    domains = {key.rpartition("@")[2] for key in keys}
    addresses = _of_kind(connection, SuppressionKind.ADDRESS, list(keys))
    whole = _of_kind(connection, SuppressionKind.DOMAIN, sorted(domains))
    found = {}
    for key in keys:
        entries = [addresses.get(key), whole.get(key.rpartition("@")[2])]
        if hits := tuple(entry for entry in entries if entry is not None):
            found[key] = hits
    return found


def listed(connection: Connection) -> list[Listed]:
    """The whole list, newest first."""
    rows = connection.execute(
        sa.select(SuppressionRow.__table__).order_by(SuppressionRow.at.desc(), SuppressionRow.id)
    )
    return [Listed(_stored(row), row.source, row.at) for row in rows]


def handed_to_suppressed(connection: Connection) -> list[tuple[int, str]]:
    """(enrollment, step) of each mail handed over after its address or domain was suppressed."""
    rows = connection.execute(
        sa.select(SendRow.enrollment_id, SendRow.step_id)
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .join(
            SuppressionRow,
            sa.or_(
                sa.and_(
                    SuppressionRow.kind == SuppressionKind.ADDRESS,
                    SuppressionRow.key == ProspectRow.email_key,
                ),
                sa.and_(
                    SuppressionRow.kind == SuppressionKind.DOMAIN,
                    SuppressionRow.key == ProspectRow.domain_key,
                ),
            ),
        )
        .where(SendRow.handed_at > SuppressionRow.at)
    )
    return [(row.enrollment_id, row.step_id) for row in rows]


def _of_kind(
    connection: Connection, kind: SuppressionKind, keys: Sequence[str]
) -> dict[str, Suppression]:
    found = {}
    for start in range(0, len(keys), CHUNK):
        rows = connection.execute(
            sa.select(SuppressionRow.__table__).where(
                SuppressionRow.kind == kind, SuppressionRow.key.in_(keys[start : start + CHUNK])
            )
        )
        found.update({row.key: _stored(row) for row in rows})
    return found


def _stored(row: sa.Row[tuple[object, ...]]) -> Suppression:
    return Suppression(SuppressionKind(row.kind), row.key, SuppressionReason(row.reason))
