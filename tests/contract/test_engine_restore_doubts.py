"""A reconciliation guesses nothing: what it cannot know stays held, or waits for a person."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from builders import NOON
from restored import ADA, BOB, HOUR, ZOE, House, a_house
from stage import DAY

from sequencer.domain.enrollment import PauseReason
from sequencer.domain.history import Epoch
from sequencer.engine.compare_sent import SentComparison
from sequencer.engine.history import hold_by_hand
from sequencer.engine.reconcile import OVERTAKEN, ReconcileError, Wanted, reconcile
from sequencer.engine.remember import Gap
from sequencer.mail.folder import Cursor, Fetched, Folder, Scan
from sequencer.simulation.inbox import FakeInbox
from sequencer.store import capabilities, epoch
from sequencer.store.database import Database

NO_MARKS = frozenset({"Message-ID", "X-Sequencer-Ref", "List-Unsubscribe"})
EPOCH_KEY = "0" * 32


@dataclass(slots=True)
class EmptyHeads(FakeInbox):
    """A mailbox whose first mails in Sent come back empty, so many times."""

    blind: frozenset[int] = frozenset()
    times: int = 0
    gone: bool = False

    async def read_sent(self, since: datetime, after: Cursor | None = None) -> Scan:
        """As the fake, without the headers of some."""
        found = await FakeInbox.read_sent(self, since, after)
        if not self.times:
            return found
        self.times -= 1
        if self.gone:
            stored = self.boxes[Folder.SENT].stored
            stored[:] = [each for each in stored if each.uid not in self.blind]
        heads = [
            Fetched(each.uid, b"") if each.uid in self.blind else each for each in found.messages
        ]
        return Scan(found.folder, found.uidvalidity, found.last_uid, tuple(heads))


@pytest.fixture
async def house(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> House:
    """The house over each kind of database in turn."""
    server = None if database.is_sqlite else request.getfixturevalue("postgres_server")
    return await a_house(database, tmp_path, server)


def now_held(house: House) -> Epoch:
    """The epoch as it stands."""
    found: Epoch = house.stage.read(epoch.get)
    return found


async def lost(house: House, days: int = 1) -> None:
    """Mails leave after a backup, which is put back then."""
    house.backup.take()
    for _ in range(days):
        await house.work(DAY)
    house.restore()


def by_hand(address: str, subject: str, at: datetime) -> bytes:
    """A mail that Ana writes herself."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ana@seller.example", address, subject
    mail["Message-ID"], mail["Date"] = f"<{address}.{at:%H%M}>", format_datetime(at)
    mail.set_content("As we said on the phone.")
    return mail.as_bytes()


async def test_entries_since_the_restore_say_nothing(house: House) -> None:
    """A daemon that wrote after the restore does not make a hold by hand look too short back."""
    await lost(house, days=5)
    house.start(on_another_host=True)
    house.stage.clock.advance(DAY)
    house.stage.bring_in(BOB)
    house.stage.enroll(BOB)
    house.stage.write(hold_by_hand, "restored", house.stage.clock.now())
    with pytest.raises(ReconcileError, match="not known how far back"):
        await house.reconcile()
    assert house.held() == "restored"
    assert (await house.reconcile(since=NOON)).released
    for _ in range(12):
        await house.work(DAY)
    assert (house.copies(ZOE), house.copies(ADA), house.copies(BOB)) == (3, 3, 3)


async def test_how_far_back_is_said(house: House) -> None:
    """What a person says is read from; said later it counts as well, and the earlier one stays."""
    now = house.stage.clock.now()
    house.stage.write(hold_by_hand, "restored", now)
    assert now_held(house).lost_since is None
    for said, kept in ((now - DAY, now - DAY), (now, now - DAY), (now - 2 * DAY, now - 2 * DAY)):
        assert not house.stage.write(hold_by_hand, "again", now, said)
        assert now_held(house).lost_since == kept
    report = await house.reconcile()
    assert (report.since, report.released) == (now - 3 * DAY, True)


async def test_a_mail_without_a_date_says_nothing(house: House) -> None:
    """A mail in Sent that holds everything tells how old the backup is only by its date."""
    await house.work()
    house.stage.inboxes["ana"].drops = frozenset({"Date"})
    house.stage.bring_in(BOB)
    house.stage.enroll(BOB)
    house.backup.take()
    await house.work(HOUR)
    house.restore(on_another_host=True)
    await house.work(HOUR)
    assert "holds a mail of ours" in house.held()
    assert now_held(house).lost_since is None


@pytest.mark.parametrize("known", [True, False])
async def test_an_answer_by_hand(house: House, *, known: bool) -> None:
    """A rep's own mail with the subject of a follow-up does not count as that follow-up.

    Where nothing is known of the provider, and nothing in Sent has a mark, its person waits.
    """
    await house.work()
    house.stage.clock.advance(3 * HOUR)
    house.backup.take()
    if not known:
        house.stage.write(capabilities.forget, "ana")
    sent = house.stage.inboxes["ana"].boxes[Folder.SENT].stored
    del sent[:]
    at = house.stage.clock.now()
    subject = f"Re: {house.stage.mails(ZOE)[0]['Subject']}"
    house.stage.inboxes["ana"].deliver(by_hand(ZOE, subject, at), Folder.SENT)
    house.stage.write(hold_by_hand, "restored", at, at)
    report = await house.reconcile()
    assert report.released
    assert [each.step_id for each in house.stage.sends(ZOE)] == ["intro", "bump"]
    paused = house.stage.enrollment(ZOE).pause_reason
    if known:
        assert (report.differences, paused) == ([], None)
        return
    told = [(each.recipient, each.gap, each.by) for each in report.differences]
    assert told == [(ZOE, Gap.UNMARKED, "recipient and subject")]
    assert paused is PauseReason.REVIEW
    await house.work(4 * DAY)
    assert (house.copies(ZOE), house.copies(ADA)) == (1, 2)


