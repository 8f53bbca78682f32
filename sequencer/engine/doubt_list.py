"""Which mails are in doubt, since when, why, and what happens next? For people who decide."""

from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.send import SendState
from sequencer.engine.desk import Desk
from sequencer.store import doubts, enrollments
from sequencer.store.database import Connection
from sequencer.store.doubts import DoubtRow

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Doubt:
    """A mail in doubt.

    Attributes:
        looked_at: when Sent is searched for it; None where that has been done.
        enrollment: how the enrollment stands.
        next_step: what comes after it; None where that is the end.
    """

    number: int
    state: SendState
    prospect: str
    cadence: str
    step: str
    mailbox: str
    subject: str
    since: datetime
    why: str
    looked_at: datetime | None
    enrollment: EnrollmentState
    next_step: str | None


def doubt_list(connection: Connection, desk: Desk) -> list[Doubt]:
    """All mails in doubt, those that wait for a person at the top."""
    return [_doubt(connection, desk, row) for row in doubts.listed(connection, MOST)]


def _doubt(connection: Connection, desk: Desk, row: DoubtRow) -> Doubt:
    stored = enrollments.get(connection, row.enrollment_id)
    cadence = desk.versions.get(connection, stored.version_hash).cadence
    known = row.step_id in {step.id for step in cadence.steps}
    following = cadence.step_following(row.step_id) if known else None
    is_looked_for = row.state is SendState.UNKNOWN
    return Doubt(
        number=row.number,
        state=row.state,
        prospect=row.email,
        cadence=row.slug,
        step=row.step_id,
        mailbox=row.mailbox,
        subject=row.subject,
        since=row.since,
        why=row.why,
        looked_at=row.since + desk.policy.settle if is_looked_for else None,
        enrollment=stored.enrollment.state,
        next_step=following.id if following else None,
    )
