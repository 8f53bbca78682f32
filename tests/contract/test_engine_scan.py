"""How mailboxes are read: what is late, filed elsewhere, numbered anew, doubled or unreadable."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from builders import NOON
from foreign_mails import a_mail
from hostile.mutate import corpus, made_to_hurt, mutations
from stage import Stage

from sequencer.domain.enrollment import FinishReason
from sequencer.domain.mailbox import MailboxState
from sequencer.engine.scan import WIDE_EVERY_S
from sequencer.mail.folder import Cursor, Folder, Scan
from sequencer.simulation.inbox import OVERLAP, FakeInbox
from sequencer.store import inbound
from sequencer.store.inbound import DUPLICATE, SET_ASIDE

ZOE, ADA = "zoe@bank.example", "ada@bank.example"
FROM_ZOE = f"From: Zoe <{ZOE}>"
MINUTE, HOUR = timedelta(minutes=1), timedelta(seconds=WIDE_EVERY_S)
SEED = 7


async def begin(stage: Stage, *addresses: str) -> None:
    """Everybody has had the first mail."""
    stage.begin(*(addresses or (ZOE,)))
    await stage.work()


async def receive(stage: Stage, raw: bytes, folder: Folder = Folder.INBOX) -> None:
    """A mail comes in, and is found by the next poll."""
    stage.inboxes["ana"].deliver(raw, folder)
    await stage.work(MINUTE)


def counts(stage: Stage) -> dict[str, int]:
    found: dict[str, int] = stage.read(inbound.counts)
    return found


def ended(stage: Stage, address: str = ZOE) -> FinishReason | None:
    return stage.enrollment(address).finish_reason


async def test_a_reply_that_was_filed_away(each_stage: Stage) -> None:
    """A rule of the rep's moves answers to the archive before anybody looks: they stop as well."""
    await begin(each_stage)
    await receive(each_stage, a_mail(FROM_ZOE), Folder.ARCHIVE)
    assert ended(each_stage) is FinishReason.REPLIED


async def test_moved_and_delivered_twice(each_stage: Stage) -> None:
    """A mail that is filed elsewhere, or comes in again by another way, is heard once."""
    stage = each_stage
    await begin(stage)
    await receive(stage, a_mail(FROM_ZOE))
    await receive(stage, a_mail(FROM_ZOE), Folder.JUNK)
    await receive(stage, b"Received: by mx2.example\r\n" + a_mail(FROM_ZOE))
    assert counts(stage) == {"reply": 1, DUPLICATE: 2}
    await receive(stage, a_mail(FROM_ZOE, text="And another thing."))
    assert counts(stage) == {"reply": 2, DUPLICATE: 2}


async def test_numbered_anew(each_stage: Stage) -> None:
    """A folder whose UIDs have changed is read again, and nothing of it is heard twice."""
    stage = each_stage
    await begin(stage, ZOE, ADA)
    await receive(stage, a_mail(FROM_ZOE))
    stage.inboxes["ana"].renumber(Folder.INBOX)
    await receive(stage, a_mail(f"From: {ADA}", "Message-ID: <r2@bank.example>"))
    assert ended(stage, ADA) is FinishReason.REPLIED
    assert counts(stage) == {"reply": 2, DUPLICATE: 1}


async def test_a_uid_far_below(each_stage: Stage) -> None:
    """A mail whose UID came so late that no overlap reaches it is found within the hour."""
    stage = each_stage
    await begin(stage)
    inbox = stage.inboxes["ana"].boxes[Folder.INBOX]
    late, inbox.uidnext = inbox.uidnext, inbox.uidnext + 3 * OVERLAP
    await receive(stage, a_mail("From: x@stranger.example"))
    await stage.work(MINUTE)
    end, inbox.uidnext = inbox.uidnext, late
    stage.inboxes["ana"].deliver(a_mail(FROM_ZOE))
    inbox.uidnext = end
    await stage.work(MINUTE)
    assert ended(stage) is None
    await stage.work(HOUR)
    assert ended(stage) is FinishReason.REPLIED


