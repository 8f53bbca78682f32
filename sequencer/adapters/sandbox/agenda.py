"""Meetings of invented people: booked, and then held, moved, cancelled or missed; or accepted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sequencer.adapters.sandbox.booking import (
    Booking,
    booked,
    cancelled,
    missed,
    moved_away,
    signature,
)
from sequencer.adapters.sandbox.calendar_letters import (
    Appointment,
    Somebody,
    acceptance,
    invitation,
)
from sequencer.adapters.sandbox.imap_server import INBOX, SENT
from sequencer.adapters.sandbox.outside import Deed, Outside
from sequencer.adapters.sandbox.people import Fate
from sequencer.domain.due import due_from
from sequencer.domain.timing import Timing

_NOTICE = timedelta(days=2)  # how soon somebody has time for a meeting
_LATER = timedelta(days=1)
_SECOND_THOUGHT = timedelta(hours=20)
_WAITED = timedelta(minutes=20)  # for somebody who does not come
_REPLIES = timedelta(hours=2)

Plan = Callable[[datetime, Deed], None]


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who has a meeting with a rep.

    Attributes:
        calendar: when they have time at all.
        words: why they cancel, or what the talk is called that they are asked to.
        token: what the booking link carried that they were sent.
    """

    name: str
    address: str
    calendar: Timing
    words: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Agenda:
    """The booking tool and the calendars, as far as we see them."""

    outside: Outside
    plan: Plan

    async def book(self, guest: Guest, host: str, fate: Fate, now: datetime) -> None:
        """A meeting is booked at the tool; what becomes of it is planned."""
        tz = guest.calendar.tz.key
        starts_at = _slot(guest, now + _NOTICE)
        booking = Booking(guest.name, guest.address, tz, host, starts_at, guest.token)
        await self._post(booked(booking, now), now)
        match fate:
            case Fate.MOVED:
                self.plan(now + _LATER, lambda at: self._move(guest, booking, at))
            case Fate.CANCELLED:
                self.plan(now + _SECOND_THOUGHT, lambda at: self._cancel(guest, booking, at))
            case Fate.MISSED:
                self.plan(booking.starts_at + _WAITED, lambda at: self._miss(booking, at))
            case Fate.HELD:
                pass

    async def accept(self, guest: Guest, host: str, now: datetime) -> None:
        """The rep has invited somebody by calendar, whose program accepts a little later."""
        talk = Appointment(
            Somebody(host.partition("@")[0].title(), host),
            Somebody(guest.name, guest.address),
            guest.words,
            _slot(guest, now + _NOTICE),
        )
        await self.outside.deliver(host, invitation(talk, now), SENT)

        async def come(at: datetime) -> None:
            await self.outside.deliver(host, acceptance(talk, at), INBOX)

        self.plan(due_from(now + _REPLIES, guest.calendar, guest.address).at, come)

    async def _move(self, guest: Guest, booking: Booking, now: datetime) -> None:
        """Both halves of a move, the old one last, as it happens."""
        later = _slot(guest, booking.starts_at + _LATER)
        to = replace(booking, starts_at=later, instead_of=booking)
        await self._post(booked(to, now), now)
        await self._post(moved_away(booking, to, now), now)

    async def _cancel(self, guest: Guest, booking: Booking, now: datetime) -> None:
        await self._post(cancelled(booking, guest.words, now), now)

    async def _miss(self, booking: Booking, now: datetime) -> None:
        await self._post(missed(booking, now), now)

    async def _post(self, body: bytes, now: datetime) -> None:
        signed = signature(body, self.outside.hook_key, now)
        headers = {"Content-Type": "application/json", "Calendly-Webhook-Signature": signed}
        await self.outside.knock(self.outside.hook_url, body, headers)


def _slot(guest: Guest, earliest: datetime) -> datetime:
    """A full hour at which they have time."""
    at = due_from(earliest, guest.calendar, "slot").at
    return at.replace(minute=0, second=0, microsecond=0)
