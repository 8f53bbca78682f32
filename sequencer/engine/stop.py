"""What a person says by hand: stop this prospect, suppress that address or domain."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from sequencer.domain.address import address_key, domain_key
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.event import Stopped
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.engine.desk import Desk
from sequencer.engine.react import stop_person
from sequencer.engine.suppress import (
    Listing,
    Suppressed,
    list_entry,
    people_hit,
    stop_hit,
    suppress_entry,
)
from sequencer.store import ledger, prospects, suppressions
from sequencer.store.database import Connection, Database

BATCH = 200  # people in one transaction

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


def suppress_in_batches(
    database: Database,
    desk: Desk,
    entry: Suppression,
    by: str,
    now: datetime,
    advance: Callable[[int], None],
) -> Suppressed:
    """The same in short transactions, so that a large domain does not keep the daemon waiting.

    The entry is committed first: every look at a mail refuses it from then on. `advance` is called
    with the number of people after each batch.
    """
    listing, people = database.transact(
        lambda connection: list_entry(connection, entry, f"by {by}", now)
    )
    stopped = 0
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        stopped += database.transact(partial(_stop_batch, desk, listing, batch, now))
        advance(len(batch))
    return Suppressed(entry, listing.new, stopped)


def _stop_batch(
    desk: Desk, listing: Listing, people: Sequence[int], now: datetime, connection: Connection
) -> int:
    return stop_hit(connection, desk, listing, people, now)


def hit_by(connection: Connection, entries: Sequence[Suppression]) -> int:
    """How many prospects these entries are about."""
    return sum(len(people_hit(connection, entry)) for entry in entries)


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


class NotLiftedError(Exception):
    """The entry cannot be taken off the list; the sentence says why."""


def lift(connection: Connection, target: str, by: str, now: datetime) -> Suppression:
    """Take back an entry that would have ended by itself.

    Raises:
        NotLiftedError: there is none, or it stands for good.
        ValueError: the target is neither an address nor a domain.
    """
    wanted = suppression_of(target)
    lifted = suppressions.lift(connection, wanted.kind, wanted.key)
    if lifted is None and suppressions.is_listed(connection, wanted):
        raise NotLiftedError(f"{wanted.key} is on the list for good: that is not taken back.")
    if lifted is None:
        raise NotLiftedError(f"{wanted.key} is not on the list.")
    for number in people_hit(connection, wanted):
        detail = f"{wanted.key}: by {by}"
        ledger.write(connection, Entry(now, Kind.LIFTED, detail, prospect_id=number))
    return lifted.suppression


def suppressed(connection: Connection) -> list[suppressions.Listed]:
    """The whole suppression list, newest first."""
    return suppressions.listed(connection)
