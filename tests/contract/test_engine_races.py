from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from builders import NOON
from stage import Stage

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.ledger import Kind
from sequencer.domain.send import SendState
from sequencer.engine.hand import Handing, hand_over
from sequencer.engine.leases import Lease
from sequencer.engine.look import look
from sequencer.engine.opt_out import opt_out
from sequencer.engine.outcome import Result, record
from sequencer.engine.receive import receive
from sequencer.engine.stop import stop, suppress
from sequencer.files.language_rules import load_rules
from sequencer.mail.classify import classify
from sequencer.mail.folder import Folder
from sequencer.mail.transaction import Outcome, OutcomeKind, Phase
from sequencer.mail.unsubscribe import make_token
from sequencer.store import hooks, inbound, ledger, ledger_proof, mailboxes, sends

PEOPLE = 24
ACCEPTED = Outcome(OutcomeKind.ACCEPTED, Phase.DOT, 250, "2.0.0", "queued")


def stop_by_hand(stage: Stage, address: str) -> None:
    stage.write(stop, stage.desk, address, "test", NOON)


def suppress_address(stage: Stage, address: str) -> None:
    stage.write(suppress, stage.desk, address, "test", NOON)


def suppress_domain(stage: Stage, address: str) -> None:
    stage.write(suppress, stage.desk, address.partition("@")[2], "test", NOON)


def press_the_link(stage: Stage, address: str) -> None:
    token = make_token(bytes.fromhex(stage.enrollment(address).key), stage.policy.keys)
    stage.write(opt_out, stage.desk, token, "opt-out link", NOON)


def claimed(stage: Stage, lease: Lease, address: str) -> Handing:
    """A mail that is claimed, and waits for its final dot."""
    number = stage.sends(address)[0].id
    [mail] = stage.write(look, stage.desk, lease, NOON, [number]).claimed
    return Handing(number, lease, mail.case)


def handed_over(stage: Stage, handing: Handing) -> bool:
    """Whether the mail got its dot; if so, the server has accepted it."""
    granted: bool
    [granted] = stage.write(hand_over, stage.desk, [handing], NOON)
    if granted:
        result = Result(handing.send_id, handing.lease, handing.case, ACCEPTED, NOON)
        stage.write(record, stage.desk, [result], NOON)
    return granted


@pytest.mark.parametrize("end", [stop_by_hand, suppress_address, suppress_domain, press_the_link])
async def test_a_stop_and_a_hand_at_once(
    each_stage: Stage, end: Callable[[Stage, str], None]
) -> None:
    """Whichever commits first, the other one knows: no mail is handed over after its end."""
    stage = each_stage
    people = [f"p{number}@bank{number}.example" for number in range(PEOPLE)]
    stage.begin(*people)
    await stage.take_leases()
    lease = stage.runner.leases["ana"]
    stage.write(mailboxes.mark_synced, "ana", NOON)
    handings = {address: claimed(stage, lease, address) for address in people}

    def hand(address: str) -> bool:
        return handed_over(stage, handings[address])

    with ThreadPoolExecutor(4) as pool:
        handed, ends = [], []
        for early, late in zip(people[::2], people[1::2], strict=True):
            handed.append(pool.submit(hand, early))
            ends.append(pool.submit(end, stage, late))
            ends.append(pool.submit(end, stage, early))
            handed.append(pool.submit(hand, late))
        granted = {address for address, each in zip(people, handed, strict=True) if each.result()}
        assert all(each.result() is None for each in ends)
    for address in people:
        state = stage.sends(address)[0].state
        assert stage.enrollment(address).state is EnrollmentState.FINISHED
        assert state is (SendState.SENT if address in granted else SendState.CLAIMED)
    with stage.database.read() as connection:
        assert list(ledger_proof.handed_after_listing(connection)) == []
        assert list(ledger_proof.handed_after_end(connection)) == []
        assert sends.in_state(connection, SendState.QUEUED) == []


async def test_one_send_is_claimed_once(each_stage: Stage) -> None:
    """Of many who look at a send at the same time, one gets it."""
    stage = each_stage
    stage.begin("zoe@bank.example")
    await stage.take_leases()
    lease = stage.runner.leases["ana"]
    stage.write(mailboxes.mark_synced, "ana", NOON)
    [send] = stage.sends("zoe@bank.example")
    with ThreadPoolExecutor(4) as pool:
        looks = pool.map(lambda _: stage.write(look, stage.desk, lease, NOON), range(8))
        claimed = [each.send_id for every in looks for each in every.claimed]
    assert claimed == [send.id]
    assert stage.sends("zoe@bank.example")[0].tries == 1


def test_one_delivery_is_stored_once(each_stage: Stage) -> None:
    """A webhook that is delivered by several connections at once is stored by one of them."""
    with ThreadPoolExecutor(4) as pool:
        new = pool.map(lambda _: each_stage.write(hooks.add, "s", "k", b"", NOON), range(8))
        assert sorted(new) == [False] * 7 + [True]


def test_one_mail_is_stored_once(each_stage: Stage) -> None:
    """A message that two daemons read at once is one row, and an error for neither."""
    each_stage.write(mailboxes.ensure, ["ana"])
    place = inbound.Place("ana", Folder.INBOX, 1, 1)
    message = inbound.Inbound("digest", "zoe@bank.example", "", "reply", "")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: each_stage.write(inbound.add, place, message, NOON), range(8)))
    assert each_stage.read(inbound.counts) == {"reply": 1}


async def test_one_mail_is_heard_once(each_stage: Stage) -> None:
    """Read by two daemons at once, an answer counts once: the second one finds it known."""
    stage = each_stage
    people = [f"p{number}@bank{number}.example" for number in range(PEOPLE)]
    stage.begin(*people)
    await stage.work()
    with ThreadPoolExecutor(4) as pool:
        for number, address in enumerate(people, 1):
            raw = f"From: {address}\r\nSubject: yes\r\n\r\nPlease call me.\r\n".encode()
            place = inbound.Place("ana", Folder.INBOX, 1, number)
            verdict = classify(raw, load_rules())
            kinds = pool.map(
                lambda _, seen=(place, raw, verdict): stage.write(
                    receive, stage.desk, *seen, stage.clock.now()
                ),
                range(4),
            )
            assert sorted(kinds) == [*["duplicate"] * 3, "reply"]
            told = stage.read(ledger.of_prospect, stage.person(address))
            assert [entry.kind for entry in told].count(Kind.RECEIVED) == 1
