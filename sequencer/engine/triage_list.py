"""What waits for a person's decision, told as they need it: who wrote what, and what shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sequencer.domain.ledger import Entry
from sequencer.engine.tasks import TaskError
from sequencer.engine.triage import find_matter
from sequencer.engine.triage_mail import mail_of, read_anew
from sequencer.mail.evidence import Evidence
from sequencer.mail.verdict import Verdict
from sequencer.store import ledger, triage_list
from sequencer.store.database import Connection
from sequencer.store.triage_list import MatterRow

MOST: Final = 1_000
LAST_EVENTS: Final = 8
MOST_TEXT: Final = 20_000  # characters of a mail that are shown
_HEADERS: Final = ("from", "to", "date", "subject", "auto-submitted", "precedence", "list-id")


@dataclass(frozen=True, slots=True)
class TriageRow:
    """A matter in the list.

    Attributes:
        sender: who wrote the message; who is asked about is `prospect`.
        verdict: the kind that the rules found; empty where they could not, or were not asked.
        words: the first of what was written; else the subject, or what the matter is about.
        paused: whose cadences wait because of it, as (address, cadence).
    """

    number: int
    title: str
    prospect: str
    sender: str
    since: datetime
    mailbox: str
    rep: str
    verdict: str
    confidence: str
    evidence: tuple[Evidence, ...]
    words: str
    paused: tuple[tuple[str, str], ...]
    decision: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TriagePage:
    """A matter with the whole mail.

    Attributes:
        text: what was written, without what was quoted; empty where the bytes are gone.
        missing: why there is no text.
        kind_now: what the present rules make of it, where that differs.
    """

    row: TriageRow
    headers: Mapping[str, str]
    text: str
    missing: str
    kind_now: str
    events: tuple[Entry, ...] = field(default_factory=tuple)


def triage_rows(
    connection: Connection, mailbox: str | None = None, rep: str | None = None
) -> list[TriageRow]:
    """What waits for a decision, the oldest first."""
    rows = triage_list.waiting(connection, mailbox, rep, MOST)
    held = triage_list.held_by(connection, [row.number for row in rows])
    return [_row(row, held[row.number]) for row in rows]


def triage_page(connection: Connection, number: int) -> TriagePage:
    """One matter, whatever its state.

    Raises:
        TaskError: there is no matter of that number.
    """
    task = find_matter(connection, number)
    row = triage_list.one(connection, number)
    mail = mail_of(connection, task)
    found = read_anew(mail) if mail is not None else None
    events = tuple(ledger.of_prospect(connection, task.prospect_id)[-LAST_EVENTS:])
    if row is None:  # between the two looks somebody has removed it
        raise TaskError(f"There is no task {number}.")
    shown = _row(row, triage_list.held_by(connection, [number])[number])
    if found is None:
        why = "The mail was only seen in Sent."
        if mail is not None:
            why = "Its bytes have been removed." if mail.raw is None else "It cannot be read."
        return TriagePage(shown, {}, "", why, "", events)
    kind_now = str(found.kind) if found.kind != shown.verdict else ""
    return TriagePage(shown, _headers(found), found.new_text[:MOST_TEXT], "", kind_now, events)


def _headers(verdict: Verdict) -> dict[str, str]:
    shown = {name: verdict.incoming.header(name) for name in _HEADERS}
    return {name: value for name, value in shown.items() if value}


def _row(row: MatterRow, paused: list[tuple[str, str]]) -> TriageRow:
    verdict = row.verdict or {}
    return TriageRow(
        number=row.number,
        title=row.title,
        prospect=row.email,
        sender=row.sender,
        since=row.since,
        mailbox=row.mailbox,
        rep=row.assignee,
        verdict=_text(verdict, "kind"),
        confidence=_text(verdict, "confidence"),
        evidence=evidence_in(verdict),
        words=" ".join(_text(verdict, "new_text").split()) or row.subject or row.about,
        paused=tuple(paused),
        decision=row.decision,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )


def _text(verdict: Mapping[str, Any], name: str) -> str:
    value = verdict.get(name)
    return value if isinstance(value, str) else ""


def evidence_in(verdict: Mapping[str, Any]) -> tuple[Evidence, ...]:
    """The evidence of a verdict that was stored."""
    return tuple(
        Evidence(each["where"], each["words"], each["at"], each["rule"])
        for each in verdict.get("evidence") or ()
    )
