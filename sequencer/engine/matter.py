"""Bring something before a person: one open task about it, however often it comes up."""

from datetime import datetime

from sequencer.engine.tasks import Matter, open_matter
from sequencer.store import tasks
from sequencer.store.database import Connection


def bring_up(connection: Connection, prospect_id: int, matter: Matter, now: datetime) -> bool:
    """Whether a task was opened; one that is open and about the same is enough."""
    known = tasks.open_matters(connection, prospect_id, matter.kind)
    if any(task.about == matter.about for task in known):
        return False
    open_matter(connection, prospect_id, matter, now)
    return True
