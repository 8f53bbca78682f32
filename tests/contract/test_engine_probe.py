"""What one mail to itself shows of a provider, and what it must not be taken for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from fakes.fake_mailer import FakeMailer
from stage import DAY, Stage, a_policy

from sequencer.domain.capability import Capability
from sequencer.domain.send import SendState
from sequencer.engine.mailbox_check import MailboxCheck, check_mailbox
from sequencer.engine.policy import MailboxPolicy
from sequencer.engine.probe import end
from sequencer.engine.status import status
from sequencer.mail.folder import Folder, InboxError
from sequencer.mail.greeting import Greeting
from sequencer.mail.transaction import Blame, Envelope, Outcome, OutcomeKind, Phase
from sequencer.simulation.inbox import FakeInbox
from sequencer.store import capabilities, epoch, inbound
from sequencer.store.database import Database

ZOE, ADA, BOB = "zoe@bank.example", "ada@bank.example", "bob@mill.example"
ANA = "ana@seller.example"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LOST = Outcome(OutcomeKind.UNKNOWN, Phase.DOT, text="line lost", blame=Blame.MAILBOX)
BUSY = Outcome(OutcomeKind.DEFERRED, Phase.CONNECT, 421, "4.3.2", "busy", Blame.MAILBOX)


@dataclass(slots=True)
class Server(FakeMailer):
    """A provider with a mailbox of its own.

    Attributes:
        files: whether it files a copy of what is sent in Sent.
        delivers: whether a mail to itself arrives.
    """

    inbox: FakeInbox = field(kw_only=True)
    files: bool = False
    delivers: bool = True

    async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        """As the fake, and then the provider's part."""
        before = len(self.accepted)
        outcome = await FakeMailer.send(self, envelope, hand)
        if len(self.accepted) > before:
            if self.files:
                self.inbox.deliver(envelope.data, Folder.SENT)
            if self.delivers and envelope.recipient == envelope.sender:
                self.inbox.deliver(envelope.data)
        return outcome


@pytest.fixture
def fresh(sqlite_database: Database) -> Stage:
    """A workspace with one mailbox, of whose provider nothing is known."""
    inbox: FakeInbox
    ana = MailboxPolicy("ana", ANA, "Ana", pace=a_policy().mailboxes["ana"].pace, server="a:1 b:2")
    stage = Stage(sqlite_database, a_policy(mailboxes={"ana": ana}), taught=False)
    inbox = stage.inboxes["ana"]
    stage.mailers["ana"] = Server(inbox=inbox)
    stage.restart()
    return stage


def server_of(stage: Stage) -> Server:
    found = stage.mailers["ana"]
    assert isinstance(found, Server)
    return found


def known(stage: Stage) -> Capability | None:
    found: Capability | None = stage.read(capabilities.get, "ana", "a:1 b:2")
    return found


def learned(stage: Stage) -> Capability:
    """What is known, which must be something by now."""
    found = known(stage)
    assert found is not None
    return found


def probes(stage: Stage) -> list[Envelope]:
    """Mails of the mailbox to itself that were accepted."""
    return [each for each in server_of(stage).accepted if each.recipient == ANA]


async def live(stage: Stage, length: timedelta, step: timedelta = MINUTE) -> None:
    """Let the daemon tick through that time."""
    until = stage.clock.now() + length
    while stage.clock.now() < until:
        await stage.work(step)


async def test_a_provider_that_files(fresh: Stage) -> None:
    """The copy is found in Sent with both marks, and nothing is sent a second time."""
    server_of(fresh).files = True
    await live(fresh, DAY / 24)
    found = learned(fresh)
    assert (found.keeps_sent_copy, found.keeps_message_id, found.keeps_custom_header) == (True,) * 3
    assert found.would_show
    assert found.problem == found.key == ""
    assert len(probes(fresh)) == 1


