import json
from datetime import UTC, datetime, timedelta

import pytest

from sequencer.cli.desk import print_json
from sequencer.cli.paragraph import broken
from sequencer.cli.verify_words import as_object, counted, lines, seconds
from sequencer.engine.proof.finding import Findings, MailboxPace, Proof, Residual
from sequencer.engine.verify import PROMISES

AT = datetime(2026, 10, 19, 6, tzinfo=UTC)
PACES = (
    MailboxPace("ana", 1_200, 51, AT, timedelta(seconds=93), 50, timedelta(seconds=90)),
    MailboxPace("luis", 1, 1, AT, None, 50, timedelta(seconds=90)),
    MailboxPace("gone", 2, 2, AT, timedelta(hours=30)),
)
BROKEN = Findings(
    sends=1_203,
    proofs=(
        Proof("I1", "Nobody gets a step twice.", 1_300, "send"),
        Proof("I4", "Within the pace.", 1_203, "mail", 2_001, ("ana sent 51 mails", "and so on")),
    ),
    residual=Residual([1_000, 0, 1, 200, 2, 0], timedelta(seconds=100)),
    paces=PACES,
)
TOLD = """\
I1  Nobody gets a step twice.
    kept; looked at 1,300 sends
I4  Within the pace.
    broken 2,001 times; looked at 1,203 mails
    ! ana sent 51 mails
    ! and so on
    ! and 1,999 more

How old the last look into the mailbox was when a mail left
An answer that came in later than that look could not stop the mail.
  0-5 s       1,000   83%  ████████████████████████████████████
  5-15 s          0    0%
  15-30 s         1    0%  █
  30-60 s       200   17%  ███████
  60-120 s        2    0%  █
  over 120 s      0    0%
  oldest      100 s

How fast each mailbox was at its fastest
In brackets the settings of today; they may have been others when a mail left.
  ana   51 mails in 24 hours (at most 50), 93 s between two (at least 90 s)
  luis  1 mail in 24 hours (at most 50)
  gone  2 mails in 24 hours (not in the settings), 30 hours between two

1,203 mails checked: 1 of 2 promises broken.
"""


def told(findings: Findings, width: int | None = 80) -> str:
    parts = [part for line in lines(findings) for part in broken(line, width)]
    return "\n".join([*parts, ""])


def test_findings() -> None:
    """Each promise has its verdict and its violations; the figures stand below."""
    assert told(BROKEN) == TOLD


def test_nothing_was_sent() -> None:
    """Without mails there are no figures, and nothing was broken."""
    empty = Findings(proofs=(Proof("I1", "Nobody gets a step twice.", 0, "send"),))
    assert told(empty).splitlines() == [
        "I1  Nobody gets a step twice.",
        "    kept; looked at 0 sends",
        "",
        "0 mails checked: all 1 promises kept.",
    ]


def test_promises_fit_a_narrow_terminal() -> None:
    """The sentence of each promise stands on one line of 80 columns."""
    proofs = tuple(Proof(each.code, each.sentence, 0, each.of) for each in PROMISES)
    assert len(told(Findings(proofs=proofs)).splitlines()) == 2 * len(PROMISES) + 2


def test_findings_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    """Scripts get every figure as a number, time in seconds."""
    print_json(as_object(BROKEN))
    found = json.loads(capsys.readouterr().out)
    assert (found["clean"], found["sends"], found["outside_window"]) == (False, 1_203, 2_001)
    assert found["details"] == ["ana sent 51 mails", "and so on"]
    assert found["promises"][1]["violations"] == 2_001
    assert found["residual"]["longest_s"] == 100
    classes = found["residual"]["classes"]
    assert classes[0] == {"over_s": 0, "up_to_s": 5, "mails": 1_000}
    assert classes[-1] == {"over_s": 120, "up_to_s": None, "mails": 0}
    assert found["mailboxes"][0] == {
        "mailbox": "ana",
        "mails": 1_200,
        "most_in_24_h": 51,
        "most_at": "2026-10-19T06:00:00+00:00",
        "per_day": 50,
        "shortest_gap_s": 93,
        "least_gap_s": 90,
    }


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 mails"), (1, "1 mail"), (2_000, "2,000 mails")]
)
def test_numbers_with_their_noun(number: int, text: str) -> None:
    """One has a noun of its own."""
    assert counted(number, "mail") == text


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (0.4, "0 s"),
        (119, "119 s"),
        (120, "2 minutes"),
        (7_199, "120 minutes"),
        (7_200, "2 hours"),
        (172_800, "2 days"),
    ],
)
def test_time_spans(length: float, text: str) -> None:
    """A span is told in the one unit that fits."""
    assert seconds(length) == text
