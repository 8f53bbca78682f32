"""A database restored from a backup: nothing leaves before it was compared with the world."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from builders import NOON
from restored import ADA, BOB, HOUR, ZOE, House, a_house
from servers.databases import Databases
from stage import DAY, STEPS, a_loaded

from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.reason import Reason
from sequencer.domain.send import SendState
from sequencer.engine.against_sent import Fault
from sequencer.engine.history import hold_by_hand
from sequencer.engine.opt_out import opt_out
from sequencer.engine.reconcile import ReconcileError
from sequencer.engine.remember import Gap
from sequencer.engine.stop import suppressed
from sequencer.engine.tasks import skip
from sequencer.mail.folder import Folder, InboxError
from sequencer.mail.unsubscribe import make_token
from sequencer.store import epoch, ledger, standing, tasks
from sequencer.store.database import Database


@pytest.fixture
async def house(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> House:
    """The house over each kind of database in turn."""
    server = None if database.is_sqlite else request.getfixturevalue("postgres_server")
    return await a_house(database, tmp_path, server)


async def test_nothing_is_sent_again(house: House) -> None:
    """What left since the backup is known again: nobody gets a step twice, and all go on."""
    people = [f"p{number}@mill{number}.example" for number in range(50)]
    house.stage.bring_in(*people)
    house.stage.enroll(*people)
    house.backup.take()
    await house.work()
    house.restore()
    await house.work(HOUR)
    assert "has forgotten what happened" in house.held()
    report = await house.reconcile()
    assert {(each.gap, each.step_id) for each in report.differences} == {(Gap.SENT, "intro")}
    assert len(report.differences) == len([ZOE, ADA, *people])
    assert (report.released, house.held()) == (True, "")
    for _ in range(10):
        await house.work(DAY)
    assert {house.copies(each) for each in (ZOE, ADA, *people)} == {3}
    assert house.stage.enrollment(ZOE).finish_reason is FinishReason.COMPLETED
    assert not house.stage.verify().details
    assert not await house.disagreements()


async def test_several_steps_were_forgotten(house: House) -> None:
    """Steps that the backup had not even queued are not sent again; delays count from the mails."""
    house.backup.take()
    for _ in range(5):
        await house.work(DAY)
    assert house.copies(ZOE) == 2
    house.restore()
    await house.reconcile()
    states = [(each.step_id, each.state) for each in house.stage.sends(ZOE)]
    sent = SendState.SENT
    assert states == [("intro", sent), ("bump", sent), ("last-mail", SendState.QUEUED)]
    _, bump, last = house.stage.sends(ZOE)
    assert last.due_at - (bump.handed_at or NOON) == 5 * DAY
    for _ in range(8):
        await house.work(DAY)
    assert house.copies(ZOE) == 3
    assert house.stage.mails(ZOE)[2]["In-Reply-To"] == bump.message_id


async def test_only_the_later_mail_is_found(house: House) -> None:
    """Where the first copy is gone, the second tells that the first step is over as well."""
    house.backup.take()
    for _ in range(5):
        await house.work(DAY)
    del house.stage.inboxes["ana"].boxes[Folder.SENT].stored[:2]
    house.restore()
    await house.reconcile()
    states = {each.step_id: each.state for each in house.stage.sends(ZOE)}
    assert states["intro"] is SendState.CANCELLED
    assert states["bump"] is SendState.SENT
    for _ in range(8):
        await house.work(DAY)
    assert house.copies(ZOE) == 3


async def test_a_task_between_two_mails(house: House) -> None:
    """A call whose outcome is forgotten is passed over by the mail that followed it."""
    steps = [STEPS[0], {"id": "call", "call": "guide.md"}, {**STEPS[1], "wait": "0 minutes"}]
    house.stage.apply(a_loaded({"guide.md": "Call."}, cadence="with-call", steps=steps))
    house.stage.bring_in(BOB)
    house.stage.enroll(BOB, slug="with-call")
    house.backup.take()
    await house.work()
    [task] = house.stage.read(tasks.of_enrollment, house.stage.stored(BOB).id)
    house.stage.write(skip, house.stage.desk, task.id, "ana", "", house.stage.clock.now())
    await house.work(HOUR)
    assert house.copies(BOB) == 2
    house.restore()
    await house.reconcile()
    assert house.stage.enrollment(BOB).finish_reason is FinishReason.COMPLETED
    await house.work(DAY)
    assert house.copies(BOB) == 2


async def test_who_was_enrolled_after_the_backup(house: House) -> None:
    """A mail of an enrollment that nobody here knows is a touch of its person, and told."""
    house.backup.take()
    house.stage.bring_in(BOB)
    house.stage.enroll(BOB)
    await house.work()
    house.restore()
    report = await house.reconcile()
    strangers = [each for each in report.differences if each.gap is Gap.STRANGER]
    assert [(each.recipient, each.at) for each in strangers] == [(BOB, NOON)]
    house.stage.bring_in(BOB)
    person = house.stage.person(BOB)
    assert house.stage.read(standing.last_touches, [person]) == {person: NOON}
    house.stage.apply(a_loaded(cadence="careful", audience={"min_days_since_touch": 14}))
    [answer] = house.stage.enroll(BOB, slug="careful")
    assert [each.reason for each in answer.refusals] == [Reason.TOUCHED_TOO_RECENTLY]
    await house.work(DAY)
    assert house.held() == ""  # the copy is seen once more, and known by now


async def test_an_opt_out_of_whom_nobody_knows(house: House) -> None:
    """The link in a mail works for ever, also where its enrollment was forgotten."""
    house.backup.take()
    house.stage.bring_in(BOB)
    house.stage.enroll(BOB)
    await house.work()
    key = bytes.fromhex(house.stage.enrollment(BOB).key)
    token = make_token(key, house.stage.policy.keys)
    house.restore()
    now = house.stage.clock.now()
    assert not house.stage.write(opt_out, house.stage.desk, token, "link", now)
    await house.reconcile()
    assert house.stage.write(opt_out, house.stage.desk, token, "link", now)
    assert {each.suppression.key for each in house.stage.read(suppressed)} == {BOB}
    unknown = make_token(bytes(16), house.stage.policy.keys)
    assert not house.stage.write(opt_out, house.stage.desk, unknown, "link", now)


async def test_another_host(house: House) -> None:
    """Without a word of what was seen before, a mail in Sent that nobody knows holds everything."""
    await house.work()
    house.stage.bring_in(BOB)
    house.stage.enroll(BOB)
    house.backup.take()
    await house.work(HOUR)
    assert house.copies(BOB) == 1
    house.restore(on_another_host=True)
    await house.work(HOUR)
    assert "Sent of ana holds a mail of ours of 2026-03-03 13:00 UTC" in house.held()
    assert house.copies(BOB) == 1
    report = await house.reconcile()
    assert [each.recipient for each in report.differences] == [BOB]
    assert report.since == NOON - DAY  # the newest entry of the backup is of noon
    await house.work(DAY)
    assert house.copies(BOB) == 1


async def test_an_opt_out_still_holds(house: House) -> None:
    """Who opted out after the backup, by link or by mail, hears nothing from what was put back."""
    await house.work()
    house.backup.take()
    key = bytes.fromhex(house.stage.enrollment(ZOE).key)
    token, now = make_token(key, house.stage.policy.keys), house.stage.clock.now()
    assert house.stage.write(opt_out, house.stage.desk, token, "link", now)
    house.stage.inboxes["ana"].deliver(from_person(ADA, "unsubscribe", "Stop writing to me."))
    await house.work(HOUR)
    del house.stage.inboxes["ana"].boxes[Folder.INBOX].stored[:]  # and the rep has tidied up
    house.restore()
    assert house.stage.read(suppressed) == []
    report = await house.reconcile()
    assert (report.opt_outs.lines, report.opt_outs.new) == (2, 2)
    assert {each.suppression.key for each in house.stage.read(suppressed)} == {ZOE, ADA}
    assert house.stage.enrollment(ZOE).finish_reason is FinishReason.OPTED_OUT
    for _ in range(5):
        await house.work(DAY)
    assert (house.copies(ZOE), house.copies(ADA)) == (1, 1)


async def test_an_answer_meets_the_mail_it_answers(house: House) -> None:
    """An answer that met nobody while all was held meets its mail once that is known again."""
    await house.work()
    house.backup.take()
    for _ in range(4):
        await house.work(DAY)
    bump = house.stage.mails(ZOE)[1]
    answer = from_person("assistant@bank.example", "Re: Hello", "We are not interested, sorry.")
    answer = answer.replace(b"From:", f"In-Reply-To: {bump['Message-ID']}\r\nFrom:".encode())
    house.stage.inboxes["ana"].deliver(answer)
    house.restore()
    await house.work(HOUR)
    assert house.stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    report = await house.reconcile()
    assert report.mailboxes[0].received == 1
    assert house.stage.enrollment(ZOE).finish_reason is FinishReason.REPLIED


async def test_a_mailbox_that_cannot_be_read(house: House) -> None:
    """Nothing leaves while one mailbox cannot be compared, unless a person answers for it."""
    house.backup.take()
    await house.work()
    house.restore()
    await house.work(HOUR)
    house.stage.inboxes["ana"].trouble = InboxError("the server is down")
    report = await house.reconcile()
    assert (report.released, report.problems) == (False, ["ana: the server is down"])
    assert house.held()
    report = await house.reconcile(skip=("ana",))
    assert (report.released, report.held) == (True, 2)
    house.stage.inboxes["ana"].trouble = None
    await house.work(DAY)
    assert house.stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    assert house.copies(ZOE) == 1


async def test_a_rehearsal(house: House) -> None:
    """A rehearsal tells the same differences, and changes nothing."""
    house.backup.take()
    await house.work()
    house.restore()
    await house.work(HOUR)
    before = house.stage.read(ledger.latest, 1_000)
    rehearsed = await house.reconcile(dry_run=True)
    assert not rehearsed.released
    assert house.stage.read(ledger.latest, 1_000) == before
    assert house.held()
    assert (await house.reconcile()).differences == rehearsed.differences


async def test_no_mark_is_left(house: House) -> None:
    """Where a provider takes every mark off, recipient and subject tell."""
    marks = frozenset({"Message-ID", "X-Sequencer-Ref", "List-Unsubscribe"})
    house.stage.inboxes["ana"].drops = marks
    house.stage.teach(keeps_message_id=False, keeps_custom_header=False)
    house.backup.take()
    for _ in range(5):
        await house.work(DAY)
    house.restore()
    report = await house.reconcile()
    found = [(each.recipient, each.step_id, each.by) for each in report.differences]
    by = "recipient and subject"
    assert sorted(found) == sorted(
        (person, step, by) for person in (ZOE, ADA) for step in ("intro", "bump")
    )
    assert not (await house.reconcile(since=NOON - DAY)).differences
    for _ in range(8):
        await house.work(DAY)
    assert (house.copies(ZOE), house.copies(ADA)) == (3, 3)


async def test_nobody_knows_which_step(house: House) -> None:
    """A mail that is ours, of a step that nothing tells, pauses its person."""
    house.stage.inboxes["ana"].drops = frozenset({"Message-ID", "X-Sequencer-Ref"})
    house.backup.take()
    await house.work()
    house.restore()
    report = await house.reconcile()
    assert {each.gap for each in report.differences} == {Gap.UNMARKED}
    assert house.stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW


async def test_held_by_hand(house: House) -> None:
    """An operator's word holds everything, too; without a hold there is nothing to reconcile."""
    with pytest.raises(ReconcileError, match="Nothing is held back"):
        await house.reconcile()
    house.stage.write(hold_by_hand, "restored at noon", NOON, NOON)
    await house.work()
    assert (house.copies(ZOE), house.held()) == (0, "restored at noon")
    assert (await house.reconcile()).released
    await house.work()
    assert house.copies(ZOE) == 1


