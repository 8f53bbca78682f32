"""The demonstration in plain words: a line for each piece of news, and the summary at the end."""

from collections.abc import Mapping
from typing import NamedTuple

from sequencer.domain.enrollment import FinishReason
from sequencer.domain.ledger import Kind
from sequencer.domain.meeting import MeetingState
from sequencer.engine.demo_frame import News, Standing
from sequencer.engine.demo_summary import Summary


class Word(NamedTuple):
    """What is said of somebody in a state, and the colour it is said in."""

    short: str
    sentence: str
    colour: str


FINISHED: Mapping[str, Word] = {
    FinishReason.REPLIED: Word("answered", "{name} answered", "green"),
    FinishReason.MEETING_BOOKED: Word("meeting", "{name} booked a meeting", "cyan"),
    FinishReason.OPTED_OUT: Word("opted out", "{name} asked for no more mail", "magenta"),
    FinishReason.BOUNCED: Word("bounced", "the mail to {name} came back", "red"),
    FinishReason.DISPOSITION: Word("said no", "{name} said no on the telephone", "magenta"),
    FinishReason.COMPLETED: Word("completed", "{name} has been through every step", "blue"),
}
_OTHER = Word("ended", "the cadence of {name} ended", "blue")
_PAUSED = Word("away", "{name} is away", "yellow")
_HELD = Word("held", "{name} waits for a person's look", "yellow")
_WAITING = Word("waiting", "", "bright_black")
_UNDER_WAY = Word("under way", "", "white")
# What follows from a stop, said in the same breath.
_AFTERWARDS: Mapping[str, str] = {
    FinishReason.REPLIED: ": no more mail goes there",
    FinishReason.MEETING_BOOKED: ": no more mail goes there",
    FinishReason.BOUNCED: ": nothing more goes there",
}
_LINES: Mapping[Kind, tuple[str, str]] = {
    Kind.DONE: ("{by} called {name}: {ended}", "default"),
    Kind.SENT: ("{mailbox} wrote to {name}: {step}", "default"),
    Kind.RESUMED: ("{name} is back: the cadence goes on", "yellow"),
    Kind.CANCELLED: ("  so {step} to {name} is cancelled", "bright_black"),
    Kind.MEETING: ("the meeting with {name}: {told}", "cyan"),
    Kind.HANDOVER: ("  the meeting with {name} is {told}", "bright_black"),
    Kind.SUPPRESSED: ("  the address of {name} is suppressed for good", "bright_black"),
}


def word_of(person: Standing) -> Word:
    """Where somebody stands, in a word."""
    if person.state == "finished":
        return FINISHED.get(person.reason, _OTHER)
    if person.state == "paused":
        return _PAUSED if person.resume_at else _HELD
    return _UNDER_WAY if person.done else _WAITING


def headline(news: News) -> tuple[str, str] | None:
    """A line about a piece of news and its colour; None for what is of no interest to onlookers."""
    entry = news.entry
    if entry.kind is Kind.PAUSED:
        return _paused(news)
    if entry.kind is Kind.FINISHED:
        reason = entry.detail.partition(":")[0]
        word = FINISHED.get(reason, _OTHER)
        return word.sentence.format(name=news.name) + _AFTERWARDS.get(reason, ""), word.colour
    if entry.kind not in _LINES:
        return None
    line, colour = _LINES[entry.kind]
    ended, _, told = entry.detail.partition(": ")[2].partition(", by ")
    by, _, note = told.partition(": ")
    what = entry.detail.partition(" (meeting ")[0]
    words = {"ended": f"{ended} ({note})" if note else ended, "by": by, "told": what}
    return line.format(mailbox=entry.mailbox, name=news.name, step=entry.step_id, **words), colour


def _paused(news: News) -> tuple[str, str]:
    until = news.entry.detail.partition(" until ")[2][:10]
    if not until:
        return _HELD.sentence.format(name=news.name), _HELD.colour
    return f"{news.name} is away: the next mail waits until {until}", _PAUSED.colour


_CAME: Mapping[str, str] = {
    FinishReason.REPLIED: "{n} answered",
    FinishReason.MEETING_BOOKED: "{n} booked a meeting",
    FinishReason.OPTED_OUT: "{n} opted out",
    FinishReason.BOUNCED: "{n} bounced",
    FinishReason.DISPOSITION: "{n} said no on the telephone",
    FinishReason.COMPLETED: "{n} went through every step and never wrote",
}


def summary_lines(summary: Summary) -> list[str]:
    """The summary as sentences, each a line of its own."""
    scale = (
        f"{summary.enrolled} enrollments, {summary.sent} mails sent over "
        f"{summary.working_days} working days, in {summary.seconds:.0f} seconds."
    )
    return [scale, f"{_list(_ends(summary))}.", *_meetings(summary), *_proof(summary)]


def _ends(summary: Summary) -> list[str]:
    ends = [
        words.format(n=summary.finished[why])
        for why, words in _CAME.items()
        if why in summary.finished
    ]
    others = [why for why in summary.finished if why not in _CAME]
    ends.extend(f"{summary.finished[why]} ended otherwise ({why})" for why in others)
    away = sum(summary.paused.values())
    if away:
        ends.append(f"{away} {'is' if away == 1 else 'are'} away until later")
    if summary.running:
        ends.append(f"{summary.running} were still under way when the time was up")
    return ends


_TOOK: Mapping[str, str] = {
    MeetingState.HELD: "{n} took place",
    MeetingState.BOOKED: "{n} {are} yet to come",
    MeetingState.CANCELLED: "{n} {were} cancelled",
    MeetingState.NO_SHOW: "nobody came to {n}",
}


def _meetings(summary: Summary) -> list[str]:
    total = sum(summary.meetings.values())
    if not total:
        return []
    became = [
        words.format(n=n, are=_plural(n, "is", "are"), were=_plural(n, "was", "were"))
        for state, words in _TOOK.items()
        if (n := summary.meetings.get(state))
    ]
    offers = f"outside reps were offered a meeting {summary.handovers} times"
    return [f"{total} {_plural(total, 'meeting', 'meetings')}: {_list(became)}; {offers}."]


def _plural(number: int, one: str, many: str) -> str:
    return one if number == 1 else many


def _proof(summary: Summary) -> list[str]:
    record = f"the mail server's own record of {summary.accepted} accepted mails"
    if summary.findings.clean:
        kept = (
            "Nobody got a step twice, nobody was mailed after a stop, nothing left outside its "
            f"window: checked against {record}."
        )
        return [kept]
    broken = [f"  ! {detail}" for detail in summary.findings.details]
    return [f"Promises were broken, checked against {record}:", *broken]


def _list(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
