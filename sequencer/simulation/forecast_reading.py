"""Read what happened in a forecast: touches, and where everybody stands."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.cadence import Cadence, StepKind
from sequencer.engine.desk import Desk
from sequencer.simulation.desk_work import zone_of_rep
from sequencer.simulation.forecast_values import MAIL, Forecast, Touch
from sequencer.simulation.forecast_waits import Waits
from sequencer.store import epoch, foreseen
from sequencer.store.database import Connection
from sequencer.store.foreseen import Enrolled, MailSeen, TaskSeen
from sequencer.store.memory import MemoryDatabase


@dataclass(frozen=True, slots=True)
class Seen:
    """What is to be read.

    Attributes:
        since: from when on.
        until: up to when it was lived through.
        after: the greatest number of an enrollment that was there before.
    """

    slug: str
    since: datetime
    until: datetime
    after: int
    cadence: Cadence


def read(database: MemoryDatabase, desk: Desk, seen: Seen) -> Forecast:
    """What happened; what only the scenario knows is left to the caller."""
    with database.read() as connection:
        mails = list(foreseen.mails(connection, seen.since))
        tasks = list(foreseen.tasks(connection, seen.since))
        people = [
            each
            for each in foreseen.enrolled_since(connection, seen.slug, seen.since)
            if each.enrollment_id > seen.after
        ]
        own = {each.enrollment_id: each for each in people}
        waits = Waits(connection, desk, seen.cadence, mails, own, seen.since, seen.until)
        return Forecast(
            cadence=seen.slug,
            title="",
            begin=seen.since,
            end=seen.since,
            tz=desk.policy.tz,
            seed=0,
            is_live=False,
            waiting=sum(each.state == "pending" for each in people),
            caps={name: box.pace.per_day for name, box in desk.policy.mailboxes.items()},
            touches=_touches(desk, mails, tasks, own),
            waits=waits.by_cause(),
            holidays=waits.holidays(),
            at_cap=waits.at_cap(),
            still_to_come=_still_to_come(mails, tasks, own),
            ends=_ends(people),
            has_mail=any(step.kind is StepKind.EMAIL for step in seen.cadence.steps),
            held=_held(connection),
        )


def _touches(
    desk: Desk,
    mails: list[MailSeen],
    tasks: list[TaskSeen],
    own: Mapping[int, Enrolled],
) -> list[Touch]:
    touches = []
    for mail in mails:
        if mail.sent_at is not None:
            on = mail.sent_at.astimezone(desk.policy.zone_of(mail.mailbox)).date()
            is_new = mail.enrollment_id in own
            who = (mail.mailbox, MAIL, mail.address, mail.slug, mail.step_id)
            touches.append(Touch(mail.sent_at, on, *who, is_new, "sent"))
    for task in tasks:
        at = task.ended_at if task.state == "done" and task.ended_at else task.due_at
        on = at.astimezone(zone_of_rep(desk, task.assignee)).date()
        is_new = task.enrollment_id in own
        who = (task.assignee, task.kind, task.address, task.slug, task.step_id)
        touches.append(Touch(at, on, *who, is_new, task.state))
    return sorted(touches, key=lambda each: (each.at, each.by, each.prospect, each.step))


def _still_to_come(
    mails: list[MailSeen], tasks: list[TaskSeen], own: Mapping[int, Enrolled]
) -> int:
    waiting = sum(mail.is_open and mail.enrollment_id in own for mail in mails)
    return waiting + sum(task.state == "open" and task.enrollment_id in own for task in tasks)


def _ends(people: list[Enrolled]) -> dict[str, int]:
    stands = Counter(
        f"paused: {each.reason}" if each.state == "paused" else each.reason or each.state
        for each in people
    )
    return dict(sorted(stands.items(), key=lambda pair: (-pair[1], pair[0])))


def _held(connection: Connection) -> str:
    return epoch.why_held(connection) or ""
