"""Find the rep for a meeting, by the ways that the settings name."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sequencer.domain.absence import days_away
from sequencer.domain.account import account_key
from sequencer.domain.address import key_of
from sequencer.domain.assignment import COUNTED, Asked, Choice, Decision, decide
from sequencer.domain.availability import WEEK, Load, Slot, slot_of
from sequencer.domain.days_off import DaysOff
from sequencer.domain.prospect import Prospect
from sequencer.domain.rep import Rep
from sequencer.domain.visibility import OURSELVES
from sequencer.engine.desk import Desk
from sequencer.engine.handover_story import client_of_meeting
from sequencer.engine.policy import Policy
from sequencer.files.holiday_book import PublicHolidays
from sequencer.store import assignments, bookings, handovers, prospects
from sequencer.store.database import Connection
from sequencer.store.meetings import Meeting
from sequencer.store.prospects import StoredProspect

NOBODY = Prospect("")


def choose_rep(
    connection: Connection,
    desk: Desk,
    meeting: Meeting,
    but: Collection[str],
    now: datetime,
) -> Choice | None:
    """Who gets a meeting; None where nobody can. Those named in `but` have had their chance."""
    return decide_rep(connection, desk, meeting, but, now).choice


def decide_rep(
    connection: Connection,
    desk: Desk,
    meeting: Meeting,
    but: Collection[str],
    now: datetime,
) -> Decision:
    """The same, with the reasons why each other rep, or everybody, was passed over."""
    person = prospects.get(connection, meeting.prospect_id) if meeting.prospect_id else None
    asked = Asked(
        prospect=person.prospect if person else NOBODY,
        now=now,
        slot=slot_of(meeting.starts_at, meeting.ends_at, now),
        client=client_of_meeting(connection, desk, meeting) or OURSELVES,
        hosts=hosts_of(desk.policy, _named_hosts(connection, meeting)),
        colleague_owners=colleague_owners(connection, person),
        but=frozenset(but),
    )
    loads = loads_of(connection, desk.policy, asked.slot, now, meeting)
    return decide(desk.policy.handover.to, desk.policy.reps, loads, asked)


def colleague_owners(connection: Connection, person: StoredProspect | None) -> frozenset[str]:
    """Owners of the others of somebody's account."""
    if person is None:
        return frozenset()
    key = account_key(person.prospect)
    return frozenset(assignments.owners_at(connection, key, person.id))


def loads_of(
    connection: Connection,
    policy: Policy,
    slot: Slot | None,
    now: datetime,
    but: Meeting | None = None,
) -> Mapping[str, Load]:
    """What every rep has to do about that time, beside that meeting."""
    at, number = slot.start if slot else now, but.id if but else 0
    given = assignments.given(connection, now - COUNTED, at, WEEK, number)
    last = assignments.last_offers(connection, number)
    own = _uids(connection, but) if but else set()
    busy = assignments.busy(connection, slot.start, slot.end, own) if slot else []
    return {
        name: Load(
            handed=sum(each.rep == name and each.offered_at > now - COUNTED for each in given),
            last_at=last.get(name),
            meetings=tuple(
                each.starts_at for each in given if each.rep == name and each.starts_at is not None
            ),
            busy=tuple(Slot(start, end) for whose, start, end in busy if whose == name),
            off=days_off(rep),
        )
        for name, rep in policy.reps.items()
    }


def days_off(rep: Rep) -> tuple[DaysOff, ...]:
    """When a rep is away, and the public holidays that they keep."""
    away = (days_away(rep.away, rep.person, rep.tz),) if rep.away else ()
    if not rep.country:
        return away
    return (*away, DaysOff(rep.tz, PublicHolidays(rep.country, rep.subdivision)))


def _uids(connection: Connection, meeting: Meeting) -> set[str]:
    """How calendars call a meeting: its own name, and those of our invitations to it."""
    return {meeting.uid, *(each.uid for each in handovers.of_meeting(connection, meeting.id))}


def hosts_of(policy: Policy, addresses: Iterable[str]) -> frozenset[str]:
    """The reps whose addresses these are: their own, or those of their mailboxes."""
    keys = {key_of(address) for address in addresses} - {""}
    owners = {
        mailbox.belongs_to.casefold()
        for mailbox in policy.mailboxes.values()
        if key_of(mailbox.address) in keys
    }
    return frozenset(
        name for name, rep in policy.reps.items() if key_of(rep.address) in keys or name in owners
    )


def _named_hosts(connection: Connection, meeting: Meeting) -> tuple[str, ...]:
    """Addresses of those whom the booking names."""
    told = bookings.told(connection, meeting.id)
    return (meeting.host, *next((each.hosts for each in reversed(told) if each.hosts), ()))
