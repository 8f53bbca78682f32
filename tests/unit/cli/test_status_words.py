from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sequencer.cli.paragraph import broken
from sequencer.cli.status_words import lines
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.mailbox import MailboxHealth, MailboxState
from sequencer.domain.variant import Yardstick
from sequencer.engine.status import DaemonStatus, MailboxStatus, Status, Usage
from sequencer.engine.variant_results import Proposal
from sequencer.store.census import Count
from sequencer.store.draining import Draining
from sequencer.store.inbound import Complaints

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 10, 19, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
QUIET = Usage(0, 10, 0, 50, None, 0, None, 0)
BUSY = Usage(3, 5, 12, 25, 50, 1_234, 2_000, 2)
ANA = MailboxStatus(
    name="ana",
    address="ana@seller.example",
    health=MailboxHealth(synced_at=NOW),
    usage=QUIET,
    waiting=0,
    in_doubt=0,
    parked=0,
    next_due_at=None,
    held_by="daemon",
)
BLOCKED = MailboxHealth(MailboxState.THROTTLED, "smtp: at dot: 450 4.7.1 slow", NOW + 10 * MINUTE)
LUIS = replace(
    ANA,
    name="luis",
    address="luis@seller.example",
    health=BLOCKED,
    usage=BUSY,
    waiting=1_000,
    in_doubt=1,
    parked=2,
    next_due_at=NOW + MINUTE,
)
DAEMON = DaemonStatus("host:7:c0ffee", NOW - MINUTE, NOW, ("ana", "luis"))
COUNTS = (
    Count("fintech-intro", EnrollmentState.ACTIVE, "", 1_500),
    Count("fintech-intro", EnrollmentState.FINISHED, "completed", 8),
    Count("fintech-intro", EnrollmentState.FINISHED, "replied", 3),
)
TOLD = """\
fintech-intro
    active    1,500
    finished  11: 8 completed, 3 replied
upsell
    Nobody is enrolled yet.

ana <ana@seller.example>: ok
    sent      0 of 10 in an hour, 0 of 50 in 24 hours, 0 in 7 days
    waiting   0
    read      Monday 19 October 08:00 Madrid time

luis <luis@seller.example>: throttled
    The server asked us to slow down. (smtp: at dot: 450 4.7.1 slow) Until
    Monday 19 October 08:10 Madrid time.
    To do: Nothing: it goes on at the instant named.
    sent      3 of 5 in an hour, 12 of 25 (later 50) in 24 hours, 2 of them by
              hand, 1,234 of 2,000 in 7 days
    waiting   1,000, the next is due Monday 19 October 08:01 Madrid time
    in doubt  1: the Sent folder is asked soon
    parked    2: each waits for a person, see `sequencer sends unknown`
    read      never

daemon host:7:c0ffee
    since     Monday 19 October 07:59 Madrid time
    serves    ana, luis
"""


def told(**changes: Any) -> str:
    usual = Status(("fintech-intro", "upsell"), COUNTS, (ANA, LUIS), {}, daemons=(DAEMON,))
    found = replace(usual, **changes)
    parts = [part for line in lines(found, MADRID, NOW) for part in broken(line, 80)]
    return "\n".join([*parts, ""])


def test_status() -> None:
    """People are counted by state and reason; a mailbox says what is wrong and what to do."""
    assert told() == TOLD


def test_complaints() -> None:
    """A mailbox whose mails were called spam says how often, and where."""
    found = told(complaints=tuple(Complaints("luis", f"bank{n}.example", 2) for n in range(10)))
    words = " ".join(found.split())
    assert "spam 20 in 30 days: 2 at bank0.example, 2 at bank1.example," in words
    assert "2 at bank7.example and at 2 more" in words
    assert words.count("spam ") == 1


def test_no_daemon() -> None:
    """Where no daemon lives, nothing is sent, and that is said."""
    idle = told(daemons=())
    assert idle.endswith("\nNo daemon is running: start one with `sequencer run`.\n")


def test_a_mailbox_of_nobody() -> None:
    """What no living daemon serves is named."""
    found = told(mailboxes=(replace(ANA, held_by=None), LUIS))
    assert found.endswith("\nServed by no daemon: ana\n")


def test_many_mailboxes_are_shown_in_short() -> None:
    """Of a daemon that serves many mailboxes a few are named, and the rest counted."""
    names = tuple(f"box{number}" for number in range(1_008))
    found = told(daemons=(replace(DAEMON, mailboxes=names), replace(DAEMON, mailboxes=())))
    assert "box7 and 1,000 more\n" in found
    assert found.endswith("serves    nothing yet\n")


def test_nothing_yet() -> None:
    """An empty workspace says what comes next."""
    assert told(cadences=(), enrollments=(), mailboxes=(), daemons=()).splitlines() == [
        "No cadence has been applied yet. Next: sequencer check, sequencer apply.",
        "",
        "No mailbox is configured.",
    ]


def test_draining_and_archived() -> None:
    """What takes nobody in any more says so; what is archived is named in one line at the end."""
    dry = (
        Draining("fintech-intro", NOW, "marta", None),
        Draining("old-one", NOW, "marta", NOW),
        Draining("older-one", NOW, "marta", NOW),
    )
    names = ("fintech-intro", "old-one", "older-one", "upsell")
    found = Status(names, COUNTS, (), {}, draining=dry)
    texts = [f"{line.margin}{line.text}" for line in lines(found, MADRID, NOW)]
    assert texts[0] == "fintech-intro"
    assert texts[1].startswith("    draining since Monday 19 October 08:00")
    assert "by marta" in texts[1]
    assert "archived  old-one, older-one" in texts
    assert not {"old-one", "older-one"} & set(texts)


def test_a_variant_that_is_better() -> None:
    """It is said of which mail, and where to look; who decides is the reader."""
    by = Yardstick.POSITIVE_REPLIES
    better = Proposal("fintech-intro", "intro", "question", ("plain", "short"), by, auto=False)
    words = " ".join(told(winners=(better,)).split())
    assert (
        "variants fintech-intro intro question is better than plain, short by positive replies: "
        "see `sequencer variants fintech-intro`"
    ) in words
