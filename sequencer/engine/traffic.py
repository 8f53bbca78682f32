"""What limits a mail, and what left before it: gathered for one mailbox, person and cadence."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sequencer.domain.address import domain_of
from sequencer.domain.free_mail import is_free_mail
from sequencer.domain.pacing import Limits, Pace, Traffic
from sequencer.domain.rolling import DAY, HOUR, WEEK, Level
from sequencer.domain.spread import Cap
from sequencer.engine.activate import current_version
from sequencer.engine.desk import Case, Desk
from sequencer.store import paused, traffic
from sequencer.store.database import Connection
from sequencer.store.turn_lock import wait_for_turn


@dataclass(frozen=True, slots=True)
class SharedCap:
    """A limit of an enrollment's next mail besides those of its mailbox.

    Attributes:
        left: what left under it, in order.
        queued: finds when the mails are due that wait under it already.
    """

    cap: Cap
    left: Sequence[datetime]
    queued: Callable[[], Sequence[datetime]]


def mailbox_traffic(connection: Connection, mailbox: str, pace: Pace, now: datetime) -> Traffic:
    """What left a mailbox, as far as its pace needs to know it."""
    mail_days = traffic.mail_days_of(connection, mailbox, pace.mail_days)
    caps = [(HOUR, pace.hourly(mail_days)), (DAY, pace.daily(mail_days))]
    if pace.per_week is not None:
        caps.append((WEEK, Level(pace.per_week)))
    found = traffic.counts_of_mailbox(connection, mailbox, [now - period for period, _ in caps])
    # A limit that is not reached needs no instants, and the gap needs the last one.
    needed = [1]
    for (_, level), since in zip(caps, found, strict=True):
        if since.number >= level.at(now):
            needed.append(level.most)
    newest = traffic.newest_of_mailbox(connection, mailbox, max(needed))
    return Traffic(newest, mail_days)


def whole_traffic(connection: Connection, mailbox: str, pace: Pace) -> Traffic:
    """What left a mailbox, as far back as its limits look."""
    mail_days = traffic.mail_days_of(connection, mailbox, pace.mail_days)
    most = max(pace.daily(mail_days).most, pace.hourly(mail_days).most, pace.per_week or 0, 1)
    return Traffic(traffic.newest_of_mailbox(connection, mailbox, most), mail_days)


def limits_for(connection: Connection, desk: Desk, case: Case, pace: Pace) -> Limits:
    """Everything that limits the next mail of an enrollment from a mailbox of that pace."""
    limits, new_per_day = (
        replace(desk.policy.limits, pace=pace),
        _new_per_day(connection, desk, case),
    )
    if new_per_day is None or not traffic.is_first_touch(connection, case.stored.id):
        return limits
    return replace(limits, new_per_day=new_per_day)


def wait_for_room(connection: Connection, desk: Desk, case: Case) -> None:
    """Keep other daemons from counting for the same company, person or cadence side by side.

    Each would find room for one more, and two mails would leave where there is room for one.
    """
    limits = desk.policy.limits
    keys = {
        f"person {case.person.id}": (limits.per_person_day, limits.per_person_week),
        f"domain {domain_of(case.person.prospect.email)}": (limits.per_domain,),
        f"cadence {case.stored.slug}": (_new_per_day(connection, desk, case),),
    }
    wait_for_turn(connection, [key for key, most in keys.items() if any(most)])


def traffic_for(
    connection: Connection, case: Case, mailbox: str, limits: Limits, now: datetime
) -> Traffic:
    """What left before a mail of this enrollment, as far as its limits need to know it."""
    return _beside(
        connection, case, limits, mailbox_traffic(connection, mailbox, limits.pace, now), now
    )


def caps_of(connection: Connection, desk: Desk, case: Case, now: datetime) -> Iterator[SharedCap]:
    """Limits of an enrollment's next mail besides those of its mailbox."""
    limits = limits_for(connection, desk, case, Pace())
    before = _beside(connection, case, limits, Traffic(), now)
    domain = domain_of(case.person.prospect.email)
    company = None if is_free_mail(domain) else limits.per_domain
    person, cadence = f"person {case.person.id}", f"cadence {case.stored.slug}"
    to_domain = partial(paused.queued_to_domain, connection, domain)
    to_person = partial(paused.queued_to_person, connection, case.person.id)
    new = partial(paused.queued_first_touches, connection, case.stored.slug)
    rules = (
        (f"domain {domain}", company, DAY, before.to_domain, to_domain),
        (person, limits.per_person_day, DAY, before.to_person, to_person),
        (person, limits.per_person_week, WEEK, before.to_person, to_person),
        (cadence, limits.new_per_day, DAY, before.new, new),
    )
    for key, most, period, instants, queued in rules:
        if most is not None:
            yield SharedCap(Cap(key, most, period), instants, queued)


def _beside(
    connection: Connection, case: Case, limits: Limits, found: Traffic, now: datetime
) -> Traffic:
    """The traffic found, with what left to the same company and person, and began the cadence."""
    domain, day = domain_of(case.person.prospect.email), now - DAY
    if limits.per_domain is not None and not is_free_mail(domain):
        most = limits.per_domain
        found = replace(found, to_domain=traffic.newest_to_domain(connection, domain, day, most))
    persons = [most for most in (limits.per_person_day, limits.per_person_week) if most is not None]
    if persons:
        person, week = case.person.id, now - WEEK
        newest = traffic.newest_to_person(connection, person, week, max(persons))
        found = replace(found, to_person=newest)
    if limits.new_per_day is not None:
        slug, most = case.stored.slug, limits.new_per_day
        found = replace(found, new=traffic.newest_first_touches(connection, slug, day, most))
    return found


def _new_per_day(connection: Connection, desk: Desk, case: Case) -> int | None:
    """How many the cadence lets begin in 24 hours, as it is applied now, not when they came in."""
    version = current_version(connection, desk, case.stored.slug) or case.version
    return version.cadence.throttle.new_per_day
