from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOON
from stage import Stage, a_loaded, a_policy

from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.pacing import Pace
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.engine.stop import stop
from sequencer.engine.verify import Findings, Recorded
from sequencer.mail.folder import InboxError
from sequencer.mail.transaction import Envelope, Outcome, OutcomeKind, Phase
from sequencer.store import attempts, ledger, suppressions
from sequencer.store.database import Connection

ZOE, ADA = "zoe@bank.example", "ada@bank.example"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


async def one_sent(stage: Stage) -> None:
    """One of two people has had a first mail, and everything is in order."""
    stage.begin(ZOE)
    await stage.work()
    assert stage.verify() == Findings(sends=1)


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


def list_silently(stage: Stage) -> None:
    entry = Suppression(SuppressionKind.DOMAIN, "bank.example", SuppressionReason.MANUAL)
    stage.write(suppressions.add, entry, "", NOON - DAY)


def suppress_then_hand(stage: Stage) -> None:
    entry = Suppression(SuppressionKind.ADDRESS, ZOE, SuppressionReason.OPTED_OUT)
    stage.write(suppressions.add, entry, "", NOON)
    tell(stage, Kind.SUPPRESSED)
    tell(stage, Kind.HANDED)


def leave_at_night(stage: Stage) -> None:
    execute(
        stage,
        "UPDATE cadence_version SET document = replace(document, '00:00-24:00', '08:00-10:00')",
    )
    stage.forget_versions()


def forget_the_look(stage: Stage) -> None:
    execute(stage, "UPDATE send SET looked_at = NULL WHERE state = 'sent'")


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
    (accept_again, "doubles", "accepted more than once"),
    (deliver_twice, "doubles", "accepted 2 times"),
    (hand_after_end, "after_stop", "left after its end"),
    (suppress_then_hand, "to_suppressed", "suppressed"),
    (list_silently, "to_suppressed", "suppressed"),
    (leave_at_night, "outside_window", "outside its window"),
    (forget_the_look, "outside_window", "outside its window"),
    (forget_a_send, "unexplained", "is due since"),
    (queue_long_ago, "unexplained", "is due since"),
    (take_the_mailbox_away, "unexplained", "not in the settings"),
    (claim_and_forget, "unexplained", "is claimed since"),
    (hand_and_forget, "unexplained", "is handed since"),
    (doubt_for_days, "unexplained", "is unknown since"),
    (leave_open, "unexplained", "its enrollment has ended"),
    (end_without_reason, "unexplained", "without a reason"),
    (lose_the_next_step, "unexplained", "nothing will come of it"),
    (deliver_elsewhere, "unexplained", f"went to {ADA}"),
    (deliver_nothing, "unexplained", "no record"),
    (deliver_of_its_own, "unexplained", "does not know it"),
]


@pytest.mark.parametrize(("plant", "figure", "sentence"), PLANTS)
async def test_violations_are_found(
    stage: Stage, plant: Callable[[Stage], None], figure: str, sentence: str
) -> None:
    """Each violation is counted under its promise, and told in a sentence."""
    await one_sent(stage)
    plant(stage)
    found = stage.verify()
    assert not found.clean
    assert any(sentence in detail for detail in found.details)
    violated = {name for name, value in found.figures().items() if name != "sends" and value}
    assert figure in violated


async def test_a_backlog_under_the_cap(stage: Stage) -> None:
    """Mails that wait for days because the mailbox may send no more are where they should be."""
    policy = a_policy()
    ana = replace(policy.mailboxes["ana"], pace=Pace(per_day=2, gap=timedelta(0)))
    slow = Stage(stage.database, replace(policy, mailboxes={"ana": ana}))
    slow.begin(*(f"p{number}@bank.example" for number in range(8)))
    for _ in range(27):
        await slow.work(HOUR)
    assert slow.verify() == Findings(sends=4)


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
    assert stage.verify() == Findings(sends=1)


async def test_a_mail_in_doubt_may_be_on_the_record(stage: Stage) -> None:
    """What the server has and the ledger doubts is no contradiction."""
    stage.begin(ZOE)
    stage.mailers["ana"].plan(ZOE, Outcome(OutcomeKind.UNKNOWN, Phase.DOT))
    await stage.work()
    assert len(stage.recorded()) == 1
    assert stage.verify() == Findings(sends=0)


async def test_spellings_on_the_record(stage: Stage) -> None:
    """A server that writes an address in capitals has sent it to the same person."""
    await one_sent(stage)
    [mail] = stage.recorded()
    assert mail == Recorded(str(stage.sends(ZOE)[0].message_id), ZOE)
    [accepted] = stage.mailers["ana"].accepted
    stage.mailers["ana"].accepted = [replace(accepted, recipient="ZOE@Bank.Example")]
    assert stage.verify().clean
