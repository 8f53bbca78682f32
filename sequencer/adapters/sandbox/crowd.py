"""When and how do invented people react? Only through doors that anybody outside has too.

They answer into a rep's mailbox, press the one-click link of a mail, and book a meeting; what the
engine makes of it they do not know.
"""

import heapq
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sequencer.adapters.sandbox.booking import Booking, delivery, signature
from sequencer.adapters.sandbox.failure_report import failure_report
from sequencer.adapters.sandbox.letters import Heard, Writer, absence, answer, hear
from sequencer.adapters.sandbox.people import Act, Habit
from sequencer.adapters.sandbox.smtp_server import AcceptedMail
from sequencer.domain.address import address_key
from sequencer.domain.due import due_from
from sequencer.domain.jitter import fraction
from sequencer.domain.prospect import Prospect
from sequencer.domain.timing import Timing, plain_timing
from sequencer.domain.window import Block, Window
from sequencer.domain.workdays import Workdays

_DESK_HOURS = Window(days=((Block(8 * 60, 18 * 60),),) * 5 + ((),) * 2)
_MACHINES = frozenset({Act.ABSENCE, Act.BOUNCE})  # these answer at night as well
_NOTICE = timedelta(days=2)  # how soon somebody has time for a meeting
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Outside:
    """The doors: a rep's inbox, a web address, and the booking tool's webhook with its key."""

    deliver: Callable[[str, bytes], Awaitable[None]]
    post: Callable[[str, bytes, Mapping[str, str]], Awaitable[int]]
    hook_url: str
    hook_key: str


@dataclass(frozen=True, slots=True, order=True)
class _Planned:
    """A reaction that will happen; ordered by its instant, then by the order of the mails."""

    at: datetime
    number: int
    habit: Habit = field(compare=False)
    mail: AcceptedMail = field(compare=False)


class Crowd:
    """People with their habits; each acts once, upon one certain mail, and is silent otherwise."""

    def __init__(
        self, habits: Sequence[Habit], people: Sequence[Prospect], outside: Outside, seed: int
    ) -> None:
        self._habits = {address_key(habit.address): habit for habit in habits}
        self._people = {address_key(person.email): person for person in people}
        self._outside = outside
        self._seed = str(seed)
        self._heard: Counter[str] = Counter()
        self._planned: list[_Planned] = []

    async def hear(self, mail: AcceptedMail, at: datetime) -> None:
        """A mail has reached somebody, who may react to it later."""
        key = address_key(mail.recipient)
        self._heard[key] += 1
        habit = self._habits.get(key)
        if habit is None or key not in self._people or self._heard[key] != habit.on_mail:
            return
        number = self._heard.total()
        heapq.heappush(self._planned, _Planned(self._reacts_at(habit, at), number, habit, mail))

    def next_reaction_at(self) -> datetime | None:
        """When somebody reacts next, None while everybody is silent."""
        return self._planned[0].at if self._planned else None

    async def react(self, now: datetime) -> int:
        """How many people reacted: everybody whose moment has come."""
        number = 0
        while self._planned and self._planned[0].at <= now:
            planned = heapq.heappop(self._planned)
            await self._act(planned.habit, planned.mail, now)
            number += 1
        return number

    def _reacts_at(self, habit: Habit, at: datetime) -> datetime:
        shortest, longest = habit.after
        share = fraction(self._seed, habit.address)
        earliest = at + shortest + (longest - shortest) * share
        if habit.act in _MACHINES:
            return earliest
        return due_from(earliest, self._calendar(habit), habit.address).at

    def _calendar(self, habit: Habit) -> Timing:
        return plain_timing(_DESK_HOURS, self._tz(habit), timedelta(minutes=30))

    def _tz(self, habit: Habit) -> ZoneInfo:
        return ZoneInfo(self._people[address_key(habit.address)].timezone)

    async def _act(self, habit: Habit, mail: AcceptedMail, now: datetime) -> None:
        heard, local = hear(mail.data), now.astimezone(self._tz(habit))
        match habit.act:
            case Act.ANSWER:
                raw = answer(heard, self._writer(habit), habit.words, local)
                await self._outside.deliver(mail.sender, raw)
            case Act.ABSENCE:
                words = habit.words.format(back=_working_day(local + habit.away))
                raw = absence(heard, self._writer(habit), words, local)
                await self._outside.deliver(mail.sender, raw)
            case Act.BOUNCE:
                await self._outside.deliver(mail.sender, failure_report(mail, now))
            case Act.ONE_CLICK:
                await self._press(heard)
            case Act.BOOK:
                await self._book(habit, mail, now)

    def _writer(self, habit: Habit) -> Writer:
        person = self._people[address_key(habit.address)]
        name = f"{person.first_name} {person.last_name}"
        return Writer(name, habit.writes_from or person.email, person.language[:2].lower())

    async def _press(self, heard: Heard) -> None:
        """What a mail program does when its user presses "unsubscribe" (RFC 8058)."""
        if heard.one_click_url is None:
            raise LookupError(f"{heard.message_id} offers no one-click opt-out")
        await self._post(heard.one_click_url, b"List-Unsubscribe=One-Click", _FORM)

    async def _book(self, habit: Habit, mail: AcceptedMail, now: datetime) -> None:
        person = self._people[address_key(habit.address)]
        booking = Booking(
            name=f"{person.first_name} {person.last_name}",
            email=person.email,
            tz=person.timezone,
            host=mail.sender,
            starts_at=_full_hour(due_from(now + _NOTICE, self._calendar(habit), "slot").at),
        )
        body = delivery(booking, now)
        signed = signature(body, self._outside.hook_key, now)
        headers = {"Content-Type": "application/json", "Calendly-Webhook-Signature": signed}
        await self._post(self._outside.hook_url, body, headers)

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        status = await self._outside.post(url, body, headers)
        if status != 200:
            raise ConnectionError(f"{url} answered {status}")


def _working_day(at: datetime) -> datetime:
    """The instant, moved to the next Monday where it falls on a weekend."""
    day = Workdays(ZoneInfo("UTC")).first_from(at.date())
    return at + (day - at.date())


def _full_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
