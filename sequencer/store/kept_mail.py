"""Mails that are kept with their bytes and their verdicts, to be read and classified anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sequencer.domain.task import TaskKind, TaskState
from sequencer.mail.folder import Folder
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.outside_tables import InboundRow
from sequencer.store.tables import TaskRow


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A message that concerns somebody.

    Attributes:
        verdict: what the rules of that `version` made of it, None where they could not.
        raw: its bytes, None where they have been removed.
    """

    id: int
    mailbox: str
    folder: Folder
    stored_at: datetime
    sender: str
    subject: str
    kind: str
    judged_at: datetime | None
    evidence: str
    version: str
    verdict: Mapping[str, Any] | None
    matched_by: str
    enrollment_id: int | None
    raw: bytes | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What rules of a version made of a mail."""

    kind: str
    evidence: str
    version: str
    verdict: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages are to be looked at; None stands for no limit.

    Attributes:
        but_version: not those that were classified by the rules of that version.
    """

    since: datetime | None = None
    but_version: str | None = None


_COLUMNS: tuple[Any, ...] = (
    InboundRow.id,
    InboundRow.mailbox,
    InboundRow.folder,
    InboundRow.stored_at,
    InboundRow.sender,
    InboundRow.subject,
    InboundRow.kind,
    InboundRow.judged_at,
    InboundRow.evidence,
    InboundRow.version,
    InboundRow.verdict,
    InboundRow.matched_by,
    InboundRow.enrollment_id,
)
_IS_KEPT = InboundRow.raw.is_not(None)
_IS_ASKED = sa.exists().where(
    TaskRow.inbound_id == InboundRow.id,
    TaskRow.kind == TaskKind.TRIAGE,
    TaskRow.state == TaskState.OPEN,
)
_CLASSIFIED = (InboundRow.verdict.is_not(None), InboundRow.enrollment_id.is_not(None))


def find(connection: Connection, number: int, *, with_raw: bool = True) -> KeptMail | None:
    """The message of that number; without its bytes where they are not wanted."""
    raw: Any = InboundRow.raw if with_raw else sa.null().label("raw")
    query = sa.select(*_COLUMNS, raw).where(InboundRow.id == number)
    row = connection.execute(query).one_or_none()
    return _mail(row) if row is not None else None


def of_enrollments(
    connection: Connection, enrollment_ids: Sequence[int], kinds: Sequence[str], most: int
) -> list[KeptMail]:
    """The newest messages of these kinds about these enrollments, oldest first, without bytes."""
    query = (
        sa.select(*_COLUMNS, sa.null().label("raw"))
        .where(InboundRow.enrollment_id.in_(enrollment_ids), InboundRow.kind.in_(kinds))
        .order_by(InboundRow.id.desc())
        .limit(most)
    )
    return [_mail(row) for row in connection.execute(query)][::-1]


def portion(connection: Connection, after: int, wanted: Wanted, limit: int) -> list[KeptMail]:
    """Classified messages above that number whose bytes are there, in their order."""
    query = (
        sa.select(*_COLUMNS, InboundRow.raw)
        .where(InboundRow.id > after, _IS_KEPT, *_CLASSIFIED, *_wanted(wanted))
        .order_by(InboundRow.id)
        .limit(limit)
    )
    return [_mail(row) for row in connection.execute(query)]


def count(connection: Connection, wanted: Wanted) -> tuple[int, int]:
    """How many classified messages there are with their bytes, and how many without."""
    kept = sa.func.sum(sa.case((_IS_KEPT, 1), else_=0))
    row = connection.execute(
        sa.select(kept, sa.func.count())
        .select_from(InboundRow)
        .where(*_CLASSIFIED, *_wanted(wanted))
    ).one()
    return int(row[0] or 0), int(row[1] - (row[0] or 0))


def store(
    connection: Connection, mail: KeptMail, reading: Reading, judged_at: datetime | None
) -> bool:
    """Whether the new reading was stored; not if somebody else has stored one since.

    `judged_at` is when it became of another kind, None where it did not.
    """
    values: dict[str, object] = {"version": reading.version, "verdict": dict(reading.verdict)}
    if judged_at is not None:
        values |= {"kind": reading.kind, "judged_at": judged_at}
        values |= {"evidence": cut(reading.evidence)}
    result = connection.execute(
        sa.update(InboundRow)
        .where(InboundRow.id == mail.id, InboundRow.version == mail.version)
        .values(**values)
    )
    return result.rowcount == 1


def too_old(connection: Connection, before: datetime, limit: int) -> list[int]:
    """Numbers of messages from before whose bytes are there, the oldest first.

    Not one about which somebody has yet to decide.
    """
    old = (
        sa.select(InboundRow.id)
        .where(_IS_KEPT, InboundRow.stored_at < before, ~_IS_ASKED)
        .order_by(InboundRow.stored_at)
        .limit(limit)
    )
    return list(connection.execute(old).scalars())


def forget_bytes(connection: Connection, numbers: Sequence[int]) -> int:
    """How many of these messages lost their bytes; what was made of them stays."""
    result = connection.execute(
        sa.update(InboundRow)
        .where(InboundRow.id.in_(numbers), _IS_KEPT, ~_IS_ASKED)
        .values(raw=sa.null())
    )
    return result.rowcount


def _wanted(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    since, version = wanted.since, wanted.but_version
    conditions = [InboundRow.stored_at >= since] if since is not None else []
    return [*conditions, *([InboundRow.version != version] if version is not None else [])]


def _mail(row: sa.Row[*tuple[Any, ...]]) -> KeptMail:
    return KeptMail(**{**row._mapping, "folder": Folder(row.folder)})
