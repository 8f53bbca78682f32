"""Triage in words: the list, a page with the whole mail, what a decision did."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sequencer.cli.paragraph import Line, harmless
from sequencer.domain.spoken_time import full_time
from sequencer.domain.triage import Decision

if TYPE_CHECKING:
    from sequencer.engine.triage import Decided
    from sequencer.engine.triage_list import TriagePage, TriageRow
    from sequencer.mail.evidence import Evidence

HEADINGS = ("no", "who", "since", "mailbox", "verdict", "paused", "evidence", "words")
EMPTY = "Nothing to triage: every mail was understood."
MOST_SHOWN = 60  # characters of a mail, or of a mark in it, in the list
MARGIN = "  "

# The key for each decision, and what it does.
KEYS = {
    "r": (Decision.REPLY, "a reply: the cadences end"),
    "n": (Decision.NOTHING, "nothing: what it paused goes on"),
    "a": (Decision.ABSENCE, "away: go on after a date"),
    "o": (Decision.OPT_OUT, "no more mail to this person"),
    "c": (Decision.COMPANY_OPT_OUT, "no more mail to the whole company"),
    "b": (Decision.BOUNCE, "the address is dead"),
    "p": (Decision.COMPLAINT, "a complaint: called spam"),
    "m": (Decision.MEETING, "a meeting is agreed"),
}


def cells(row: "TriageRow", tz: ZoneInfo) -> list[str]:
    """A row of the table, on the clock of one zone."""
    shown = (
        str(row.number),
        row.sender or row.prospect,
        f"{row.since.astimezone(tz):%Y-%m-%d %H:%M}",
        row.mailbox or "-",
        verdict_words(row),
        paused_words(row),
        "; ".join(evidence_words(each) for each in row.evidence) or row.title,
        _short(row.words),
    )
    return list(map(harmless, shown))


def verdict_words(row: "TriageRow") -> str:
    """The kind that the rules found, and how sure they were."""
    return f"{row.verdict} ({row.confidence})" if row.verdict else "-"


def paused_words(row: "TriageRow") -> str:
    """Whose cadences wait because of the mail."""
    return ", ".join(f"{email}: {slug}" for email, slug in row.paused) or "nobody"


def evidence_words(evidence: "Evidence") -> str:
    """What shows it, and where it stands."""
    at = f" at {evidence.at}" if evidence.at is not None else ""
    return f"{evidence.where}{at}: {_short(evidence.words)}"


def as_object(row: "TriageRow") -> dict[str, object]:
    """A matter for programs, with the commands that a person has."""
    begin = f"sequencer triage decide {row.number}"
    return {
        "number": row.number,
        "title": row.title,
        "prospect": row.prospect,
        "sender": row.sender,
        "since": row.since,
        "mailbox": row.mailbox,
        "rep": row.rep,
        "verdict": row.verdict or None,
        "confidence": row.confidence or None,
        "evidence": list(row.evidence),
        "words": row.words,
        "paused": [{"prospect": email, "cadence": slug} for email, slug in row.paused],
        "decision": row.decision or None,
        "decided_by": row.decided_by or None,
        "decided_at": row.decided_at,
        "commands": [] if row.decision else [f"{begin} {decision}" for decision in Decision],
    }


def page_as_object(page: "TriagePage") -> dict[str, object]:
    """A page for programs."""
    return {
        **as_object(page.row),
        "headers": dict(page.headers),
        "text": page.text or None,
        "missing": page.missing or None,
        "kind_now": page.kind_now or None,
        "events": list(page.events),
    }


def page_lines(page: "TriagePage", tz: ZoneInfo, now: datetime) -> Iterator[Line]:
    """Everything about one matter, for whoever decides."""
    row = page.row
    yield Line(f"{row.number}: {row.title}", style="bold")
    yield Line(row.prospect, _label("about"))
    yield Line(full_time(row.since, tz, now), _label("since"))
    if row.mailbox:
        yield Line(row.mailbox, _label("mailbox"))
    if row.verdict:
        yield Line(verdict_words(row), _label("verdict"))
    for evidence in row.evidence:
        yield Line(evidence_words(evidence), _label("because"))
        if evidence.rule:
            yield Line(evidence.rule, _label("rule"))
    if page.kind_now:
        yield Line(f"{page.kind_now}, by the rules as they are now", _label("today"))
    yield Line(paused_words(row), _label("paused"))
    if row.decision:
        yield Line(f"{row.decision}, by {row.decided_by}", _label("decided"))
    yield Line()
    yield from _mail_lines(page)
    yield Line()
    yield Line("What happened last:", style="bold")
    for entry in page.events:
        at = f"{entry.at.astimezone(tz):%d %b %H:%M}"
        yield Line(f"{entry.kind}: {entry.detail}", f"{MARGIN}{at}  ")


def _mail_lines(page: "TriagePage") -> Iterator[Line]:
    for name, value in page.headers.items():
        yield Line(value, f"{name.title()}: ")
    if page.missing:
        yield Line(page.missing)
        yield Line(page.row.words, "| ")
        return
    yield Line()
    if not page.text.strip():
        yield Line("The mail has no text of its own.")
        return
    for line in page.text.split("\n"):
        yield Line(line.rstrip("\r").expandtabs(), "| ")


def done_words(done: "Decided", tz: ZoneInfo, now: datetime) -> str:
    """What has happened."""
    until = f", until {full_time(done.resume_at, tz, now)}" if done.resume_at else ""
    told = (
        (done.finished, "ended"),
        (done.going, "go on" if done.going > 1 else "goes on"),
        (done.paused, f"paused{until}"),
        (done.waiting, "still held by something else that is undecided"),
    )
    parts = [f"{_cadences(number)} {word}" for number, word in told if number]
    parts += [f"{key} gets nothing any more" for key in done.listed]
    what = "; ".join(parts) or "nothing was waiting for it"
    undo = f"`sequencer triage undo {done.number}` takes it back."
    return f"{done.number}: {done.decision}. {what[0].upper()}{what[1:]}. {undo}"


def _cadences(number: int) -> str:
    return "1 cadence" if number == 1 else f"{number} cadences"


def _label(word: str) -> str:
    return f"{MARGIN}{word:<9}"


def _short(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 4].rstrip()} ..."