async def test_a_provider_that_files_nothing(fresh: Stage) -> None:
    """The mail arrives and no copy comes within ten minutes: the provider keeps none."""
    await live(fresh, 9 * MINUTE)
    assert not learned(fresh).is_learned
    await live(fresh, 4 * MINUTE)
    found = learned(fresh)
    assert found.is_late
    assert (found.keeps_sent_copy, found.keeps_message_id, found.keeps_custom_header) == (
        False,
        True,
        True,
    )
    assert found.sent_search_lag_s is None
    await live(fresh, DAY * 1.1, 10 * MINUTE)
    assert learned(fresh) == replace(found, key="")
    assert len(probes(fresh)) == 1


@pytest.mark.parametrize("after", [12 * MINUTE, DAY / 24, DAY * 0.8])
async def test_a_provider_that_files_late(fresh: Stage, after: timedelta) -> None:
    """A copy that comes hours later shows as well that the provider keeps one, and how late."""
    await live(fresh, after, 2 * MINUTE)
    assert learned(fresh).is_late
    fresh.inboxes["ana"].deliver(probes(fresh)[0].data, Folder.SENT)
    await live(fresh, DAY / 24)
    found = learned(fresh)
    assert found.keeps_sent_copy
    assert found.sent_search_lag_s is not None
    assert after <= found.sent_search_lag_s * SECOND <= after + DAY / 24
    assert len(probes(fresh)) == 1


async def test_a_late_copy_without_its_mail(fresh: Stage) -> None:
    """A mail that arrived and was moved to Sent by hand hours later is no copy by the provider."""
    await live(fresh, DAY / 24)
    fresh.inboxes["ana"].deliver(probes(fresh)[0].data, Folder.SENT)
    fresh.inboxes["ana"].boxes[Folder.INBOX].stored.clear()
    await live(fresh, DAY * 1.1, 10 * MINUTE)
    assert (learned(fresh).keeps_sent_copy, learned(fresh).is_under_way) == (False, False)


async def test_a_doubt_while_a_copy_may_come(fresh: Stage) -> None:
    """As long as it is not known how late copies are filed, a doubt is parked."""
    await live(fresh, DAY / 24)
    server_of(fresh).plan(ZOE, LOST)
    fresh.begin(ZOE)
    await live(fresh, DAY / 24)
    assert learned(fresh).is_late
    assert fresh.sends(ZOE)[0].state is SendState.PARKED


async def test_a_doubt_where_copies_come_late(fresh: Stage) -> None:
    """It is settled once a copy would be there, by a witness that is old enough to be there."""
    hour, inbox = DAY / 24, fresh.inboxes["ana"]
    fresh.teach(keeps_sent_copy=True, sent_search_lag_s=7_200)
    fresh.begin(ZOE)
    await live(fresh, hour)
    inbox.deliver(fresh.mail_of(fresh.sends(ZOE)[0]), Folder.SENT)
    server_of(fresh).plan(ADA, LOST)
    fresh.bring_in(ADA, BOB)
    fresh.enroll(ADA)
    await live(fresh, 3.5 * hour, 10 * MINUTE)
    fresh.enroll(BOB)  # whose copy is not there yet
    await live(fresh, hour / 4, 5 * MINUTE)
    assert fresh.sends(ADA)[0].state is SendState.UNKNOWN
    await live(fresh, hour, 5 * MINUTE)
    settled = fresh.sends(ADA)[0]
    assert (settled.state, settled.tries) == (SendState.SENT, 2)


async def test_a_rule_that_moves_own_mail(fresh: Stage) -> None:
    """A mail that is in Sent and did not arrive may have been moved there: nothing is learned."""
    server_of(fresh).files, server_of(fresh).delivers = True, False
    await live(fresh, DAY / 24)
    assert learned(fresh).keeps_sent_copy is None
    assert "moved" in learned(fresh).problem
    assert len(probes(fresh)) == 1


async def test_a_mail_that_is_taken_for_junk(fresh: Stage) -> None:
    """Junk is a place to arrive in, too."""
    server_of(fresh).files, server_of(fresh).delivers = True, False
    await live(fresh, 3 * MINUTE)
    fresh.inboxes["ana"].deliver(probes(fresh)[0].data, Folder.JUNK)
    await live(fresh, 5 * MINUTE)
    assert learned(fresh).keeps_sent_copy is True