async def test_a_wrong_name(house: House) -> None:
    """A mailbox that is not there cannot be left out."""
    house.stage.write(hold_by_hand, "restored", NOON, NOON)
    with pytest.raises(ReconcileError, match="no mailbox anna"):
        await house.reconcile(skip=("anna",))


async def test_an_older_backup_than_the_last_one(house: House) -> None:
    """A backup from before the last reconciliation is told from the history that followed it."""
    house.backup.take()
    house.stage.write(hold_by_hand, "restored", NOON, NOON)
    await house.reconcile()
    await house.work()
    house.restore()
    await house.work()
    assert "before its last reconciliation" in house.held()
    assert house.copies(ZOE) == 1


async def test_a_lost_reconciliation_holds_once(house: House) -> None:
    """A history that was lost with its reconciliation is compared once, not on every host anew."""
    house.backup.take()
    house.stage.write(hold_by_hand, "restored", NOON, NOON)
    await house.reconcile()
    await house.work()
    seen = house.marker.load()
    assert seen is not None
    house.restore()
    await house.work()
    assert "before its last reconciliation" in house.held()
    await house.reconcile(since=NOON - DAY)
    await house.work()
    assert house.held() == ""
    house.marker.save(seen)
    house.start()
    await house.work()
    assert house.held() == ""


