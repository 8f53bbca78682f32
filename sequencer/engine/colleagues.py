"""What a person's answer means to others of the same account: each cadence has its own rule.

The writer's own enrollments are stopped elsewhere; here it is about everybody else.
"""

from collections.abc import Collection
from datetime import datetime

from sequencer.domain.account import account_key
from sequencer.domain.audience import ColleagueAction
from sequencer.domain.delay import Delay, Unit, add_delay
from sequencer.domain.enrollment import FinishReason, PauseReason
from sequencer.domain.event import Held, Stopped
from sequencer.engine.desk import Case, Desk
from sequencer.engine.react import open_due_at, react
from sequencer.store import enrollments, prospects
from sequencer.store.database import Connection


def tell_colleagues(
    connection: Connection, desk: Desk, writers: Collection[int], cause: str, now: datetime
) -> int:
    """How many enrollments of other people of these writers' accounts changed.

    Args:
        connection: the database.
        desk: the settings and cadences.
        writers: the prospects whom the answer belongs to.
        cause: what came in, with its sender.
        now: this instant.
    """
    keys = {account_key(prospects.get(connection, number).prospect) for number in writers}
    if not (known := sorted(keys - {""})):
        return 0
    others = enrollments.live_of_accounts(connection, known, sorted(writers))
    return sum(
        _apply(connection, desk, desk.case(connection, stored), cause, now) for stored in others
    )


def _apply(connection: Connection, desk: Desk, case: Case, cause: str, now: datetime) -> bool:
    rule, stored = case.version.cadence.colleagues, case.stored
    why = f"a colleague of the same account: {cause}"
    if rule.action is ColleagueAction.IGNORE:
        return False
    if rule.action is ColleagueAction.FINISH:
        event = Stopped(FinishReason.COLLEAGUE_REPLIED)
        return react(connection, desk, stored, event, why, now)
    resume_at = add_delay(now, Delay(rule.days, Unit.DAYS), case.timing.workdays)
    due_at = open_due_at(connection, stored.id)
    held = Held(PauseReason.COLLEAGUE_REPLIED, resume_at, due_at)
    return react(connection, desk, stored, held, why, now)
