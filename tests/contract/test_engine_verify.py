import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from builders import NOON, a_prospect
from stage import Stage, a_loaded, a_policy

from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.pacing import Pace
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.engine.stop import stop
from sequencer.engine.verify import PROMISES, Recorded, verify, work_ahead
from sequencer.mail.folder import Folder, InboxError
from sequencer.mail.transaction import Envelope, Outcome, OutcomeKind, Phase
from sequencer.store import attempts, inbound, ledger, suppressions
from sequencer.store.database import Connection
from sequencer.store.inbound import Inbound, Place
from sequencer.store.tables import SendRow, VersionRow

ZOE, ADA = "zoe@bank.example", "ada@bank.example"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SECOND = timedelta(seconds=1)


async def one_sent(stage: Stage) -> None:
    """A first mail has left, and everything is in order."""
    stage.begin(ZOE)
    await stage.work()
    assert_clean(stage, sends=1)


def assert_clean(stage: Stage, sends: int) -> None:
    found = stage.verify()
    assert found.details == []
    assert found.sends == sends


def execute(stage: Stage, statement: str) -> None:
    stage.write(Connection.exec_driver_sql, statement)


def accept_again(stage: Stage) -> None:
    number = stage.sends(ZOE)[0].id
    again = attempts.Attempt(number, NOON, "accepted", "dot", 250, "2.0.0", "queued")
    stage.write(attempts.add, again)


def tell(stage: Stage, kind: Kind) -> None:
    stored = stage.stored(ZOE)
    entry = Entry(NOON, kind, "", stored.prospect_id, stored.id, "ana", "intro")
    stage.write(ledger.write, entry)


def hand_after_end(stage: Stage) -> None:
    tell(stage, Kind.FINISHED)
    tell(stage, Kind.HANDED)


def end_again(stage: Stage) -> None:
    stage.write(stop, stage.desk, ZOE, "test", NOON)
    tell(stage, Kind.FINISHED)


def end_untold(stage: Stage) -> None:
    execute(stage, "UPDATE enrollment SET state = 'finished', finish_reason = 'replied'")


def end_for_no_reason(stage: Stage) -> None:
    stage.write(stop, stage.desk, ZOE, "test", NOON)
    execute(stage, "UPDATE enrollment SET finish_reason = NULL")


def have_a_reason_and_go_on(stage: Stage) -> None:
    execute(stage, "UPDATE enrollment SET finish_reason = 'replied'")


def pause_for_no_reason(stage: Stage) -> None:
    execute(stage, "UPDATE enrollment SET state = 'paused'")


def answer_unheard(stage: Stage) -> None:
    mail = Inbound("d", "Zoe@Bank.Example", "Re:", "reply", "", enrollment_id=stage.stored(ZOE).id)
    stage.write(inbound.add, Place("ana", Folder.INBOX, 1, 1), mail, NOON)


def rely_on_an_old_scan(stage: Stage) -> None:
    age(stage, 240 * SECOND)


def age(stage: Stage, by: timedelta) -> None:
    """Date the scan that the mail relied on back."""
    [mail, _] = stage.sends(ZOE)
    assert mail.handed_at is not None
    stage.write(set_synced_at, mail.id, mail.handed_at - by)


def set_synced_at(connection: Connection, number: int, at: datetime) -> None:
    connection.execute(sa.update(SendRow).where(SendRow.id == number).values(synced_at=at))


def rely_on_nothing(stage: Stage) -> None:
    execute(stage, "UPDATE send SET synced_at = NULL")


def forget_the_zone(stage: Stage) -> None:
    execute(stage, "UPDATE send SET tz = NULL WHERE state = 'sent'")


def forget_the_attempt(stage: Stage) -> None:
    execute(stage, "DELETE FROM attempt")


def forget_the_handing(stage: Stage) -> None:
    execute(stage, "DELETE FROM ledger WHERE kind = 'handed'")


def write_to_nobody(stage: Stage) -> None:
    execute(stage, "UPDATE send SET recipient = 'nobody' WHERE state = 'sent'")


def slow_down(stage: Stage, pace: Pace) -> None:
    """Lower the limits below what has happened already."""
    ana = replace(stage.policy.mailboxes["ana"], pace=pace)
    stage.policy = replace(stage.policy, mailboxes={"ana": ana})
    stage.restart()


