"""Read `config/cadences/NAME.test.yaml`: the tests of a cadence, every mistake with its place."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from sequencer.domain.absence import Absence
from sequencer.domain.cadence import Cadence
from sequencer.domain.cadence_test import (
    COLLEAGUE,
    PROSPECT,
    CadenceTest,
    Day,
    Expected,
    Given,
    Phrase,
)
from sequencer.domain.prospect import FIELDS
from sequencer.files.cadence_test_begin import BeginError, begin_from
from sequencer.files.cadence_test_keys import Said, TestFileKeys, TestKeys
from sequencer.files.cadence_test_people import Cast, FieldError
from sequencer.files.model_error import problems_of
from sequencer.files.nearest import did_you_mean
from sequencer.files.phrase_book import EXPECTED, GIVEN, Entry
from sequencer.files.phrase_place import place_in
from sequencer.files.phrase_read import PhraseError, read_phrase
from sequencer.files.phrase_slots import Vocabulary
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.yaml_source import YamlSource

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a workspace has that tests may name.

    Attributes:
        broken: cadences that cannot be used as they are.
        reps: whose tasks there may be.
    """

    cadences: Mapping[str, Cadence]
    broken: Collection[str] = ()
    mailboxes: Collection[str] = ()
    reps: Collection[str] = ()
    dispositions: Collection[str] = ()
    fields: Collection[str] = FIELDS
    account_fields: Collection[str] = ()
    timezone: str = "UTC"


def read_cadence_tests(source: YamlSource, known: Known) -> list[CadenceTest]:
    """The tests in a file.

    Raises:
        ConfigError: anything in it is wrong.
    """
    try:
        keys = TestFileKeys.model_validate(source.value)
    except ValidationError as error:
        raise ConfigError(problems_of(error, source, TestFileKeys)) from None
    cadence = known.cadences.get(keys.cadence)
    if cadence is None:
        raise ConfigError([_no_cadence(source, keys.cadence, known)])
    if not keys.tests:
        raise ConfigError([source.problem(("tests",), "there is no test in this list")])
    reader = _Reader(source, known, keys, cadence)
    tests = [reader.test(number, each) for number, each in enumerate(keys.tests)]
    if reader.problems:
        raise ConfigError(reader.problems)
    return [each for each in tests if each is not None]


def _no_cadence(source: YamlSource, slug: str, known: Known) -> Problem:
    if slug in known.broken:
        message = f"the cadence `{slug}` has mistakes of its own"
        return source.problem(("cadence",), message, "`sequencer check` lists them")
    message = f"there is no cadence `{slug}`"
    return source.problem(("cadence",), message, did_you_mean(slug, known.cadences))


def _elsewhere(phrase: str, book: Sequence[Entry], words: Vocabulary) -> str:
    """What to do about a phrase that is one of the other list; empty where it is not."""
    other, name = (GIVEN, "given") if book is EXPECTED else (EXPECTED, "expect")
    try:
        read_phrase(phrase, other, words)
    except PhraseError:
        return ""
    return f"this belongs under `{name}`"


def _date_of(day: Day | None, first: date) -> date | None:
    """The date of a day, where no calendar is needed to tell it."""
    if day is None or day.is_business:
        return None
    return day.on or first + timedelta(days=day.number - 1)


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


