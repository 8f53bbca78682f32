"""What a rep is told of a meeting: who, when, where, and what has been said so far."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

OTHERS = "passed_over"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was sent, said or done; `said` are the first words of it."""

    at: datetime
    what: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A meeting, its person, and what lies behind both. What is not known is empty.

    Attributes:
        title: of the meeting.
        person_tz: zone of the person, by its IANA name; empty where none is known.
        rep_tz: zone of the rep.
        notes: what the person wrote when they booked.
        cadence: title of the cadence that the meeting is credited to.
        client: who may know all of this; empty for ourselves alone.
        intent: what the last answer of the person wants.
        inside_rep: who has spoken with the person so far.
        timeline: what was sent, said and done, in order.
        calls: what was noted about calls, in order.
    """

    person: str
    email: str
    title: str = ""
    company: str = ""
    position: str = ""
    phone: str = ""
    country: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    person_tz: str = ""
    rep_tz: str = ""
    place: str = ""
    link: str = ""
    notes: str = ""
    cadence: str = ""
    client: str = ""
    intent: str = ""
    inside_rep: str = ""
    timeline: tuple[Line, ...] = ()
    calls: tuple[Line, ...] = ()


def as_json(record: Record) -> dict[str, object]:
    """A record as JSON; instants as ISO 8601."""
    plain: dict[str, object] = asdict(record)
    for name in _INSTANTS:
        at = getattr(record, name)
        plain[name] = at.isoformat() if at else None
    for name in _LINES:
        plain[name] = [
            {"at": each.at.isoformat(), "what": each.what, "said": each.said}
            for each in getattr(record, name)
        ]
    return plain


def with_others(record: Record, others: Iterable[tuple[str, str]]) -> dict[str, object]:
    """The record as JSON, with the reasons why no other rep was asked: those are for us alone."""
    return {**as_json(record), OTHERS: [list(each) for each in others]}


def others_of(stored: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Every other rep with the reason why not, from a record as it was stored."""
    return tuple((name, why) for name, why in stored.get(OTHERS, ()))


def from_json(stored: Mapping[str, Any]) -> Record:
    """The record that was stored."""
    values = {each.name: stored[each.name] for each in fields(Record) if each.name in stored}
    for name in _INSTANTS:
        values[name] = datetime.fromisoformat(text) if (text := stored.get(name)) else None
    for name in _LINES:
        values[name] = tuple(
            Line(datetime.fromisoformat(each["at"]), each["what"], each["said"])
            for each in stored.get(name, ())
        )
    return Record(**values)


_INSTANTS = ("starts_at", "ends_at")
_LINES = ("timeline", "calls")
