"""Weeks of virtual time with crashes; SIMULATION_SEED=n repeats one run."""

import os
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog
from hypothesis import settings
from simulation.small_world import OFFICE, PACE, STEPS, SmallWorld, a_world
from stage import a_loaded

from sequencer.domain.address import address_key
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.ledger import Entry
from sequencer.domain.send import FINAL, SendState
from sequencer.domain.window import is_open
from sequencer.engine.versions import Versions
from sequencer.store import enrollments, inbound, ledger, prospects, schema, sends, suppressions
from sequencer.store.database import Database

DAY = timedelta(days=1)
FRESHNESS = timedelta(seconds=120)
TOGETHER = 8  # seeds of one test, over which every rare branch has to be taken
TESTS = {"dev": 1, "ci": 1, "nightly": 60}
RARE_BRANCHES = (
    "withheld",
    "killed while claimed",
    "killed while handed",
    "settled",
    "resent",
    "parked",
    "in_doubt",
    "deferred",
    "rejected",
    "cancelled",
    "paused",
    "resumed",
    "suppressed",
    "postponed",
    "duplicate",
    "renumbered",
    "reply",
    "absence",
    "bounce",
    "opt-out by mail",
    "stopped by link",
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.dispose()
    return path


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """No log lines: a simulated crash is nothing to write about."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


def seeds(number: int) -> range:
    only = os.environ.get("SIMULATION_SEED")
    return range(int(only), int(only) + 1) if only else range(number, number + TOGETHER)


def first_seeds() -> list[int]:
    profile = settings.get_current_profile_name()
    return [TOGETHER * each for each in range(TESTS.get(profile, 1))]


async def live_through(seed: int, template: Path, path: Path, versions: Versions) -> SmallWorld:
    world = a_world(seed, template, path / f"{seed}.db", versions)
    await world.run()
    for kind in entry_kinds(world):
        world.seen[kind] += 1
    world.seen.update({"duplicate": kinds_received(world)["duplicate"]})
    return world


def entries(world: SmallWorld) -> list[Entry]:
    return [entry for _, entry in world.stage.read(ledger.latest, 100_000)]


def entry_kinds(world: SmallWorld) -> list[str]:
    return [str(entry.kind) for entry in entries(world)]


def kinds_received(world: SmallWorld) -> Counter[str]:
    return Counter(world.stage.read(inbound.counts))


def check(world: SmallWorld) -> None:
    """All promises, by the ledger and by what the servers and the world have seen themselves."""
    findings = world.stage.verify()
    assert findings.clean, findings.details
    nobody_gets_a_step_twice(world)
    nothing_starts_after_a_stop(world)
    everything_leaves_in_its_window(world)
    mailboxes_keep_their_pace(world)
    everything_ends(world)
    no_answer_is_lost(world)


def nobody_gets_a_step_twice(world: SmallWorld) -> None:
    counts = Counter(each.message_id for each in world.stage.recorded())
    assert set(counts.values()) <= {1}, counts


def nothing_starts_after_a_stop(world: SmallWorld) -> None:
    listed = {each.suppression.key for each in world.stage.read(suppressions.listed)}
    for address, event in world.stopped.items():
        late = [
            dot for dot in world.dots if dot.envelope.recipient == address and dot.event > event
        ]
        assert late == [], f"{address} was stopped at event {event}"
    for dot in world.dots:
        key = address_key(dot.envelope.recipient)
        if {key, key.partition("@")[2]} & listed:
            listed_at = next(
                each.at
                for each in world.stage.read(suppressions.listed)
                if each.suppression.key in {key, key.partition("@")[2]}
            )
            assert dot.at <= listed_at


def everything_leaves_in_its_window(world: SmallWorld) -> None:
    window = a_loaded(schedule=OFFICE).cadence.schedule.window
    for dot in world.dots:
        person = world.stage.read(prospects.find, dot.envelope.recipient)
        tz = ZoneInfo(person.prospect.timezone or "UTC")
        assert is_open(window, tz, dot.at), f"{dot.envelope.recipient} at {dot.at} in {tz}"


def mailboxes_keep_their_pace(world: SmallWorld) -> None:
    for mailbox in world.stage.mailers:
        left_at = [each.at for each in world.delivered if each.mailbox == mailbox]
        assert all(later - earlier >= PACE.gap for earlier, later in pairwise(left_at)), mailbox
        for index, at in enumerate(left_at):
            assert index - bisect_right(left_at, at - DAY) < PACE.per_day, f"{mailbox} at {at}"


def everything_ends(world: SmallWorld) -> None:
    """At the end of time everybody is through, or paused for a person, each with one reason."""
    finished = Counter(entry.enrollment_id for entry in entries(world) if entry.kind == "finished")
    assert set(finished.values()) <= {1}
    final = FINAL | {SendState.PARKED}
    with world.stage.database.read() as connection:
        for state in SendState:
            for send in sends.in_state(connection, state):
                enrollment = enrollments.get(connection, send.enrollment_id).enrollment
                waits = enrollment.state is EnrollmentState.PAUSED and enrollment.resume_at is None
                assert state in final or waits, f"{send.id} is {state}, {enrollment}"
                assert enrollment.state is not EnrollmentState.ACTIVE, enrollment
        for send in sends.in_state(connection, SendState.SENT):
            assert send.looked_at is not None
            assert send.synced_at is not None
            assert timedelta(0) <= send.looked_at - send.synced_at <= FRESHNESS


def no_answer_is_lost(world: SmallWorld) -> None:
    """From the moment that an answer is in the mailbox it may be unknown for as long as a scan."""
    for dot in world.dots:
        wrote_at = world.wrote.get(dot.envelope.recipient)
        assert wrote_at is None or dot.at - wrote_at <= FRESHNESS, dot.envelope.recipient
    for address in {*world.wrote, *world.stopped}:
        state = world.stage.enrollment(address).state
        assert state is EnrollmentState.FINISHED, f"{address} wanted no more mail, and is {state}"


@pytest.mark.parametrize("first", first_seeds())
async def test_weeks(first: int, template: Path, tmp_path: Path) -> None:
    """Whatever people, servers and crashes do, the promises hold; and they did all of it."""
    seen: Counter[str] = Counter()
    versions = Versions()
    for seed in seeds(first):
        try:
            world = await live_through(seed, template, tmp_path, versions)
            check(world)
        except BaseException as error:
            error.add_note(f"repeat with: SIMULATION_SEED={seed} pytest tests/simulation")
            raise
        seen.update(world.seen)
        world.stage.database.dispose()
    if "SIMULATION_SEED" not in os.environ:
        assert [branch for branch in RARE_BRANCHES if not seen[branch]] == []


async def test_a_seed_tells_everything(template: Path, tmp_path: Path) -> None:
    """The same seed gives the same ledger, to the word."""
    first = await live_through(1, template, tmp_path, Versions())
    told = entries(first)
    first.stage.database.dispose()  # or the second world would begin over its open log
    again = await live_through(1, template, tmp_path, Versions())
    assert len(told) > 20 * len(STEPS)
    assert told == entries(again)
