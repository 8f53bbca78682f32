"""What a mail to a rep says about a meeting: readable text, and the same as quiet HTML."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from sequencer.domain.handover_record import Line, Record
from sequencer.domain.spoken_time import full_time

_STYLE: Final = "font-family:sans-serif;font-size:14px;line-height:1.5;color:#222"
_QUIET: Final = "color:#767676"


class News(StrEnum):
    """Why a rep is written to."""

    OFFER = "offer"
    MOVED = "moved"
    CHANGED = "changed"
    CALLED_OFF = "called_off"
    PASSED_ON = "passed_on"
    REMINDER = "reminder"


_SUBJECTS: Final = {
    News.OFFER: "Meeting for you: {who}",
    News.MOVED: "Moved: meeting with {who}",
    News.CHANGED: "Changed: meeting with {who}",
    News.CALLED_OFF: "Cancelled: meeting with {who}",
    News.PASSED_ON: "No longer yours: meeting with {who}",
    News.REMINDER: "Soon: meeting with {who}",
}
_OPENINGS: Final = {
    News.OFFER: "A meeting is offered to you.",
    News.MOVED: "This meeting was moved. If the new time does not suit you, give it back.",
    News.CHANGED: "Where this meeting takes place has changed; its time has not.",
    News.CALLED_OFF: "This meeting will not take place.",
    News.PASSED_ON: "This meeting is no longer yours; you need do nothing.",
    News.REMINDER: "This meeting is coming up.",
}
_ASKS: Final = frozenset({News.OFFER, News.MOVED})
_SHORT: Final = frozenset({News.CALLED_OFF, News.PASSED_ON})


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be said.

    Attributes:
        because: why it is this rep's, or why it is not any more.
        url: page on which the rep answers; empty for none.
        answer_by_at: until when, None for at any time.
        tz: of the rep.
    """

    news: News
    record: Record
    tz: ZoneInfo
    now: datetime
    because: str = ""
    url: str = ""
    answer_by_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A mail in words."""

    subject: str
    text: str
    html: str


def written(letter: Letter) -> Written:
    """The mail that says it."""
    sections = [each for each in _sections(letter) if each.rows]
    text = "\n\n".join("\n".join(_plain(each)) for each in sections)
    html = "\n".join(_rich(each) for each in sections)
    subject = _SUBJECTS[letter.news].format(who=who_words(letter.record))
    return Written(subject, f"{text}\n", f'<div style="{_STYLE}">\n{html}\n</div>\n')


def who_words(record: Record) -> str:
    """`Zoe Example, Bank AG`, on one line."""
    named = filter(None, (record.person or record.email, record.company))
    return " ".join(", ".join(named).split())[:200]


def title_of(record: Record) -> str:
    """What the meeting is called in a calendar."""
    title = " ".join(record.title.split())[:200]
    return f"{title}: {who_words(record)}" if title else f"Meeting with {who_words(record)}"


def when_words(record: Record, tz: ZoneInfo, now: datetime) -> str:
    """The time in the rep's zone, and in the person's where that is another one."""
    at = record.starts_at
    if at is None:
        return "not agreed yet"
    said = full_time(at, tz, now)
    if record.person_tz and record.person_tz != tz.key:
        said += f" ({full_time(at, ZoneInfo(record.person_tz), now)})"
    return said


def short_text(letter: Letter) -> str:
    """What stands in the calendar itself."""
    return "\n\n".join("\n".join(_plain(each)) for each in _sections(letter) if each.rows)


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading, and rows of a name and what is said; a row may have no name."""

    heading: str
    rows: tuple[tuple[str, str], ...]


def _sections(letter: Letter) -> Iterator[_Section]:
    record = letter.record
    yield _Section("", (("", _OPENINGS[letter.news]), *_rows(("", letter.because))))
    yield _Section("", tuple(_answer(letter)))
    place = _rows(
        ("When", when_words(record, letter.tz, letter.now)),
        ("Where", record.place),
        ("Link", record.link),
        ("Meeting", record.title),
    )
    yield _Section("The meeting", place)
    yield _Section("The person", _person(record))
    if letter.news in _SHORT:
        return
    yield _Section("", _rows(("They wrote", record.notes), ("Last answer", _intent(record))))
    yield _Section("What was said on the telephone", _lines(record.calls, letter))
    yield _Section("What was sent and said", _lines(record.timeline, letter))


def _answer(letter: Letter) -> Iterator[tuple[str, str]]:
    if letter.url and letter.news not in _SHORT:
        yield "Take it or give it back", letter.url
    if letter.answer_by_at is not None and letter.news in _ASKS:
        at = full_time(letter.answer_by_at, letter.tz, letter.now)
        yield "", f"Without an answer by {at} the next rep is asked."


def _person(record: Record) -> tuple[tuple[str, str], ...]:
    return _rows(
        ("Name", record.person),
        ("Position", record.position),
        ("Company", record.company),
        ("Country", record.country),
        ("Phone", record.phone),
        ("E-mail", record.email),
        ("Known from", record.cadence),
        ("So far with", record.inside_rep),
    )


def _intent(record: Record) -> str:
    return record.intent.replace("_", " ")


def _lines(lines: tuple[Line, ...], letter: Letter) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"{full_time(each.at, letter.tz, letter.now)}, {each.what}", each.said) for each in lines
    )


def _rows(*rows: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(row for row in rows if row[1].strip())


def _plain(section: _Section) -> Iterator[str]:
    if section.heading:
        yield section.heading.upper()
    for name, said in section.rows:
        first, *rest = said.strip().splitlines() or [""]
        yield f"{name}: {first}".rstrip(": ") if name else first
        yield from (f"  {line}".rstrip() for line in rest)


def _rich(section: _Section) -> str:
    heading = f"<p><b>{escape(section.heading)}</b></p>\n" if section.heading else ""
    rows = "<br>\n".join(_rich_row(name, said.strip()) for name, said in section.rows)
    return f"{heading}<p>{rows}</p>"


def _rich_row(name: str, said: str) -> str:
    shown = escape(said).replace("\n", "<br>\n")
    if said.startswith(("https://", "http://")) and not any(map(str.isspace, said)):
        shown = f'<a href="{shown}">{shown}</a>'
    return f'<span style="{_QUIET}">{escape(name)}</span> {shown}' if name else shown
