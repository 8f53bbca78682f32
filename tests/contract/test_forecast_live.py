"""A forecast of a database that runs: what it says is what the daemon then does."""

import asyncio
from datetime import datetime, timedelta

from builders import a_prospect
from stage import SLUG, Stage, a_loaded

from sequencer.engine.enroll import Enrolment, enroll
from sequencer.engine.next_event import next_instant
from sequencer.files.prospects import Accepted
from sequencer.simulation.forecast import Scenario, forecast, key_for
from sequencer.simulation.forecast_values import Forecast
from sequencer.store import foreseen, transfer
from sequencer.store.copy_in_memory import copy_in_memory
from sequencer.store.database import Connection, Database

OLD = [f"old{number}@bank{number}.example" for number in range(3)]
NEW = [f"new{number}@firm{number}.example" for number in range(3)]
DAYS = 20
SCHEDULE = {"window": {"mon-fri": ["08:30-17:00"]}, "timezone": "prospect"}
CADENCE = a_loaded(mailboxes=("ana", "luis"), schedule=SCHEDULE)


async def a_day_later(stage: Stage) -> None:
    """Some people are under way, and the day goes on."""
    stage.apply(CADENCE)
    stage.bring_in(*OLD)
    stage.enroll(*OLD)
    for _ in range(24):
        await stage.work(after=timedelta(hours=1))


def foretold(stage: Stage) -> Forecast:
    """What would happen if the new ones came in now."""
    rows = [Accepted(line, a_prospect(email=each)) for line, each in enumerate(NEW, 2)]
    now = stage.clock.now()
    scenario = Scenario(SLUG, [CADENCE], rows, now, now, DAYS, is_live=True)
    copy = copy_in_memory(stage.database.url.render_as_string(hide_password=False))
    return forecast(scenario, copy, stage.policy, {})


async def lived_through(stage: Stage, since: datetime) -> set[tuple[str, str, str, datetime]]:
    """What the daemon does once they are in."""
    stage.restart()
    now = stage.clock.now()
    stage.bring_in(*NEW)
    keys = iter([key_for(1, SLUG, each) for each in NEW])
    enroll(stage.database, stage.desk, Enrolment(SLUG, NEW, "test"), lambda: next(keys), now)
    while stage.clock.now() < now + timedelta(days=DAYS):
        await stage.work(after=timedelta(seconds=0))
        due_at = stage.read(next_instant, stage.desk, stage.clock.now())
        stage.clock.advance(max(timedelta(seconds=1), (due_at or now) - stage.clock.now()))
        if due_at is None:
            break
    with stage.database.read() as connection:
        return sent(connection, since)


def sent(connection: Connection, since: datetime) -> set[tuple[str, str, str, datetime]]:
    return {
        (mail.address, mail.step_id, mail.mailbox, mail.sent_at)
        for mail in foreseen.mails(connection, since)
        if mail.sent_at is not None
    }


def rows_of(database: Database) -> dict[str, str]:
    """A digest of every table."""
    with database.read() as connection:
        return {
            table.name: transfer.content(connection, table, lambda _rows: None).digest
            for table in transfer.TABLES
        }


def test_same_instants(each_stage: Stage) -> None:
    """The mails of old and new people leave when it was said; to say it changed no row."""
    stage = each_stage
    asyncio.run(a_day_later(stage))
    before = rows_of(stage.database)
    told = foretold(stage)
    assert rows_of(stage.database) == before
    since = stage.clock.now()
    done = asyncio.run(lived_through(stage, since))
    foreseen_mails = {(each.prospect, each.step, each.by, each.at) for each in told.mails}
    assert foreseen_mails == done
    assert told.enrolled == len(NEW)
    assert {each.prospect for each in told.own} == set(NEW)
    assert {each.prospect for each in told.mails} == {*OLD, *NEW}
