"""A line of the ledger about an enrollment."""

from datetime import datetime

from sequencer.domain.ledger import Entry, Kind
from sequencer.engine.desk import Case


def entry_of(
    case: Case, kind: Kind, detail: str, now: datetime, step_id: str | None = None
) -> Entry:
    """A ledger entry about an enrollment."""
    return Entry(
        at=now,
        kind=kind,
        detail=detail,
        prospect_id=case.person.id,
        enrollment_id=case.stored.id,
        mailbox=case.stored.enrollment.mailbox,
        step_id=step_id,
    )