@pytest.mark.parametrize(
    ("dropped", "marks"),
    [
        ({"Message-ID"}, (False, True)),
        ({"X-Sequencer-Ref"}, (True, False)),
    ],
)
async def test_marks(fresh: Stage, dropped: set[str], marks: tuple[bool, bool]) -> None:
    """What the provider leaves of the marks is learned for each of them."""
    server_of(fresh).files = True
    fresh.inboxes["ana"].drops = frozenset(dropped)
    await live(fresh, DAY / 24)
    found = learned(fresh)
    assert (found.keeps_message_id, found.keeps_custom_header) == marks
    assert found.would_show


async def test_no_mark_left(fresh: Stage) -> None:
    """A copy without marks is none that could be found: nothing is sent again there."""
    server_of(fresh).files = True
    fresh.inboxes["ana"].drops = frozenset({"Message-ID", "X-Sequencer-Ref"})
    await live(fresh, DAY / 24)
    assert learned(fresh).keeps_sent_copy is False
    assert not learned(fresh).would_show


async def test_lag(fresh: Stage) -> None:
    """How late the copy comes is measured, to the next look at most too long."""
    await live(fresh, 4 * MINUTE)
    [mail] = probes(fresh)
    fresh.inboxes["ana"].deliver(mail.data, Folder.SENT)
    await live(fresh, 2 * MINUTE)
    lag_s = learned(fresh).sent_search_lag_s
    assert lag_s is not None
    assert 180 <= lag_s <= 300


async def test_it_is_nobodys_mail(fresh: Stage) -> None:
    """It is no reply, no touch by hand and no mail from outside, and no pace counts it."""
    server_of(fresh).files = True
    await live(fresh, DAY / 24)
    assert fresh.read(inbound.counts) == {"probe": 1}
    found = fresh.read(status, fresh.desk, fresh.clock.now())
    [usage] = [each.usage for each in found.mailboxes]
    assert (usage.sent_24h, usage.by_hand_24h) == (0, 0)
    assert fresh.verify().clean


async def test_a_server_that_does_not_answer(fresh: Stage) -> None:
    """Where nothing could be sent, it is tried again hours later, not in a loop."""
    server_of(fresh).plan(ANA, BUSY, BUSY)
    await live(fresh, DAY / 4 - 2 * MINUTE)
    assert "busy" in learned(fresh).problem
    assert probes(fresh) == []
    await live(fresh, DAY / 4, 10 * MINUTE)
    assert probes(fresh) == []
    await live(fresh, DAY / 4, 10 * MINUTE)
    assert len(probes(fresh)) == 1


@pytest.mark.parametrize("arrives", [True, False])
async def test_an_answer_that_is_lost(fresh: Stage, *, arrives: bool) -> None:
    """Without the server's yes only what is found counts; nothing is sent again for a week."""
    server_of(fresh).plan(ANA, LOST)
    server_of(fresh).lost_are_accepted = arrives
    await live(fresh, DAY / 24)
    assert learned(fresh).keeps_sent_copy is (False if arrives else None)
    assert bool(learned(fresh).problem) is not arrives
    await live(fresh, 6 * DAY, timedelta(hours=1))
    assert len(probes(fresh)) == arrives


async def test_without_sent(fresh: Stage) -> None:
    """Where there is no Sent nothing is learned, and it is said why."""
    fresh.inboxes["ana"].boxes.pop(Folder.SENT)
    await live(fresh, DAY / 24)
    assert learned(fresh).keeps_sent_copy is None
    assert "no Sent" in learned(fresh).problem
    assert len(probes(fresh)) == 1


async def test_an_inbox_that_fails(fresh: Stage) -> None:
    """A mailbox that cannot be read proves nothing, however long that lasts."""
    await fresh.work()
    await fresh.work(SECOND)
    await fresh.work(MINUTE)
    assert len(probes(fresh)) == 1
    fresh.inboxes["ana"].trouble = InboxError("no answer")
    await live(fresh, DAY / 24)
    assert learned(fresh).keeps_sent_copy is None
    assert "no answer" in learned(fresh).problem


async def test_a_mailbox_that_is_held_back(fresh: Stage) -> None:
    """A mailbox that may send nothing sends nothing to itself either."""
    held = fresh.policy.mailboxes["ana"]
    fresh.policy = replace(
        fresh.policy,
        mailboxes={"ana": replace(held, pace=replace(held.pace, per_day=0))},
    )
    fresh.restart()
    await live(fresh, DAY / 24)
    assert probes(fresh) == []


