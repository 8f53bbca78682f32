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
from sequencer.engine.triage_hold import heed
from sequencer.store import enrollments, prospects, standing
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
    return _pause(connection, desk, case, why, now, since=now)


def hold_for_answers(
    connection: Connection, desk: Desk, number: int, since: datetime, now: datetime
) -> None:
    """Make good the pause for an answer that came in while another pause was stronger."""
    stored = enrollments.get(connection, number, lock=True)
    case = desk.case(connection, stored)
    key = account_key(case.person.prospect)
    if not key or case.version.cadence.colleagues.action is not ColleagueAction.PAUSE:
        return
    for reply in standing.replies_of(connection, [key], since):
        if reply.prospect_id != case.person.id:
            why = f"a colleague of the same account answered meanwhile: {reply.sender}"
            _pause(connection, desk, case, why, now, since=reply.at)


def _pause(
    connection: Connection, desk: Desk, case: Case, why: str, now: datetime, *, since: datetime
) -> bool:
    """Whether the enrollment waits now for as many days since the answer as its cadence says."""
    days = Delay(case.version.cadence.colleagues.days, Unit.DAYS)
    resume_at = add_delay(since, days, case.timing.workdays)
    if resume_at <= now:
        return False
    due_at = open_due_at(connection, case.stored.id)
    held = Held(PauseReason.COLLEAGUE_REPLIED, resume_at, due_at)
    stored = enrollments.get(connection, case.stored.id, lock=True)
    heed(connection, stored, held.reason, resume_at)
    return react(connection, desk, stored, held, why, now)
