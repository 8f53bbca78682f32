"""Let many people go on without a flood: their mails are planned under the pace of each mailbox.

What is left of each wait is kept at least. The plan gives due times and no permission: the last
look before each mail decides, as always.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from sequencer.domain.due import Due
from sequencer.domain.event import Resumed
from sequencer.domain.ledger import Kind
from sequencer.domain.pacing import Pace
from sequencer.domain.send import OPEN_STATES
from sequencer.domain.spread import Cap, Wish, settle_under, spread
from sequencer.engine.away import returns_at
from sequencer.engine.desk import Case, Desk
from sequencer.engine.entry import entry_of
from sequencer.engine.plan import due_as_before, told
from sequencer.engine.react import react
from sequencer.engine.traffic import caps_of, whole_traffic
from sequencer.store import enrollments, ledger, paused, sends, wake
from sequencer.store.database import Connection, DatabaseError
from sequencer.store.sends import StoredSend

log = structlog.get_logger()

_Taken = dict[Cap, list[datetime]]


@dataclass(frozen=True, slots=True)
class Going:
    """A paused enrollment that is to go on.

    Attributes:
        due_at: when its next mail is planned (UTC); None where it waits for none, or for what no
            plan can tell.
    """

    enrollment_id: int
    address: str = ""
    slug: str = ""
    mailbox: str = ""
    due_at: datetime | None = None


def plan_resume(
    connection: Connection, desk: Desk, numbers: Sequence[int], now: datetime
) -> list[Going]:
    """How these paused enrollments would go on, in the order given."""
    taken: _Taken = {}
    found = [_looked_at(connection, desk, number, taken, now) for number in numbers]
    wishes: dict[str, list[Wish]] = defaultdict(list)
    for going, wish in found:
        if wish is not None:
            wishes[going.mailbox].append(wish)
    planned: dict[str, datetime] = {}
    for mailbox, wished in wishes.items():
        planned |= _spread(connection, desk, wished, mailbox, taken, now)
    return [replace(going, due_at=planned.get(_key(going.enrollment_id))) for going, _ in found]


def go_on(connection: Connection, desk: Desk, going: Going, cause: str, now: datetime) -> bool:
    """Whether the enrollment goes on; its mail is due when it is planned, and not before."""
    stored = enrollments.get(connection, going.enrollment_id, lock=True)
    if not react(connection, desk, stored, Resumed(), cause, now):
        return False
    wake.call(connection, [going.mailbox])
    case = desk.case(connection, enrollments.get(connection, stored.id))
    send = _open_send(connection, stored.id)
    # Who goes on while the rep is away is paused again when the mail is due. Were it put off until
    # the return, the absence would become a part of the wait.
    away = returns_at(desk, going.mailbox, now) is not None
    if send is not None and going.due_at is not None and going.due_at > send.due_at and not away:
        why = "as fast as the limits let it, after the pause"
        sends.postpone(connection, send.id, going.due_at, why)
        detail = f"due {told(case, Due(going.due_at), now)}: {why}"
        ledger.write(connection, entry_of(case, Kind.POSTPONED, detail, now, send.step_id))
    return True


def _looked_at(
    connection: Connection, desk: Desk, number: int, taken: _Taken, now: datetime
) -> tuple[Going, Wish | None]:
    """An enrollment and the wish of its mail; one that cannot be read is nobody else's trouble."""
    try:
        stored = enrollments.get(connection, number)
        case = desk.case(connection, stored)
        mailbox = stored.enrollment.mailbox or ""
        going = Going(number, case.person.prospect.email, stored.slug, mailbox)
        return going, _wish(connection, desk, case, taken, now)
    except DatabaseError:
        raise  # no row's fault
    except Exception:
        log.exception("resume_not_planned", enrollment=number)
        return Going(number), None


def _wish(
    connection: Connection, desk: Desk, case: Case, taken: _Taken, now: datetime
) -> Wish | None:
    remaining = case.stored.enrollment.remaining
    send = _open_send(connection, case.stored.id)
    if remaining is None or send is None:
        return None
    back = returns_at(desk, send.mailbox, now) or now
    earliest = due_as_before(case, send.step_id, max(now + remaining, back)).at
    caps = list(caps_of(connection, desk, case, now))
    for shared in caps:
        if shared.cap not in taken:
            taken[shared.cap] = list(shared.left)
            queued = [max(due_at, now) for due_at in shared.queued()]
            settle_under(shared.cap, taken[shared.cap], queued)
    timing = case.timing_of(send.step_id)
    return Wish(_key(case.stored.id), earliest, timing, tuple(each.cap for each in caps))


def _spread(
    connection: Connection,
    desk: Desk,
    wishes: list[Wish],
    mailbox: str,
    taken: _Taken,
    now: datetime,
) -> dict[str, datetime]:
    policy = desk.policy.mailboxes.get(mailbox)
    pace = policy.pace if policy is not None else Pace(per_day=0)
    before = whole_traffic(connection, mailbox, pace)
    queued = [max(due_at, now) for due_at in paused.queued_beside(connection, mailbox)]
    return spread(pace, before, queued, wishes, taken)


def _open_send(connection: Connection, enrollment_id: int) -> StoredSend | None:
    every = sends.of_enrollment(connection, enrollment_id)
    return next((send for send in every if send.state in OPEN_STATES), None)


def _key(enrollment_id: int) -> str:
    """Of two mails of one instant, the one enrolled first goes first."""
    return f"{enrollment_id:020}"
