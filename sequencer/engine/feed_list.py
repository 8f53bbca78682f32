"""Which calendars do the settings name, and whose are they?"""

from collections.abc import Callable
from datetime import timedelta

from sequencer.domain.feed import CalendarAddress
from sequencer.engine.feeds import Calendar, Feed
from sequencer.files.calendar_settings import CalendarSettings
from sequencer.files.settings import Settings

OpenCalendar = Callable[[CalendarAddress, str], Calendar]


def feeds_of(settings: Settings, open_calendar: OpenCalendar) -> list[Feed]:
    """The calendars of reps and of mailboxes."""
    found, usual = [], settings.workspace.timezone
    for name, rep in settings.reps.items():
        if rep.calendar is not None:
            calendar = open_calendar(rep.calendar.address(), rep.timezone or usual)
            found.append(_feed(f"rep {name}", name, rep.address, rep.calendar, calendar))
    for name, box in settings.mailboxes.items():
        if box.calendar is not None:
            calendar = open_calendar(box.calendar.address(), box.timezone or usual)
            whose = box.rep or name
            found.append(_feed(f"mailbox {name}", whose, box.address, box.calendar, calendar))
    return found


def _feed(
    name: str, rep: str, address: str, settings: CalendarSettings, calendar: Calendar
) -> Feed:
    every, horizon = settings.every_minutes, settings.horizon_days
    times = timedelta(minutes=every), timedelta(days=horizon)
    return Feed(name, rep, address, calendar, *times)
