"""When and how do invented people react? Only through doors that anybody outside has too.

They answer into a rep's mailbox, press the one-click link of a mail, book a meeting and accept an
invitation; what the engine makes of it they do not know.
"""

import heapq
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sequencer.adapters.sandbox.agenda import Agenda, Guest
from sequencer.adapters.sandbox.failure_report import failure_report
from sequencer.adapters.sandbox.imap_server import INBOX
from sequencer.adapters.sandbox.letters import Heard, Writer, absence, answer, hear
from sequencer.adapters.sandbox.outside import Deed, Outside
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
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_TOKEN = re.compile(r"[?&]utm_content=([\w-]{8,64})")


@dataclass(frozen=True, slots=True, order=True)
class _Planned:
    """What will happen; ordered by its instant, then by the order in which it was planned."""

    at: datetime
    number: int
    do: Deed = field(compare=False)


class Crowd:
    """People with their habits; each acts upon one certain mail, and is silent otherwise."""

    def __init__(
        self, habits: Sequence[Habit], people: Sequence[Prospect], outside: Outside, seed: int
    ) -> None:
        self._habits = {address_key(habit.address): habit for habit in habits}
        self._people = {address_key(person.email): person for person in people}
        self._outside = outside
        self._agenda = Agenda(outside, self.plan)
        self._seed = str(seed)
        self._heard: Counter[str] = Counter()
        self._planned: list[_Planned] = []
        self._number = 0

    async def hear(self, mail: AcceptedMail, at: datetime) -> None:
        """A mail has reached somebody, who may react to it later."""
        key = address_key(mail.recipient)
        self._heard[key] += 1
        habit = self._habits.get(key)
        if habit is None or key not in self._people or self._heard[key] != habit.on_mail:
            return

        async def act(now: datetime) -> None:
            await self._act(habit, mail, now)

        self.plan(self._reacts_at(habit, at), act)

    def plan(self, at: datetime, do: Deed) -> None:
        """Let something happen at that instant."""
        self._number += 1
        heapq.heappush(self._planned, _Planned(at, self._number, do))

    def next_reaction_at(self) -> datetime | None:
        """When somebody reacts next, None while everybody is silent."""
        return self._planned[0].at if self._planned else None

    async def react(self, now: datetime) -> int:
        """How many people reacted: everybody whose moment has come."""
        number = 0
        while self._planned and self._planned[0].at <= now:
            await heapq.heappop(self._planned).do(now)
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
                await self._outside.deliver(mail.sender, raw, INBOX)
            case Act.ABSENCE:
                words = habit.words.format(back=_working_day(local + habit.away))
                raw = absence(heard, self._writer(habit), words, local)
                await self._outside.deliver(mail.sender, raw, INBOX)
            case Act.BOUNCE:
                await self._outside.deliver(mail.sender, failure_report(mail, now), INBOX)
            case Act.ONE_CLICK:
                await self._press(heard)
            case Act.BOOK:
                await self._agenda.book(self._guest(habit, heard), mail.sender, habit.fate, now)
            case Act.ACCEPT:
                await self._agenda.accept(self._guest(habit, heard), mail.sender, now)

    def _writer(self, habit: Habit) -> Writer:
        person = self._people[address_key(habit.address)]
        name = f"{person.first_name} {person.last_name}"
        return Writer(name, habit.writes_from or person.email, person.language[:2].lower())

    def _guest(self, habit: Habit, heard: Heard) -> Guest:
        writer = self._writer(habit)
        found = _TOKEN.search(heard.text)
        token = found[1] if found else ""
        return Guest(writer.name, writer.address, self._calendar(habit), habit.words, token)

    async def _press(self, heard: Heard) -> None:
        """What a mail program does when its user presses "unsubscribe" (RFC 8058)."""
        if heard.one_click_url is None:
            raise LookupError(f"{heard.message_id} offers no one-click opt-out")
        await self._outside.knock(heard.one_click_url, b"List-Unsubscribe=One-Click", _FORM)


def _working_day(at: datetime) -> datetime:
    """The instant, moved to the next Monday where it falls on a weekend."""
    day = Workdays(ZoneInfo("UTC")).first_from(at.date())
    return at + (day - at.date())