def exceed_the_cap(stage: Stage) -> None:
    slow_down(stage, Pace(per_day=0, gap=timedelta(0)))


def list_silently(stage: Stage) -> None:
    entry = Suppression(SuppressionKind.DOMAIN, "bank.example", SuppressionReason.MANUAL)
    stage.write(suppressions.add, entry, "", NOON - DAY)


def hand_in_pause(stage: Stage) -> None:
    tell(stage, Kind.PAUSED)
    tell(stage, Kind.HANDED)


def suppress_then_hand(stage: Stage) -> None:
    entry = Suppression(SuppressionKind.ADDRESS, ZOE, SuppressionReason.OPTED_OUT)
    stage.write(suppressions.add, entry, "", NOON)
    tell(stage, Kind.SUPPRESSED)
    tell(stage, Kind.HANDED)


def close_by_day(connection: Connection) -> None:
    row = connection.execute(sa.select(VersionRow.__table__)).one()
    early = json.loads(json.dumps(row.document).replace("00:00-24:00", "08:00-10:00"))
    connection.execute(sa.update(VersionRow).values(document=early))


def leave_at_night(stage: Stage) -> None:
    stage.write(close_by_day)
    stage.forget_versions()


def forget_a_send(stage: Stage) -> None:
    stage.clock.advance(30 * DAY)


def leave_open(stage: Stage) -> None:
    execute(stage, "UPDATE enrollment SET state = 'finished', finish_reason = 'replied'")


def end_without_reason(stage: Stage) -> None:
    execute(stage, "UPDATE send SET state = 'cancelled', why = '' WHERE state = 'queued'")


def lose_the_next_step(stage: Stage) -> None:
    execute(stage, "DELETE FROM send WHERE state = 'queued'")


def deliver_twice(stage: Stage) -> None:
    stage.mailers["ana"].accepted *= 2


def deliver_elsewhere(stage: Stage) -> None:
    [mail] = stage.mailers["ana"].accepted
    stage.mailers["ana"].accepted = [replace(mail, recipient=ADA)]


def deliver_nothing(stage: Stage) -> None:
    stage.mailers["ana"].accepted.clear()


def deliver_of_its_own(stage: Stage) -> None:
    data = b"Message-ID: <nobody@knows>\r\n\r\n"
    stage.mailers["ana"].accepted.append(Envelope("ana@seller.example", ZOE, data))


def queue_long_ago(stage: Stage) -> None:
    stage.clock.advance(30 * DAY)
    execute(stage, "UPDATE send SET why = 'window closed until Monday' WHERE state = 'queued'")


def take_the_mailbox_away(stage: Stage) -> None:
    luis = stage.policy.mailboxes["luis"]
    stage.policy = replace(stage.policy, mailboxes={"luis": luis})
    stage.restart()


def claim_and_forget(stage: Stage) -> None:
    stage.clock.advance(2 * HOUR)
    execute(stage, "UPDATE send SET looked_at = (SELECT max(looked_at) FROM send)")
    execute(stage, "UPDATE send SET state = 'claimed' WHERE state = 'queued'")


def hand_and_forget(stage: Stage) -> None:
    stage.clock.advance(2 * HOUR)
    execute(stage, "UPDATE send SET looked_at = (SELECT max(looked_at) FROM send)")
    execute(stage, "UPDATE send SET state = 'handed' WHERE state = 'queued'")


def doubt_for_days(stage: Stage) -> None:
    stage.clock.advance(25 * HOUR)
    execute(stage, "UPDATE send SET looked_at = (SELECT max(looked_at) FROM send)")
    execute(stage, "UPDATE send SET state = 'unknown' WHERE state = 'queued'")


