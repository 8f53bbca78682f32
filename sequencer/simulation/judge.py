"""Is every promise kept, by what the world has seen itself? Asked with each mail that leaves."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from sequencer.engine.leases import LEASE
from sequencer.engine.policy import MailboxPolicy
from sequencer.simulation.cast import HOLIDAYS, Person
from sequencer.simulation.clock import MachineClock
from sequencer.simulation.conduct import Conduct
from sequencer.simulation.play import Play
from sequencer.simulation.record import ByHand, Dot, Hand

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
HOURS_OF_A_DAY = 5  # in which a mailbox may send all of its day
LEASE_S = LEASE.total_seconds() - 1  # for what rounding takes away
ALIKE_S = 660.0
MOST_S = 5.0  # from the commit that allows a dot to the dot


@dataclass
class Judge:
    """Looks at each dot as it is written, and at each mail as it is accepted."""

    play: Play
    boxes: Mapping[str, MailboxPolicy]
    clocks: dict[str, MachineClock] = field(default_factory=dict)
    by_hand: dict[str, list[ByHand]] = field(default_factory=dict)
    left: dict[str, list[datetime]] = field(default_factory=dict)
    ids: dict[tuple[str, str, int], bytes] = field(default_factory=dict)
    last: dict[tuple[str, str], tuple[datetime, float]] = field(default_factory=dict)
    copies: Counter[tuple[str, str]] = field(default_factory=Counter)
    conduct: Conduct = field(init=False)

    def __post_init__(self) -> None:
        self.conduct = Conduct(self.play, self._broken)

    def at_dot(self, dot: Dot) -> None:
        """The promises about what may leave at all."""
        if dot.hand is None:
            self._broken("I1", dot, "no committed hand-over allows it")
            return
        person = self.play.person(dot.envelope.recipient)
        if dot.hand.held or self.play.record.holds:
            self._broken("I14", dot, "the database was put back, and was not compared yet")
        self._is_ours_and_awake(dot, dot.hand)
        self._nobody_stopped_it(dot, dot.hand, person)
        self._nobody_answered(dot, dot.hand, person)
        self._window_is_open(dot, dot.hand, person)
        self._is_the_same(dot, dot.hand)
        self.conduct.at_dot(dot, dot.hand, person)

    def at_accept(self, dot: Dot) -> None:
        """The promises about what has left."""
        person = self.play.person(dot.envelope.recipient)
        self.copies[person.address, dot.mark] += 1
        slug = dot.mark.partition(".")[0]
        if self.copies[person.address, dot.mark] > person.enrolled.get(slug, 0):
            self._broken("I1", dot, "the person has it already")
        self._pace_is_kept(dot)
        self._wait_is_over(dot, person, slug)
        self.conduct.at_accept(dot, person)

    def at_lease(self, mailbox: str, name: str, *, alive: bool) -> None:
        """Nobody takes a lease that has not run out; `alive` tells whether its holder lives."""
        holder, since = self.play.record.holders.get(mailbox, (name, 0.0))
        held_s = self.play.true.seconds - since
        if holder != name:
            self.play.tally.sometimes("lease taken over")
            if alive and held_s < LEASE_S:
                self.play.record.violated(
                    f"I13: {name} takes {mailbox} from {holder}, who has had it for {held_s:.0f} s"
                )
        self.play.record.holders[mailbox] = (name, self.play.true.seconds)

    def _broken(self, promise: str, dot: Dot, why: str) -> None:
        day = f"{self.play.true.now:%Y-%m-%d %H:%M:%S}"
        self.play.record.violated(
            f"{promise}: {dot.mark} to {dot.envelope.recipient} at {day}: {why}"
        )

    def _is_ours_and_awake(self, dot: Dot, hand: Hand) -> None:
        if dot.at - hand.at > MOST_S:
            self._broken("I13", dot, f"{dot.at - hand.at:.0f} s after the last look")
        if hand.owner != hand.by:
            self._broken("I13", dot, f"{hand.by} writes it, and the mailbox is {hand.owner}'s")

    def _nobody_stopped_it(self, dot: Dot, hand: Hand, person: Person) -> None:
        for stop in person.stops_before(hand.number, hand.enrollment_id):
            promise = "I3" if stop.for_ever else "I2"
            self._broken(promise, dot, f"it begins after {stop.how} was committed")

    def _nobody_answered(self, dot: Dot, hand: Hand, person: Person) -> None:
        """The scan that the mail relies on really was, is fresh, and saw no answer."""
        looked = self._read_at(hand.synced_at)
        reads = self.play.record.reads.get(dot.mailbox, [])
        if looked is None or not any(looked[0] <= at <= hand.at for at in reversed(reads)):
            self._broken("I2", dot, f"the scan that it relies on never was: {hand.synced_at}")
            return
        # By the boot clock, whatever was done to the clocks on the wall.
        oldest_s = self.play.desk.policy.freshness.total_seconds() + MOST_S
        if hand.at - looked[1] > oldest_s:
            self._broken("I2", dot, f"the scan is {hand.at - looked[1]:.0f} s old")
        for answer in person.answers_to(hand.enrollment_id):
            if answer.at < looked[0] and answer.mailbox == dot.mailbox:
                self._broken("I2", dot, f"{answer.how} lay in the mailbox when it was scanned")
        # A clock that runs ahead brings people back early; no daemon can know better.
        ahead_s = sum(clock.stepped_s for clock in self.clocks.values())
        for away in person.absences_of(hand.enrollment_id):
            here = away.at < looked[0] and away.mailbox == dot.mailbox
            if here and dot.at + ahead_s < away.until:
                self._broken("I2", dot, "the person is away, or a colleague has answered")

    def _read_at(self, instant: datetime | None) -> tuple[float, float] | None:
        """When some machine's clock showed that instant, in true seconds."""
        if instant is None:
            return None
        shown = [
            clock.read_at[instant] for clock in self.clocks.values() if instant in clock.read_at
        ]
        return (min(at for at, _ in shown), max(at for _, at in shown)) if shown else None

    def _by_hand(self, dot: Dot) -> list[datetime]:
        """What the rep sent, as far as the scan that the mail relies on had to see it."""
        looked = self._read_at(dot.hand.synced_at if dot.hand else None)
        reads = self.play.record.reads.get(dot.mailbox)
        if looked is None or not reads or self.play.clock_was_moved():
            return []
        sent = self.by_hand.get(dot.mailbox, ())
        seen = [mail for mail in sent if reads[0] < mail.at < looked[0]]
        return [mail.wall for mail in seen if not self._looks_like_ours(mail)]

    def _looks_like_ours(self, mail: ByHand) -> bool:
        """Whether we have written to the same person at about that time: a copy of it, perhaps."""
        return any(
            abs(dot.at - mail.at) <= ALIKE_S and dot.envelope.recipient.lower() == mail.address
            for dot in self.play.record.dots
        )

    def _wait_is_over(self, dot: Dot, person: Person, slug: str) -> None:
        """The mail before was long enough ago, whatever pauses there were; and it is one mail."""
        place, wall = (person.address, slug), dot.hand.wall if dot.hand else dot.wall
        before = self.last.get(place)
        self.last[place] = (dot.wall, dot.at)
        if before is None:
            return
        begin, end = person.pauses.pop(slug, (0.0, 0.0))
        paused_s = max(0.0, end - max(begin, before[1]))
        # A clock that was moved in between has made the wait longer or shorter than it was.
        waited_s = max((wall - before[0]).total_seconds(), dot.at - before[1]) - paused_s
        waited_s += sum(clock.stepped_s for clock in self.clocks.values())
        if waited_s < self.play.scripts[slug].least_s[dot.mark]:
            self._broken("I4", dot, f"only {waited_s:.0f} s of waiting after the mail before")

    def _is_the_same(self, dot: Dot, hand: Hand) -> None:
        """Whenever a step is tried again it has the Message-ID it has had before."""
        place = (dot.envelope.recipient.lower(), dot.mark, hand.enrollment_id)
        message_id = dot.envelope.data.partition(b"Message-ID: ")[2].partition(b"\r\n")[0]
        if self.ids.setdefault(place, message_id) != message_id:
            self._broken("I1", dot, "it has another Message-ID than before")

    def _window_is_open(self, dot: Dot, hand: Hand, person: Person) -> None:
        script = self.play.scripts[dot.mark.partition(".")[0]]
        local = hand.wall.astimezone(ZoneInfo(person.tz or "UTC"))
        if local.date() in HOLIDAYS.get(person.country, ()):
            self._broken("I4", dot, f"{local:%d %B} is a holiday in {person.country}")
        day = hand.wall.date()
        box = self.boxes[dot.mailbox]
        if any(each.from_on <= day <= each.until_on for each in box.away):
            self._broken("I4", dot, "the rep is away")
        if day in HOLIDAYS.get(box.country, ()):
            self._broken("I4", dot, f"{day:%d %B} is a holiday of the rep")
        minute = local.hour * 60 + local.minute
        blocks = script.open_minutes[dot.mark][local.weekday()]
        if not any(start <= minute < end for start, end in blocks):
            self._broken("I4", dot, f"the window is closed at {local:%a %H:%M} of {person.tz}")

    def _pace_is_kept(self, dot: Dot) -> None:
        pace, earlier = self.boxes[dot.mailbox].pace, self.left.setdefault(dot.mailbox, [])
        wall = dot.hand.wall if dot.hand else dot.wall
        week = [at for at in (*earlier, *self._by_hand(dot)) if at > wall - 7 * DAY]
        day = [at for at in week if at > wall - DAY]
        hour = [at for at in day if at > wall - HOUR]
        per_day = self._per_day(dot, wall)
        if len(day) >= per_day:
            self._broken("I4", dot, f"{len(day)} mails of {dot.mailbox} left within 24 hours")
        if len(hour) >= (pace.per_hour or ceil(per_day / HOURS_OF_A_DAY)):
            self._broken("I4", dot, f"{len(hour)} mails of {dot.mailbox} left within an hour")
        if pace.per_week is not None and len(week) >= pace.per_week:
            self._broken("I4", dot, f"{len(week)} mails of {dot.mailbox} left within a week")
        full = {"a week": len(week) + 1 == pace.per_week, "a ramp": len(day) + 1 == per_day}
        full["a ramp"] &= per_day < pace.per_day
        for name, is_full in full.items():
            self.play.tally.sometimes(f"used up: {name}", int(is_full))
        if week and wall < max(week) + pace.gap:
            self._broken("I4", dot, f"{wall - max(week)} after another mail of {dot.mailbox}")
        earlier.append(wall)

    def _per_day(self, dot: Dot, wall: datetime) -> int:
        """What a mailbox may send in 24 hours; more after each day of mails where it is new."""
        pace = self.boxes[dot.mailbox].pace
        if pace.ramp is None:
            return pace.per_day
        handed_on = self.play.record.handed_on.get(dot.mailbox, ())
        days = sum(day < wall.date() for day in handed_on)
        return min(pace.per_day, pace.ramp.begin + pace.ramp.step * days)
