"""Whatever is edited, and wherever people stand: nobody gets a mail more, and nobody is stuck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from builders import NOON, a_prospect
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import ALWAYS, SLUG, a_loaded, a_policy

from sequencer.domain.cadence import StepKind
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.migration import Choice
from sequencer.domain.send import SendState
from sequencer.engine.apply import apply_cadences
from sequencer.engine.desk import Desk
from sequencer.engine.enroll import Enrolment, enroll
from sequencer.engine.pause import pause, resume
from sequencer.engine.plan_apply import AppliedCadence, Order, apply_plan
from sequencer.engine.plan_effect import Effect, Word
from sequencer.engine.plan_look import look
from sequencer.engine.plan_view import Options
from sequencer.engine.verify import verify
from sequencer.files.cadence import LoadedCadence
from sequencer.simulation.foresight import Foresight
from sequencer.store import enrollments, prospects, schema, sends
from sequencer.store.memory import MemoryDatabase

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
END = NOON + 120 * DAY
OFFICE = {**ALWAYS, "window": {"mon-fri": ["09:00-17:00"]}, "jitter_minutes": 20}
TEXTS = {f"{name}.md": f"---\nsubject: {name}\n---\nHello {name}.\n" for name in "abcdefgh"}
PEOPLE = {
    "zoe@bank.example": "DE",
    "leo@mill.example": "ES",
    "ida@farm.example": "FR",
}
FIELDS = ('country == "ES"', 'country != "ES"', 'stage == "customer"')


@st.composite
def steps(draw: st.DrawFn, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Steps of these ids: mails and calls, with guards on people and on steps above, and jumps."""
    made: list[dict[str, Any]] = []
    for index, name in enumerate(ids):
        step: dict[str, Any] = {"id": name, "wait": f"{draw(st.integers(0, 4))} days"}
        if draw(st.integers(0, 4)) == 0:
            step |= {"call": f"{name}.md", "skip_after": "1 day"}
        else:
            step["email"] = f"{name}.md"
        ends = [f"{above}.{word}" for above in ids[:index] for word in ("sent", "skipped")]
        guards = [*FIELDS, *ends, *(f"not {each}" for each in ends)]
        if index and draw(st.integers(0, 3)) == 0:
            step["when"] = draw(st.sampled_from(guards))
        if index + 2 < len(ids) and draw(st.integers(0, 3)) == 0:
            step["goto"] = draw(st.sampled_from(ids[index + 2 :]))
        made.append(step)
    return made


@st.composite
def edits(draw: st.DrawFn) -> tuple[LoadedCadence, LoadedCadence]:
    """A cadence, and what somebody made of it: any order, fewer steps, more, other times."""
    old = draw(st.permutations("abcde"))[: draw(st.integers(2, 5))]
    kept = draw(st.lists(st.sampled_from(old), unique=True, max_size=len(old)))
    added = draw(st.lists(st.sampled_from("fgh"), unique=True, max_size=2))
    new = draw(st.permutations([*kept, *added])) or ["h"]
    before, after = draw(steps(old)), draw(steps(new))
    if draw(st.booleans()):  # a small edit: most of it stays as it was
        known = {step["id"]: step for step in before}
        after = [_fitting(known.get(step["id"], step), new) for step in after]
    schedules = draw(st.tuples(*[st.sampled_from([ALWAYS, ALWAYS, OFFICE])] * 2))
    gone = sorted(set(old) - set(new))
    return (
        a_loaded(TEXTS, steps=before, schedule=schedules[0]),
        a_loaded(TEXTS, steps=after, schedule=schedules[1], retired=gone),
    )


def _fitting(step: dict[str, Any], ids: Sequence[str]) -> dict[str, Any]:
    """The step without a guard or a jump that the new order has no place for."""
    at = ids.index(step["id"])
    named = step.get("when", "").removeprefix("not ").partition(".")
    drops = set()
    if named[1] and named[0] not in ids[:at]:
        drops.add("when")
    if "goto" in step and step["goto"] not in ids[at + 1 :]:
        drops.add("goto")
    return {key: value for key, value in step.items() if key not in drops}


@dataclass(frozen=True)
class Life:
    """What happens beside the edit: who is enrolled when, who is paused from when to when."""

    enrolled: tuple[int, ...]
    paused: tuple[tuple[str, int, int], ...] = ()


LIVES = st.builds(
    Life,
    st.tuples(*[st.integers(0, 120)] * len(PEOPLE)),
    st.lists(
        st.tuples(st.sampled_from(sorted(PEOPLE)), st.integers(0, 200), st.integers(1, 100)),
        max_size=2,
    ).map(tuple),
)
OPTIONS = st.tuples(
    st.booleans(),
    st.lists(st.sampled_from(Choice), min_size=5, max_size=5),
)


def turned(old: LoadedCadence, new: LoadedCadence) -> set[str]:
    """Steps that were calls and are mails now."""
    calls = {step.id for step in old.cadence.steps if step.kind is StepKind.CALL}
    return calls & {step.id for step in new.cadence.steps if step.kind is StepKind.EMAIL}