PLANTS = [
    (accept_again, "I1", "accepted 2 times"),
    (deliver_twice, "I1", "accepted 2 times"),
    (forget_the_attempt, "I1", "no server accepted it"),
    (forget_the_handing, "I1", "not handed over before"),
    (hand_after_end, "I2", "left after its end"),
    (hand_in_pause, "I2", "left while it was paused"),
    (suppress_then_hand, "I2", "after the person was suppressed"),
    (answer_unheard, "I2", "Zoe@Bank.Example answered, and it did not end"),
    (rely_on_an_old_scan, "I2", "a scan 240 s old, 120 s are allowed"),
    (rely_on_nothing, "I2", "without a scan of ana"),
    (list_silently, "I3", "went to zoe@bank.example, suppressed since"),
    (write_to_nobody, "I3", "'nobody', which is no address"),
    (leave_at_night, "I4", "outside its window"),
    (forget_the_zone, "I4", "without a zone"),
    (exceed_the_cap, "I4", "1 mails from ana in the 24 hours to"),
    (forget_a_send, "I5", "is due since"),
    (queue_long_ago, "I5", "is due since"),
    (take_the_mailbox_away, "I5", "not in the settings"),
    (claim_and_forget, "I5", "is claimed since"),
    (hand_and_forget, "I5", "is handed since"),
    (doubt_for_days, "I5", "is unknown since"),
    (leave_open, "I5", "its enrollment has ended"),
    (end_without_reason, "I5", "is cancelled without a reason"),
    (pause_for_no_reason, "I5", "is paused without a reason"),
    (lose_the_next_step, "I5", "nothing will come of it"),
    (deliver_elsewhere, "I5", f"went to {ADA}"),
    (deliver_nothing, "I5", "no record"),
    (deliver_of_its_own, "I5", "does not know it"),
    (end_again, "I7", "ended once more"),
    (end_untold, "I7", "its timeline tells otherwise"),
    (end_for_no_reason, "I7", "ended without a reason"),
    (have_a_reason_and_go_on, "I7", "is active and has ended as replied"),
]


@pytest.mark.parametrize(("plant", "code", "sentence"), PLANTS)
async def test_violations_are_found(
    each_stage: Stage, plant: Callable[[Stage], None], code: str, sentence: str
) -> None:
    """Each violation is counted under its promise, and told in a sentence."""
    stage = each_stage
    await one_sent(stage)
    plant(stage)
    found = stage.verify()
    assert not found.clean
    [proof] = [each for each in found.proofs if each.code == code]
    assert proof.violations == len(proof.details) > 0
    assert any(sentence in detail for detail in proof.details)


async def test_two_mails_too_close(each_stage: Stage) -> None:
    """Two mails of a mailbox closer than its gap are found, and the shortest gap is a figure."""
    stage = each_stage
    stage.begin(ZOE, ADA)
    await stage.work()
    assert_clean(stage, sends=2)
    [pace] = stage.verify().paces
    assert (pace.mailbox, pace.mails, pace.most, pace.gap) == ("ana", 2, 2, timedelta(0))
    slow_down(stage, Pace(per_day=2, per_hour=2, gap=30 * SECOND))
    [detail] = stage.verify().details
    assert detail.startswith("two mails from ana 0 s apart at ")


def limit(stage: Stage, **limits: Any) -> None:
    pace = {name: limits.pop(name) for name in ("per_hour", "per_week") if name in limits}
    slow_down(stage, replace(Pace(per_day=9, per_hour=9, gap=timedelta(0)), **pace))
    stage.policy = replace(stage.policy, limits=replace(stage.policy.limits, **limits))
    stage.restart()


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"per_hour": 1}, "2 mails from ana in the hour to"),
        ({"per_week": 1}, "2 mails from ana in the 7 days to"),
        ({"per_domain": 1}, "2 mails to bank.example in the 24 hours to"),
        ({"per_person_day": 1}, "2 mails to prospect 1 in the 24 hours to"),
        ({"per_person_week": 1}, "2 mails to prospect 1 in the 7 days to"),
    ],
)
async def test_limits(each_stage: Stage, limits: dict[str, int], sentence: str) -> None:
    """One mail more than a limit of the settings allows is found, whatever it counts."""
    stage = each_stage
    stage.begin(ZOE)
    stage.apply(a_loaded(cadence="other"))
    stage.enroll(ZOE, slug="other")
    await stage.work()
    limit(stage, **dict.fromkeys(limits, 2))
    assert_clean(stage, sends=2)
    limit(stage, **limits)
    [detail] = stage.verify().details
    assert detail.startswith(sentence)
    assert detail.endswith("1 are allowed")


