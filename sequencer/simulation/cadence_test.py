"""Run a cadence test: the daemon itself lives through it in memory, and then it is judged."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count, islice
from zoneinfo import ZoneInfo

from sequencer.domain.account import account_key
from sequencer.domain.cadence import Cadence
from sequencer.domain.cadence_test import PROSPECT, CadenceTest, Expected, Given, Phrase
from sequencer.domain.enrollment import Enrollment
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.prospect import FIELDS, Prospect
from sequencer.domain.variant import choose
from sequencer.engine.apply import apply_cadences
from sequencer.engine.desk import Desk
from sequencer.engine.enroll import Enrolment, enroll
from sequencer.engine.policy import Policy
from sequencer.engine.versions import Versions
from sequencer.files.cadence import LoadedCadence
from sequencer.mail.transaction import Outcome
from sequencer.simulation.cadence_test_days import LONGEST, Days
from sequencer.simulation.cadence_test_deeds import Deeds
from sequencer.simulation.cadence_test_judge import judge
from sequencer.simulation.cadence_test_scene import Change, Mail, Scene, Trouble
from sequencer.simulation.cadence_test_seen import Seen, look
from sequencer.simulation.foresight import ACCEPTED, Foresight, Left
from sequencer.simulation.journal import Journal
from sequencer.simulation.letters import quoted_from
from sequencer.store import accounts, enrollments, ledger, prospects, schema, sends
from sequencer.store.memory import MemoryDatabase

MOST_KEYS = 2_000  # that are tried for somebody who gets certain variants
EARLIER = timedelta(days=1)  # before a test begins, its cadences were applied
_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}) UTC", re.ASCII)
UNTOLD = frozenset({Kind.IMPORTED, Kind.HANDED})  # of a story


@dataclass(frozen=True, slots=True)
class Miss:
    """Something expected that does not hold, or something given that could not happen.

    Attributes:
        happened: what did instead.
    """

    phrase: Phrase
    happened: str


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the story: when, to whom, which step, what and why."""

    at: datetime
    who: str
    kind: str
    step: str
    words: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one test.

    Attributes:
        tz: on whose clock its story is told.
        errors: what went wrong in the engine itself.
    """

    test: CadenceTest
    misses: tuple[Miss, ...]
    story: tuple[Told, ...]
    tz: ZoneInfo
    errors: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether all that was expected holds."""
        return not self.misses and not self.errors


@dataclass
class Rehearsal:
    """Everything that the tests of a workspace share.

    Attributes:
        loaded: the cadences, as their files are now.
        policy: the settings, with keys that sign nothing outside.
    """

    loaded: Sequence[LoadedCadence]
    policy: Policy
    journal: Journal = field(default_factory=Journal)
    _versions: Versions = field(default_factory=Versions)

    def __post_init__(self) -> None:
        self._empty, self._database = MemoryDatabase(), MemoryDatabase()
        schema.upgrade(self._empty)
        self._cadences = {each.cadence.slug: each.cadence for each in self.loaded}

    def close(self) -> None:
        """Close the databases."""
        self._empty.dispose()
        self._database.dispose()

    def run(self, test: CadenceTest) -> Result:
        """What comes of a test."""
        with self.journal.taking():
            scene = self._live(test)
        return Result(
            test=test,
            misses=tuple(_misses(scene)),
            story=tuple(_story(scene)),
            tz=scene.days.tz,
            errors=tuple(self.journal.errors),
        )

    def _live(self, test: CadenceTest) -> Scene:
        """The world of the test from its begin to where nothing will happen any more."""
        database = self._database
        database.copy_from(self._empty)
        apply_cadences(database, self.loaded, test.begin - EARLIER)
        days = _days(self.policy, self._cadences[test.slug], test)
        desk = Desk(_with_absences(self.policy, test, days), self._versions)
        numbers = _bring_in(database, test)
        world = Foresight(database, desk, test.begin)
        scene = Scene(world, test, days, numbers)
        deeds = Deeds(scene)
        world.answer = _Ears(scene, deeds).hear
        _enroll(scene, self._cadences[test.slug])
        deeds.begin()
        world.run(test.begin + LONGEST, _Watch(scene, deeds).look)
        deeds.end()
        return scene


def _person(test: CadenceTest, who: str) -> Prospect:
    fields = dict(test.people[who])
    known = {name: fields.pop(name) for name in FIELDS if name in fields}
    return Prospect(**known, extra=fields)


def _days(policy: Policy, cadence: Cadence, test: CadenceTest) -> Days:
    """The calendar of the prospect."""
    person = _person(test, PROSPECT)
    timing = policy.timing(cadence, person, policy.mailboxes_of(cadence)[0])
    tz = ZoneInfo(person.timezone) if person.timezone else timing.tz
    return Days(tz, timing.workdays, test.begin.astimezone(tz).date())


def _with_absences(policy: Policy, test: CadenceTest, days: Days) -> Policy:
    """The settings, with what the test says of the reps' absences.

    One that cannot be is left out here, and told of with all else that could not be given.
    """
    boxes = dict(policy.mailboxes)
    for phrase in test.given:
        with suppress(ValueError):
            absence = days.absence_of(phrase) if phrase.form == Given.REP_AWAY else None
            if absence is not None:
                box = boxes[phrase.name]
                boxes[phrase.name] = replace(box, away=(*box.away, absence))
    return replace(policy, mailboxes=boxes)


