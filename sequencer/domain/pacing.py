"""How fast may mails leave: what limits a mailbox, a company, a person and a cadence.

Everything is computed from the instants of what left, so there is no counter to lose, and all
limits roll over the last hours: one clock for all of them, which no midnight resets. Only how far a
new mailbox has grown is counted in dates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple

from sequencer.domain.jitter import fraction
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.rolling import DAY, HOUR, WEEK, Level, Ramp, counted, room_at

MOST_GAP = 1.5  # the longest gap, in parts of the least
HOURS_OF_A_DAY = 5  # in which a mailbox may send all of its day, unless `per_hour` says otherwise
_NAMES = {HOUR: "an hour", DAY: "24 hours", WEEK: "7 days"}


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one mailbox may send; mails that its owner sends by hand count too.

    Attributes:
        per_day: mails in any 24 hours.
        gap: least time between two of them.
        per_hour: mails in any hour; by default a fifth of what a day allows, so that the first
            hour after an outage, however long, is no busier than any other.
        per_week: mails in any seven days, None for no such limit.
        ramp: how a new mailbox grows up to `per_day`.
        first_share: least share of first touches among the mails while follow-ups are due.
    """

    per_day: int = 50
    gap: timedelta = timedelta(seconds=90)
    per_hour: int | None = None
    per_week: int | None = None
    ramp: Ramp | None = None
    first_share: float = 0.2

    def gap_after(self, sent_at: datetime) -> timedelta:
        """Gap after that mail: the least gap and up to half as much more, so no grid shows."""
        return self.gap * (1 + fraction("gap", sent_at.isoformat()) * (MOST_GAP - 1))

    @property
    def mail_days(self) -> int:
        """How many of its dates with mails a mailbox has to know, to know how far it has grown."""
        return self.ramp.days_to(self.per_day) if self.ramp is not None else 0

    def daily(self, mail_days: Sequence[date]) -> Level:
        """Limit of 24 hours, for a mailbox that sent mails on these dates."""
        if self.ramp is None:
            return _level(self.per_day)
        return Level(self.per_day, self.ramp, mail_days)

    def hourly(self, mail_days: Sequence[date]) -> Level:
        """Limit of an hour, for a mailbox that sent mails on these dates."""
        if self.per_hour is not None:
            return _level(self.per_hour)
        if self.ramp is None:
            return _level(self.per_day, HOURS_OF_A_DAY)
        return Level(self.per_day, self.ramp, mail_days, HOURS_OF_A_DAY)


@cache
def _level(top: int, parts: int = 1) -> Level:
    """A limit that no ramp raises: the same for every mail, and asked about before each."""
    return Level(top, parts=parts)


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything that limits one mail; None is no limit.

    Attributes:
        per_domain: mails to one company in 24 hours, from all mailboxes.
        per_person_day: mails to one person in 24 hours, over all cadences.
        per_person_week: the same in seven days.
        new_per_day: first touches of the cadence in 24 hours, if this is one.
    """

    pace: Pace = field(default_factory=Pace)
    per_domain: int | None = None
    per_person_day: int | None = None
    per_person_week: int | None = None
    new_per_day: int | None = None


class Traffic(NamedTuple):
    """Instants (UTC) of what left or may have left, each list in order.

    Of each list the newest are enough, as many as the limits that it is compared with allow.

    Attributes:
        mails: of the mailbox, those by hand among them.
        mail_days: the first dates (UTC) on which the mailbox sent mails, as many as its ramp needs.
        to_domain: to the person's company; empty where a domain is no company.
        to_person: to the person, those by hand among them.
        new: first touches of the cadence.
    """

    mails: Sequence[datetime] = ()
    mail_days: Sequence[date] = ()
    to_domain: Sequence[datetime] = ()
    to_person: Sequence[datetime] = ()
    new: Sequence[datetime] = ()


def pacing_refusals(limits: Limits, traffic: Traffic, now: datetime) -> list[Refusal]:
    """What pacing has against a mail at `now`, each with the instant at which it would pass.

    Args:
        limits: what counts for this mail.
        traffic: what left before it.
        now: the instant (UTC) of the mail in question.
    """
    rules = (
        (Reason.CAP_DOMAIN, limits.per_domain, traffic.to_domain, DAY),
        (Reason.CAP_PERSON, limits.per_person_day, traffic.to_person, DAY),
        (Reason.CAP_PERSON, limits.per_person_week, traffic.to_person, WEEK),
        (Reason.CAP_NEW, limits.new_per_day, traffic.new, DAY),
    )
    refusals = mailbox_refusals(limits.pace, traffic, now)
    for reason, most, instants, period in rules:
        if most is not None and len(instants) >= most:
            refusals.extend(_cap(reason, _level(most), period, instants, now))
    return refusals


def mailbox_refusals(pace: Pace, traffic: Traffic, now: datetime) -> list[Refusal]:
    """The same as far as it concerns the mailbox, whoever the mail is for."""
    mails, mail_days = traffic.mails, traffic.mail_days
    caps = (
        (Reason.CAP_MAILBOX, pace.daily(mail_days), DAY),
        (Reason.CAP_HOUR, pace.hourly(mail_days), HOUR),
        (Reason.CAP_WEEK, None if pace.per_week is None else _level(pace.per_week), WEEK),
    )
    refusals = list[Refusal]()
    for reason, level, period in caps:
        # However many of them count, fewer than the limit allows are no trouble.
        if level is not None and len(mails) >= level.at(now):
            refusals.extend(_cap(reason, level, period, mails, now))
    if mails and now < mails[-1] + pace.gap * MOST_GAP:
        clear_at = mails[-1] + pace.gap_after(mails[-1])
        if now < clear_at:
            refusals.append(Refusal(Reason.GAP, until=clear_at))
    return refusals


def _cap(
    reason: Reason, level: Level, period: timedelta, instants: Sequence[datetime], now: datetime
) -> Iterator[Refusal]:
    healed_at = room_at(instants, period, level, now)
    if healed_at == now:
        return
    most = level.at(now)
    detail = f"{counted(instants, period, now)} of {most} in {_NAMES[period]}"
    if most < level.top and level.parts == 1:
        detail += f", a new mailbox on its way to {level.top}"
    yield Refusal(reason, detail, healed_at)