async def test_free_mail_is_no_company(stage: Stage) -> None:
    """People with an address at a free-mail provider have nothing to do with each other."""
    stage.begin("zoe@gmail.com", "ada@gmail.com")
    await stage.work()
    limit(stage, per_domain=1)
    assert_clean(stage, sends=2)


@pytest.mark.parametrize(("hours", "most"), [(23, 2), (24, 1)])
async def test_the_busiest_day(stage: Stage, hours: int, most: int) -> None:
    """Twenty-four hours count to the second: a mail exactly a day later is in the next."""
    stage.begin(ZOE)
    await stage.work()
    stage.bring_in(ADA)
    stage.clock.advance(hours * HOUR)
    stage.enroll(ADA)
    await stage.work()
    [pace] = stage.verify().paces
    assert (pace.mails, pace.most, pace.gap) == (2, most, hours * HOUR)


@pytest.mark.parametrize(
    ("seconds", "place"), [(0, 0), (5, 0), (6, 1), (59, 3), (120, 4), (121, 5)]
)
async def test_the_residual_window(stage: Stage, seconds: int, place: int) -> None:
    """The age of the scan that a mail relied on is counted in its class."""
    await one_sent(stage)
    age(stage, seconds * SECOND)
    residual = stage.verify().residual
    assert residual.mails == [int(each == place) for each in range(6)]
    assert residual.longest == seconds * SECOND


async def test_only_the_first_are_told(stage: Stage) -> None:
    """Of many violations all are counted, and twenty are told."""
    people = [f"p{number}@bank.example" for number in range(23)]
    stage.begin(*people)
    await stage.work()
    execute(stage, "UPDATE send SET synced_at = NULL")
    [_, proof, *_] = stage.verify().proofs
    assert (proof.looked_at, proof.violations, len(proof.details)) == (23, 23, 20)


async def test_a_reopened_enrollment_starts_anew(each_stage: Stage) -> None:
    """What was re-opened may have mails, and end once more."""
    stage = each_stage
    await one_sent(stage)
    for kind in (Kind.FINISHED, Kind.REOPENED, Kind.HANDED, Kind.FINISHED, Kind.REOPENED):
        tell(stage, kind)
    assert_clean(stage, sends=1)


@pytest.mark.parametrize(("reply_after", "heard"), [("finished", True), ("reopened", False)])
async def test_a_reply_ends_what_runs(each_stage: Stage, reply_after: str, *, heard: bool) -> None:
    """A reply after the end changes nothing; one to what was re-opened has to end it again."""
    stage = each_stage
    await one_sent(stage)
    stage.write(stop, stage.desk, ZOE, "test", NOON)
    if reply_after == "reopened":
        tell(stage, Kind.REOPENED)
    answer_unheard(stage)
    answers = [each for each in stage.verify().details if "answered" in each]
    assert (answers == []) is heard


@pytest.mark.parametrize(
    ("place", "day", "closed"),
    [
        ({"country": "DE"}, 1, True),
        ({"country": "US"}, 1, False),
        ({"country": "DE"}, 2, False),
        ({"country": "DE", "timezone": "Asia/Tokyo"}, 1, True),
    ],
)
async def test_holidays(stage: Stage, place: dict[str, Any], day: int, *, closed: bool) -> None:
    """A mail on a holiday of the prospect is found, in the prospect's zone."""
    stage.clock.instant = datetime(2026, 5, day, 9, tzinfo=UTC)
    always = {"window": {"mon-sun": ["00:00-24:00"]}, "jitter_minutes": 0}
    stage.apply(a_loaded(schedule={**always, "holidays": []}))
    stage.bring_in(replace(a_prospect(email=ZOE), **place))
    stage.enroll(ZOE)
    await stage.work()
    assert_clean(stage, sends=1)
    stage.write(observe, ["prospect"])
    stage.forget_versions()
    assert stage.verify().clean is not closed


def observe(connection: Connection, holidays: list[str]) -> None:
    row = connection.execute(sa.select(VersionRow.__table__)).one()
    schedule = {**row.document["schedule"], "holidays": holidays}
    connection.execute(
        sa.update(VersionRow).values(document={**row.document, "schedule": schedule})
    )


