"""What a person says by hand: stop this prospect, suppress that address or domain."""

from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.address import address_key, domain_key
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.event import Stopped
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.engine.desk import Desk
from sequencer.engine.react import stop_person
from sequencer.store import ledger, prospects, suppressions
from sequencer.store.database import Connection


class UnknownProspectError(Exception):
    """Nobody has that address."""


def stop(connection: Connection, desk: Desk, address: str, by: str, now: datetime) -> int:
    """How many enrollments of the prospect ended.

    Raises:
        UnknownProspectError: nobody has that address.
    """
    person = prospects.find(connection, address)
    if person is None:
        raise UnknownProspectError(address)
    event = Stopped(FinishReason.REMOVED)
    return stop_person(connection, desk, person.id, event, f"stopped by {by}", now)


@dataclass(frozen=True, slots=True)
class Suppressed:
    """What suppressing did."""

    suppression: Suppression
    new: bool
    stopped: int


def suppress(connection: Connection, desk: Desk, target: str, by: str, now: datetime) -> Suppressed:
    """Suppress an address, or a whole domain (`example.com` or `@example.com`).

    Raises:
        ValueError: the target is neither.
    """
    entry = suppression_of(target)
    new = suppressions.add(connection, entry, by, now)
    stopped = 0
    for number in _affected(connection, entry):
        if new:
            detail = f"{entry.key}: by {by}"
            ledger.write(connection, Entry(now, Kind.SUPPRESSED, detail, prospect_id=number))
        event = Stopped(FinishReason.SUPPRESSED)
        stopped += stop_person(connection, desk, number, event, f"suppressed by {by}", now)
    return Suppressed(entry, new, stopped)


def suppression_of(target: str) -> Suppression:
    """The entry that a person means by an address or a domain; ValueError for neither."""
    text = target.strip()
    local, at, domain = text.rpartition("@")
    if local and at:
        return Suppression(SuppressionKind.ADDRESS, address_key(text), SuppressionReason.MANUAL)
    if "." not in domain or " " in domain:
        raise ValueError(f"neither an address nor a domain: {target!r}")
    return Suppression(SuppressionKind.DOMAIN, domain_key(domain), SuppressionReason.MANUAL)


def _affected(connection: Connection, entry: Suppression) -> list[int]:
    if entry.kind is SuppressionKind.DOMAIN:
        return prospects.ids_at(connection, entry.key)
    person = prospects.find(connection, entry.key)
    return [person.id] if person else []


def suppressed(connection: Connection) -> list[suppressions.Listed]:
    """The whole suppression list, newest first."""
    return suppressions.listed(connection)
