"""Mails that are read otherwise, in words."""

from zoneinfo import ZoneInfo

import pytest
from builders import NOON

from sequencer.cli.reclassify_words import cells, counts_as_object, reading_words, summary
from sequencer.engine.other_reading import Following
from sequencer.engine.reclassify import Counts, Difference
from sequencer.engine.weight import Reading

MADRID = ZoneInfo("Europe/Madrid")
AWAY = Reading("auto_reply", "out_of_office", "2026-04-07")
FOUND = Difference(
    inbound_id=3,
    mailbox="ana",
    stored_at=NOON,
    sender="zoe@bank.example",
    prospect="zoe@bank.example",
    cadence="fintech-intro",
    state="active",
    old_version="1-old",
    old=AWAY,
    new=Reading("opt_out", scope="company"),
    follows=Following.STOP,
    decided="",
)


def test_a_row() -> None:
    """Before and after with what is known of each, and what follows or has followed."""
    assert cells(FOUND, MADRID, done=False)[2:] == [
        "2026-03-03 13:00",
        "fintech-intro (active)",
        "auto_reply (out_of_office, until 2026-04-07)",
        "opt_out (company)",
        "stops at once",
    ]
    assert cells(FOUND, MADRID, done=True)[-1] == "stopped"


@pytest.mark.parametrize("following", Following)
def test_all_that_may_follow(following: Following) -> None:
    """Everything that may follow has words."""
    counts = Counts(kept=1)
    counts.add(following)
    assert summary(counts, done=False).startswith("1 mail classified anew, 0 read as before; 1 ")
    assert counts_as_object(counts)["follows"] == {str(following): 1}


def test_what_is_left() -> None:
    """Mails that cannot be read, and those without bytes, are told of."""
    told = summary(Counts(kept=2, removed=4, same=1, failed=1), done=True)
    assert "1 could not be read" in told
    assert "4 left" in told


def test_readings() -> None:
    """A reading is its kind, where nothing else is known."""
    assert reading_words(Reading("calendar")) == "calendar"
    passed_on = Reading("auto_reply", "acknowledgement", is_told=False)
    assert reading_words(passed_on) == "auto_reply (acknowledgement, in no known words)"
    assert reading_words(Reading("reply", unreadable=True)) == "reply (unreadable)"
