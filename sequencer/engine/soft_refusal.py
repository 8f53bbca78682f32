"""An address refused a mail for now: count it, and leave the address alone once it was too often.

The same for an answer in an SMTP dialogue and for a report that comes in later. A domain that a
server calls dead is flagged: before anything more goes there, a person looks.
"""

from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.address import domain_of, key_of
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.soft_refusal import LEFT_ALONE, why_left_alone
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.engine.desk import Case, Desk
from sequencer.engine.react import entry_of
from sequencer.engine.suppress import suppress_entry
from sequencer.store import ledger, soft_refusals, suppressions
from sequencer.store.database import Connection

FLAGGED = LEFT_ALONE


@dataclass(frozen=True, slots=True)
class Refused:
    """A mail that its recipient's server would not have, and what it said."""

    case: Case
    step_id: str
    why: str
    now: datetime


def note_refusal(connection: Connection, refused: Refused) -> str:
    """Why that was once too often; empty where it was not."""
    case = refused.case
    told = entry_of(case, Kind.NOT_NOW, refused.why, refused.now, refused.step_id)
    ledger.write(connection, told)
    return why_left_alone(soft_refusals.of_prospect(connection, case.person.id))


def leave_alone(connection: Connection, desk: Desk, case: Case, why: str, now: datetime) -> None:
    """Let nothing more go to the address for a while; every cadence of the person ends."""
    until = now + LEFT_ALONE
    entry = Suppression(
        SuppressionKind.ADDRESS,
        key_of(case.person.prospect.email),
        SuppressionReason.UNREACHABLE,
        until,
    )
    if entry.key:
        suppress_entry(connection, desk, entry, f"{why}: left alone until {until:%Y-%m-%d}", now)


def flag_domain(connection: Connection, case: Case, why: str, now: datetime) -> None:
    """Let nothing more go to the domain before somebody has looked.

    The server may be wrong, as one whose name server is away says the same. So nobody's cadence
    ends by it but that of the address itself.
    """
    key = domain_of(key_of(case.person.prospect.email))
    until = now + FLAGGED
    entry = Suppression(SuppressionKind.DOMAIN, key, SuppressionReason.DEAD_DOMAIN, until)
    if key and suppressions.add(connection, entry, why, now):
        detail = f"{key}, until {until:%Y-%m-%d}: {why}"
        ledger.write(connection, Entry(now, Kind.FLAGGED, detail, prospect_id=case.person.id))
