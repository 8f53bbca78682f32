"""How is a calendar reached? By what the settings say of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx2

from sequencer.adapters.calendar_feed.caldav import CalDavCalendar
from sequencer.adapters.calendar_feed.ics import IcsCalendar
from sequencer.domain.feed import CalendarAddress


@dataclass(frozen=True, slots=True)
class CalendarDoor:
    """Opens calendars; nothing is asked before one is read."""

    http: httpx2.AsyncClient
    now: Callable[[], datetime]

    def open(self, address: CalendarAddress, tz: str) -> IcsCalendar | CalDavCalendar:
        """The calendar at that address; `tz` is the zone of times in it that name none."""
        if address.ics:
            return IcsCalendar(address.ics, self.http, self.now, tz)
        name, password = address.username, address.password
        return CalDavCalendar(address.caldav, name, password, self.http, self.now, tz)