@dataclass
class _Reader:
    source: YamlSource
    known: Known
    keys: TestFileKeys
    cadence: Cadence
    problems: list[Problem] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)

    def test(self, number: int, keys: TestKeys) -> CadenceTest | None:
        """The test; None where something is wrong with it, of which the problems tell."""
        before = len(self.problems)
        place: Place = ("tests", number)
        self._keep_single(place, keys.test)
        if not keys.expect:
            message = "a test that expects nothing cannot fail"
            self._say((*place, "expect"), message, "add a phrase, such as `ends as replied`")
        people = self._people(place, keys)
        begin = self._begin(place, keys, people)
        if people is None or begin is None:
            return None
        tz = ZoneInfo(people[PROSPECT]["timezone"])
        words = self._vocabulary(begin.astimezone(tz).date())
        given = list(self._phrases((*place, "given"), keys.given, GIVEN, words))
        expected = list(self._phrases((*place, "expect"), keys.expect, EXPECTED, words))
        if COLLEAGUE not in people and any(each.who == COLLEAGUE for each in (*given, *expected)):
            people = self._people(place, keys.model_copy(update={"colleague": {}})) or people
        if len(self.problems) > before:
            return None
        line = (self.source.problem((*place, "test"), "").line or 1) if keys.test else 1
        return CadenceTest(
            name=keys.test,
            file=self.source.file,
            line=line,
            slug=self.cadence.slug,
            begin=begin,
            people=people,
            given=tuple(given),
            expected=tuple(expected),
            account={**self.keys.account, **keys.account},
        )

    def _keep_single(self, place: Place, name: str) -> None:
        first = self.names.setdefault(name, int(place[1]))
        if first != place[1]:
            self._say((*place, "test"), "another test of this file has that name", "change one")

    def _people(self, place: Place, keys: TestKeys) -> dict[str, dict[str, str]] | None:
        written = {**self.keys.prospect, **keys.prospect}
        beside = self.keys.colleague if keys.colleague is None else keys.colleague
        if beside is not None and self.keys.colleague and keys.colleague:
            beside = {**self.keys.colleague, **keys.colleague}
        self._check_names(place, keys)
        stages = sorted(self.cadence.audience.stages)
        cast = Cast(stages[0] if stages else "", self.known.timezone)
        try:
            return cast.people(written, beside)
        except FieldError as error:
            own = error.field in keys.prospect or error.field in (keys.colleague or {})
            near = keys.prospect if own else self.keys.prospect
            who = PROSPECT if error.field in near else COLLEAGUE
            self._say((*(place if own else ()), who, error.field), str(error))
            return None

    def _check_names(self, place: Place, keys: TestKeys) -> None:
        """Every field has to be one that prospects or accounts have."""
        parts: list[tuple[Place, TestKeys | TestFileKeys]] = [(place, keys)]
        if place[1] == 0:
            parts.append(((), self.keys))
        for where, part in parts:
            self._check_fields((*where, PROSPECT), part.prospect, self.known.fields)
            self._check_fields((*where, COLLEAGUE), part.colleague or {}, self.known.fields)
            self._check_fields((*where, "account"), part.account, self.known.account_fields)

    def _check_fields(self, place: Place, written: Collection[str], known: Collection[str]) -> None:
        who = "accounts" if place[-1] == "account" else "prospects"
        for name in written:
            if name not in known:
                hint = did_you_mean(name, known)
                message = f"{who} have no field `{name}`"
                problem = self.source.problem((*place, name), message, hint, at_key=True)
                self.problems.append(problem)

    def _begin(
        self, place: Place, keys: TestKeys, people: Mapping[str, Mapping[str, str]] | None
    ) -> datetime | None:
        path: Place = (*place, "begin") if keys.begin else ("begin",)
        written = keys.begin or self.keys.begin
        try:
            return begin_from(written, people[PROSPECT]["timezone"] if people else "UTC")
        except BeginError as error:
            if keys.begin or place[1] == 0:  # that of the file is told of once
                self._say(path if written else (), str(error), error.hint)
            return None

    def _vocabulary(self, begin_on: date) -> Vocabulary:
        known = self.known
        steps = [step.id for step in self.cadence.steps]
        for slug, cadence in known.cadences.items():
            steps.extend(f"{slug}/{step.id}" for step in cadence.steps)
        return Vocabulary(
            begin_on,
            self.cadence.slug,
            steps,
            {
                "DISPOSITION": ("name: a disposition", known.dispositions),
                "MAILBOX": ("name: a mailbox", known.mailboxes),
                "CADENCE": ("name: a cadence", known.cadences),
                "VARIANT": ("name: a variant", self._variants()),
                "OWNER": ("owner: a rep", {*known.mailboxes, *known.reps}),
            },
        )

    def _variants(self) -> set[str]:
        steps = (step for cadence in self.known.cadences.values() for step in cadence.steps)
        return {variant.name for step in steps for variant in step.variants}

    def _phrases(
        self, place: Place, said: Sequence[Said], book: Sequence[Entry], words: Vocabulary
    ) -> Iterator[Phrase]:
        alone = not isinstance(self._value(place), list)
        for number, each in enumerate(said):
            path = place if alone else (*place, number)
            phrase, text = (each, None) if isinstance(each, str) else next(iter(each.items()))
            known = self.source.values if text is None else self.source.keys
            begin = known.get(path if text is None else (*path, phrase)) or (0, 0)
            start = place_in(self.source.text, begin, phrase, 0)
            try:
                read = read_phrase(phrase, book, words, text)
            except PhraseError as error:
                at = place_in(self.source.text, begin, phrase, error.at)
                hint = _elsewhere(phrase, book, words) or error.hint
                self.problems.append(self.source.problem_at(at, str(error), hint))
            else:
                self._check_variant(read, start)
                self._check_absence(read, start, words.begin_on)
                line = start[0] + self.source.first_line
                yield replace(read, line=line, column=start[1] + 1)

    def _check_absence(self, phrase: Phrase, start: tuple[int, int], first: date) -> None:
        """An absence ends after its begin; days of work are counted when the test is run."""
        if phrase.form not in {Given.AWAY, Given.REP_AWAY}:
            return
        begin, until = (_date_of(day, first) for day in (phrase.day, phrase.until))
        if begin is None or until is None:
            return
        try:
            Absence(begin, until)
        except ValueError as error:
            hint = f"this one is from {_spoken(begin)} until {_spoken(until)}"
            self.problems.append(self.source.problem_at(start, str(error), hint))

    def _check_variant(self, phrase: Phrase, start: tuple[int, int]) -> None:
        """A variant has to be one of that step; who gets which is chosen in this cadence alone."""
        if phrase.form not in {Given.IN_VARIANT, Expected.VARIANT}:
            return
        slug, _, step_id = phrase.step.rpartition("/")
        if slug not in {"", self.cadence.slug} and phrase.form == Given.IN_VARIANT:
            message = f"who gets which variant is chosen in {self.cadence.slug} alone"
            self.problems.append(self.source.problem_at(start, message))
            return
        step = (self.known.cadences[slug] if slug else self.cadence).step(step_id)
        names = [each.name for each in step.variants if each.weight > 0]
        if phrase.name not in names:
            message = f"the step `{phrase.step}` has no variant `{phrase.name}` that anybody gets"
            hint = did_you_mean(phrase.name, names)
            self.problems.append(self.source.problem_at(start, message, hint))

    def _value(self, place: Place) -> object:
        value: object = self.source.value
        for part in place:
            if isinstance(value, dict):
                value = value.get(str(part))
            elif isinstance(value, list):
                value = value[int(part)]
        return value

    def _say(self, path: Place, message: str, hint: str = "") -> None:
        self.problems.append(self.source.problem(path, message, hint))
