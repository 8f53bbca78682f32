"""Somebody signs in to a mailbox; or nobody does, and is asked to."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOON
from stage import DAY, Stage

from sequencer.adapters.seal import KeySealer
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.send import SendState
from sequencer.domain.task import TaskKind, TaskState
from sequencer.engine.kept_token import Vault
from sequencer.engine.sign_in import OneToken, SignedIn, Wanted, keep_sign_in
from sequencer.engine.sign_in_request import DONE, LOOK_EVERY_S, TITLE, SignInWatch, ask
from sequencer.engine.tasks import Ending, done
from sequencer.mail.folder import InboxError
from sequencer.mail.greeting import Greeting
from sequencer.mail.sign_in import Grant, SignInError
from sequencer.store import mailboxes, sign_ins, tasks
from sequencer.store.sign_ins import StoredSignIn
from sequencer.store.tasks import StoredTask

ANA = "ana@seller.example"
ZOE, BOB = "zoe@buyer.example", "bob@client.example"
WANTED = Wanted("ana", ANA, frozenset({ANA, "ana@corp.example"}))
GRANT = Grant("access", "refresh", 3_600.0, accounts=frozenset({ANA}))
LATER = timedelta(seconds=LOOK_EVERY_S + 1)
LOST = InboxError("AUTHENTICATE failed", permanent=True)
LOCKED, OK = MailboxState.NEEDS_SIGN_IN, MailboxState.OK


async def keep(stage: Stage, grant: Grant = GRANT) -> SignedIn:
    """Let somebody have signed in."""
    vault = Vault(stage.database, KeySealer([b"any key"]), stage.clock, stage.new_key)
    door = stage.world.doors["ana"]
    return await keep_sign_in(vault, WANTED, grant, door, stage.clock.now())


def stored(stage: Stage) -> StoredSignIn | None:
    found: StoredSignIn | None = stage.read(sign_ins.find, "ana")
    return found


def requests(stage: Stage, *addresses: str) -> list[StoredTask]:
    """The tasks to sign in, by person and age."""
    found = [stage.read(tasks.open_matters, stage.person(a), TaskKind.MAILBOX) for a in addresses]
    return [task for each in found for task in each if task.title.startswith(TITLE)]


async def lose(stage: Stage, *addresses: str) -> None:
    """Enrol people, and let the server turn the mailbox away before any mail."""
    stage.begin(*addresses)
    stage.inboxes["ana"].trouble = LOST
    await stage.work()
    assert stage.health().state is LOCKED
    await stage.work(LATER)


def find_back(stage: Stage) -> None:
    stage.inboxes["ana"].trouble = None


async def test_kept(each_stage: Stage) -> None:
    """The right account is stored with its end, and the mailbox may go on at once."""
    stage = each_stage
    stage.begin(ZOE)
    await stage.take_leases()
    stage.write(mailboxes.set_health, "ana", LOCKED, "535", NOON + DAY)
    found = await keep(stage, replace(GRANT, ends_s=604_800.0))
    assert (found.accounts, found.smtp.is_ok, found.imap.is_ok) == ((ANA,), True, True)
    assert found.ends_at is not None
    kept = stored(stage)
    assert kept is not None
    assert (kept.version, kept.account, kept.ends_at) == (1, ANA, found.ends_at)
    assert b"refresh" not in kept.sealed
    assert stage.health() == replace(stage.health(), state=OK, reason="", until=None)


async def test_signed_in_twice(each_stage: Stage) -> None:
    """Each sign-in is a version of its own."""
    await keep(each_stage)
    await keep(each_stage)
    kept = stored(each_stage)
    assert kept is not None
    assert kept.version == 2


async def test_another_name_of_the_account(stage: Stage) -> None:
    """An account that has several names may sign in with any that the settings know."""
    found = await keep(stage, replace(GRANT, accounts=frozenset({"ana@corp.example", "x@y.z"})))
    assert found.accounts == ("ana@corp.example", "x@y.z")


async def test_somebody_else(stage: Stage) -> None:
    """Another account is refused, and nothing is stored."""
    with pytest.raises(SignInError, match=f"luis@seller.example has signed in, and {ANA} was"):
        await keep(stage, replace(GRANT, accounts=frozenset({"luis@seller.example"})))
    assert stored(stage) is None


async def test_nobody_tells_who(stage: Stage) -> None:
    """Where the provider tells no name, the mailbox has to open for the token."""
    nameless = replace(GRANT, accounts=frozenset())
    stage.inboxes["ana"].trouble = LOST
    with pytest.raises(SignInError, match=r"does not say who.*AUTHENTICATE failed"):
        await keep(stage, nameless)
    assert stored(stage) is None
    find_back(stage)
    assert (await keep(stage, nameless)).accounts == ()
    assert stored(stage) is not None


async def test_mail_is_not_allowed(stage: Stage) -> None:
    """The right account whose servers will not have it is stored, and what they say is told."""
    stage.mailers["ana"].welcome = Greeting("535 5.7.139 SmtpClientAuthentication is disabled")
    found = await keep(stage)
    assert (found.smtp.is_ok, found.imap.is_ok) == (False, True)
    assert stored(stage) is not None


async def test_one_token() -> None:
    """There is no other token than the new one, whatever a server says of it."""
    token = OneToken("new")
    assert [await token(), await token("new")] == ["new", "new"]


async def test_rep_is_asked(each_stage: Stage) -> None:
    """The rep of a mailbox that needs a sign-in gets one task; its mail stays where it is."""
    stage = each_stage
    await lose(stage, ZOE, BOB)
    (task,) = requests(stage, ZOE, BOB)
    assert (task.title, task.assignee, task.state) == (f"{TITLE}ana", "ana", TaskState.OPEN)
    assert "AUTHENTICATE failed" in task.about
    for address in (ZOE, BOB):
        assert stage.enrollment(address).state is EnrollmentState.ACTIVE
        assert [send.state for send in stage.sends(address)] == [SendState.QUEUED]
    for _ in range(5):
        await stage.work(LATER)
    stage.restart()
    await stage.work(LATER)
    assert len(requests(stage, ZOE, BOB)) == 1


async def test_request_ends_with_the_sign_in(stage: Stage) -> None:
    """A sign-in closes the task at once, and the mail leaves."""
    await lose(stage, ZOE)
    find_back(stage)
    await keep(stage)
    assert requests(stage, ZOE) == []
    await stage.work(LATER)
    assert [send.state for send in stage.sends(ZOE)][:1] == [SendState.SENT]


async def test_request_ends_by_itself(stage: Stage) -> None:
    """A mailbox that is well again, as its password was mended, needs nobody; nor after a start."""
    await lose(stage, ZOE)
    (task,) = requests(stage, ZOE)
    find_back(stage)
    stage.restart()
    await stage.work(timedelta(minutes=16))
    await stage.work(LATER)
    assert stage.health().state is OK
    await stage.work(LATER)
    ended = stage.read(tasks.find, task.id)
    assert (ended.state, ended.why) == (TaskState.SKIPPED, DONE)


async def test_lost_again(stage: Stage) -> None:
    """A request that settled itself is no reason to be silent the next time."""
    await lose(stage, ZOE)
    find_back(stage)
    await keep(stage)
    assert requests(stage, ZOE) == []
    stage.write(mailboxes.set_health, "ana", LOCKED, "imap: lost again", NOON + DAY)
    await stage.work(LATER)
    assert "lost again" in requests(stage, ZOE)[0].about


async def test_done_and_not_signed_in(stage: Stage) -> None:
    """Who ends the task and does not sign in is asked again a day later, not at once."""
    await lose(stage, ZOE)
    (task,) = requests(stage, ZOE)
    stage.write(done, stage.desk, task.id, Ending("ana"), stage.clock.now())
    await stage.work(LATER)
    assert requests(stage, ZOE) == []
    stage.write(mailboxes.set_health, "ana", LOCKED, "imap: still", NOON + 9 * DAY)
    await stage.work(timedelta(hours=23))
    assert requests(stage, ZOE) == []
    await stage.work(timedelta(hours=1))
    assert len(requests(stage, ZOE)) == 1


async def test_nobody_waits(stage: Stage) -> None:
    """A mailbox in which no mail waits tells of its trouble by its state alone."""
    stage.bring_in(ZOE)
    stage.inboxes["ana"].trouble = LOST
    await stage.work()
    await stage.work(LATER)
    assert stage.health().state is LOCKED
    assert requests(stage, ZOE) == []


async def test_unknown_mailbox(stage: Stage) -> None:
    """A mailbox that the settings do not know any more asks nobody."""
    await stage.take_leases()
    stage.write(mailboxes.ensure, ["gone"])
    stage.write(mailboxes.set_health, "gone", LOCKED, "535")
    await stage.work(LATER)
    assert stage.read(tasks.listed) == []


async def test_two_daemons(each_stage: Stage) -> None:
    """Two daemons that look at the same moment open one task."""
    stage = each_stage
    stage.begin(ZOE)
    await stage.take_leases()
    stage.write(mailboxes.set_health, "ana", LOCKED, "535", NOON + DAY)
    now = stage.clock.now()
    assert [stage.write(ask, stage.desk, "ana", now) for _ in range(2)] == [True, False]
    for _ in range(2):
        await SignInWatch().look(stage.world)
    assert len(requests(stage, ZOE)) == 1
