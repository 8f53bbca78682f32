"""May a plan be applied as it is, or does somebody else have to agree first?"""

from datetime import datetime

from sequencer.engine.plan_apply import PlanError
from sequencer.store import applications
from sequencer.store.database import Connection


def approve(connection: Connection, plan: str, planned_by: str, by: str, now: datetime) -> bool:
    """Whether somebody agrees to a plan who did not before.

    Raises:
        PlanError: it is their own.
    """
    if by.strip().casefold() == planned_by.strip().casefold():
        raise PlanError(f"The plan is {planned_by}'s own: somebody else has to agree to it.")
    return applications.approve(connection, plan, by, now)


def lacks_approval(
    connection: Connection, plan: str, planned_by: str, mails: int, above: int | None
) -> bool:
    """Whether so many mails need somebody else's word, and nobody has given it."""
    if above is None or mails <= above:
        return False
    theirs = planned_by.strip().casefold()
    agreed = applications.approved_by(connection, plan) if plan else []
    return all(each.strip().casefold() == theirs for each in agreed)
