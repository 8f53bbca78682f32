"""How much room do the limits of pacing leave for some mails, and for those among them that go?

The database counts, and gives out instants only where a limit is reached. What is let through
meanwhile is counted too, though it has not left yet.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sequencer.domain.address import domain_of
from sequencer.domain.free_mail import is_free_mail
from sequencer.domain.pacing import Limits, Pace, Traffic
from sequencer.domain.rolling import DAY, HOUR, WEEK
from sequencer.engine.activate import current_version
from sequencer.engine.desk import Case, Desk
from sequencer.store import traffic
from sequencer.store.database import Connection
from sequencer.store.mailboxes import StoredMailbox
from sequencer.store.traffic import BoxState


class Asked(NamedTuple):
    """A mail that may leave: of which enrollment, from which mailbox, as its first touch or not.

    Attributes:
        last_at: when this process let the mailbox's last mail go, if it did.
    """

    case: Case
    mailbox: str
    first: bool
    last_at: datetime | None = None

    @property
    def person(self) -> int:
        """Number of whom it is for."""
        return self.case.person.id

    @property
    def domain(self) -> str:
        """Company of whom it is for, the empty string where the domain is no company."""
        domain = domain_of(self.case.person.prospect.email)
        return "" if is_free_mail(domain) else domain


class MailboxRoom:
    """What left a mailbox, as far as its pace needs to know it."""

    def __init__(
        self, connection: Connection, mailbox: str, pace: Pace, state: BoxState, now: datetime
    ) -> None:
        self._connection, self._mailbox, self._now, self._last = (
            connection,
            mailbox,
            now,
            state.last,
        )
        self._mail_days = traffic.mail_days_of(connection, mailbox, pace.mail_days)
        hourly, daily = pace.hourly(self._mail_days), pace.daily(self._mail_days)
        # Of each limit the room that it leaves now, and what it allows in the end.
        self._rooms = [
            (hourly.at(now) - state.hour, hourly.most),
            (daily.at(now) - state.day, daily.most),
        ]
        if pace.per_week is not None:
            self._rooms.append((pace.per_week - state.week, pace.per_week))
        self._room = min(room for room, _ in self._rooms)
        self._newest: dict[int, Sequence[datetime]] = {}
        self._taken = 0

    def take(self) -> None:
        """One more goes."""
        self._taken += 1

    def left(self, last_at: datetime | None = None) -> tuple[Sequence[datetime], Sequence[date]]:
        """Instants of the last mails, and the mailbox's first days.

        Of the mails the last one alone where no limit is reached. What lies ahead
        was dated before the clock was set back; if this process knows when it let the last mail
        go, it was not later than that.
        """
        if 0 < self._taken < self._room:
            return [self._now], self._mail_days
        if self._taken >= self._room:
            mails = self._those_that_count()
        else:
            mails = [self._last] if self._last else []
        if last_at is not None and mails and mails[-1] > self._now:
            mails = [min(at, last_at) if at > self._now else at for at in mails]
        return [*mails, *[self._now] * self._taken], self._mail_days

    def _those_that_count(self) -> Sequence[datetime]:
        """The newest mails, as many as the limits allow that leave no room."""
        most = max(1, *(most for room, most in self._rooms if self._taken >= room))
        if most not in self._newest:
            self._newest[most] = traffic.newest_of_mailbox(self._connection, self._mailbox, most)
        return self._newest[most]


class Room:
    """Limits of some mails, and what left before them."""

    def __init__(
        self, connection: Connection, desk: Desk, asked: Collection[Asked], now: datetime
    ) -> None:
        self._connection, self._desk, self._now = connection, desk, now
        self._boxes: dict[str, MailboxRoom] = {}
        names, known = {each.mailbox for each in asked}, desk.policy.mailboxes
        paces = (known[name].pace for name in names & known.keys())
        self._states = boxes_of(connection, names, paces, now)
        self._taken = defaultdict[object, int](int)
        self._new: dict[str, int | None] = {}
        self._begun: dict[str, int] = {}
        limits, day = desk.policy.limits, now - DAY
        self._per_domain = limits.per_domain
        self._limits_people = [
            most for most in (limits.per_person_day, limits.per_person_week) if most is not None
        ]
        people = {each.person for each in asked} if self._limits_people else ()
        companies = {each.domain for each in asked} - {""} if self._per_domain is not None else ()
        self._to_people = (
            traffic.counts_to_people(connection, people, day, now - WEEK) if people else {}
        )
        self._to_domains = (
            traffic.counts_to_domains(connection, companies, day) if companies else {}
        )

    def mailbox(self, name: str) -> StoredMailbox:
        """What the database knows of a mailbox that is asked about."""
        return self._states[name].mailbox

    def limits_of(self, asked: Asked) -> Limits:
        """Everything that limits this mail."""
        if asked.mailbox not in self._desk.policy.mailboxes:
            return Limits()
        new = self._new_per_day(asked.case) if asked.first else None
        return self._desk.policy.limits_of(asked.mailbox, new)

    def traffic_of(self, asked: Asked) -> Traffic:
        """What left before this mail, as far as its limits need to know it."""
        if asked.mailbox not in self._desk.policy.mailboxes:
            return Traffic()
        mails, mail_days = self._box(asked.mailbox).left(asked.last_at)
        return Traffic(
            mails=mails,
            mail_days=mail_days,
            to_domain=self._to_domain(asked),
            to_person=self._to_person(asked),
            new=self._new_ones(asked) if asked.first else (),
        )

    def take(self, asked: Asked) -> None:
        """This mail goes, and counts for those that are asked about after it."""
        self._box(asked.mailbox).take()
        if self._limits_people:
            self._taken[asked.person] += 1
        if self._per_domain is not None:
            self._taken[asked.domain] += 1
        if asked.first:
            self._taken["begun in", asked.case.stored.slug] += 1

    def _box(self, name: str) -> MailboxRoom:
        box = self._boxes.get(name)
        if box is None:
            pace = self._desk.policy.mailboxes[name].pace
            state = self._states[name]
            box = MailboxRoom(self._connection, name, pace, state, self._now)
            self._boxes[name] = box
        return box

    def _to_person(self, asked: Asked) -> Sequence[datetime]:
        if not self._limits_people:
            return ()
        limits, person = self._desk.policy.limits, asked.person
        (day, week), taken = self._to_people.get(person, (0, 0)), self._taken[person]
        if not _is_used_up(limits.per_person_day, day + taken) and not _is_used_up(
            limits.per_person_week, week + taken
        ):
            return ()
        since, newest = self._now - WEEK, max(self._limits_people)
        return self._with(traffic.newest_to_person(self._connection, person, since, newest), taken)

    def _to_domain(self, asked: Asked) -> Sequence[datetime]:
        most = self._per_domain
        if most is None:
            return ()
        domain = asked.domain
        count, taken = self._to_domains.get(domain, 0), self._taken[domain]
        if not domain or count + taken < most:
            return ()
        day = self._now - DAY
        return self._with(traffic.newest_to_domain(self._connection, domain, day, most), taken)

    def _new_ones(self, asked: Asked) -> Sequence[datetime]:
        slug, most = asked.case.stored.slug, self._new_per_day(asked.case)
        if most is None:
            return ()
        day, taken = self._now - DAY, self._taken["begun in", slug]
        if slug not in self._begun:
            self._begun[slug] = traffic.count_first_touches(self._connection, slug, day)
        if self._begun[slug] + taken < most:
            return ()
        return self._with(traffic.newest_first_touches(self._connection, slug, day, most), taken)

    def _with(self, instants: Sequence[datetime], taken: int) -> Sequence[datetime]:
        return [*instants, *[self._now] * taken]

    def _new_per_day(self, case: Case) -> int | None:
        slug = case.stored.slug
        if slug not in self._new:
            self._new[slug] = new_per_day(self._connection, self._desk, case)
        return self._new[slug]


def _is_used_up(most: int | None, number: int) -> bool:
    return most is not None and number >= most


def boxes_of(
    connection: Connection, names: Collection[str], paces: Iterable[Pace], now: datetime
) -> dict[str, BoxState]:
    """These mailboxes, and what left each lately; of a week only where one of the paces asks."""
    weekly = any(pace.per_week is not None for pace in paces)
    since = (now - HOUR, now - DAY, now - WEEK if weekly else now)
    return traffic.boxes_of(connection, names, since)


def new_per_day(connection: Connection, desk: Desk, case: Case) -> int | None:
    """How many the cadence lets begin in 24 hours, as it is applied now, not when they came in."""
    version = current_version(connection, desk, case.stored.slug) or case.version
    return version.cadence.throttle.new_per_day
