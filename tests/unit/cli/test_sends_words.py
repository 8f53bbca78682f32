"""Mails in doubt in words."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import NOON

from sequencer.cli.sends_words import as_object, cells, done_words, foretold
from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.send import SendState
from sequencer.engine.doubt_list import Doubt
from sequencer.engine.doubts import Resolved, Word

MADRID = ZoneInfo("Europe/Madrid")
PARKED = Doubt(
    number=31,
    state=SendState.PARKED,
    prospect="zoe@bank.example",
    cadence="fintech-intro",
    step="intro",
    mailbox="ana",
    subject="Hello",
    since=NOON,
    why="line lost",
    looked_at=None,
    enrollment=EnrollmentState.PAUSED,
    next_step="bump",
)
UNKNOWN = replace(PARKED, state=SendState.UNKNOWN, looked_at=NOON + timedelta(minutes=15))


def test_rows() -> None:
    """A row has local times, and says who is next."""
    assert cells(PARKED, MADRID)[4:6] == ["2026-03-03 13:00", "a person decides"]
    assert cells(UNKNOWN, MADRID)[5] == "Sent is searched at 13:15"


def test_commands() -> None:
    """Before Sent was searched a mail can only be counted as sent."""
    assert as_object(UNKNOWN)["commands"] == ["sequencer sends resolve 31 --sent"]
    begin = "sequencer sends resolve 31"
    assert as_object(PARKED)["commands"] == [f"{begin} --{word}" for word in Word]


@pytest.mark.parametrize("word", list(Word))
def test_before(word: Word) -> None:
    """Each word is foretold, with what comes after it, and that it is for good."""
    told = foretold(PARKED, word)
    assert "zoe@bank.example" in told
    assert told.endswith("This cannot be taken back.")
    assert ("goes on with bump" in told) is (word is not Word.AGAIN)


def test_what_comes_after() -> None:
    """The end of the cadence is told as such."""
    last, over = replace(PARKED, next_step=None), EnrollmentState.FINISHED
    assert "the last step" in foretold(last, Word.SENT)
    assert "has ended" in foretold(replace(PARKED, enrollment=over), Word.DROP)


def test_after() -> None:
    """What has happened, and that a person is still paused where another reason holds them."""
    active = Resolved(31, SendState.QUEUED, EnrollmentState.ACTIVE, None)
    assert done_words(active) == "Mail 31 is queued to be sent again."
    paused = Resolved(31, SendState.SENT, EnrollmentState.PAUSED, PauseReason.MANUAL)
    assert "stays paused (manual)" in done_words(paused)
