"""Find the rep for a meeting, by the ways that the settings name."""

from collections.abc import Collection
from datetime import datetime

from sequencer.domain.assignment import Choice
from sequencer.engine.desk import Desk
from sequencer.store.database import Connection
from sequencer.store.meetings import Meeting


def choose_rep(
    connection: Connection,
    desk: Desk,
    meeting: Meeting,
    but: Collection[str],
    now: datetime,
) -> Choice | None:
    """Who gets a meeting; None where nobody can. Those named in `but` have had their chance."""
    return None
