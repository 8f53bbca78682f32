"""The line to PostgreSQL is lost at a COMMIT: what happened is read again, and never assumed."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime

import pytest
import sqlalchemy as sa
from builders import NOON
from fakes.fake_mailer import FakeMailer
from foreign_mails import a_mail
from servers.commit_cut import CommitCut, commit_cut
from stage import Stage

from sequencer.domain.enrollment import FinishReason
from sequencer.domain.send import SendState
from sequencer.engine.look import look
from sequencer.mail.folder import Cursor, Folder, Scan
from sequencer.mail.transaction import Envelope, Outcome
from sequencer.simulation.inbox import FakeInbox
from sequencer.store import inbound, leases, mailboxes
from sequencer.store.database import Connection, Database, DatabaseError, database_now

ZOE = "zoe@bank.example"
both = pytest.mark.parametrize("arrives", [True, False], ids=["committed", "not committed"])


@pytest.fixture
def relay(postgres_url: str) -> Iterator[CommitCut]:
    """A line to the server that can be cut."""
    with commit_cut(sa.make_url(postgres_url).port or 5432) as made:
        yield made


@pytest.fixture
def stage(postgres_database: Database, relay: CommitCut) -> Iterator[Stage]:
    """An engine whose database is behind the relay."""
    url = postgres_database.url.set(port=relay.port)
    database = Database(url.render_as_string(hide_password=False))
    yield Stage(database)
    database.dispose()


class Cutting(FakeMailer):
    """A mailer that has the line cut at a place of the transaction."""

    def __init__(self, before: Callable[[], None], after: Callable[[], None]) -> None:
        super().__init__()
        self.before, self.after = before, after

    async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        """As the fake; `before` is called once before the hand-over, `after` once after it."""
        self.before()
        outcome = await super().send(envelope, hand)
        self.after()
        self.before = self.after = lambda: None
        return outcome


class CuttingInbox(FakeInbox):
    """An inbox that has the line cut once when it has been read."""

    cut: Callable[[], None] | None = None

    async def scan(
        self, cursors: Mapping[Folder, Cursor], since: datetime | None = None
    ) -> Sequence[Scan]:
        """As the fake."""
        found = await FakeInbox.scan(self, cursors, since)
        if self.cut is not None:
            self.cut()
            self.cut = None
        return found


def cutting(stage: Stage, before: Callable[[], None], after: Callable[[], None]) -> None:
    stage.mailers["ana"] = Cutting(before, after)
    stage.restart()


def nothing() -> None:
    """Do not cut here."""


async def finish(stage: Stage) -> None:
    """Some rounds of work, each with what the one before left behind."""
    for _ in range(3):
        await stage.work()


@both
async def test_a_claim(stage: Stage, relay: CommitCut, *, arrives: bool) -> None:
    """A send whose claim is in doubt is claimed anew, and goes out once."""
    stage.begin(ZOE)
    await stage.take_leases()
    stage.write(mailboxes.mark_synced, "ana", NOON)
    relay.arm(arrives=arrives)
    with pytest.raises(DatabaseError):
        stage.write(look, stage.desk, stage.runner.leases["ana"], NOON)
    assert relay.cuts == 1
    assert stage.sends(ZOE)[0].state is (SendState.CLAIMED if arrives else SendState.QUEUED)
    await finish(stage)
    assert len(stage.mails(ZOE)) == 1
    assert stage.sends(ZOE)[0].state is SendState.SENT
    assert stage.sends(ZOE)[0].tries == 1


@both
async def test_a_hand_over(stage: Stage, relay: CommitCut, *, arrives: bool) -> None:
    """No dot is written after a hand-over in doubt, so that nothing is in doubt with the server."""
    stage.begin(ZOE)
    cutting(stage, lambda: relay.arm(arrives=arrives), nothing)
    await finish(stage)
    assert relay.cuts == 1
    assert len(stage.mails(ZOE)) == 1
    assert stage.sends(ZOE)[0].state is SendState.SENT
    assert "in_doubt" not in stage.timeline(ZOE)
    assert stage.verify().clean


@both
async def test_an_outcome(stage: Stage, relay: CommitCut, *, arrives: bool) -> None:
    """An answer in hand is stored once, whether or not the first try went through."""
    stage.begin(ZOE)
    cutting(stage, nothing, lambda: relay.arm(arrives=arrives))
    await finish(stage)
    assert relay.cuts == 1
    [send] = [each for each in stage.sends(ZOE) if each.step_id == "intro"]
    assert send.state is SendState.SENT
    assert len(stage.mails(ZOE)) == 1
    assert stage.read(Connection.scalar, sa.text("SELECT count(*) FROM attempt")) == 1
    assert stage.timeline(ZOE).count("sent") == 1
    assert stage.verify().clean


@both
async def test_the_leases(stage: Stage, relay: CommitCut, *, arrives: bool) -> None:
    """The next renewal tells what a daemon has; until then nothing is begun there."""
    stage.begin(ZOE)
    relay.arm(arrives=arrives)
    with pytest.raises(DatabaseError):
        await stage.runner.take_leases()
    assert stage.runner.leases == {}
    held = stage.read(lambda connection: leases.holders(connection, database_now(connection)))
    assert len(held) == (2 if arrives else 0)
    await stage.runner.take_leases()
    assert {each.fence for each in stage.runner.leases.values()} == {1}
    await finish(stage)
    assert len(stage.mails(ZOE)) == 1


@both
async def test_an_answer_of_a_person(stage: Stage, relay: CommitCut, *, arrives: bool) -> None:
    """A mail whose receipt is in doubt is read again, and acted upon once."""
    stage.begin(ZOE)
    await finish(stage)
    stage.inboxes["ana"] = inbox = CuttingInbox(stage.clock.now, boxes=stage.inboxes["ana"].boxes)
    stage.restart()
    await stage.work()
    inbox.deliver(a_mail(f"From: {ZOE}", "In-Reply-To"))
    inbox.cut = lambda: relay.arm(arrives=arrives)
    for _ in range(3):
        await stage.work(stage.policy.poll)
    assert relay.cuts == 1
    assert stage.enrollment(ZOE).finish_reason is FinishReason.REPLIED
    assert stage.read(inbound.counts) == {"reply": 1}
    assert stage.timeline(ZOE).count("received") == 1


@both
async def test_an_enrolment(stage: Stage, relay: CommitCut, *, arrives: bool) -> None:
    """A command that failed may be given again: nobody is enrolled twice."""
    stage.apply()
    stage.bring_in(ZOE)
    relay.arm(arrives=arrives)
    with pytest.raises(DatabaseError):
        stage.enroll(ZOE)
    [answer] = stage.enroll(ZOE)
    assert answer.enrolled is not arrives
    assert len(stage.sends(ZOE)) == 1
