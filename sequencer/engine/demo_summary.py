"""What came of a demonstration: counted in the database, checked against the server's record."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.send import SendState
from sequencer.domain.workdays import Workdays
from sequencer.engine.desk import Desk
from sequencer.engine.policy import UTC_ZONE
from sequencer.engine.verify import Findings, Recorded, verify
from sequencer.store import census, handovers, meetings, sends
from sequencer.store.database import Connection


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a run.

    Attributes:
        accepted: mails on the server's own record.
        running: enrollments that neither ended nor wait for a date: none, unless time ran out.
        meetings: how many are in each state; `moved` ones count where they are now.
        handovers: how many reps were offered a meeting.
        seconds: real time that the run took.
    """

    enrolled: int
    sent: int
    accepted: int
    running: int
    finished: dict[str, int]
    paused: dict[str, int]
    meetings: dict[str, int]
    handovers: int
    findings: Findings
    virtual_days: int
    working_days: int
    seconds: float

    @property
    def clean(self) -> bool:
        """Whether every promise was kept and everything came to its end."""
        return self.findings.clean and not self.running

    def figures(self) -> dict[str, object]:
        """The figures as one JSON object."""
        return {
            "enrolled": self.enrolled,
            "sent": self.sent,
            "finished": self.finished,
            "paused": self.paused,
            "meetings": self.meetings,
            "handovers": self.handovers,
            "verify": self.findings.figures(),
            "virtual_days": self.virtual_days,
            "seconds": round(self.seconds, 1),
        }


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when (UTC) a run went, and how long it took in real seconds."""

    began_at: datetime
    ended_at: datetime
    seconds: float


def summarise(
    connection: Connection, desk: Desk, record: Iterable[Recorded], period: Period
) -> Summary:
    """The summary at the end of a run."""
    recorded = list(record)
    counts = census.counts(connection)
    by_state = {state: Counter[str]() for state in EnrollmentState}
    for row in counts:
        by_state[row.state][row.reason] += row.number
    finished = by_state[EnrollmentState.FINISHED]
    paused = by_state[EnrollmentState.PAUSED]
    enrolled = sum(row.number for row in counts)
    return Summary(
        enrolled=enrolled,
        sent=len(sends.in_state(connection, SendState.SENT)),
        accepted=len(recorded),
        running=enrolled - sum(finished.values()) - sum(paused.values()),
        finished=dict(finished),
        paused=dict(paused),
        meetings={str(state): n for state, n in meetings.count_by_state(connection).items()},
        handovers=handovers.count(connection),
        findings=verify(connection, desk, period.ended_at, recorded),
        virtual_days=(period.ended_at.date() - period.began_at.date()).days + 1,
        working_days=_working_days(period),
        seconds=period.seconds,
    )


def _working_days(period: Period) -> int:
    first, last = period.began_at.date(), period.ended_at.date()
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return sum(map(Workdays(UTC_ZONE).includes, days))
