"""The bytes of old mails are removed once a day; those that a person must read are kept."""

from collections.abc import Sequence
from datetime import timedelta

from foreign_mails import a_mail
from stage import DAY, Stage

from sequencer.domain.triage import Decision
from sequencer.engine.retention import PORTION, PORTIONS, RetentionWatch
from sequencer.engine.triage import decide
from sequencer.engine.triage_mail import Ruling
from sequencer.mail.folder import Folder
from sequencer.store import inbound, kept_mail, mailboxes
from sequencer.store.inbound import Inbound, Place

ZOE = "zoe@bank.example"
RECEIPT = 'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"'


def keep(stage: Stage, uids: Sequence[int]) -> None:
    """Store mails with bytes, as of now."""
    with stage.database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
        for uid in uids:
            mail = Inbound(f"digest {uid}", ZOE, "Hello", "reply", "", raw=b"x" * 10)
            inbound.add(connection, Place("ana", Folder.INBOX, 1, uid), mail, stage.clock.now())


def kept(stage: Stage) -> int:
    found: list[int] = stage.read(kept_mail.too_old, stage.clock.now() + 9_999 * DAY, 10_000)
    return len(found)


async def test_old_bytes_go(each_stage: Stage) -> None:
    """After the days of the settings nothing but the verdict is left; younger mails stay."""
    stage = each_stage
    keep(stage, [1, 2])
    stage.clock.advance(300 * DAY)
    keep(stage, [3])
    await stage.work(64 * DAY)
    assert kept(stage) == 3
    await stage.work(2 * DAY)
    assert kept(stage) == 1
    assert stage.read(kept_mail.find, 1).kind == "reply"


async def test_once_a_day(stage: Stage) -> None:
    """What becomes too old an hour later waits for the next day."""
    keep(stage, [1])
    await stage.work(365 * DAY)
    await stage.work(timedelta(hours=1))
    assert kept(stage) == 1
    await stage.work(timedelta(hours=23))
    assert kept(stage) == 0


async def test_a_portion_at_a_time(stage: Stage) -> None:
    """One look removes no more than some; the next goes on at once."""
    most = PORTION * PORTIONS
    keep(stage, range(1, most + 11))
    stage.clock.advance(400 * DAY)
    watch = RetentionWatch()
    assert await watch.look(stage.world) == most
    assert watch.is_due(stage.clock.now())
    assert await watch.look(stage.world) == 10
    assert not watch.is_due(stage.clock.now())
    assert kept(stage) == 0


async def test_a_clock_that_was_set_back(stage: Stage) -> None:
    """A look in a future that never came is no reason to look never again."""
    stage.clock.advance(400 * DAY)
    watch = RetentionWatch()
    await watch.look(stage.world)
    assert watch.is_due(stage.clock.now() - 300 * DAY)


async def test_what_waits_for_a_decision(each_stage: Stage) -> None:
    """Whoever decides has the whole mail, however long it takes them."""
    stage = each_stage
    stage.begin(ZOE)
    await stage.work()
    sent = str(stage.mails(ZOE)[0]["Message-ID"])
    mail = a_mail(f"From: {ZOE}", f"In-Reply-To: {sent}", RECEIPT, text="--b\n\nRead.\n--b--")
    stage.inboxes["ana"].deliver(mail)
    await stage.work(timedelta(minutes=1))
    await stage.work(400 * DAY)
    assert stage.read(kept_mail.find, 1).raw == mail
    ruling = Ruling(Decision.NOTHING, "ana")
    stage.write(decide, stage.desk, 1, ruling, None, stage.clock.now())
    await stage.work(DAY)
    assert stage.read(kept_mail.find, 1).raw is None
