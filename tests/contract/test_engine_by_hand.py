"""Mails that a rep sends by hand: seen in Sent, they count like mails of ours."""

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from builders import NOON
from stage import DAY, Stage, a_policy

from sequencer.domain.pacing import Limits, Pace
from sequencer.domain.reason import Reason
from sequencer.engine.status import Usage, usage_of
from sequencer.engine.why import why
from sequencer.mail.folder import Folder
from sequencer.store import ledger, standing, traffic
from sequencer.store.database import Connection

ZOE, ADA = "zoe@bank.example", "ada@bank.example"
HOUR = timedelta(hours=1)
PACE = Pace(per_day=10, gap=timedelta(0), per_hour=10)


def by_hand(to: str, at: datetime | None, *fields: str) -> bytes:
    """A mail of Ana's, as her program files it in Sent."""
    lines = [f"To: {to}", "From: ana@seller.example", "Message-ID: <1@program.example>", *fields]
    if at is not None:
        lines.append(f"Date: {format_datetime(at)}")
    return "\r\n".join([*lines, "", "As discussed ...", ""]).encode()


def usage(stage: Stage) -> Usage:
    """What Ana has used of her limits."""
    found: Usage = stage.read(usage_of, "ana", PACE, stage.clock.now())
    return found


@pytest.fixture
async def begun(stage: Stage) -> Stage:
    """Somebody is known, and Ana's mailbox has been read once."""
    stage.bring_in(ZOE, ADA)
    await stage.work()
    return stage


async def test_counts_like_ours(begun: Stage) -> None:
    """A mail by hand counts once for each recipient, at its own instant, and only once."""
    begun.clock.advance(2 * HOUR)
    begun.inboxes["ana"].deliver(by_hand(f"{ZOE}, who@mill.example", NOON + HOUR / 2), Folder.SENT)
    for _ in range(2):
        await begun.work(timedelta(minutes=2))
    found = usage(begun)
    assert (found.sent_hour, found.sent_24h, found.by_hand_24h) == (0, 2, 2)
    newest = begun.read(traffic.newest_of_mailbox, "ana", 5)
    assert newest == [NOON + HOUR / 2] * 2


async def test_timeline(begun: Stage) -> None:
    """It stands in the timeline of whom we know, and is their last touch."""
    begun.inboxes["ana"].deliver(by_hand(f"{ZOE}, who@mill.example", NOON), Folder.SENT)
    await begun.work(timedelta(minutes=5))
    assert begun.timeline(ZOE)[-1] == "touched"
    entries = begun.read(ledger.of_prospect, begun.person(ZOE))
    assert entries[-1].detail == "a mail by hand from ana, sent 2026-03-03 12:00 UTC"
    zoe, ada = begun.person(ZOE), begun.person(ADA)
    assert begun.read(standing.last_touches, [zoe, ada]) == {zoe: NOON}


async def test_our_own_mails_are_known(stage: Stage) -> None:
    """A copy of a mail of ours in Sent is no mail by hand, whatever the provider did to it."""
    stage.begin(ZOE)
    await stage.work()
    [mail] = stage.mailers["ana"].accepted
    marked = mail.data.replace(b"Message-ID:", b"X-Google-Original-Message-ID:")
    bare = marked.replace(b"X-Google-Original", b"X-Lost").replace(b"X-Sequencer-Ref", b"X-Gone")
    for copy in (mail.data, marked, bare.replace(b"X-Lost-Message-ID", b"X-Lost")):
        stage.inboxes["ana"].deliver(copy, Folder.SENT)
    await stage.work(timedelta(minutes=5))
    assert usage(stage).by_hand_24h == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\x00",
        b"To: " + b"x" * 70_000,
        b"To: a@" + b"\xf0\x9f\x92\xa9" * 99 + b", <" + b"y" * 5_000 + b"@z>\r\n\r\n",
        by_hand("", None),
    ],
)
async def test_broken_mails(begun: Stage, raw: bytes) -> None:
    """Whatever lies in Sent, it counts at most as a mail, and the next one is read."""
    begun.inboxes["ana"].deliver(raw, Folder.SENT)
    begun.inboxes["ana"].deliver(by_hand(ZOE, NOON), Folder.SENT)
    await begun.work(timedelta(minutes=5))
    assert begun.timeline(ZOE)[-1] == "touched"
    assert begun.health().synced_at == begun.clock.now()
    assert usage(begun).by_hand_24h <= 3


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (by_hand(ZOE, NOON - 400 * DAY), 0),
        (by_hand(ZOE, NOON - 2 * DAY), 0),
        (by_hand(ZOE, NOON + 400 * DAY), 1),
        (by_hand(ZOE, None), 1),
        (by_hand(ZOE, NOON, "Auto-Submitted: auto-replied"), 0),
        (by_hand(", ".join(f"p{n}@mill.example" for n in range(150)), NOON), 100),
        (by_hand(f"{ZOE}, Zoe <ZOE@Bank.Example>", NOON), 1),
    ],
)
async def test_what_counts_today(begun: Stage, raw: bytes, number: int) -> None:
    """Mail of the past and of machines does not count; what has no date is taken for new."""
    begun.inboxes["ana"].deliver(raw, Folder.SENT)
    await begun.work(timedelta(minutes=5))
    assert usage(begun).by_hand_24h == number


async def test_no_sent(stage: Stage) -> None:
    """A mailbox without Sent sends and reads like any other."""
    del stage.inboxes["ana"].boxes[Folder.SENT]
    stage.policy = replace(stage.policy)
    stage.begin(ZOE)
    await stage.work()
    assert len(stage.mails(ZOE)) == 1


async def test_the_cap_is_shared(stage: Stage) -> None:
    """What the rep has sent by hand leaves less room for us, in the mailbox and for the person."""
    policy = a_policy(limits=Limits(per_person_day=1))
    ana = replace(policy.mailboxes["ana"], pace=replace(PACE, per_day=3, gap=HOUR))
    busy = Stage(stage.database, replace(policy, mailboxes={"ana": ana}))
    await busy.work()
    others = "a@mill.example, b@mill.example"
    busy.inboxes["ana"].deliver(by_hand(f"{others}, {ZOE}", NOON), Folder.SENT)
    busy.begin(ZOE)
    await busy.work(timedelta(minutes=5))
    assert busy.mails(ZOE) == []
    assert refused(busy, ZOE) == {Reason.CAP_MAILBOX, Reason.GAP, Reason.CAP_PERSON}
    await busy.work(DAY)
    assert len(busy.mails(ZOE)) == 1


def refused(stage: Stage, address: str) -> set[Reason]:
    """What stands in the way of the next mail to somebody."""

    def ask(connection: Connection) -> set[Reason]:
        [report] = why(connection, stage.desk, address, stage.clock.now()).enrollments
        return {refusal.reason for refusal in report.refusals}

    found: set[Reason] = stage.read(ask)
    return found
