"""Which handovers are there? Some of them at a time, in the order of their numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from sequencer.domain.handover import HandoverState
from sequencer.store.columns import is_storable
from sequencer.store.database import Connection
from sequencer.store.handovers import Handover, find
from sequencer.store.meeting_tables import HandoverRow


@dataclass(frozen=True, slots=True)
class WantedHandovers:
    """Which handovers are asked for; what is None or empty does not count."""

    state: HandoverState | None = None
    rep: str = ""
    meeting: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """To whom a meeting was given."""

    id: int
    rep: str
    state: HandoverState


def last_given(connection: Connection, meeting_ids: Sequence[int]) -> dict[int, Given]:
    """To whom each of some meetings was given last, by its number."""
    row = HandoverRow
    query = sa.select(row.meeting_id, row.id, row.rep, row.state)
    ordered = query.where(row.meeting_id.in_(meeting_ids)).order_by(row.id)
    return {
        meeting: Given(number, rep, HandoverState(state))
        for meeting, number, rep, state in connection.execute(ordered)
    }


def handovers_after(
    connection: Connection, wanted: WantedHandovers, after: int, most: int
) -> list[Handover]:
    """Those with a higher number, the lowest first."""
    row = HandoverRow
    query = sa.select(row.id).where(row.id > after)
    if wanted.state is not None:
        query = query.where(row.state == wanted.state)
    if wanted.rep:
        query = query.where(row.rep == wanted.rep if is_storable(wanted.rep) else sa.false())
    if wanted.meeting is not None:
        query = query.where(row.meeting_id == wanted.meeting)
    numbers = connection.execute(query.order_by(row.id).limit(most)).scalars().all()
    return [found for number in numbers if (found := find(connection, number)) is not None]
