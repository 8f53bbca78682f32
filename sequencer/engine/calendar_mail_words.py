"""What a calendar mail says, in words for people: what the meeting is called, and when it is."""

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sequencer.mail.calendar_event import CalendarEvent

NO_TIME: Final = "at a time that is not told"
# What calendar programs put in front of the subject of an answer, in the languages that we read.
_PREFIXES = (
    "Accepted|Declined|Tentative|Tentatively accepted|New time proposed|Proposed new time"
    "|Canceled|Cancelled|Canceled event|Updated|Updated invitation|Invitation"
    "|Zugesagt|Angenommen|Mit Vorbehalt|Abgelehnt|Abgesagt|Neuer Zeitvorschlag"
    "|Accepté|Provisoire|Refusé|Annulé|Nouvelle heure proposée"
    "|Aceptado|Aceptada|Provisional|Rechazado|Rechazada|Cancelado|Cancelada|Nueva hora propuesta"
    "|Accettato|Provvisorio|Rifiutato|Annullato|Proposta nuova ora"
    "|Aceito|Aceite|Provisório|Recusado|Novo horário proposto"
    "|Geaccepteerd|Voorlopig|Geweigerd|Geannuleerd|Nieuwe tijd voorgesteld"
)
_PREFIX = re.compile(rf"(?i)^(?:{_PREFIXES})\s?:\s?")


def subject_of(event: CalendarEvent) -> str:
    """What the meeting is called, without what a program says of an answer."""
    return _PREFIX.sub("", event.summary, count=1)


def times_of(event: CalendarEvent, tz: ZoneInfo) -> str:
    """When it is, in the zone of whoever wrote it, and in ours."""
    if event.starts_at is None:
        return NO_TIME
    zones = dict.fromkeys([event.tz or tz.key, tz.key])
    return ", ".join(_span(event.starts_at, event.ends_at, ZoneInfo(name)) for name in zones)


def _span(starts_at: datetime, ends_at: datetime | None, tz: ZoneInfo) -> str:
    begin = starts_at.astimezone(tz)
    end = f" to {ends_at.astimezone(tz):%H:%M}" if ends_at is not None else ""
    return f"{begin:%a %Y-%m-%d %H:%M}{end} ({tz.key})"
