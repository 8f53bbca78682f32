"""What is foreseen of people who stay silent is what the daemon then does, to the second."""

import asyncio
from datetime import date, datetime, timedelta
from functools import cache
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog
from builders import NOON, a_prospect
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import EVERYBODY, Stage, a_loaded, a_policy

from sequencer.domain.absence import Absence
from sequencer.domain.pacing import Limits, Pace
from sequencer.domain.prospect import Prospect
from sequencer.engine.desk import Desk
from sequencer.engine.next_event import next_instant
from sequencer.engine.policy import MailboxPolicy, Policy
from sequencer.simulation.foresight import Foresight
from sequencer.store import foreseen, schema
from sequencer.store.memory import MemoryDatabase

END = NOON + timedelta(days=6)
NOW_AND_THEN = timedelta(hours=1)  # ticks of a daemon that nobody foresaw
MOST_ROUNDS = 1_000  # of a daemon in that time: many times what there is to do
WAITS = st.sampled_from(("20 minutes", "5 hours", "1 day", "1 business_day", "2 business_days"))
STEPS = st.lists(
    st.tuples(WAITS, st.sampled_from(("email", "email", "email", "call"))), min_size=1, max_size=4
)
WINDOWS = st.sampled_from(
    (
        {"mon-sun": ["00:00-24:00"]},
        {"mon-fri": ["08:30-11:30", "13:30-17:00"]},
        {"tue-sat": ["22:00-23:30"]},
    )
)
PLACES = st.sampled_from(
    (("Europe/Madrid", "ES"), ("America/New_York", "US"), ("Australia/Sydney", "AU"), ("", "BR"))
)
PACES = st.builds(
    Pace,
    per_day=st.integers(1, 6),
    gap=st.sampled_from((0, 90, 1_800)).map(lambda seconds: timedelta(seconds=seconds)),
    per_hour=st.none() | st.integers(1, 3),
)
AWAY = st.sampled_from(((), (Absence(date(2026, 3, 5), date(2026, 3, 6)),)))


def document(steps: list[tuple[str, str]]) -> list[dict[str, str]]:
    """Steps as a cadence file has them; the first waits for nothing."""
    written = [{"id": "s0", "email": "intro.md"}]
    for number, (wait, kind) in enumerate(steps, 1):
        step = {"id": f"s{number}", "wait": wait, kind: "intro.md"}
        written.append({**step, "skip_after": "3 hours"} if kind == "call" else step)
    return written


@st.composite
def cadences(draw: Any) -> dict[str, Any]:
    """What a cadence says otherwise than that of the stage."""
    schedule = {
        "window": draw(WINDOWS),
        "timezone": draw(st.sampled_from(("prospect", "workspace"))),
        "jitter_minutes": draw(st.sampled_from((0, 20))),
    }
    throttle = {"new_per_day": draw(st.integers(1, 3))} if draw(st.booleans()) else {}
    changes = {"schedule": schedule, "steps": document(draw(STEPS)), "audience": EVERYBODY}
    return {**changes, "throttle": throttle} if throttle else changes


@st.composite
def policies(draw: Any) -> Policy:
    """Two mailboxes with small limits."""
    boxes = {
        name: MailboxPolicy(
            name,
            f"{name}@seller.example",
            name.title(),
            tz=ZoneInfo("Europe/Madrid"),
            pace=draw(PACES),
            keeps_sent_copy=True,
            country="ES",
            away=draw(AWAY),
        )
        for name in ("ana", "luis")
    }
    limits = Limits(per_domain=draw(st.none() | st.integers(1, 2)))
    return a_policy(mailboxes=boxes, limits=limits)


PEOPLE = st.lists(PLACES, min_size=1, max_size=5).map(
    lambda places: [
        a_prospect(email=f"p{number}@bank.example", timezone=tz, country=country)
        for number, (tz, country) in enumerate(places)
    ]
)


@pytest.fixture(autouse=True, scope="module")
def quiet_logs() -> Any:
    """Log lines of thousands of mails would be all that is seen."""
    structlog.configure(processors=[structlog.processors.KeyValueRenderer()], logger_factory=drop)
    yield
    structlog.reset_defaults()


def drop(*_: object) -> Any:
    """A logger that says nothing."""
    return structlog.testing.CapturingLogger()


@cache
def an_empty_one() -> MemoryDatabase:
    """A database with all tables and nothing in them; to set it up takes longer than to copy it."""
    database = MemoryDatabase()
    schema.upgrade(database)
    return database


def begun(
    policy: Policy, changes: dict[str, Any], people: list[Prospect]
) -> tuple[Stage, MemoryDatabase]:
    """A database in memory in which everybody is enrolled by the same keys each time."""
    database = MemoryDatabase()
    database.copy_from(an_empty_one())
    stage = Stage(database, policy)
    database.clock = stage.clock.now
    stage.apply(a_loaded(mailboxes=("ana", "luis"), **changes))
    stage.bring_in(*people)
    stage.enroll(*(person.email for person in people))
    return stage, database


def mails_in(database: MemoryDatabase) -> dict[tuple[str, str], tuple[str, datetime | None]]:
    """When the mail of each step left, and from which mailbox."""
    with database.read() as connection:
        return {
            (mail.address, mail.step_id): (mail.mailbox, mail.sent_at)
            for mail in foreseen.mails(connection, NOON)
        }


def seconds_to(stage: Stage) -> int:
    """Full seconds until a daemon has something to do, and no more than now and then."""
    now = stage.clock.now()
    due_at = stage.read(next_instant, stage.desk, now)
    wait = NOW_AND_THEN if due_at is None else min(due_at - now, NOW_AND_THEN)
    return max(1, ceil(wait.total_seconds()))


async def lived(stage: Stage) -> None:
    """A daemon that looks whenever something is due, and now and then although nothing is."""
    for _ in range(MOST_ROUNDS):
        if stage.clock.now() >= END:
            return
        await stage.work()
        stage.clock.advance(timedelta(seconds=seconds_to(stage)))
    raise AssertionError(f"something is said to be due and never done, at {stage.clock.now()}")


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(policies(), cadences(), PEOPLE)
def test_to_the_second(policy: Policy, changes: dict[str, Any], people: list[Prospect]) -> None:
    """The same mails leave the same mailboxes at the same instants; the same ones never do."""
    _, told = begun(policy, changes, people)
    Foresight(told, Desk(policy), NOON).run(END)
    stage, done = begun(policy, changes, people)
    asyncio.run(lived(stage))
    foreseen_mails, mails = mails_in(told), mails_in(done)
    told.dispose()  # many examples would keep many databases
    done.dispose()
    assert foreseen_mails == mails
    assert mails