async def test_nothing_is_known_of_the_provider(house: House) -> None:
    """Lost mails without a mark are not sent again by guess, nor counted by guess."""
    house.stage.inboxes["ana"].drops = NO_MARKS
    house.stage.write(capabilities.forget, "ana")
    await lost(house, days=5)
    report = await house.reconcile()
    assert {each.gap for each in report.differences} == {Gap.UNMARKED}
    for _ in range(8):
        await house.work(DAY)
    assert (house.copies(ZOE), house.copies(ADA)) == (2, 2)
    assert house.stage.enrollment(ADA).pause_reason is PauseReason.REVIEW


async def test_mended_once(house: House) -> None:
    """A copy without a mark that counts already is not taken for the next step of its thread."""
    house.stage.inboxes["ana"].drops = NO_MARKS
    house.stage.teach(keeps_message_id=False, keeps_custom_header=False)
    await lost(house, days=5)
    assert len((await house.reconcile()).differences) == 4
    assert not (await house.reconcile(since=NOON - DAY)).differences
    for _ in range(8):
        await house.work(DAY)
    assert (house.copies(ZOE), house.copies(ADA)) == (3, 3)


def blinded(house: House, times: int, *, gone: bool = False) -> None:
    """Let the oldest mail in Sent of Ana come back empty."""
    inbox = house.stage.inboxes["ana"]
    first = inbox.boxes[Folder.SENT].stored[0].uid
    blind = EmptyHeads(inbox.now, inbox.boxes, blind=frozenset({first}), times=times, gone=gone)
    house.stage.inboxes["ana"] = blind
    house.start()


async def test_headers_that_cannot_be_read(house: House) -> None:
    """A mail in Sent that cannot be read keeps everything held: it may be one that was lost."""
    await lost(house)
    blinded(house, times=99)
    report = await house.reconcile()
    assert (report.released, report.problems) == (
        False,
        ["ana: mails in Sent that could not be read: 1"],
    )
    assert house.held()
    report = await house.reconcile(skip=("ana",))
    assert report.released


@pytest.mark.parametrize(("gone", "found"), [(False, 2), (True, 1)])
async def test_headers_are_asked_for_twice(house: House, *, gone: bool, found: int) -> None:
    """What can be read the second time counts, and what was deleted meanwhile is not missed."""
    await lost(house)
    blinded(house, times=1, gone=gone)
    report = await house.reconcile()
    assert report.released
    assert (report.mailboxes[0].sent, report.mailboxes[0].unreadable) == (found, 0)
    assert len(report.differences) == found


async def test_more_than_can_be_kept_in_mind(house: House) -> None:
    """Mails without a mark that are too many to be compared are told, where they matter."""
    house.stage.inboxes["ana"].drops = NO_MARKS
    house.stage.write(capabilities.forget, "ana")
    await lost(house)
    few: dict[str, Any] = {"dry_run": True, "most_unmarked": 1}
    comparison = SentComparison(house.stage.world, "ana", NOON - DAY, **few)
    await comparison.run(lambda _mails: None)
    told = "mails without a mark of ours that were too many to be compared: 1"
    assert comparison.problem == told
    house.stage.teach()
    comparison = SentComparison(house.stage.world, "ana", NOON - DAY, **few)
    await comparison.run(lambda _mails: None)
    assert comparison.problem == ""


@pytest.mark.parametrize("held_before", [True, False])
async def test_a_hold_that_comes_meanwhile(house: House, *, held_before: bool) -> None:
    """A hold, or an earlier loss, that is noted while Sent is read outlasts the reconciliation."""
    house.stage.write(epoch.ensure, EPOCH_KEY, NOON)
    if held_before:
        house.stage.write(hold_by_hand, "restored", NOON, NOON)
    await_hold = _holding_once(house, NOON - 3 * DAY)
    stage = house.stage
    stage.inboxes["ana"].deliver(by_hand("x@mill.example", "Hello", NOON), Folder.SENT)
    assert stage.runner.history is not None
    wanted = Wanted(None if held_before else NOON)
    report = await reconcile(stage.world, wanted, stage.runner.history, house.logs, await_hold)
    assert (report.released, report.overtaken, report.problems) == (False, True, [OVERTAKEN])
    assert house.held() == ("restored" if held_before else "the second backup was put back")
    report = await house.reconcile()
    assert (report.released, report.since, house.held()) == (True, NOON - 4 * DAY, "")


def _holding_once(house: House, since: datetime) -> Any:
    """What is called while Sent is read; the first time, a person holds everything."""
    calls: list[int] = []

    def advance(mails: int) -> None:
        if not calls:
            now = house.stage.clock.now()
            house.stage.write(hold_by_hand, "the second backup was put back", now, since)
        calls.append(mails)

    return advance


def test_the_earlier_loss_counts(house: House) -> None:
    """What holds in the place of a comparison that goes on keeps how far that one goes back."""
    house.stage.write(epoch.hold, epoch.RECONCILING, NOON - 9 * DAY, NOON)
    assert house.stage.write(epoch.hold, "Sent tells of more", NOON - DAY, NOON)
    assert now_held(house).lost_since == NOON - 9 * DAY
    assert house.held() == "Sent tells of more"
