"""Several mails in one look or hand-over: each counts for the others, and none harms another."""

from dataclasses import replace
from datetime import timedelta

from builders import NOON
from stage import Stage, a_policy

from sequencer.domain.pacing import Limits, Pace
from sequencer.domain.send import SendState
from sequencer.engine.dispatch import give_back
from sequencer.engine.hand import Handing, hand_over
from sequencer.engine.look import AT_ONCE, look
from sequencer.engine.stop import stop
from sequencer.mail.transaction import Outcome, OutcomeKind, Phase
from sequencer.store import mailboxes, sends
from sequencer.store.database import Database

DAY = timedelta(days=1)
COLLEAGUES = [f"p{number}@bank.example" for number in range(4)]
OTHERS = [f"o{number}@firm{number}.example" for number in range(4)]


def limited(
    database: Database, limits: Limits, per_day: int = 1_000, per_hour: int | None = None
) -> Stage:
    policy = a_policy(limits=limits)
    pace = Pace(per_day, timedelta(0), per_hour)
    ana = replace(policy.mailboxes["ana"], pace=pace)
    return Stage(database, replace(policy, mailboxes={**policy.mailboxes, "ana": ana}))


async def begun(stage: Stage, *people: str) -> None:
    """Everybody's first mail is due, and the mailbox may send."""
    stage.begin(*people)
    await stage.take_leases()
    stage.write(mailboxes.mark_synced, "ana", stage.clock.now())


async def test_a_company_in_one_look(database: Database) -> None:
    """Of four colleagues for whom there is room for two, two are claimed, and nobody else waits."""
    stage = limited(database, Limits(per_domain=2))
    await begun(stage, *COLLEAGUES, OTHERS[0])
    lease = stage.runner.leases["ana"]
    looked = stage.write(look, stage.desk, lease, NOON)
    assert len(looked.claimed) == 2  # the third is looked at again once these have left
    assert looked.stops is False
    handings = [Handing(each.send_id, lease, each.case) for each in looked.claimed]
    assert stage.write(hand_over, stage.desk, handings, NOON) == [True, True]
    again = stage.write(look, stage.desk, lease, NOON)
    assert [each.mail.recipient for each in again.claimed] == [OTHERS[0]]
    states = [stage.sends(address)[0].state for address in COLLEAGUES]
    assert states == [SendState.HANDED] * 2 + [SendState.QUEUED] * 2
    assert all(stage.sends(address)[0].due_at == NOON + DAY for address in COLLEAGUES[2:])


async def test_a_mailbox_in_one_look(database: Database) -> None:
    """A mailbox with room for three mails has three claimed, however many are due."""
    stage = limited(database, Limits(), per_day=3, per_hour=3)
    await begun(stage, *COLLEAGUES, *OTHERS)
    looked = stage.write(look, stage.desk, stage.runner.leases["ana"], NOON)
    assert len(looked.claimed) == 3
    await stage.work(timedelta(0))
    assert len(stage.mailers["ana"].accepted) <= 3


async def test_a_group_at_the_dot(database: Database) -> None:
    """Claimed while there was room, handed over when there is less: no more than there is."""
    roomy = limited(database, Limits(per_domain=9))
    await begun(roomy, *COLLEAGUES)
    lease = roomy.runner.leases["ana"]
    claimed = roomy.write(look, roomy.desk, lease, NOON).claimed
    assert len(claimed) == 4
    strict = limited(database, Limits(per_domain=3))
    handings = [Handing(each.send_id, lease, each.case) for each in claimed]
    assert strict.write(hand_over, strict.desk, handings, NOON) == [True, True, True, False]


async def test_a_group_with_one_that_was_stopped(each_stage: Stage) -> None:
    """Who was stopped since the look gets no dot; the others in the transaction get theirs."""
    stage = each_stage
    await begun(stage, *OTHERS)
    lease = stage.runner.leases["ana"]
    claimed = stage.write(look, stage.desk, lease, NOON).claimed
    stage.write(stop, stage.desk, OTHERS[1], "test", NOON)
    handings = [Handing(each.send_id, lease, each.case) for each in claimed]
    assert stage.write(hand_over, stage.desk, handings, NOON) == [True, False, True, True]


async def test_more_than_one_batch(each_stage: Stage) -> None:
    """More mails than are claimed at once all leave, each once."""
    people = [f"x{number}@firm{number}.example" for number in range(AT_ONCE + 7)]
    each_stage.begin(*people)
    await each_stage.work()
    recipients = [each.recipient for each in each_stage.mailers["ana"].accepted]
    assert sorted(recipients) == sorted(people)
    assert each_stage.verify().clean


