"""An answer that names somebody else to write to: a person decides whether to enrol them."""

from datetime import datetime

from sequencer.domain.address import address_key
from sequencer.domain.task import TaskKind
from sequencer.engine.desk import Desk
from sequencer.engine.matter import bring_up
from sequencer.engine.tasks import Matter
from sequencer.mail.referral import referred_addresses
from sequencer.mail.verdict import Verdict
from sequencer.store import enrollments, prospects, suppressions
from sequencer.store.columns import is_storable
from sequencer.store.database import Connection
from sequencer.store.prospects import StoredProspect


def propose(
    connection: Connection, desk: Desk, verdict: Verdict, person: StoredProspect, now: datetime
) -> int:
    """How many tasks were opened; who receives nothing, or is in a cadence, is not proposed."""
    ours = [each.address for each in desk.policy.mailboxes.values()]
    known = [verdict.incoming.sender, person.prospect.email]
    opened = 0
    for address in referred_addresses(verdict.named, ours, known):
        if not _is_wanted(connection, address, now):
            continue
        named_by = verdict.incoming.sender or person.prospect.email
        about = f"{named_by} answered and named {address}. Nobody was enrolled."
        matter = Matter(TaskKind.REFERRAL, f"Write to {address} instead?", about)
        opened += bring_up(connection, person.id, matter, now)
    return opened


def _is_wanted(connection: Connection, address: str, now: datetime) -> bool:
    key = address_key(address)
    if not is_storable(key) or suppressions.hitting(connection, [key], now):
        return False
    known = prospects.find(connection, address)
    return known is None or not enrollments.live_of(connection, [known.id])
