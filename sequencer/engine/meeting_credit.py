"""To whom, and to which of their enrollments, is a meeting credited?

By the token that our own link carries, by the address, by an address that a person has told to be
theirs; never by the company alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sequencer.domain.address import key_of
from sequencer.domain.booking import ON, BookingEvent
from sequencer.store import aliases, enrollments, prospects
from sequencer.store.columns import is_storable
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.meetings import Meeting

MOST_ADDRESSES = 100  # of one event


class CreditedBy(StrEnum):
    """How a meeting's prospect was found, the surest first."""

    PERSON = "person"
    LINK = "token"
    ADDRESS = "address"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True)
class Credit:
    """Whose meeting it is; nobody's that we know of where it is empty."""

    prospect_id: int | None = None
    enrollment_id: int | None = None
    by: str = ""


def people_of(connection: Connection, event: BookingEvent) -> list[int]:
    """Numbers of those whose meeting it is: by the token that our link carries, and by address.

    They are several where somebody passed the link on to a colleague, or brings one along.
    """
    stored = _by_token(connection, event)
    found = [stored.prospect_id] if stored is not None else []
    found += [credit.prospect_id or 0 for credit in _by_address(connection, _addresses([event]))]
    return list(dict.fromkeys(found))


def credit_of(
    connection: Connection, before: Meeting | None, told: Sequence[BookingEvent]
) -> Credit:
    """Whose meeting it is by all that was told: first by token, then by who booked, then anybody.

    Of these, whoever is verified comes first: a mail takes no meeting from anybody. What a person
    has said of it stands.
    """
    if before is not None and before.credited_by == CreditedBy.PERSON:
        return Credit(before.prospect_id, before.enrollment_id, CreditedBy.PERSON)
    for each in told:
        stored = _by_token(connection, each)
        if stored is not None:
            return Credit(stored.prospect_id, stored.id, CreditedBy.LINK)
    ordered = sorted(told, key=lambda each: (each.kind not in ON, not each.verified))
    credit = next(iter(_by_address(connection, _addresses(ordered))), Credit())
    if before is not None and before.prospect_id == credit.prospect_id and before.enrollment_id:
        return Credit(credit.prospect_id, before.enrollment_id, credit.by)
    return Credit(credit.prospect_id, enrollment_of(connection, credit.prospect_id), credit.by)


def enrollment_of(connection: Connection, prospect_id: int | None) -> int | None:
    """The newest enrollment of a person that runs, else the newest; None where there is none."""
    if prospect_id is None:
        return None
    every = enrollments.of_prospect(connection, prospect_id)
    running = [each for each in every if each.enrollment.finish_reason is None]
    return next((each.id for each in (*running, *every)), None)


def is_known(connection: Connection, address: str) -> bool:
    """Whether the address is some prospect's."""
    return bool(_by_address(connection, [address]))


def _by_token(connection: Connection, event: BookingEvent) -> StoredEnrollment | None:
    return enrollments.by_key(connection, event.token) if event.token else None


def _addresses(told: Iterable[BookingEvent]) -> list[str]:
    """Addresses of invitees and guests, each once."""
    named = (address for each in told for address in (each.email, *each.guests) if address)
    return list(dict.fromkeys(named))[:MOST_ADDRESSES]


def _by_address(connection: Connection, addresses: Sequence[str]) -> list[Credit]:
    """Those of whom the addresses are, in their order; one that is nobody's is left out."""
    keys = [key for each in addresses if (key := key_of(each)) and is_storable(key)]
    wanted = list(dict.fromkeys([*keys, *map(_untagged, keys)]))
    people = prospects.find_many(connection, wanted) if wanted else {}
    also = aliases.find_many(connection, wanted) if wanted else {}
    found = []
    for key in keys:
        for spelling in dict.fromkeys((key, _untagged(key))):
            if spelling in people:
                found.append(Credit(people[spelling].id, by=CreditedBy.ADDRESS))
                break
            if spelling in also:
                found.append(Credit(also[spelling], by=CreditedBy.ALIAS))
                break
    return found


def _untagged(key: str) -> str:
    """The address without what follows a plus: many hosts deliver both to the same person."""
    name, _, domain = key.rpartition("@")
    return f"{name.partition('+')[0] or name}@{domain}"
