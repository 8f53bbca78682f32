"""What a person says by hand: stop this prospect, suppress that address or domain."""

import re
from datetime import datetime

from sequencer.domain.address import address_key, domain_key
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.event import Stopped
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.engine.desk import Desk
from sequencer.engine.react import stop_person
from sequencer.engine.suppress import Suppressed, suppress_entry
from sequencer.store import prospects, suppressions
from sequencer.store.database import Connection

_DOMAIN = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+")


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


def suppress(connection: Connection, desk: Desk, target: str, by: str, now: datetime) -> Suppressed:
    """Suppress an address, or a whole domain (`example.com` or `@example.com`).

    Raises:
        ValueError: the target is neither.
    """
    return suppress_entry(connection, desk, suppression_of(target), f"by {by}", now)


def suppression_of(target: str) -> Suppression:
    """The entry that a person means by an address or a domain; ValueError for neither."""
    local, _, domain = target.strip().rpartition("@")
    key = domain_key(domain)
    if _DOMAIN.fullmatch(key) and not any(map(str.isspace, local)):
        if not local:
            return Suppression(SuppressionKind.DOMAIN, key, SuppressionReason.MANUAL)
        key = address_key(target)
        return Suppression(SuppressionKind.ADDRESS, key, SuppressionReason.MANUAL)
    raise ValueError(f"neither an address nor a domain: {target!r}")


def suppressed(connection: Connection) -> list[suppressions.Listed]:
    """The whole suppression list, newest first."""
    return suppressions.listed(connection)