async def test_switched_off(fresh: Stage) -> None:
    """Who wants no such mail gets none, and copies are filed as long as nothing speaks against."""
    fresh.policy = replace(fresh.policy, probes=False)
    fresh.restart()
    fresh.begin(ZOE)
    await live(fresh, DAY / 24)
    assert probes(fresh) == []
    assert len(copies(fresh)) == 1


async def test_a_daemon_that_ends(fresh: Stage) -> None:
    """One that was told to end sends none; the next one does at once."""
    fresh.world.ending.set()
    await live(fresh, DAY / 24)
    assert probes(fresh) == []
    fresh.restart()
    await live(fresh, 5 * MINUTE)
    assert len(probes(fresh)) == 1


async def test_another_daemon_goes_on(fresh: Stage) -> None:
    """A probe that is under way is looked for by whoever has the mailbox; none is sent again."""
    server_of(fresh).files = False
    await live(fresh, 3 * MINUTE)
    fresh.restart()
    fresh.inboxes["ana"].deliver(probes(fresh)[0].data, Folder.SENT)
    await live(fresh, 5 * MINUTE)
    assert learned(fresh).keeps_sent_copy is True
    assert (learned(fresh).sent_search_lag_s or 0) >= 120
    assert len(probes(fresh)) == 1


async def test_a_search_of_yesterday(fresh: Stage) -> None:
    """Where nobody has looked since, a person who asks a day later is told at once."""
    await ask(fresh)
    fresh.restart()
    fresh.clock.advance(DAY)
    found = await ask(fresh)
    assert found.files_copies is True
    assert len(probes(fresh)) == 1


async def test_nothing_leaves_while_held(fresh: Stage) -> None:
    """A restored database that nobody has compared yet lets no mail go, not even this one."""
    fresh.write(epoch.ensure, "first", fresh.clock.now())
    fresh.write(epoch.hold, "restored", None, fresh.clock.now())
    await live(fresh, DAY / 24)
    assert probes(fresh) == []
    fresh.write(epoch.go_on, "second", fresh.clock.now())
    await live(fresh, 15 * MINUTE)
    assert len(probes(fresh)) == 1


async def test_other_servers(fresh: Stage) -> None:
    """What was learned of one server says nothing of another one."""
    server_of(fresh).files = True
    await live(fresh, DAY / 24)
    moved = replace(fresh.policy.mailboxes["ana"], server="c:3 d:4")
    fresh.policy = replace(fresh.policy, mailboxes={"ana": moved})
    fresh.restart()
    await live(fresh, DAY / 24)
    assert len(probes(fresh)) == 2
    assert known(fresh) is None


def test_a_late_word(fresh: Stage) -> None:
    """What came of a probe that is not the present one any more is not stored."""
    now = fresh.clock.now()
    newer = Capability("ana", "a:1 b:2", now, key="newer", sent_at=now)
    fresh.write(capabilities.save, newer)
    older = Capability("ana", "a:1 b:2", now, keeps_sent_copy=True)
    assert fresh.write(end, "older", older) == newer
    assert known(fresh) == newer


# Copies.


def copies(stage: Stage) -> list[bytes]:
    """What is in Sent, but for the mail to itself."""
    found = [each.raw for each in stage.inboxes["ana"].boxes[Folder.SENT].stored]
    return [raw for raw in found if b"a mail to itself" not in raw]


@pytest.mark.parametrize("files", [True, False])
async def test_one_copy_of_each(fresh: Stage, *, files: bool) -> None:
    """Mails leave while nothing is known yet, and of each there is one copy in the end."""
    server_of(fresh).files = files
    fresh.begin(ZOE, "ada@bank.example")
    await live(fresh, 2 * MINUTE)
    assert len(server_of(fresh).accepted) == 3
    await live(fresh, 30 * MINUTE)
    assert len(copies(fresh)) == 2
    fresh.bring_in("eva@bank.example")
    fresh.enroll("eva@bank.example")
    await live(fresh, 5 * MINUTE)
    assert len(copies(fresh)) == 3


