"""How does what we ask outside by ourselves stand, for people: calendars, booking tools?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sequencer.engine.feeds import CALENDAR
from sequencer.engine.polling import POLL, SUBSCRIPTION
from sequencer.store import outside_looks
from sequencer.store.database import Connection
from sequencer.store.outside_looks import OutsideLook


class OutsideHealth(StrEnum):
    """How one of them stands."""

    NEW = "new"  # not asked yet
    OK = "ok"
    ODD = "odd"  # it answers, and something is not as it should be
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class OutsideState:
    """One of them.

    Attributes:
        name: what it is, and whose.
        read_at: when it last answered.
        failing_since: since when it does not.
        again_at: when it is asked again.
        problem: what is wrong; empty where nothing is.
    """

    name: str
    health: OutsideHealth
    read_at: datetime | None
    failing_since: datetime | None
    again_at: datetime | None
    problem: str


def outside_states(
    connection: Connection, kinds: Collection[str] = (CALENDAR, POLL, SUBSCRIPTION)
) -> list[OutsideState]:
    """All that daemons ask for, of these kinds."""
    every = outside_looks.every(connection)
    return [_state(each) for each in every if each.name.startswith(tuple(kinds))]


def _state(look: OutsideLook) -> OutsideState:
    return OutsideState(
        look.name, _health(look), look.read_at, look.failing_since, look.again_at, look.problem
    )


def _health(look: OutsideLook) -> OutsideHealth:
    if look.failing_since is not None:
        return OutsideHealth.FAILING
    if look.problem:
        return OutsideHealth.ODD
    return OutsideHealth.OK if look.read_at is not None else OutsideHealth.NEW
