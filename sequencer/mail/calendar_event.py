"""What does one event in a calendar mail say (RFC 5545, RFC 5546)?"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sequencer.mail.calendar_component import Component
from sequencer.mail.calendar_link import link_of
from sequencer.mail.calendar_person import CalendarPerson, read_person
from sequencer.mail.calendar_stamp import read_stamp
from sequencer.mail.calendar_time import read_span, utc_of
from sequencer.mail.calendar_zone import Zones

MOST_PEOPLE: Final = 1_000
MAX_UID: Final = 1_000
MAX_TEXT: Final = 2_000
MAX_TITLE: Final = 500
_STAMP = "%Y%m%dT%H%M%SZ"
_FREE = frozenset({"TRANSPARENT", "FREE", "OOF"})
_FREE_BY = ("TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-CDO-INTENDEDSTATUS")


class MeetingStatus(StrEnum):
    """What becomes of a meeting by a mail."""

    INVITED = "invited"
    BOOKED = "booked"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    NONE = "none"


_ANSWERS = {
    "ACCEPTED": MeetingStatus.BOOKED,
    "DELEGATED": MeetingStatus.BOOKED,
    "TENTATIVE": MeetingStatus.TENTATIVE,
    "DECLINED": MeetingStatus.DECLINED,
}
_METHODS = {
    "REQUEST": MeetingStatus.INVITED,
    "ADD": MeetingStatus.INVITED,
    "COUNTER": MeetingStatus.TENTATIVE,
    "CANCEL": MeetingStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One event of a calendar mail. What is not told, or cannot be read, is empty.

    Attributes:
        method: METHOD in upper case, such as `REPLY`.
        recurrence_id: which one of a series it is, as an instant in UTC where that can be told.
        revision: SEQUENCE, how often the organiser had changed it.
        stamped_at: DTSTAMP, when this was written.
        tz: IANA name of the zone in which its times were written.
        is_floating: whether these are by the clock of whoever reads them: taken for UTC here.
        is_free: whether whoever is invited stays free meanwhile.
        status: STATUS in upper case.
        description: its first words.
        comment: what somebody wrote with an answer.
        product: PRODID, the program that wrote it.
    """

    method: str
    uid: str = ""
    recurrence_id: str = ""
    revision: int = 0
    stamped_at: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    tz: str = ""
    is_day: bool = False
    is_floating: bool = False
    is_free: bool = False
    status: str = ""
    organiser: CalendarPerson | None = None
    attendees: tuple[CalendarPerson, ...] = ()
    summary: str = ""
    place: str = ""
    link: str = ""
    description: str = ""
    comment: str = ""
    product: str = ""

    @property
    def key(self) -> str:
        """What the meeting is known by: one of a series is a meeting of its own."""
        return f"{self.uid}/{self.recurrence_id}" if self.recurrence_id else self.uid

    @property
    def is_absence(self) -> bool:
        """Whether it is what people send round to tell of their holidays."""
        return self.is_day and self.is_free

    @property
    def meaning(self) -> MeetingStatus:
        """What becomes of the meeting."""
        if self.status == "CANCELLED":
            return MeetingStatus.CANCELLED
        if self.method == "REPLY":
            answers = (_ANSWERS.get(each.answer) for each in self.attendees)
            return next((each for each in answers if each is not None), MeetingStatus.NONE)
        return _METHODS.get(self.method, MeetingStatus.NONE)


def read_event(event: Component, method: str, product: str, zones: Zones) -> CalendarEvent:
    """The event in a component."""
    span, organiser = read_span(event, zones), event.line("ORGANIZER")
    stamp = event.line("DTSTAMP")
    attendees = list(event.every("ATTENDEE"))[:MOST_PEOPLE]
    return CalendarEvent(
        method=method,
        uid=event.text("UID", MAX_UID),
        recurrence_id=_recurrence(event, zones),
        revision=_revision(event),
        stamped_at=utc_of(stamp, zones) if stamp is not None else None,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        tz=span.tz,
        is_day=span.is_day,
        is_floating=span.is_floating,
        is_free=any(event.text(name, MAX_UID).upper() in _FREE for name in _FREE_BY),
        status=event.text("STATUS", MAX_TITLE).upper(),
        organiser=read_person(organiser) if organiser is not None else None,
        attendees=tuple(read_person(each) for each in attendees),
        summary=" ".join(event.text("SUMMARY", MAX_TITLE).split()),
        place=" ".join(event.text("LOCATION", MAX_TITLE).split()),
        link=link_of(event),
        description=event.text("DESCRIPTION", MAX_TEXT),
        comment=event.text("COMMENT", MAX_TEXT),
        product=product,
    )


def _recurrence(event: Component, zones: Zones) -> str:
    """The same for the same instant, in whichever zone it is written."""
    line = event.line("RECURRENCE-ID")
    if line is None:
        return ""
    stamp, at = read_stamp(line.value), utc_of(line, zones)
    if at is None or (stamp is not None and stamp.is_day):
        return line.text(MAX_TITLE)
    return at.strftime(_STAMP)


def _revision(event: Component) -> int:
    line = event.line("SEQUENCE", "X-MICROSOFT-CDO-APPT-SEQUENCE")
    written = line.value if line is not None else ""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0