@dataclass
class World:
    """One world; the edit happens in it or does not."""

    life: Life
    old: LoadedCadence
    effects: list[Effect] = field(default_factory=list)
    done: list[AppliedCadence] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = MemoryDatabase()
        schema.upgrade(self.database)
        self.foresight = Foresight(self.database, Desk(a_policy()), NOON)
        self.desk = self.foresight.desk
        apply_cadences(self.database, [self.old], NOON)
        people = [a_prospect(email=email, country=at) for email, at in PEOPLE.items()]
        with self.database.write() as connection:
            prospects.upsert(connection, people, NOON)
        for number, (email, hours) in enumerate(zip(PEOPLE, self.life.enrolled, strict=True)):
            self.at(hours, lambda email=email, number=number: self.enroll(email, number))
        for email, start, length in self.life.paused:
            self.at(start, lambda email=email: self.write(pause, email))
            self.at(start + length, lambda email=email: self.write(resume, email))

    def at(self, hours: int, what: Any) -> None:
        self.foresight.at(NOON + hours * HOUR, what)

    def write(self, work: Any, email: str) -> None:
        with self.database.write() as connection:
            work(connection, self.desk, email, "test", self.foresight.clock.now())

    def enroll(self, email: str, number: int) -> None:
        now = self.foresight.clock.now()
        enroll(
            self.database, self.desk, Enrolment(SLUG, [email], "t"), lambda: f"{number:032x}", now
        )

    def edit(self, new: LoadedCadence, *, with_added: bool, choices: Sequence[Choice]) -> None:
        """Plan and apply, with a decision for every step that is gone."""
        now = self.foresight.clock.now()
        gone = [step.id for step in self.old.cadence.steps]
        slugs = frozenset({SLUG})
        decided = {(SLUG, step): choice for step, choice in zip(gone, choices, strict=False)}
        kept = {step.id for step in new.cadence.steps} - turned(self.old, new)
        decided = {place: choice for place, choice in decided.items() if place[1] not in kept}
        options = Options(slugs, slugs if with_added else frozenset(), decided)
        plan = look(self.database, self.desk, [new], options, now)
        self.effects = list(plan.cadences[0].effects)
        self.begun = {each.email: set(self.mailed().get(each.email, {})) for each in self.effects}
        order = Order("test", now)
        self.done = apply_plan(self.database, self.desk, [new], plan, order)

    def mailed(self) -> Mapping[str, dict[str, datetime]]:
        """Which steps were mailed to whom, and when."""
        found = {}
        with self.database.read() as connection:
            for email in PEOPLE:
                person = prospects.find(connection, email)
                assert person is not None
                found[email] = {
                    send.step_id: send.handed_at
                    for stored in enrollments.of_prospect(connection, person.id)
                    for send in sends.of_enrollment(connection, stored.id)
                    if send.state is SendState.SENT and send.handed_at is not None
                }
        return found

    def check(self) -> None:
        """Everybody has ended, and every promise was kept."""
        with self.database.read() as connection:
            for email in PEOPLE:
                person = prospects.find(connection, email)
                assert person is not None
                for stored in enrollments.of_prospect(connection, person.id):
                    assert stored.enrollment.state is EnrollmentState.FINISHED, stored
            assert verify(connection, self.desk, END).details == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits(), LIVES, st.integers(0, 300), OPTIONS)
def test_nobody_gets_a_mail_more(
    edit: tuple[LoadedCadence, LoadedCadence],
    life: Life,
    hours: int,
    options: tuple[bool, list[Choice]],
) -> None:
    """After an edit everybody gets what they would have got, or less; with the option also what
    the edit added. Each step comes once at most, when the plan said, and everybody comes to an end.
    """
    old, new = edit
    with_added, choices = options
    without, world = World(life, old), World(life, old)
    world.at(hours, lambda: world.edit(new, with_added=with_added, choices=choices))
    for each in (without, world):
        each.foresight.run(END)
        each.check()
    added = {step.id for step in new.cadence.steps} - {step.id for step in old.cadence.steps}
    added |= turned(old, new)
    before, after = without.mailed(), world.mailed()
    for effect in world.effects:
        allowed = set(before[effect.email]) | (added if with_added else set())
        assert set(after[effect.email]) <= allowed, effect
        lost = set(effect.loses) & (set(after[effect.email]) - world.begun[effect.email])
        assert not lost, effect
    assert all(not each.went_on for each in world.done)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits(), st.integers(0, 300), OPTIONS)
def test_what_the_plan_says_is_what_happens(
    edit: tuple[LoadedCadence, LoadedCadence], hours: int, options: tuple[bool, list[Choice]]
) -> None:
    """The next mail of whoever is silent leaves at the instant of the plan, to the second."""
    old, new = edit
    with_added, choices = options
    world = World(Life((0, 0, 0)), old)
    world.at(hours, lambda: world.edit(new, with_added=with_added, choices=choices))
    world.foresight.run(END)
    mailed = world.mailed()
    for effect in world.effects:
        left = mailed[effect.email].get(effect.step_after or "")
        if effect.word is Word.MOVES and left is not None and effect.due_after_at is not None:
            assert timedelta(0) <= left - effect.due_after_at < timedelta(seconds=1), effect
