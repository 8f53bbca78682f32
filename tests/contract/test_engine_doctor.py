from datetime import timedelta

import pytest
from builders import NOON
from stage import Stage, a_policy

from sequencer.domain.mailbox import MailboxState
from sequencer.domain.outside import OutsideError
from sequencer.engine.doctor import Finding, Level, look_over
from sequencer.engine.hooks import Source, store_delivery
from sequencer.engine.outside import Looked, Outside, OutsideWatch
from sequencer.engine.world import World
from sequencer.store import epoch, hooks, mailboxes
from sequencer.store.database import Database

CALENDLY = Source("calendly", lambda _post, _now: True, lambda _body: [])
ZOE = "zoe@bank.example"


@pytest.fixture
def stage(database: Database) -> Stage:
    """An engine in which all is well, over each kind of database in turn."""
    stage = Stage(database, sources={"calendly": CALENDLY})
    stage.apply()
    return stage


def told(stage: Stage) -> dict[str, Finding]:
    """What the doctor says, by what it is about."""
    now = stage.clock.now()
    return {each.about: each for each in look_over(stage.database, stage.desk, ["calendly"], now)}


def levels(stage: Stage) -> dict[str, Level]:
    return {about: each.level for about, each in told(stage).items()}


async def test_all_is_well(stage: Stage) -> None:
    """A line for each thing, and nothing to do."""
    await stage.work()
    stage.write(store_delivery, CALENDLY, b"{}", NOON)
    await stage.work()
    found = told(stage)
    assert set(found) == {
        "database",
        "daemons",
        "mailbox ana",
        "mailbox luis",
        "public address",
        "hooks calendly",
    }
    assert {each.level for each in found.values()} == {Level.OK}
    assert {each.hint for each in found.values()} == {""}


def test_before_anything_runs(stage: Stage) -> None:
    """No daemon is a failure; what follows from that is none besides."""
    assert levels(stage) == {
        "database": Level.OK,
        "daemons": Level.FAIL,
        "mailbox ana": Level.WARN,
        "mailbox luis": Level.WARN,
        "public address": Level.OK,
        "hooks calendly": Level.WARN,
    }
    assert "sequencer run" in told(stage)["daemons"].hint


def test_nothing_is_set_up(database: Database) -> None:
    """No mailbox, no cadence, no address that anybody reaches."""
    bare = Stage(database, a_policy(mailboxes={}, public_url="http://127.0.0.1:8025"))
    found = levels(bare)
    assert (found["mailboxes"], found["cadences"]) == (Level.FAIL, Level.WARN)
    assert found["public address"] is Level.WARN


async def test_mailboxes_that_are_ill(stage: Stage) -> None:
    """What heals by itself is a warning; what wants a person is a failure, with what to do."""
    await stage.work()
    why = "the password was refused"
    stage.write(mailboxes.set_health, "ana", MailboxState.NEEDS_SIGN_IN, why)
    stage.write(mailboxes.set_health, "luis", MailboxState.FAILING, "it is down")
    assert levels(stage)["mailbox luis"] is Level.WARN
    found = told(stage)["mailbox ana"]
    assert found.level is Level.FAIL
    assert "the password was refused" in found.what
    assert found.hint


async def test_mailboxes_that_are_not_read(stage: Stage) -> None:
    """A daemon that lives and does not read is worse than none."""
    await stage.work()
    stage.clock.advance(timedelta(hours=2))
    assert told(stage)["mailbox luis"].what == "it was last read 120 minutes ago"
    assert levels(stage)["mailbox luis"] is Level.FAIL


def test_nothing_leaves(stage: Stage) -> None:
    """A database that is held back says so."""
    stage.write(epoch.ensure, "key", NOON)
    stage.write(epoch.hold, "it was restored", None, NOON)
    assert "it was restored" in told(stage)["sending"].what
    assert levels(stage)["sending"] is Level.FAIL


def test_deliveries_that_came_to_nothing(stage: Stage) -> None:
    """They are counted, and it is told where to look."""
    stage.write(store_delivery, CALENDLY, b"{", NOON)
    stage.write(hooks.finish, 1, hooks.FAILED, "not JSON")
    found = told(stage)["hooks calendly"]
    assert (found.level, found.hint) == (Level.WARN, "sequencer hooks list")
    assert "1 deliveries" in found.what


@pytest.mark.parametrize(
    ("error", "problem", "level", "what", "hint"),
    [
        (None, "", Level.OK, "read 2026-03-03 12:00 UTC", ""),
        (None, "it is off: renew it", Level.WARN, "it is off", "renew it"),
        (
            OutsideError("no"),
            "",
            Level.FAIL,
            "it does not answer since 2026-03-03 12:00 UTC: no",
            "sequencer calendar check",
        ),
    ],
)
async def test_what_is_asked_outside(
    stage: Stage, error: Exception | None, problem: str, level: Level, what: str, hint: str
) -> None:
    """As it stood at the last look; nobody is asked for this."""

    async def look(_world: World, _mark: str, _now: object) -> Looked:
        if error is not None:
            raise error
        return Looked("", problem)

    every = [Outside("calendar rep x", "x", timedelta(minutes=5), look)]
    stage.runner.outside = OutsideWatch(every)
    await stage.work()
    assert told(stage)["calendar rep x"] == Finding(level, "calendar rep x", what, hint)
