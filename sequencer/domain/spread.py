"""When could many mails of one mailbox leave, if all of them may go on at once?

Each gets the first instant that its own wait, its calendar, the mailbox's pace and the other limits
leave, beside all that is planned already. Nothing is sent by that: the last look before each mail
decides.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sequencer.domain.days_off import NeverOpenError
from sequencer.domain.opening import next_open
from sequencer.domain.pacing import Pace, Traffic
from sequencer.domain.rolling import DAY, HOUR, WEEK, Level, mail_day
from sequencer.domain.timing import Timing


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit that mails of several mailboxes may share, such as that of a company.

    Attributes:
        key: what it limits.
        most: how many mails in the period.
    """

    key: str
    most: int
    period: timedelta


Taken = Mapping[Cap, list[datetime]]  # what counts under each limit, in order


@dataclass(frozen=True, slots=True)
class Wish:
    """A mail that is to be planned.

    Attributes:
        key: what it is known by; decides between two of the same instant.
        earliest: the instant (UTC) before which it may not leave.
        timing: its calendar, None for a mail whose hour is settled already.
        caps: the limits that it has to keep besides those of the mailbox.
    """

    key: str
    earliest: datetime
    timing: Timing | None = None
    caps: tuple[Cap, ...] = ()


def spread(
    pace: Pace,
    before: Traffic,
    queued: Iterable[datetime],
    wishes: Iterable[Wish],
    taken: Taken | None = None,
) -> dict[str, datetime]:
    """Instant (UTC) of each mail by its key; one whose calendar never opens has none.

    Mails of the same calendar and the same caps keep their order. A mailbox that is held back,
    since one of its limits is zero, has no pace to plan with: its mails keep their own instants.

    Args:
        pace: limits of the mailbox.
        before: what left it, as far back as its limits look.
        queued: instants at which other mails of it are due.
        wishes: the mails to be planned, in any order.
        taken: what left or is queued under their caps; what is planned here is put beside it.
    """
    plan = _Plan(pace, before, taken or {})
    plan.settle(queued)
    planned = {}
    for wish in sorted(wishes, key=lambda each: (each.earliest, each.key)):
        try:
            planned[wish.key] = plan.place(wish)
        except NeverOpenError:
            continue
    return planned


def settle_under(cap: Cap, taken: list[datetime], queued: Iterable[datetime]) -> None:
    """Put what is queued under a limit beside what counts there, as late as the limit makes it."""
    last: datetime | None = None
    for due_at in sorted(queued):
        at: datetime | None = max(due_at, last or due_at)
        while at is not None:
            last, at = at, _full(taken, at, cap.period, Level(cap.most))
        insort(taken, last or due_at)


class _Plan:
    """The instants that are taken, in order, and where the last mail of each kind went."""

    def __init__(self, pace: Pace, before: Traffic, shared: Taken) -> None:
        self._pace = pace
        self._taken = list(before.mails)
        self._mail_days = list(before.mail_days)
        self._shared = shared
        self._last: dict[tuple[Cap, ...], list[tuple[Timing | None, datetime]]] = {}

    def settle(self, queued: Iterable[datetime]) -> None:
        """Find the instants at which what is due will leave: not all that is due at once will."""
        for due_at in sorted(queued):
            self.place(Wish("", due_at))
        self._last.clear()

    def place(self, wish: Wish) -> datetime:
        """The first instant that fits, which is taken from now on."""
        # All before these was too full already: for anybody, and for mails with the same caps.
        for_all = max(wish.earliest, self._last_of((), wish) or wish.earliest)
        at = max(for_all, self._last_of(wish.caps, wish) or for_all)
        capped = at > for_all
        while True:
            if wish.timing is not None:
                at = next_open(wish.timing, at).start
            blocked_until = self._blocked_until(at)
            if blocked_until is None:
                blocked_until = self._capped_until(at, wish.caps)
                capped = capped or blocked_until is not None
            if blocked_until is None:
                break
            at = blocked_until
        if mail_day(at) not in self._mail_days:
            insort(self._mail_days, mail_day(at))
        insort(self._taken, at)
        for cap in wish.caps:
            insort(self._shared[cap], at)
        self._remember(wish, at, capped=capped)
        return at

    def _last_of(self, caps: tuple[Cap, ...], wish: Wish) -> datetime | None:
        """Where the last mail with these caps went, of those with the calendar of the wish."""
        known = self._last.get(caps, ())
        return next((last for timing, last in known if timing == wish.timing), None)

    def _remember(self, wish: Wish, at: datetime, *, capped: bool) -> None:
        """Where a mail went; one that its own caps held up tells nothing to mails with others."""
        for caps in {wish.caps} if capped else {(), wish.caps}:
            known = self._last.get(caps, ())
            others = [(timing, last) for timing, last in known if timing != wish.timing]
            self._last[caps] = [*others, (wish.timing, at)]

    def _blocked_until(self, at: datetime) -> datetime | None:
        """A later instant before which the mailbox has no room, None if it has room at this one."""
        levels = list(self._levels())
        if any(level.top == 0 for _, level in levels):
            return None
        blocked_until = self._gap(at, bisect_right(self._taken, at))
        for period, level in levels:
            blocked_until = blocked_until or _full(self._taken, at, period, level)
        return blocked_until

    def _capped_until(self, at: datetime, caps: Iterable[Cap]) -> datetime | None:
        """The same of the limits that the mail has besides."""
        blocked_until = None
        for cap in caps:
            blocked_until = blocked_until or _full(
                self._shared[cap], at, cap.period, Level(cap.most)
            )
        return blocked_until

    def _levels(self) -> Iterator[tuple[timedelta, Level]]:
        yield HOUR, self._pace.hourly(self._mail_days)
        yield DAY, self._pace.daily(self._mail_days)
        if self._pace.per_week is not None:
            yield WEEK, Level(self._pace.per_week)

    def _gap(self, at: datetime, index: int) -> datetime | None:
        """End of the gap after the mail before, or after the next one if that comes too soon."""
        if index > 0 and at < self._clear_after(index - 1):
            return self._clear_after(index - 1)
        if index < len(self._taken) and at + self._pace.gap_after(at) > self._taken[index]:
            return self._clear_after(index)
        return None

    def _clear_after(self, index: int) -> datetime:
        return self._taken[index] + self._pace.gap_after(self._taken[index])


def _full(
    taken: Sequence[datetime], at: datetime, period: timedelta, level: Level
) -> datetime | None:
    """When one more would fit under a limit; it must not make the mails after it too many."""
    most, index = level.at(at), bisect_right(taken, at)
    if index - bisect_right(taken, at - period) >= most:
        grows_old_at = taken[index - most] + period
        return min(grows_old_at, level.rises_at(at) or grows_old_at)
    for ahead in range(index, bisect_left(taken, at + period, lo=index)):
        then = taken[ahead]
        if ahead + 2 - bisect_right(taken, then - period) > level.at(then):
            return then
    return None
