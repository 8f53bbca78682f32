from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import a_prospect

from sequencer.cli.log_words import lines, named
from sequencer.cli.paragraph import broken
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.prospect import Prospect
from sequencer.engine.match import MATCHED_BY_WORDS, MatchedBy

MADRID = ZoneInfo("Europe/Madrid")
AT = datetime(2026, 10, 19, 6, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LUCIA = Prospect("lucia@banco.example", "Lucía", "Marín", "Banco Encina")
ENTRIES = (
    Entry(AT, Kind.ENROLLED, "in fintech-intro from ana, by the demonstration"),
    Entry(AT, Kind.QUEUED, "due at 08:32: window closed until 08:30", step_id="intro"),
    Entry(AT + 32 * MINUTE, Kind.SENT, "250 2.0.0 queued as 3", step_id="intro"),
    Entry(AT + DAY, Kind.IN_DOUBT, "no answer after the final dot", step_id="bump"),
    Entry(AT + DAY, Kind.FINISHED, "replied: reply from lucia@banco.example, who is back again"),
)
WIDE = """\
Lucía Marín, Banco Encina <lucia@banco.example>
  All times are Europe/Madrid time, unless another zone stands with them.

Monday 19 October 2026
  08:00:00  enrolled    in fintech-intro from ana, by the demonstration
  08:00:00  queued      intro: due at 08:32: window closed until 08:30
  08:32:00  sent        intro: 250 2.0.0 queued as 3

Tuesday 20 October 2026
  08:00:00  in doubt    bump: no answer after the final dot
  08:00:00  finished    replied: reply from lucia@banco.example, who is back again
"""
NARROW_END = """\
  08:00:00  finished    replied: reply from lucia@banco.example, who
                        is back again
"""


def at_width(width: int) -> str:
    parts = [part for line in lines(LUCIA, ENTRIES, MADRID) for part in broken(line, width)]
    return "\n".join([*parts, ""])


def test_timeline() -> None:
    """A timeline is told day by day, on one clock, each entry with its word."""
    assert at_width(120) == WIDE


def test_timeline_on_a_narrow_terminal() -> None:
    """What does not fit goes on under the text."""
    assert at_width(70).endswith(NARROW_END)


def test_nothing_has_happened() -> None:
    """Somebody without entries has a sentence."""
    told = [part for line in lines(LUCIA, (), MADRID) for part in broken(line, None)]
    assert told == [
        "Lucía Marín, Banco Encina <lucia@banco.example>",
        "  Nothing has happened yet.",
    ]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "Zoë Marin, Bank Example <zoe@bank.example>"),
        ({"last_name": ""}, "Zoë, Bank Example <zoe@bank.example>"),
        ({"first_name": "", "last_name": ""}, "Bank Example <zoe@bank.example>"),
        ({"company": ""}, "Zoë Marin <zoe@bank.example>"),
        ({"first_name": "", "last_name": "", "company": ""}, "zoe@bank.example"),
    ],
)
def test_names(changes: dict[str, str], name: str) -> None:
    """A person is named as far as the name is known."""
    assert named(a_prospect(**changes)) == name


@pytest.mark.parametrize("way", MatchedBy)
def test_ways_of_matching(way: MatchedBy) -> None:
    """How a mail was recognised as somebody's has words in the timeline."""
    assert " " in MATCHED_BY_WORDS[way]
