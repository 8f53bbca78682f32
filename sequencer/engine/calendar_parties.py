"""Who is who in a calendar mail: our people, prospects, their colleagues, booking tools, rooms?"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sequencer.domain.address import domain_of, key_of
from sequencer.domain.free_mail import is_free_mail
from sequencer.engine.policy import Policy
from sequencer.mail.calendar_event import CalendarEvent
from sequencer.mail.calendar_person import CalendarPerson
from sequencer.mail.foreign_address import read_addresses
from sequencer.mail.incoming import Incoming
from sequencer.store import aliases, prospects
from sequencer.store.columns import is_storable
from sequencer.store.database import Connection
from sequencer.store.prospects import StoredProspect

MOST_LOOKED_UP = 200  # addresses of one event that are looked for among the prospects
_SENDERS = ("from", "reply-to", "sender")
# From where booking tools send calendar objects, and what they write in their UIDs.
_TOOLS = frozenset(
    {
        "acuityscheduling.com",
        "cal.com",
        "calendly.com",
        "chilipiper.com",
        "doodle.com",
        "hubspot.com",
        "hubspotemail.net",
        "oncehub.com",
        "savvycal.com",
        "scheduler.zoom.us",
        "tidycal.com",
        "youcanbook.me",
        "zcal.co",
    }
)
_PROGRAMS = re.compile(
    r"(?i)\b(?:acuity|calendly|cal\.com|chili ?piper|doodle|hubspot|oncehub|savvycal|tidycal"
    r"|youcanbook|zcal|zoom scheduler)\b"
)
_BY_MACHINE = frozenset({"group.calendar.google.com", "resource.calendar.google.com"})
_ROOM = re.compile(
    r"(?i)(?:^|[\W_\d])(?:(?:meeting|conf(?:erence)?|board|konferenz|besprechungs?)[\W_]?)?"
    r"(?:room|raum|zimmer|sala|salle|saal|zaal|projector|beamer|resource|ressource)(?:$|[\W_\d])"
)


@dataclass(frozen=True, slots=True)
class Parties:
    """Whom the addresses in one event, and in the mail around it, belong to.

    Attributes:
        own_keys: keys of the addresses of our mailboxes and reps.
        own_domains: where these are, but for free mail.
        people: prospects by the keys of their addresses.
        companies: domains of prospects, but for free mail, that are in the event.
        senders: whom the mail is from, as it says.
    """

    own_keys: frozenset[str]
    own_domains: frozenset[str]
    people: Mapping[str, StoredProspect]
    companies: frozenset[str]
    senders: tuple[str, ...]

    def prospect(self, addresses: Iterable[str]) -> StoredProspect | None:
        """The first of these who is a prospect."""
        found = (self.people.get(key_of(each)) for each in addresses)
        return next((each for each in found if each is not None), None)

    def is_ours(self, person: CalendarPerson | None) -> bool:
        """Whether it is a rep of ours, by an address or by the domain."""
        if person is None or self.prospect(person.addresses) is not None:
            return False
        return any(
            key_of(each) in self.own_keys or domain_of(each) in self.own_domains
            for each in person.addresses
        )

    def is_colleague(self, person: CalendarPerson | None) -> bool:
        """Whether it is somebody at the company of a prospect."""
        addresses = person.addresses if person is not None else ()
        return any(domain_of(each) in self.companies for each in addresses)

    def is_direct(self, person: CalendarPerson) -> bool:
        """Whether the mail is from that person, and was not forwarded."""
        return bool({key_of(each) for each in person.addresses} & set(map(key_of, self.senders)))

    def is_of_tool(self, event: CalendarEvent) -> bool:
        """Whether a booking tool wrote it."""
        organiser = event.organiser.addresses if event.organiser is not None else ()
        domains = {domain_of(each) for each in (*organiser, *self.senders, event.uid)}
        return any(_is_at(each, _TOOLS) for each in domains) or bool(
            _PROGRAMS.search(event.product)
        )


def parties_of(
    connection: Connection, policy: Policy, incoming: Incoming, event: CalendarEvent
) -> Parties:
    """Everybody in an event of a mail."""
    senders = tuple(dict.fromkeys(_senders(incoming)))
    own = {key_of(rep.address) for rep in policy.reps.values()} | policy.own_keys
    named = list(dict.fromkeys([*_addresses(event), *senders]))[:MOST_LOOKED_UP]
    people = _people(connection, named)
    domains = _companies(map(domain_of, (*_organisers(event), *senders)))
    known = _companies(domain_of(person.prospect.email) for person in people.values())
    others = {each for each in domains - known if prospects.ids_at(connection, each)}
    own_domains = _companies(map(domain_of, own))
    companies = (known | others) - own_domains
    return Parties(frozenset(own), own_domains, people, companies, senders)


def organiser_of(event: CalendarEvent, parties: Parties) -> CalendarPerson | None:
    """Whose meeting it is; who sent it where the object names nobody, or only a calendar."""
    organiser = event.organiser
    if organiser is not None and organiser.address and not _is_calendar(organiser):
        return organiser
    return CalendarPerson(parties.senders[0]) if parties.senders else None


def is_room(person: CalendarPerson) -> bool:
    """Whether it is a room or another thing that answers by itself, by its kind or its name."""
    return (
        person.is_place
        or _is_calendar(person)
        or bool(_ROOM.search(person.name) or _ROOM.search(person.address.partition("@")[0]))
    )


def _people(connection: Connection, addresses: Iterable[str]) -> dict[str, StoredProspect]:
    keys = [key for each in addresses if (key := key_of(each)) and is_storable(key)]
    found = prospects.find_many(connection, keys)
    others = aliases.find_many(connection, [key for key in keys if key not in found])
    people = prospects.get_many(connection, others.values())
    return found | {key: people[number] for key, number in others.items()}


def _senders(incoming: Incoming) -> Iterator[str]:
    yield incoming.sender
    for name in _SENDERS:
        for value in incoming.headers.get(name, ())[:5]:
            for person in read_addresses(value)[:5]:
                yield person.address


def _addresses(event: CalendarEvent) -> Iterator[str]:
    yield from _organisers(event)
    for each in event.attendees:
        yield from (*each.addresses, *each.delegated_to, *each.delegated_from)


def _organisers(event: CalendarEvent) -> tuple[str, ...]:
    return event.organiser.addresses if event.organiser is not None else ()


def _companies(domains: Iterable[str]) -> frozenset[str]:
    return frozenset(each for each in domains if each and not is_free_mail(each))


def _is_calendar(person: CalendarPerson) -> bool:
    return domain_of(person.address) in _BY_MACHINE


def _is_at(domain: str, known: frozenset[str]) -> bool:
    return any(domain == each or domain.endswith(f".{each}") for each in known)
