"""Handovers in words: a line of the list, and all about one."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sequencer.cli.paragraph import harmless
from sequencer.domain.handover import HandoverState
from sequencer.domain.spoken_time import full_time, short_time, zone_words

if TYPE_CHECKING:
    from sequencer.domain.handover_record import Line
    from sequencer.engine.handover_answer import HandoverView
    from sequencer.engine.handover_list import Fate, HandoverLine, HandoverPage

HEADINGS = ("no", "meeting", "rep", "state", "when", "company", "client", "person")


def cells(line: "HandoverLine", now: datetime) -> tuple[str, ...]:
    """One line of the list."""
    tz = ZoneInfo(line.tz)
    when = f"{short_time(line.starts_at, tz, now)} {zone_words(tz)}" if line.starts_at else "-"
    said = (
        str(line.number),
        f"{line.meeting} {line.meeting_state.replace('_', ' ')}",
        line.rep,
        state_words(line.state, line.answer_by_at, tz, now),
        when,
        line.company or "-",
        line.client or "-",
        line.person,
    )
    return tuple(map(harmless, said))


def state_words(
    state: HandoverState, answer_by_at: datetime | None, tz: ZoneInfo, now: datetime
) -> str:
    """`offered until Tue 4 May 08:30`, `accepted`."""
    if answer_by_at is None:
        return str(state)
    return f"{state} until {short_time(answer_by_at, tz, now)}"


def empty_words(*, hands_over: bool) -> str:
    """What a list without a line means."""
    if hands_over:
        return "No meeting has been handed over yet."
    return "No meeting is handed over: the settings have no `handover:` (see docs/how-to)."


def page_lines(page: "HandoverPage", now: datetime) -> Iterator[str]:
    """All about one handover."""
    return map(harmless, _page_lines(page, now))


def _page_lines(page: "HandoverPage", now: datetime) -> Iterator[str]:
    view, tz = page.handover, ZoneInfo(page.handover.record.rep_tz)
    state = state_words(view.state, view.answer_by_at, tz, now)
    yield f"Handover {view.number}: meeting {view.meeting} for {view.person}, {state}"
    for name, said in _facts(view, tz, now):
        if said:
            yield f"  {name:<9}{said}"
    if page.passed_over:
        yield ""
        yield "Passed over:"
        yield from (f"  {name}: {why}" for name, why in page.passed_over)
    yield from _told("Calls", view.record.calls, tz, now)
    yield from _told("What was sent and said", view.record.timeline, tz, now)
    yield ""
    yield "Mails to the rep:"
    for each in page.mails:
        yield f"  {_fate(each, tz, now)}"
    if not page.mails:
        yield "  none yet"
    if view.may_refuse:
        word = "accept" if view.may_accept else "refuse"
        yield ""
        yield f"For the rep: sequencer handover {word} {view.number}"


def _facts(view: "HandoverView", tz: ZoneInfo, now: datetime) -> Iterator[tuple[str, str]]:
    record = view.record
    yield "why", view.because
    yield "note", view.note
    yield "person", ", ".join(filter(None, (record.person, record.position, record.company)))
    yield "reach", ", ".join(filter(None, (record.phone, record.email)))
    if record.starts_at is not None:
        yield "when", full_time(record.starts_at, tz, now)
        if record.person_tz not in {"", tz.key}:
            yield "", full_time(record.starts_at, ZoneInfo(record.person_tz), now)
    yield "where", record.place
    yield "link", record.link
    yield "meeting", str(view.meeting_state).replace("_", " ")
    yield "cadence", record.cadence
    yield "client", record.client
    yield "intent", record.intent.replace("_", " ")
    yield "wrote", record.notes


def _told(heading: str, lines: "tuple[Line, ...]", tz: ZoneInfo, now: datetime) -> Iterator[str]:
    if not lines:
        return
    yield ""
    yield f"{heading}:"
    for each in lines:
        first, *rest = each.said.splitlines() or [""]
        yield f"  {short_time(each.at, tz, now)}  {each.what}: {first}".rstrip(": ")
        yield from (f"      {line}" for line in rest)


def _fate(fate: "Fate", tz: ZoneInfo, now: datetime) -> str:
    if fate.ended_at is not None:
        return f"{short_time(fate.ended_at, tz, now)}  to {fate.recipient}: {fate.outcome}"
    why = f" ({fate.outcome})" if fate.outcome else ""
    return f"waits, to {fate.recipient}{why}"
