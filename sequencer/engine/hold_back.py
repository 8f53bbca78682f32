"""Who may be meant by what could not be worked on? They are held until somebody has looked at it.

What failed is unknown, so nothing is parsed: whoever is named anywhere may be the one who wrote.
"""

import re
from collections.abc import Collection
from datetime import datetime

from sequencer.domain.enrollment import PauseReason
from sequencer.domain.event import Held
from sequencer.engine.desk import Desk
from sequencer.engine.react import open_due_at, react
from sequencer.store import enrollments, prospects
from sequencer.store.database import Connection

MOST_ADDRESSES = 100
_ADDRESS = re.compile(rb"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}")


def addresses_in(text: bytes) -> list[str]:
    """What looks like an address, each once, as far as the first hundred go."""
    found = _ADDRESS.findall(text)[:MOST_ADDRESSES]
    return list(dict.fromkeys(each.decode("ascii") for each in found))


def people_named(connection: Connection, addresses: Collection[str]) -> set[int]:
    """Numbers of those of them who are prospects."""
    found = (prospects.find(connection, each) for each in addresses)
    return {person.id for person in found if person is not None}


def hold_back(
    connection: Connection, desk: Desk, people: Collection[int], cause: str, now: datetime
) -> None:
    """Pause every live enrollment of these people until a person lets it go on."""
    for stored in enrollments.live_of(connection, sorted(people)):
        event = Held(PauseReason.REVIEW, None, open_due_at(connection, stored.id))
        react(connection, desk, stored, event, cause, now)