async def test_a_colleague_may_be_ignored(stage: Stage) -> None:
    """Only the prospect's own answer must end the enrollment, whatever the rule for others."""
    await one_sent(stage)
    for number, sender in enumerate((ADA, "", "no address")):
        mail = Inbound("d", sender, "Re:", "reply", "", enrollment_id=stage.stored(ZOE).id)
        stage.write(inbound.add, Place("ana", Folder.INBOX, 1, number), mail, NOON)
    assert_clean(stage, sends=1)


async def test_progress(stage: Stage) -> None:
    """The work that is announced is the work that is reported."""
    stage.begin(ZOE, ADA)
    await stage.work()
    done: list[int] = []
    with stage.database.read() as connection:
        verify(connection, stage.desk, stage.clock.now(), advance=done.append)
        assert sum(done) == work_ahead(connection) == 4


def test_nothing_to_look_at(each_stage: Stage) -> None:
    """An empty database breaks no promise, and each has its sentence and its number."""
    found = each_stage.verify()
    assert found.clean
    assert [proof.code for proof in found.proofs] == [promise.code for promise in PROMISES]
    assert {proof.looked_at for proof in found.proofs} == {0}
    assert set(found.figures().values()) == {0}


async def test_a_backlog_under_the_cap(stage: Stage) -> None:
    """Mails that wait for days because the mailbox may send no more are where they should be."""
    policy = a_policy()
    ana = replace(policy.mailboxes["ana"], pace=Pace(per_day=2, gap=timedelta(0), per_hour=2))
    slow = Stage(stage.database, replace(policy, mailboxes={"ana": ana}))
    slow.begin(*(f"p{number}@bank.example" for number in range(8)))
    for _ in range(27):
        await slow.work(HOUR)
    assert_clean(slow, sends=4)


async def test_a_mailbox_that_needs_a_person(stage: Stage) -> None:
    """What waits for a sign-in is explained by it: status names the mailbox."""
    stage.begin(ZOE)
    stage.inboxes["ana"].trouble = InboxError("password", permanent=True)
    for _ in range(3):
        await stage.work(DAY)
    assert stage.verify().clean


@pytest.mark.parametrize("hours", ["00:00-01:00", "00:00-24:00"])
async def test_a_window_explains(stage: Stage, hours: str) -> None:
    """A send overdue by days is explained while its window is closed, and by nothing else."""
    window = {"window": {"mon-sun": [hours]}, "timezone": "workspace", "jitter_minutes": 0}
    stage.apply(a_loaded(schedule=window))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    stage.clock.advance(3 * DAY)
    assert stage.verify().clean is (hours == "00:00-01:00")


async def test_a_pause_explains(stage: Stage) -> None:
    """A send whose enrollment waits for a person is not overdue."""
    stage.begin(ZOE)
    execute(stage, "UPDATE enrollment SET state = 'paused', pause_reason = 'manual'")
    stage.clock.advance(30 * DAY)
    assert stage.verify().clean


async def test_a_zone_that_changed_later(stage: Stage) -> None:
    """A person who moves does not make the mails of the past leave at night."""
    stage.apply()
    await one_sent(stage)
    execute(stage, 'UPDATE prospect SET fields = \'{"timezone": "Asia/Tokyo"}\'')
    assert stage.verify().clean


async def test_stops_of_every_kind_are_in_order(stage: Stage) -> None:
    """A stop right after a mail, at the same instant of the clock, is no violation."""
    await one_sent(stage)
    stage.write(stop, stage.desk, ZOE, "test", NOON)
    assert_clean(stage, sends=1)


async def test_a_mail_in_doubt_may_be_on_the_record(stage: Stage) -> None:
    """What the server has and the ledger doubts is no contradiction."""
    stage.begin(ZOE)
    stage.mailers["ana"].plan(ZOE, Outcome(OutcomeKind.UNKNOWN, Phase.DOT))
    await stage.work()
    assert len(stage.recorded()) == 1
    assert_clean(stage, sends=0)


async def test_spellings_on_the_record(stage: Stage) -> None:
    """A server that writes an address in capitals has sent it to the same person."""
    await one_sent(stage)
    [mail] = stage.recorded()
    assert mail == Recorded(str(stage.sends(ZOE)[0].message_id), ZOE)
    [accepted] = stage.mailers["ana"].accepted
    stage.mailers["ana"].accepted = [replace(accepted, recipient="ZOE@Bank.Example")]
    assert stage.verify().clean
