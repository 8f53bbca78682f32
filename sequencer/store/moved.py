"""The hold that a move leaves in the old database; in the new one, what held it before."""

from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.moved import held_before, why_moved
from sequencer.store import epoch
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.tables import EpochRow

_ROW = sa.update(EpochRow).where(EpochRow.id == epoch.ONE)


def leave(connection: Connection, where: str, now: datetime) -> None:
    """Let nothing leave from here any more, as everything went there."""
    before = held_before(stored_why(connection))
    epoch.hold(connection, "", now, now)
    connection.execute(_ROW.values(why=cut(why_moved(where, before))))


def arrive(connection: Connection) -> None:
    """Forget what a move that was cut off left in the rows; what held them before still does."""
    why = stored_why(connection)
    before = held_before(why)
    if before:
        connection.execute(_ROW.values(why=before))
    elif why:
        connection.execute(_ROW.values(why="", held_since=None, lost_since=None))


def stored_why(connection: Connection) -> str:
    """Why nothing leaves, as it stands in the rows."""
    found = epoch.get(connection)
    return found.why if found is not None and found.held_since is not None else ""
