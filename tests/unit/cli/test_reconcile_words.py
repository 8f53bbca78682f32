"""What is told after a restore: the numbers, every difference, and what to do."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sequencer.cli.desk import print_json
from sequencer.cli.reconcile_words import (
    ASK,
    FORCE,
    LEFT,
    MOST,
    as_object,
    how_far,
    lines,
    warning,
)
from sequencer.cli.sent_comparison_words import sent_as_object, sent_lines
from sequencer.engine.against_sent import Compared, Disagreement, Fault
from sequencer.engine.reconcile import OVERTAKEN, MailboxReport, Report
from sequencer.engine.remember import Difference, Gap
from sequencer.engine.replay import Replayed

AT = datetime(2026, 10, 19, 6, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")
ZOE = "zoe@bank.example"


def told(report: Report) -> str:
    """The report as it is printed."""
    return "\n".join(f"{line.margin}{line.text}".rstrip() for line in lines(report, MADRID))


def test_what_was_mended() -> None:
    """Each mailbox, the opt-outs, each difference, and what nothing could bring back."""
    report = Report(AT, dry_run=False, released=True, held=1)
    report.mailboxes = [
        MailboxReport("ana", sent=1_200, ours=1, unreadable=2, received=1),
        MailboxReport("luis", skipped=True),
    ]
    report.opt_outs = Replayed(3, 1, 1, ("{half a",))
    report.differences = [
        Difference(Gap.SENT, "ana", ZOE, AT, "fintech", "bump", "recipient and subject"),
        Difference(Gap.STRANGER, "ana", "bob@mill.example", AT),
        Difference(Gap.UNMARKED, "ana", "", AT, "fintech"),
    ]
    assert (
        told(report)
        == f"""\
Compared with everything since Mon 19 Oct 2026 08:00 (Europe/Madrid).
    ana: 1,200 mails in Sent, 1 of them ours; 1 mail that came in read again
    ana: 2 mails in Sent could not be read
    luis: not read, as you said
    the opt-out log: 3 opt-outs since then, 1 had been forgotten
    ! a line of the log cannot be read: {{half a
    ! {ZOE}, from ana, 19 Oct 08:00: fintech bump was sent; it counts now (known by recipient and \
subject)
    ! bob@mill.example, from ana, 19 Oct 08:00: enrolled after the backup, which is forgotten; the \
mail is noted
    ! somebody, from ana, 19 Oct 08:00: a mail of fintech, nobody knows which step; they are paused
    1 enrollment waits for a person.

Mails leave again.
{LEFT}"""
    )


def test_what_is_in_the_way() -> None:
    """Where a mailbox could not be read, that is said, and how to go on."""
    report = Report(AT, dry_run=False, mailboxes=[MailboxReport("ana", problem="it is down")])
    text = told(report)
    assert "ana: cannot be compared: it is down" in text
    assert "Nothing leaves yet" in text
    assert "--skip MAILBOX" in text
    assert "Every mail of ours" not in text
    assert as_object(report)["problems"] == ["ana: it is down"]


def test_a_rehearsal() -> None:
    """A rehearsal ends with the word that nothing was changed."""
    text = told(Report(AT, dry_run=True, mailboxes=[MailboxReport("ana")]))
    assert text.endswith("Nothing was changed.")
    assert "Every mail of ours in Sent was known to the ledger." in text


@pytest.mark.parametrize("mailboxes", [[], [MailboxReport("ana", skipped=True)]])
def test_nothing_was_read(mailboxes: list[MailboxReport]) -> None:
    """Where no mailbox was read, nothing is said about the mails in them."""
    assert "Every mail of ours" not in told(Report(AT, dry_run=False, mailboxes=mailboxes))


def test_another_hold() -> None:
    """A hold that came meanwhile is no trouble of a mailbox: it is to be run again."""
    report = Report(AT, dry_run=False, mailboxes=[MailboxReport("ana")], overtaken=True)
    assert told(report).endswith(f"Nothing was released: {OVERTAKEN}.")
    assert as_object(report)["problems"] == [OVERTAKEN]


def test_a_doubt() -> None:
    """A mail that only looks like ours is told as that, and why it was not counted."""
    doubt = Difference(Gap.UNMARKED, "ana", ZOE, AT, "fintech", by="recipient and subject")
    text = told(Report(AT, dry_run=False, differences=[doubt]))
    assert "a mail of fintech, perhaps, by recipient and subject alone; they are paused" in text


def test_how_far_back() -> None:
    """A hold says from when on Sent will be read, or that nobody has said so yet."""
    assert how_far(AT, MADRID) == "Sent will be read from Mon 19 Oct 2026 08:00 (Europe/Madrid) on."
    assert "will ask for --since" in how_far(None, MADRID)


def test_many() -> None:
    """No more than some are told one by one."""
    report = Report(AT, dry_run=True)
    report.differences = [Difference(Gap.SENT, "ana", ZOE, AT)] * (MOST + 1_000)
    assert "and 1,000 more: see --json" in told(report)


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Scripts get everything as plain values."""
    report = Report(AT, dry_run=False, differences=[Difference(Gap.SENT, "ana", ZOE, AT)])
    print_json(as_object(report))
    [difference] = json.loads(capsys.readouterr().out)["differences"]
    assert (difference["gap"], difference["at"]) == ("sent", "2026-10-19T06:00:00+00:00")


def test_what_is_asked() -> None:
    """Before anything happens a person is told what will, and the worst of it."""
    assert warning((), forced=False) == ASK
    assert "Not read: ana, luis." in warning(("luis", "ana"), forced=False)
    assert warning(("ana",), forced=True) == FORCE


def test_against_sent() -> None:
    """Each mailbox with its numbers, each mail about which the two sides differ."""
    missing = Disagreement(Fault.MISSING, "ana", ZOE, AT, "mail 7 (bump) is not there")
    found = [
        Compared("ana", copies=9, ours=8, sends=9, disagreements=[missing]),
        Compared("luis", problem="it is down"),
    ]
    shown = [f"{each.margin}{each.text}".rstrip() for each in sent_lines(found, AT, MADRID)]
    assert shown == [
        "Compared since Mon 19 Oct 2026 08:00 (Europe/Madrid).",
        "    ana: 9 mails in Sent, 8 of them ours; 9 mails in the ledger",
        f"    ! {ZOE}, 19 Oct 08:00: mail 7 (bump) is not there [missing]",
        "    luis: cannot be compared: it is down",
        "",
        "1 mail about which they differ.",
        "1 of 2 mailboxes could not be compared.",
    ]
    assert sent_as_object(found, AT)["clean"] is False


@pytest.mark.parametrize(
    ("found", "last"),
    [([Compared("ana")], "Sent and the ledger agree."), ([], "No mailbox is configured.")],
)
def test_nothing_differs(found: list[Compared], last: str) -> None:
    """Where nothing differs, and where nothing is configured, that is said."""
    assert [each.text for each in sent_lines(found, AT, MADRID)][-1] == last
    assert sent_as_object(found, AT)["clean"] is True
