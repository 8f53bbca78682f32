"""What would happen if these people were enrolled? It happens, in memory, and is written down."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice

from sequencer.engine.apply import apply_cadences
from sequencer.engine.desk import Desk
from sequencer.engine.enroll import Answer, Enrolment, enroll, preview
from sequencer.engine.hooks import Source
from sequencer.engine.import_prospects import import_prospects
from sequencer.engine.policy import Policy
from sequencer.files.cadence import LoadedCadence
from sequencer.files.prospects import Accepted, Refused, Row
from sequencer.simulation.desk_work import DeskWork, Diligence
from sequencer.simulation.fates import SILENT, Fates, Rates
from sequencer.simulation.forecast_reading import Seen, read
from sequencer.simulation.forecast_values import Forecast, RefusedFor
from sequencer.simulation.foresight import Foresight
from sequencer.simulation.rare_collections import rare_collections
from sequencer.store import foreseen
from sequencer.store.due_notes import note_due_times
from sequencer.store.memory import MemoryDatabase

BY = "the forecast"
ROUNDS_OF_A_COLLECTION = 500

Progress = Callable[[datetime], None]


@dataclass(frozen=True)
class Scenario:
    """What is to be foreseen.

    Attributes:
        slug: the cadence that the people are enrolled in.
        cadences: the checked ones, applied first.
        rows: of the list of people.
        begin: when the world begins: now, where it goes on with what runs.
        enrol_at: when the people are enrolled.
        seed: what the keys of the enrollments, and so their jitter, are drawn from.
        most: how many rows are taken at most, None for all.
    """

    slug: str
    cadences: Sequence[LoadedCadence]
    rows: Sequence[Row]
    begin: datetime
    enrol_at: datetime
    days: int
    seed: int = 1
    rates: Rates = SILENT
    diligence: Diligence = field(default_factory=Diligence)
    most: int | None = None
    is_live: bool = False

    @property
    def end(self) -> datetime:
        """Where it ends."""
        return self.enrol_at + timedelta(days=self.days)

    @property
    def cadence(self) -> LoadedCadence:
        """The one that the people are enrolled in."""
        return next(each for each in self.cadences if each.cadence.slug == self.slug)


def forecast(
    scenario: Scenario,
    database: MemoryDatabase,
    policy: Policy,
    sources: Mapping[str, Source],
    progress: Progress = lambda _now: None,
) -> Forecast:
    """What happens in that database, which is changed."""
    desk = Desk(policy)
    note_due_times(database)
    world = Foresight(database, desk, scenario.begin, sources)
    # Asked for with the world's own desk: what it remembers of the calendars is shared.
    course = _Course(scenario, world)
    fates = Fates(world, scenario.rates, scenario.seed, sources)
    work = DeskWork(database, world.desk, scenario.diligence, scenario.seed)
    world.answer, world.people = fates.answer, work.work
    with database.read() as connection:
        before = foreseen.newest_enrollment(connection)
    if scenario.enrol_at > scenario.begin:
        world.at(scenario.enrol_at, course.enrol)
    else:
        course.enrol()
    with rare_collections(ROUNDS_OF_A_COLLECTION) as collect:

        def passed(now: datetime) -> None:
            collect()
            progress(now)

        world.run(scenario.end, passed)
    seen = Seen(scenario.slug, scenario.begin, scenario.end, before, scenario.cadence.cadence)
    found = read(database, world.desk, seen)
    return replace(
        found,
        title=scenario.cadence.cadence.title,
        begin=scenario.enrol_at,
        end=scenario.end,
        seed=scenario.seed,
        is_live=scenario.is_live,
        enrolled=sum(each.enrolled for each in course.answers),
        refused=_grouped(course.answers, course.unusable),
        happened=dict(sorted(fates.happened.items())),
    )


@dataclass
class _Course:
    """The enrolment."""

    scenario: Scenario
    world: Foresight
    answers: list[Answer] = field(default_factory=list)
    unusable: list[Refused] = field(default_factory=list)

    def enrol(self) -> None:
        """Apply the cadences, import the people, and enrol them; each gets a real answer."""
        scenario, world, now = self.scenario, self.world, self.world.clock.now()
        apply_cadences(world.database, scenario.cadences, now)
        rows = list(islice(scenario.rows, scenario.most))
        self.unusable = [row for row in rows if isinstance(row, Refused)]
        people = [row for row in rows if isinstance(row, Accepted)]
        imported = import_prospects(world.database, world.desk, people, "the list", now)
        wanted = Enrolment(scenario.slug, imported.addresses, BY)
        # Who will be let in is asked first, so that each can have a key of their own: with keys in
        # the order of the list, one person more would move the jitter of all below.
        expected = preview(world.database, world.desk, wanted, now)
        keys = (
            key_for(scenario.seed, scenario.slug, each.address)
            for each in expected
            if each.enrolled
        )
        self.answers = enroll(world.database, world.desk, wanted, lambda: next(keys), now)


def key_for(seed: int, slug: str, address: str) -> str:
    """The key of the enrollment of somebody; what is not real needs no secret."""
    return sha256(f"{seed} {slug} {address}".encode()).hexdigest()[:32]


def _grouped(answers: Sequence[Answer], unusable: Sequence[Refused]) -> list[RefusedFor]:
    """Who was refused for the same first reason."""
    groups: dict[tuple[str, str], list[str]] = {}
    for row in unusable:
        groups.setdefault((row.code, row.sentence), []).append(f"line {row.line}")
    for answer in answers:
        if answer.refusals:
            first = answer.refusals[0]
            groups.setdefault((first.code, first.sentence), []).append(answer.address)
    grouped = [RefusedFor(code, said, people) for (code, said), people in groups.items()]
    return sorted(grouped, key=lambda each: (-len(each.people), each.code, each.sentence))
