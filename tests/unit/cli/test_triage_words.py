"""Triage in words: rows, pages and what a decision did; nothing of a mail steers a terminal."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import NOON

from sequencer.cli.paragraph import broken
from sequencer.cli.triage_words import KEYS, as_object, cells, done_words, page_lines
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.triage import Decision
from sequencer.engine.triage import Decided
from sequencer.engine.triage_list import TriagePage, TriageRow
from sequencer.mail.evidence import Evidence

MADRID = ZoneInfo("Europe/Madrid")
ZOE = "zoe@bank.example"
ROW = TriageRow(
    number=7,
    title="What does this mail mean?",
    prospect=ZOE,
    sender="newsletter@bank.example",
    since=NOON,
    mailbox="ana",
    rep="ana",
    verdict="other",
    confidence="likely",
    evidence=(Evidence("text", "remove me", 14, "en/opt_out: remove me"),),
    words="Please remove me",
    paused=((ZOE, "fintech-intro"),),
)
PAGE = TriagePage(
    ROW, {"from": ZOE}, "Dear Ana,\nremove me", "", "opt_out", (Entry(NOON, Kind.TASK),)
)
DONE = Decided(7, Decision.OPT_OUT, "Eva", 2, 0, 0, 0, None, (ZOE,))


def shown(page: TriagePage, width: int | None = None) -> list[str]:
    """The lines of a page as they are printed."""
    return [part for line in page_lines(page, MADRID, NOON) for part in broken(line, width)]


def test_a_row() -> None:
    """Who wrote, since when on the rep's clock, the evidence with its place, who waits."""
    number, who, since, mailbox, verdict, paused, evidence, words = cells(ROW, MADRID)
    assert (number, who, since, mailbox) == ("7", ROW.sender, "2026-03-03 13:00", "ana")
    assert (verdict, paused) == ("other (likely)", f"{ZOE}: fintech-intro")
    assert evidence == "text at 14: remove me"
    assert words == ROW.words


def test_a_row_of_which_little_is_known() -> None:
    """What was only seen in Sent has no verdict and no sender."""
    bare = replace(ROW, sender="", mailbox="", verdict="", confidence="", evidence=(), paused=())
    assert cells(bare, MADRID)[1] == ZOE
    assert cells(bare, MADRID)[3:7] == ["-", "-", "nobody", ROW.title]


@pytest.mark.parametrize("text", ["\x1b[2J\x07", "a\nb\r\tc", "\u202eevil", "x" * 9_999])
def test_hostile_words(text: str) -> None:
    """Whatever a mail says stays on its line, is short in the list, and harmless everywhere."""
    hostile = replace(ROW, sender=text, words=text, evidence=(Evidence("subject", text),))
    for cell in cells(hostile, MADRID)[5:]:
        assert cell.isprintable()
        assert len(cell) < 100
    page = replace(PAGE, row=hostile, headers={"subject": text}, text=text)
    for line in shown(page):
        assert line.isprintable()


def test_a_page() -> None:
    """The rule that spoke, what the rules say today, each line of the mail, the timeline."""
    lines = shown(PAGE)
    assert "  rule     en/opt_out: remove me" in lines
    assert "  today    opt_out, by the rules as they are now" in lines
    assert lines[lines.index("| Dear Ana,") + 1] == "| remove me"
    assert lines[-1].strip().startswith("03 Mar 13:00  task")


def test_pages_without_text() -> None:
    """It is said why nothing is shown."""
    assert "Its bytes have been removed." in shown(
        replace(PAGE, missing="Its bytes have been removed.")
    )
    assert "The mail has no text of its own." in shown(replace(PAGE, text=" \n"))
    decided = replace(ROW, decision="reply", decided_by="Eva")
    assert "  decided  reply, by Eva" in shown(replace(PAGE, row=decided))


def test_programs() -> None:
    """What is open has its commands, what is decided has none."""
    assert "sequencer triage decide 7 company-opt-out" in str(as_object(ROW)["commands"])
    assert as_object(replace(ROW, decision="reply"))["commands"] == []


def test_what_followed() -> None:
    """One sentence with everything that happened, and the way back."""
    assert done_words(DONE, MADRID, NOON) == (
        f"7: opt-out. 2 cadences ended; {ZOE} gets nothing any more. "
        "`sequencer triage undo 7` takes it back."
    )
    away = replace(DONE, finished=0, paused=1, resume_at=NOON + timedelta(days=9), listed=())
    assert "1 cadence paused, until Thursday 12 March 13:00 Madrid time" in done_words(
        away, MADRID, NOON
    )
    nothing = replace(DONE, finished=0, listed=())
    assert "Nothing was waiting for it." in done_words(nothing, MADRID, NOON)
    waits = replace(nothing, going=1, waiting=2)
    assert "1 cadence goes on; 2 cadences still held" in done_words(waits, MADRID, NOON)


def test_every_decision_has_a_key() -> None:
    """No decision is out of reach, and no key does two things."""
    assert {decision for decision, _ in KEYS.values()} == set(Decision)
    assert set(KEYS).isdisjoint({"s", "u", "q", "?"})