async def test_what_was_seen_cannot_be_read(house: House) -> None:
    """A file that cannot be understood is no proof that nothing was lost."""
    house.marker.path.write_text("not a word")
    await house.work()
    assert "cannot be read" in house.held()
    assert house.copies(ZOE) == 0


async def test_a_server_that_lagged_behind(
    postgres_database: Database, postgres_server: Databases, tmp_path: Path
) -> None:
    """A running daemon notices on the first line to another server that it has forgotten mails."""
    house = await a_house(postgres_database, tmp_path, postgres_server)
    house.backup.take()
    await house.stage.work()
    assert house.copies(ZOE) == 1
    house.backup.restore()
    assert house.held() == epoch.FORGOTTEN
    await house.stage.work()
    assert house.copies(ZOE) == 1
    await house.work()
    assert "has forgotten what happened" in house.held()


async def test_sent_is_compared(house: House) -> None:
    """What Sent and the ledger do not agree on is told, mail by mail."""
    await house.work()
    sent = house.stage.inboxes["ana"].boxes[Folder.SENT].stored
    assert not await house.disagreements()
    twice = sent[0].raw.replace(b"Message-ID: <", b"Message-ID: <x")
    house.stage.inboxes["ana"].deliver(twice, Folder.SENT)
    del sent[1]
    house.stage.clock.advance(HOUR)
    faults = [each.fault for each in await house.disagreements()]
    assert sorted(faults) == [Fault.DOUBLE, Fault.MISSING]


def from_person(address: str, subject: str, text: str) -> bytes:
    """A mail that a person writes to Ana."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = address, "ana@seller.example", subject
    mail["Message-ID"], mail["Date"] = f"<{subject}@{address}>".replace(" ", ""), NOON
    mail.set_content(text)
    return mail.as_bytes()
