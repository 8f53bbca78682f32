"""Put an address or a domain on the list of those who receive nothing, and stop who is hit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.address import address_key
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.event import Stopped
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.engine.desk import Desk
from sequencer.engine.react import react
from sequencer.store import enrollments, ledger, prospects, suppressions
from sequencer.store.database import Connection

_FINISHED_AS = {
    SuppressionReason.OPTED_OUT: FinishReason.OPTED_OUT,
    SuppressionReason.BOUNCED: FinishReason.BOUNCED,
    SuppressionReason.COMPLAINED: FinishReason.COMPLAINED,
    SuppressionReason.MANUAL: FinishReason.SUPPRESSED,
    SuppressionReason.UNREACHABLE: FinishReason.FAILED,
}


@dataclass(frozen=True, slots=True)
class Listing:
    """An entry, who or what brought it, and whether it is new on the list."""

    suppression: Suppression
    source: str
    new: bool


@dataclass(frozen=True, slots=True)
class Suppressed:
    """What suppressing did: whether the entry is new, how many enrollments it ended."""

    suppression: Suppression
    new: bool
    stopped: int


def suppress_entry(
    connection: Connection, desk: Desk, entry: Suppression, source: str, now: datetime
) -> Suppressed:
    """Add an entry to the list and end every live enrollment that it hits."""
    listing, people = list_entry(connection, entry, source, now)
    return Suppressed(entry, listing.new, stop_hit(connection, desk, listing, people, now))


def list_entry(
    connection: Connection, entry: Suppression, source: str, now: datetime
) -> tuple[Listing, list[int]]:
    """Only add the entry, with the people it hits: from this commit on nothing leaves to them."""
    new = suppressions.add(connection, entry, source, now)
    return Listing(entry, source, new), people_hit(connection, entry)


def stop_hit(
    connection: Connection, desk: Desk, listing: Listing, people: Sequence[int], now: datetime
) -> int:
    """How many live enrollments of these people, whom the entry hits, ended."""
    entry, source = listing.suppression, listing.source
    detail, event = f"{entry.key}: {source}", Stopped(_FINISHED_AS[entry.reason])
    kind = Kind.SUPPRESSED if entry.until is None else Kind.LEFT_ALONE
    stopped = 0
    for number in people:
        # First the locks, then the entry: the ledger's order is that of the commits.
        live = enrollments.live_of(connection, [number])
        if listing.new:
            ledger.write(connection, Entry(now, kind, detail, prospect_id=number))
        stopped += sum(react(connection, desk, stored, event, source, now) for stored in live)
    return stopped


def suppress_address(
    connection: Connection,
    desk: Desk,
    address: str,
    reason: SuppressionReason,
    source: str,
    now: datetime,
) -> None:
    """The same for one address as it stands in a mail; what is no address is left alone."""
    try:
        entry = Suppression(SuppressionKind.ADDRESS, address_key(address), reason)
    except ValueError:
        return
    suppress_entry(connection, desk, entry, source, now)


def people_hit(connection: Connection, entry: Suppression) -> list[int]:
    """Numbers of the prospects whom an entry is about."""
    if entry.kind is SuppressionKind.DOMAIN:
        return prospects.ids_at(connection, entry.key)
    person = prospects.find(connection, entry.key)
    return [person.id] if person else []