async def test_a_presumption(fresh: Stage) -> None:
    """What the provider is known for decides about copies until it is learned, and no longer."""
    presumed = replace(fresh.policy.mailboxes["ana"], presumed_copy=True)
    fresh.policy = replace(fresh.policy, mailboxes={"ana": presumed})
    fresh.restart()
    fresh.begin(ZOE)
    await live(fresh, 30 * MINUTE)
    assert copies(fresh) == []
    fresh.bring_in("eva@bank.example")
    fresh.enroll("eva@bank.example")
    await live(fresh, 5 * MINUTE)
    assert len(copies(fresh)) == 1


async def test_nobody_knows_in_the_end(fresh: Stage) -> None:
    """Where nothing could be learned a copy is filed, unless one is there."""
    server_of(fresh).plan(ANA, BUSY)
    await live(fresh, 3 * MINUTE)
    server_of(fresh).files = True
    fresh.begin(ZOE)
    await live(fresh, 3 * MINUTE)
    assert len(copies(fresh)) == 1
    server_of(fresh).files = False
    fresh.bring_in("eva@bank.example")
    fresh.enroll("eva@bank.example")
    await live(fresh, 3 * MINUTE)
    assert len(copies(fresh)) == 2


# A person asks.


async def ask(stage: Stage, wait_s: float = 60) -> MailboxCheck:
    return await check_mailbox(stage.world, "ana", wait_s, lambda _seconds: None)


async def test_asked_by_a_person(fresh: Stage) -> None:
    """A person learns it at once, and the daemon sends no other mail."""
    server_of(fresh).files = True
    found = await ask(fresh)
    assert found.is_ok
    assert found.resends
    assert found.files_copies is False
    await live(fresh, DAY / 24)
    assert len(probes(fresh)) == 1


async def test_a_person_does_not_wait_for_ever(fresh: Stage) -> None:
    """What was not found in a minute is looked for by the daemon until the time is over."""
    found = await ask(fresh)
    assert found.known is not None
    assert found.known.is_under_way
    assert (found.files_copies, found.resends) == (None, False)
    assert len(probes(fresh)) == 1
    again = await ask(fresh)
    assert again.known is not None
    assert len(probes(fresh)) == 1
    fresh.restart()
    await live(fresh, 15 * MINUTE)
    assert learned(fresh).keeps_sent_copy is False
    assert len(probes(fresh)) == 1


async def test_asked_again(fresh: Stage) -> None:
    """A person may learn it anew; what was known stays if that fails."""
    server_of(fresh).files = True
    await ask(fresh)
    fresh.clock.advance(MINUTE)
    server_of(fresh).plan(ANA, BUSY)
    found = await ask(fresh)
    assert found.resends
    assert found.known is not None
    assert "busy" in found.known.problem
    fresh.clock.advance(MINUTE)
    fresh.inboxes["ana"].drops = frozenset({"Message-ID"})
    found = await ask(fresh)
    assert found.known is not None
    assert found.known.keeps_message_id is False
    assert len(probes(fresh)) == 2


@pytest.mark.parametrize("wait_s", [0, 60])
async def test_no_mail_where_there_is_no_way(fresh: Stage, wait_s: float) -> None:
    """Without a sign-in, or where none is wanted, nothing is sent."""
    server_of(fresh).welcome = Greeting("535 wrong", needs_person=True) if wait_s else Greeting()
    found = await ask(fresh, wait_s)
    assert found.is_ok is not bool(wait_s)
    assert found.known is None
    assert probes(fresh) == []


async def test_what_was_learned_settles(fresh: Stage) -> None:
    """Where a probe was found, a mail whose line broke before the dot leaves once more."""
    server_of(fresh).files = True
    await live(fresh, 5 * MINUTE)
    fresh.begin(ZOE)
    server_of(fresh).plan(ZOE, LOST)
    server_of(fresh).lost_are_accepted = False
    await live(fresh, 25 * MINUTE)
    assert [send.state for send in fresh.sends(ZOE)] == [SendState.SENT, SendState.QUEUED]
    assert len(fresh.mails(ZOE)) == 1
