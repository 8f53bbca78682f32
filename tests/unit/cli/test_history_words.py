from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from builders import NOON

from sequencer.cli.history_words import difference_lines, history_lines
from sequencer.engine.cadence_history import History, Ran
from sequencer.engine.version_difference import Difference, KeyChange, TextChange
from sequencer.store.draining import Draining
from sequencer.store.past_versions import Applied

UTC = ZoneInfo("UTC")
APPLIED = Applied(7, "fintech-intro", "a" * 64, NOON, "marta", "", 0)


def told(found: History) -> str:
    lines = history_lines(found, UTC, NOON + timedelta(days=1))
    return "\n".join(f"{line.margin}{line.text}" for line in lines)


def test_versions() -> None:
    """Each version has its instant, who it was, and who is on it; the current one is marked."""
    now = Ran(replace(APPLIED, plan="b" * 64, moved=1_200), is_current=True, people=3)
    text = told(History((now, Ran(APPLIED, is_current=False, people=0))))
    assert "fintech-intro aaaaaaaaaaaa, runs now" in text
    assert "by marta" in text
    assert "3 are on it now, 1,200 went over to it when it was applied" in text
    assert "plan      bbbbbbbbbbbb" in text
    assert text.count("people") == 1


def test_nobody_known() -> None:
    """Where nobody knows who applied it, nothing is said of that."""
    text = told(History((Ran(replace(APPLIED, by=""), is_current=True, people=0),)))
    assert "by" not in text


def test_empty_and_long() -> None:
    """Nothing has its sentence and the next command; a page names what leads to the next one."""
    assert "Next: sequencer check" in told(History(()))
    assert told(History((Ran(APPLIED, is_current=True, people=0),), 7)).endswith("--below 7")


def test_draining() -> None:
    """What takes nobody in any more comes first, archived or not."""
    drained = Draining("fintech-intro", NOON, "luis", None)
    archived = replace(drained, slug="old", archived_at=NOON)
    text = told(History((), draining=(drained, archived)))
    assert "fintech-intro: draining since" in text
    assert "old: archived" in text


def test_changes() -> None:
    """Keys have a sign and both values, texts are diffs; each kind has its colour."""
    changed = Difference(
        "fintech-intro",
        "a" * 64,
        "b" * 64,
        keys=(
            KeyChange("title", "A", "B"),
            KeyChange("client", None, "x"),
            KeyChange("day", "1", None),
        ),
        templates=(TextChange("a.md", ("@@ -1 +1 @@", " same", "-old", "+new")),),
        attachments=("prices.pdf",),
    )
    lines = list(difference_lines(changed))
    texts = [line.text for line in lines]
    assert texts[0] == "fintech-intro: aaaaaaaaaaaa to bbbbbbbbbbbb"
    assert "~ title: A -> B" in texts
    assert "+ client: x" in texts
    assert "- day: 1" in texts
    assert "other attachments: prices.pdf" in texts
    styles = {line.text: line.style for line in lines}
    assert (styles["-old"], styles["+new"], styles[" same"]) == ("red", "green", "")


def test_no_change() -> None:
    """Two versions that say the same are said to."""
    texts = [line.text for line in difference_lines(Difference("x", "1", "1"))]
    assert texts[-1] == "They are the same."