async def test_two_connections(each_stage: Stage) -> None:
    """Over two connections at a time each mail still leaves once, and all of them do."""
    stage = each_stage
    ana = replace(stage.policy.mailboxes["ana"], connections=2)
    stage.policy = replace(stage.policy, mailboxes={**stage.policy.mailboxes, "ana": ana})
    stage.restart()
    people = COLLEAGUES + OTHERS
    stage.begin(*people)
    await stage.work()
    assert sorted(each.recipient for each in stage.mailers["ana"].accepted) == sorted(people)


async def test_what_was_not_tried_is_given_back(each_stage: Stage) -> None:
    """Claimed mails behind one that fails wait again, untouched and without a try counted."""
    stage = each_stage
    await begun(stage, *OTHERS)
    lease = stage.runner.leases["ana"]
    claimed = stage.write(look, stage.desk, lease, NOON).claimed
    numbers = [each.send_id for each in claimed]
    stage.write(give_back, stage.desk, lease, numbers[1:], NOON)
    found = stage.read(sends.get_many, numbers)
    assert [found[number].state for number in numbers] == [
        SendState.CLAIMED,
        *[SendState.QUEUED] * 3,
    ]
    assert [found[number].tries for number in numbers] == [1, 0, 0, 0]


async def test_a_refusal_in_the_middle(each_stage: Stage) -> None:
    """One refused recipient among many delays nobody else."""
    stage = each_stage
    stage.begin(*OTHERS)
    refused = Outcome(OutcomeKind.DEFERRED, Phase.RCPT, 451, "4.3.0", "later")
    stage.mailers["ana"].plan(OTHERS[1], refused)
    await stage.work()
    left = {each.recipient for each in stage.mailers["ana"].accepted}
    assert left == {OTHERS[0], *OTHERS[2:]}
    assert stage.sends(OTHERS[1])[0].state is SendState.DEFERRED


async def test_a_bad_row_in_the_middle(stage: Stage) -> None:
    """A mail at which the engine itself fails is pushed forward, and the others leave."""
    stage.begin(*OTHERS)
    broken = stage.sends(OTHERS[2])[0].id
    astray = "UPDATE send SET step_id = 'of-no-cadence' WHERE id = ?"
    stage.write(lambda connection: connection.exec_driver_sql(astray, (broken,)))
    await stage.work()
    left = {each.recipient for each in stage.mailers["ana"].accepted}
    assert left == {*OTHERS[:2], OTHERS[3]}
    [send] = [each for each in stage.sends(OTHERS[2]) if each.id == broken]
    assert "internal error" in send.why


def forbid_storing(stage: Stage, address: str) -> None:
    """Let every attempt to store an outcome for this person fail, as a broken row would."""
    number = stage.sends(address)[0].id
    trigger = (
        f"CREATE TRIGGER t BEFORE INSERT ON attempt WHEN NEW.send_id = {number} "
        "BEGIN SELECT RAISE(ABORT, 'constraint'); END"
    )
    stage.write(lambda connection: connection.exec_driver_sql(trigger))


async def test_a_refusal_that_cannot_be_stored(stage: Stage) -> None:
    """It is out of the way after one try, and the mails behind it leave."""
    stage.begin(*OTHERS)
    forbid_storing(stage, OTHERS[0])
    refused = Outcome(OutcomeKind.DEFERRED, Phase.RCPT, 451, "4.3.0", "later")
    stage.mailers["ana"].plan(OTHERS[0], *[refused] * 9)
    for _ in range(3):
        await stage.work(timedelta(seconds=5))
    assert {each.recipient for each in stage.mailers["ana"].accepted} == set(OTHERS[1:])
    [send] = stage.sends(OTHERS[0])
    assert send.due_at > stage.clock.now()
    assert "internal error" in send.why


async def test_an_acceptance_that_cannot_be_stored(stage: Stage) -> None:
    """It is in doubt itself, and the mail behind it on the connection is not blamed for that."""
    stage.begin(*OTHERS)
    forbid_storing(stage, OTHERS[0])
    await stage.work(timedelta(seconds=5))
    await stage.work(timedelta(minutes=16))
    await stage.work(timedelta(seconds=5))
    recipients = [each.recipient for each in stage.mailers["ana"].accepted]
    assert sorted(recipients) == sorted(OTHERS)
    assert all("internal error" not in stage.sends(address)[0].why for address in OTHERS[1:])
    states = {stage.sends(address)[0].state for address in OTHERS[1:]}
    assert states == {SendState.SENT}
