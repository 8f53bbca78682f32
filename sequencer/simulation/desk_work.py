"""How do reps do their tasks in a forecast? By a rule: so many a day, on the full hour."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sequencer.domain.disposition import CONNECTED, Action, Disposition
from sequencer.domain.task import TaskKind
from sequencer.domain.wall_time import instant_of
from sequencer.engine.desk import Desk
from sequencer.engine.tasks import Ending, done
from sequencer.simulation.fates import chance
from sequencer.store import desk_tasks, prospects, tasks
from sequencer.store.database import Connection
from sequencer.store.memory import MemoryDatabase
from sequencer.store.tasks import StoredTask

HOUR = timedelta(hours=1)
BEGIN_MINUTE = 9 * 60  # of the day on which a rep goes on with what is left over
_A_DAY = re.compile(r"(\d{1,5})-a-day", re.ASCII)


@dataclass(frozen=True, slots=True)
class Diligence:
    """How much reps do, and how often they reach somebody.

    Attributes:
        per_day: tasks of one rep on one day; 0 for none, None for all that are due.
        connected: the share of the calls that reach somebody.
    """

    per_day: int | None = 40
    connected: float = 0.0


def per_day_from_text(text: str) -> int | None:
    """What `none`, `due` or `40-a-day` means.

    Raises:
        ValueError: it is none of these.
    """
    if text in {"none", "due"}:
        return 0 if text == "none" else None
    match = _A_DAY.fullmatch(text)
    if match is None:
        raise ValueError("`none`, `due`, or a number such as `40-a-day`")
    return int(match[1])


@dataclass
class DeskWork:
    """All reps of a workspace.

    Attributes:
        done: how many tasks were done.
    """

    database: MemoryDatabase
    desk: Desk
    diligence: Diligence
    seed: int
    done: int = 0
    _worked_at: datetime = datetime(1, 1, 1, tzinfo=UTC)
    _left_over_at: datetime | None = None
    _numbers: Counter[tuple[str, date]] = field(default_factory=Counter)

    def work(self, now: datetime) -> datetime | None:
        """Do what is to be done by now; when there will be more, None where nothing is known."""
        if self.diligence.per_day == 0:
            return None
        next_at = self._next_at()
        if next_at is None or next_at > now:
            return next_at
        self._worked_at, self._left_over_at = now, None
        with self.database.read() as connection:
            due = tasks.listed(connection, due_by=now)
        for task in due:
            if task.enrollment_id is not None and task.kind is not TaskKind.REVIEW:
                self._do(task, now)
        return self._next_at()

    def _next_at(self) -> datetime | None:
        with self.database.read() as connection:
            due_at = desk_tasks.first_due(connection, self._worked_at)
        known = [self._left_over_at]
        if due_at is not None:
            after = max(due_at, self._worked_at + timedelta(seconds=1))
            known.append(_full_hour(after))
        return min((at for at in known if at is not None), default=None)

    def _do(self, task: StoredTask, now: datetime) -> None:
        tz = zone_of_rep(self.desk, task.assignee)
        today = now.astimezone(tz).date()
        most = self.diligence.per_day
        if most is not None and self._numbers[task.assignee, today] >= most:
            tomorrow = instant_of(today + timedelta(days=1), BEGIN_MINUTE, tz)
            self._left_over_at = min(self._left_over_at or tomorrow, tomorrow)
            return
        self._numbers[task.assignee, today] += 1
        self.done += 1
        self.database.transact(lambda connection: self._end(connection, task, now))

    def _end(self, connection: Connection, task: StoredTask, now: datetime) -> None:
        named = ""
        if task.kind is TaskKind.CALL:
            address = prospects.get(connection, task.prospect_id).prospect.email
            draw = chance(self.seed, address, task.step_id, "call")
            named = disposition_named(self.desk, connected=draw < self.diligence.connected)
        done(connection, self.desk, task.id, Ending(task.assignee or "a rep", named), now)


def disposition_named(desk: Desk, *, connected: bool) -> str:
    """The first disposition that says so and goes on, else any that does; empty for none."""

    def fits(each: Disposition) -> bool:
        return (each.outcome == CONNECTED) is connected

    known = desk.policy.dispositions
    ways = [each for each in known.values() if each.action is Action.ADVANCE and each.wait is None]
    found = next((each.name for each in ways if fits(each)), "")
    return found or next(
        (each.name for each in known.values() if fits(each)), next(iter(known), "")
    )


def zone_of_rep(desk: Desk, name: str) -> ZoneInfo:
    """On whose clock a rep works: their own, else that of the mailbox of that name."""
    rep = desk.policy.reps.get(name)
    return rep.tz if rep is not None else desk.policy.zone_of(name)


def _full_hour(at: datetime) -> datetime:
    floor = at.replace(minute=0, second=0, microsecond=0)
    return floor if floor == at else floor + HOUR