async def test_mail_from_before_is_left_alone(each_stage: Stage) -> None:
    """Also by the look that goes back two days: nobody answered a cadence before it began."""
    stage = each_stage
    stage.inboxes["ana"].deliver(a_mail(FROM_ZOE), at=NOON - HOUR)
    await begin(stage)
    await stage.work(MINUTE)
    await stage.work(HOUR)
    assert counts(stage) == {}


@pytest.mark.parametrize("anew", [False, True])
async def test_a_flood(each_stage: Stage, *, anew: bool) -> None:
    """Very many mails are read a portion at a time, all of them, also where UIDs are new."""
    stage = each_stage
    await begin(stage)
    inbox = stage.inboxes["ana"]
    inbox.portion = 3
    for number in range(10):
        inbox.deliver(
            a_mail("From: x@stranger.example", f"Message-ID: <{number}@stranger.example>")
        )
    if anew:
        inbox.renumber(Folder.INBOX)
    await receive(stage, a_mail(FROM_ZOE))
    assert ended(stage) is FinishReason.REPLIED
    assert sum(counts(stage).values()) == 11
    assert stage.health().synced_at == stage.clock.now()
    await receive(stage, a_mail(FROM_ZOE, text="Are you there?"))
    assert sum(counts(stage).values()) == 12


async def test_mail_that_is_never_handed_out(stage: Stage) -> None:
    """A server that tells of more mail and never brings any is not asked for ever."""

    class Empty(FakeInbox):
        async def scan(
            self, cursors: Mapping[Folder, Cursor], since: datetime | None = None
        ) -> Sequence[Scan]:
            found = await super().scan(cursors, since)
            return [replace(each, messages=(), more=True) for each in found]

    stage.inboxes["ana"] = Empty(stage.clock.now)
    stage.restart()
    await begin(stage)
    assert stage.health().state is MailboxState.FAILING
    assert "hands none out" in stage.health().reason


async def test_parked(each_stage: Stage) -> None:
    """What the server never hands out is listed with the reason, each by itself, and left alone."""
    stage = each_stage
    await begin(stage)
    inbox = stage.inboxes["ana"]
    for _ in range(2):
        inbox.unreadable.add(inbox.deliver(b""))
    await receive(stage, a_mail(FROM_ZOE))
    assert ended(stage) is FinishReason.REPLIED
    assert counts(stage) == {SET_ASIDE: 2, "reply": 1}
    await stage.work(MINUTE)
    await stage.work(HOUR)
    assert counts(stage) == {SET_ASIDE: 2, "reply": 1}
    listed = stage.read(inbound.listed_aside, NOON)
    assert [(each.folder, each.uid, each.why) for each in listed] == [
        (Folder.INBOX, 2, "the server never hands it out"),
        (Folder.INBOX, 1, "the server never hands it out"),
    ]


@pytest.mark.parametrize("name", made_to_hurt())
async def test_made_to_hurt(stage: Stage, name: str) -> None:
    """Whatever a mail is made of, it is seen, and the answer behind it heard in the same scan."""
    await begin(stage)
    stage.inboxes["ana"].deliver(made_to_hurt()[name])
    await receive(stage, a_mail(FROM_ZOE))
    assert ended(stage) is FinishReason.REPLIED
    assert sum(counts(stage).values()) == 2


async def test_spoilt_by_chance(stage: Stage) -> None:
    """So it is with mails of the corpus that were spoilt, and a few of them do not end a scan."""
    await begin(stage)
    spoilt = mutations(corpus(), SEED)
    for _ in range(100):
        stage.inboxes["ana"].deliver(next(spoilt))
    await receive(stage, a_mail(FROM_ZOE))
    assert ended(stage) is FinishReason.REPLIED
    assert sum(counts(stage).values()) == 101
    assert stage.health().synced_at == stage.clock.now()
