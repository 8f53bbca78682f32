"""A forecast in sentences: the answer first, then what is behind it."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sequencer.domain.reason import Reason
from sequencer.simulation.forecast_values import (
    HOLIDAY,
    PAUSE,
    TURN,
    WINDOW,
    Compared,
    Forecast,
    HolidayMoved,
    Wait,
)

_HOUR_S, _DAY_S, _MINUTE_S = 3_600, 86_400, 60
_CAUSES = {
    WINDOW: "the hours of the window",
    HOLIDAY: "days off",
    PAUSE: "a pause",
    TURN: "their turn in the mailbox",
    Reason.CAP_MAILBOX: "the mailbox's limit of 24 hours",
    Reason.CAP_HOUR: "the mailbox's limit of an hour",
    Reason.CAP_WEEK: "the mailbox's limit of seven days",
    Reason.CAP_DOMAIN: "the limit of one company",
    Reason.CAP_PERSON: "the limit of one person",
    Reason.CAP_NEW: "the cadence's limit of first mails in 24 hours",
    Reason.GAP: "the gap between two mails",
    Reason.OUTSIDE_WINDOW: "the hours of the window",
    Reason.HOLIDAY: "days off",
    Reason.REP_AWAY: "a rep who is away",
}

_STANDS = {"active": "still under way", "pending": "still in line"}
_HAPPENED = {
    "bounces": ("mail bounced", "mails bounced"),
    "meetings": ("meeting was booked", "meetings were booked"),
    "ooo": ("notice of absence came", "notices of absence came"),
    "opt_outs": ("opt-out came", "opt-outs came"),
    "replies": ("reply came", "replies came"),
}


def sentences(compared: Compared) -> list[str]:
    """The answer, one sentence each."""
    found = compared.forecast
    said = [_who(found)]
    if not found.enrolled:
        return [*said, "So nothing would happen. The reasons stand below."]
    if found.held:
        said.append(f"Nothing leaves, because the database is held: {found.held}")
    if not found.has_mail:
        said.append("The cadence has no mail: it is done by reps alone.")
    said.extend(_caps(found))
    said.append(_finish(compared))
    return said


def spoken(day: date, beside: date) -> str:
    """`12 December`, with the year where it is another one."""
    year = "" if day.year == beside.year else f" {day.year}"
    return f"{day.day} {day:%B}{year}"


def length(seconds: float) -> str:
    """`45 s`, `12 min`, `3.5 h`, `2.1 days`."""
    if seconds < _MINUTE_S:
        return f"{seconds:.0f} s"
    if seconds < _HOUR_S:
        return f"{seconds / _MINUTE_S:.0f} min"
    if seconds < _DAY_S:
        return f"{seconds / _HOUR_S:.1f} h"
    return f"{seconds / _DAY_S:.1f} days"


def cause_words(cause: str) -> str:
    """What kept a mail back, in words."""
    return _CAUSES.get(cause, cause.replace("_", " "))


def wait_words(wait: Wait) -> str:
    """`40 mails waited for ...: 3.0 h in the middle, 2.1 days at most`."""
    mails = "1 mail waits" if wait.touches == 1 else f"{wait.touches} mails wait"
    lasts = f"{length(wait.median_s)} in the middle, {length(wait.longest_s)} at the longest"
    return f"{mails} for {cause_words(wait.cause)}: {lasts}"


def holiday_words(holiday: HolidayMoved) -> str:
    """`Labour Day, DE: 4 people, 5 mails`."""
    name = f"{holiday.name}, {holiday.country}" if holiday.country else holiday.name
    people = "1 person" if holiday.people == 1 else f"{holiday.people} people"
    mails = "1 mail" if holiday.touches == 1 else f"{holiday.touches} mails"
    return f"{name}: {people}, {mails}"


def end_words(found: Forecast) -> Iterator[str]:
    """How many people ended how, or stand how, and what they did, one line each."""
    for how, number in found.ends.items():
        yield f"{number} {_STANDS.get(how, how.replace('_', ' '))}"
    for what, number in found.happened.items():
        one, many = _HAPPENED[what]
        yield f"{number} {one if number == 1 else many}"


def begin_of(found: Forecast) -> date:
    """The date of the enrolment, in the zone of the workspace."""
    return found.begin.astimezone(found.tz).date()


def _who(found: Forecast) -> str:
    refused = sum(len(each.people) for each in found.refused)
    why = ", ".join(f"{len(each.people)} {each.code}" for each in _by_code(found))
    besides = f" ({refused} refused: {why})" if refused else ""
    who = f"{found.enrolled or 'Nobody'} enrolled in {found.cadence}{besides}"
    waiting = f", {found.waiting} of them still in line at the end" if found.waiting else ""
    return f"{who}{waiting}."


def _by_code(found: Forecast) -> Sequence["_Code"]:
    people: dict[str, list[str]] = {}
    for each in found.refused:
        people.setdefault(each.code, []).extend(each.people)
    return [_Code(code, names) for code, names in people.items()]


class _Code:
    def __init__(self, code: str, people: Sequence[str]) -> None:
        self.code, self.people = code, people


def _caps(found: Forecast) -> Iterator[str]:
    begin = begin_of(found)
    for each in found.at_cap:
        cap = found.caps.get(each.mailbox)
        limit = f" of {cap} mails in 24 hours" if cap else ""
        when = f"on {spoken(each.from_on, begin)}"
        if each.days > 1:
            until = spoken(each.until_on, begin)
            when = f"from {spoken(each.from_on, begin)}, on {each.days} days, the last {until}"
        yield f"Mailbox {each.mailbox} is at its cap{limit} {when}."
    if not found.at_cap and found.mails:
        yield "No mailbox reaches its cap."


def _finish(compared: Compared) -> str:
    found, other = compared.forecast, compared.with_added
    said = _ends(found)
    if other is None:
        return f"{said}."
    names = " and ".join(compared.added)
    return f"{said}; with {names} added: {_ends_short(other)}."


def _ends(found: Forecast) -> str:
    if found.last_at is None:
        return "No touch happens in that time"
    if found.is_done:
        return f"The last touch is on {_day(found, found.last_at)}"
    most = f"{found.still_to_come} touches are still to come" if found.still_to_come else ""
    line = f"{found.waiting} people have not begun" if found.waiting else ""
    rest = " and ".join(filter(None, (most, line)))
    return f"It does not end within {found.days} days: {rest} on {_day(found, found.end)}"


def _ends_short(found: Forecast) -> str:
    if found.last_at is None:
        return "no touch in that time"
    if found.is_done:
        return _day(found, found.last_at)
    left = found.still_to_come + found.waiting
    return f"not within {found.days} days either, with {left} still to come"


def _day(found: Forecast, at: datetime) -> str:
    return spoken(at.astimezone(found.tz).date(), begin_of(found))
