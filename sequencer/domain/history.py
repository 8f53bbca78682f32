"""Is the history in the database the one that was seen before, or has some of it been lost?"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen committed: in which history, and its newest entry by number and instant."""

    epoch: str
    entry: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Epoch:
    """Which history a database has, and whether it may be gone on with.

    Attributes:
        earlier: keys of the histories that this one goes on from, each after a reconciliation.
        held_since: since when nothing leaves, None where that is not so.
        lost_since: what happened later than this may be forgotten.
    """

    key: str
    began_at: datetime
    earlier: tuple[str, ...] = ()
    held_since: datetime | None = None
    why: str = ""
    lost_since: datetime | None = None
    reconciled_at: datetime | None = None


def why_lost(seen: Seen, epoch: Epoch, at: datetime | None) -> str:
    """Why the database cannot be what was seen; empty where it can.

    Args:
        seen: what was seen once.
        epoch: the history that the database has now.
        at: instant of the entry with the number that was seen, None where there is none.
    """
    if seen.epoch in epoch.earlier:
        return ""  # compared with the world outside since
    if seen.epoch != epoch.key:
        return (
            "this is another database than the one this host worked on before, "
            "or a backup from before its last reconciliation"
        )
    if at == seen.at:
        return ""
    what = "is not there any more" if at is None else "is another one now"
    return (
        f"the database has forgotten what happened: entry {seen.entry:,} of its ledger, "
        f"committed {seen.at:%Y-%m-%d %H:%M:%S} UTC, {what}"
    )