def _bring_in(database: MemoryDatabase, test: CadenceTest) -> dict[str, int]:
    """Numbers of the people."""
    people = {who: _person(test, who) for who in test.people}
    with database.write() as connection:
        prospects.upsert(connection, list(people.values()), test.begin - EARLIER)
        if test.account:
            known = {account_key(each): test.account for each in people.values()}
            accounts.replace(connection, known, test.begin - EARLIER)
        found = {who: prospects.find(connection, each.email) for who, each in people.items()}
    return {who: person.id for who, person in found.items() if person is not None}


def _enroll(scene: Scene, cadence: Cadence) -> None:
    """One after the other at one instant; the keys are the same each time."""
    world, test = scene.world, scene.test
    keys = (f"{number:032x}" for number in count(1))
    for who in scene.numbers:
        wanted = Enrolment(test.slug, [scene.address(who)], "the test")
        key = partial(_key, scene, cadence, who, keys)
        [answer] = enroll(world.database, world.desk, wanted, key, test.begin)
        scene.refused[who] = answer.refusals


def _key(scene: Scene, cadence: Cadence, who: str, keys: Iterator[str]) -> str:
    """The next key of somebody who gets the variants that are given for them."""
    said = [each for each in scene.test.given if each.form == Given.IN_VARIANT]
    given = [each for each in said if each.who == who]
    for key in islice(keys, MOST_KEYS):
        if all(_chosen(cadence, each.step, key) == each.name for each in given):
            return key
    scene.troubles.extend(Trouble(each, "nobody gets these variants") for each in given)
    return next(keys)


def _chosen(cadence: Cadence, step: str, key: str) -> str:
    step_id = step.rpartition("/")[2]
    return choose(cadence.step(step_id).variants, key, step_id).name


@dataclass
class _Ears:
    """Hears every mail that leaves."""

    scene: Scene
    deeds: Deeds

    def hear(self, left: Left) -> Outcome:
        """The server's answer: it accepts all."""
        message_id = quoted_from(left.envelope).message_id
        for send in self.scene.read(sends.by_message_ids, [message_id]):
            stored = self.scene.read(enrollments.get, send.enrollment_id)
            who = self._who(stored.prospect_id)
            if who is not None:
                mail = Mail(who, stored.slug, send.step_id, left)
                self.scene.mails.append(mail)
                self.deeds.mail_left(mail)
        return ACCEPTED

    def _who(self, number: int) -> str | None:
        return next((who for who, each in self.scene.numbers.items() if each == number), None)


@dataclass
class _Watch:
    """Looks at everything each time that the daemon has done something."""

    scene: Scene
    deeds: Deeds
    last: dict[int, Enrollment] = field(default_factory=dict)

    def look(self, now: datetime) -> None:
        """Note what has changed, and let follow what follows from it."""
        for who, number in self.scene.numbers.items():
            for stored in self.scene.read(enrollments.of_prospect, number):
                if self.last.get(stored.id) != stored.enrollment:
                    self.last[stored.id] = stored.enrollment
                    change = Change(now, stored.slug, stored.enrollment)
                    self.scene.changes.setdefault(who, []).append(change)
        self.deeds.look_at_tasks(now)


def _misses(scene: Scene) -> Iterator[Miss]:
    for trouble in scene.troubles:
        yield Miss(trouble.phrase, trouble.why)
    for who in scene.numbers:
        expected = [each for each in scene.test.expected if each.who == who]
        yield from _misses_of(expected, look(scene, who))


def _misses_of(expected: Sequence[Phrase], seen: Seen) -> Iterator[Miss]:
    """What does not hold of one person.

    Of somebody who was not let in every `no ...` holds, and proves nothing: it is a miss, too,
    unless the refusal is what the test expects.
    """
    judged = [(phrase, judge(phrase, seen)) for phrase in expected]
    missed = [Miss(phrase, happened) for phrase, happened in judged if happened]
    is_asked = any(phrase.form == Expected.REFUSED for phrase in expected)
    if seen.refused and expected and not missed and not is_asked:
        missed.append(Miss(expected[0], f"they were not let in: {seen.refused[0].sentence}"))
    yield from missed


def _story(scene: Scene) -> Iterator[Told]:
    """What happened to everybody, in its order."""
    told = [
        (each, who)
        for who, number in scene.numbers.items()
        for each in scene.read(ledger.of_prospect, number)
        if each.kind not in UNTOLD
    ]
    for each, who in sorted(told, key=lambda pair: pair[0].at):
        words = _words(each, who, scene)
        yield Told(each.at, who, each.kind.replace("_", " "), each.step_id or "", words)


def _words(entry: Entry, who: str, scene: Scene) -> str:
    """What the ledger says; of a mail that left, its subject and its mailbox."""
    mails = [mail for mail in scene.mails_of(who) if mail.step == entry.step_id]
    mail = next((mail for mail in reversed(mails) if mail.at <= entry.at), None)
    if entry.kind is not Kind.SENT or mail is None:
        return _INSTANT.sub(lambda found: _spoken(found[1], scene.days), entry.detail)
    return f'"{mail.heard.subject}", from {mail.left.mailbox}'


def _spoken(instant: str, days: Days) -> str:
    """An instant of the ledger, which is in UTC, on the clock of the prospect."""
    try:
        return days.spoken(datetime.fromisoformat(f"{instant}+00:00"))
    except ValueError:
        return f"{instant} UTC"
