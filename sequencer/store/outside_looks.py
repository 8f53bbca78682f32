"""What we ask outside by ourselves: when is the next look, who makes it, what came of the last?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.columns import TEXT_LIMIT, cut
from sequencer.store.database import Connection
from sequencer.store.insert import insert_missing
from sequencer.store.meeting_tables import OutsideLookRow


@dataclass(frozen=True, slots=True)
class OutsideLook:
    """Where we are with one of them.

    Attributes:
        mark: how far it was read, in its own words.
        looked_at: when it was asked last, with or without success.
        read_at: when it last answered.
        again_at: when it is asked again; while a daemon asks, when another one would.
        failing_since: since when it does not answer; None where it does.
        problem: why, or what is odd about what it said.
    """

    name: str
    mark: str = ""
    looked_at: datetime | None = None
    read_at: datetime | None = None
    again_at: datetime | None = None
    failing_since: datetime | None = None
    problem: str = ""


def add_missing(connection: Connection, names: Sequence[str]) -> None:
    """Begin with those that are not known; they are due at once."""
    new = {"mark": "", "problem": ""}
    nothing = dict.fromkeys(("looked_at", "read_at", "again_at", "failing_since"))
    insert_missing(connection, OutsideLookRow, [{"name": name, **new, **nothing} for name in names])


def due(connection: Connection, names: Collection[str], now: datetime) -> list[str]:
    """Those of these names that are to be asked by now, the longest waiting first."""
    row = OutsideLookRow
    query = (
        sa.select(row.name)
        .where(row.name.in_(names), _is_due(now))
        .order_by(sa.func.coalesce(row.again_at, row.looked_at), row.name)
    )
    return list(connection.execute(query).scalars())


def claim(connection: Connection, name: str, now: datetime, until: datetime) -> OutsideLook | None:
    """The look that the caller alone makes until then; None where somebody else has it."""
    here = sa.and_(OutsideLookRow.name == name, _is_due(now))
    taken = sa.update(OutsideLookRow).where(here).values(looked_at=now, again_at=until)
    if not connection.execute(taken).rowcount:
        return None
    return get(connection, name)


def get(connection: Connection, name: str) -> OutsideLook | None:
    """The look of that name."""
    return next(iter(listed(connection, [name])), None)


def listed(connection: Connection, names: Collection[str]) -> list[OutsideLook]:
    """The looks of these names, as far as they are known."""
    query = sa.select(OutsideLookRow.__table__).where(OutsideLookRow.name.in_(names))
    rows = connection.execute(query.order_by(OutsideLookRow.name)).mappings()
    return [OutsideLook(**row) for row in rows]


def every(connection: Connection) -> list[OutsideLook]:
    """All looks that there are, by their names."""
    query = sa.select(OutsideLookRow.__table__).order_by(OutsideLookRow.name)
    return [OutsideLook(**row) for row in connection.execute(query).mappings()]


def keep_only(connection: Connection, names: Collection[str]) -> None:
    """Forget all other looks: what they are of is not in the settings any more."""
    connection.execute(sa.delete(OutsideLookRow).where(OutsideLookRow.name.not_in(names)))


def succeed(connection: Connection, look: OutsideLook, now: datetime, again_at: datetime) -> None:
    """Keep the mark of a look that was answered, and what was odd."""
    if len(look.mark) > TEXT_LIMIT:
        raise ValueError(f"the mark of {look.name} is too long")
    values = {
        "mark": look.mark,
        "read_at": now,
        "again_at": again_at,
        "failing_since": None,
        "problem": cut(look.problem),
    }
    _set(connection, look.name, values)


def fail(
    connection: Connection, look: OutsideLook, now: datetime, again_at: datetime, why: str
) -> None:
    """Keep that a look was not answered, and when it is tried again."""
    since = look.failing_since or now
    values = {"failing_since": since, "problem": cut(why), "again_at": again_at}
    _set(connection, look.name, values)


def give_back(connection: Connection, name: str, again_at: datetime) -> None:
    """Let another daemon make a look that was begun and not ended."""
    _set(connection, name, {"again_at": again_at})


def _set(connection: Connection, name: str, values: dict[str, object]) -> None:
    here = OutsideLookRow.name == name
    connection.execute(sa.update(OutsideLookRow).where(here).values(**values))


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(OutsideLookRow.again_at.is_(None), OutsideLookRow.again_at <= now)
