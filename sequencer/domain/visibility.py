"""Who may see which meeting: an agency keeps its clients apart from each other.

A viewer is one of ours, who sees everything, or belongs to a client, who sees what belongs to the
cadences that run for that client, and nothing else.
"""

from collections.abc import Collection

OURSELVES = ""


def may_see(viewer: str, client: str | None) -> bool:
    """Whether a viewer may see what belongs to a client; None is what nobody knows whose it is."""
    return viewer in (OURSELVES, client)


def whose(credited: str | None, clients: Collection[str]) -> str | None:
    """Which client a meeting belongs to; OURSELVES where it is none's.

    Where it is credited to no cadence, a person who is in the cadences of one client alone tells;
    of one who is in those of several, and of one who is in none, nobody knows.
    """
    if credited is not None:
        return credited
    different = set(clients)
    return different.pop() if len(different) == 1 else None
