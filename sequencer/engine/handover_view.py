"""Handovers as the API shows them, to those who may see their meetings."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sequencer.domain.handover_record import OTHERS, from_json
from sequencer.domain.visibility import OURSELVES, may_see
from sequencer.engine.handover_answer import (
    UnknownHandoverError,
    accept_number,
    refuse_number,
)
from sequencer.engine.meeting_by_hand import UnknownMeetingError
from sequencer.engine.meeting_view import Viewer
from sequencer.store import handovers
from sequencer.store.database import Connection
from sequencer.store.handover_list import WantedHandovers, handovers_after
from sequencer.store.handovers import Handover

__all__ = ["Answer", "Handover", "HandoverPage", "WantedHandovers", "answer", "page", "see"]

MOST_LOOKED_AT: Final = 1_000


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """Some handovers; `after` is where to go on, None where there are no more."""

    handovers: tuple[Handover, ...]
    after: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said for a rep: taken, or given back and why; and by whom that is said."""

    takes: bool
    by: str
    because: str = ""


def see(connection: Connection, viewer: Viewer, number: int) -> Handover:
    """The handover of that number.

    Raises:
        UnknownHandoverError: there is none, or none that the viewer may see.
    """
    handover = handovers.find(connection, number)
    if handover is None or not _may_see(connection, viewer, handover):
        raise UnknownHandoverError(f"There is no handover {number}.")
    return _shown(viewer, handover)


def page(
    connection: Connection, viewer: Viewer, wanted: WantedHandovers, after: int, most: int
) -> HandoverPage:
    """The handovers that are asked for, in the order of their numbers."""
    found: list[Handover] = []
    for _ in range(0, MOST_LOOKED_AT, most):
        some = handovers_after(connection, wanted, after, most + 1)
        seen = (each for each in some[:most] if _may_see(connection, viewer, each))
        found.extend(_shown(viewer, each) for each in seen)
        if len(found) > most:
            return HandoverPage(tuple(found[:most]), found[most - 1].id)
        if len(some) <= most:
            return HandoverPage(tuple(found), None)
        after = some[most - 1].id
        if len(found) == most:
            break
    return HandoverPage(tuple(found), after)


def answer(
    connection: Connection, viewer: Viewer, number: int, said: Answer, now: datetime
) -> Handover:
    """The handover once its rep has taken the meeting, or given it back.

    Raises:
        UnknownHandoverError: there is none, or none that the viewer may see.
        HandoverError: it is over, or somebody else's by now.
    """
    see(connection, viewer, number)
    if said.takes:
        accept_number(connection, number, said.by, now)
    else:
        refuse_number(connection, viewer.desk, number, said.by, now, said.because)
    return see(connection, viewer, number)


def _shown(viewer: Viewer, handover: Handover) -> Handover:
    """A client is not told why nobody else was asked: they may be the reps of others."""
    if viewer.client == OURSELVES:
        return handover
    record = {name: value for name, value in handover.record.items() if name != OTHERS}
    return replace(handover, record=record)


def _may_see(connection: Connection, viewer: Viewer, handover: Handover) -> bool:
    if viewer.client == OURSELVES:
        return True
    if not may_see(viewer.client, from_json(handover.record).client):
        return False  # the meeting was credited to another client when this was written
    try:
        viewer.see(connection, handover.meeting_id)
    except UnknownMeetingError:
        return False
    return True
