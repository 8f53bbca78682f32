"""Can the `when:` of every step be read, and does it ask for things that there are?"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from sequencer.domain.guard import (
    CALL_CONNECTED,
    DONE,
    MAX_LENGTH,
    SENT,
    SKIPPED,
    Guard,
    GuardError,
    Name,
    names_in,
    parse_guard,
)
from sequencer.files.nearest import did_you_mean, nearest
from sequencer.files.problem import Problem
from sequencer.files.step_check import step_values, steps_in
from sequencer.files.variant_check import Place
from sequencer.files.yaml_source import YamlSource

STEP_WORDS = (SENT, DONE, SKIPPED)


def guard_problems(source: YamlSource) -> Iterator[Problem]:
    """Guards that cannot be read, and steps in them that are not there or come later."""
    places = {step_id: index for index, step_id in reversed(list(step_values(source, "id")))}
    for place, text in _written(source):
        if not text or len(text) > MAX_LENGTH:
            continue  # that is said elsewhere
        try:
            guard = parse_guard(text)
        except GuardError as error:
            yield _at(source, place, error.at, str(error), error.hint).of_rule("bad-guard")
            continue
        for name, compared in names_in(guard):
            yield from _step_problem(source, place, name, places, compared=compared)


def unknown_names(
    source: YamlSource, fields: Collection[str], dispositions: Collection[str]
) -> Iterator[Problem]:
    """Names in guards that no prospect has a field for, or no task can end with."""
    ids = [step_id for _, step_id in step_values(source, "id")]
    for place, guard in _readable(source):
        for name, _ in names_in(guard):
            step_id, dot, word = name.name.partition(".")
            if name.name == CALL_CONNECTED or (dot and step_id not in ids):
                continue
            known = (*STEP_WORDS, *dispositions) if dot else fields
            if (word if dot else name.name) not in known:
                yield _unknown(source, place, name, known, ids)


def _written(source: YamlSource) -> Iterator[tuple[Place, str]]:
    """Every guard: those of the steps, and of the files that go with their mails."""
    for index, step in steps_in(source):
        if isinstance(text := step.get("when"), str):
            yield ("steps", index, "when"), text
        attach = step.get("attach")
        for number, each in enumerate(attach if isinstance(attach, list) else ()):
            if isinstance(each, dict) and isinstance(text := each.get("when"), str):
                yield ("steps", index, "attach", number, "when"), text


def _readable(source: YamlSource) -> Iterator[tuple[Place, Guard]]:
    for place, text in _written(source):
        try:
            yield place, parse_guard(text)
        except GuardError:
            continue


def _unknown(
    source: YamlSource, place: Place, name: Name, known: Collection[str], ids: list[str]
) -> Problem:
    step_id, dot, word = name.name.partition(".")
    if dot:
        message = f"no step ends as `{word}`"
        hint = did_you_mean(word, known) or "see config/dispositions.yaml"
    elif step_id in ids:
        message = f"`{step_id}` is a step"
        hint = f"ask for `{step_id}.sent`, `{step_id}.done` or `{step_id}.skipped`"
    else:
        message = f"there is no field `{name.name}`"
        declare = "declare it under prospect_fields in the settings"
        hint = did_you_mean(name.name, known) if nearest(name.name, known) else declare
    return _at(source, place, name.at, message, hint).of_rule("unknown-name")


def _step_problem(
    source: YamlSource, place: Place, name: Name, places: Mapping[str, int], *, compared: bool
) -> Iterator[Problem]:
    index = int(place[1])
    step_id, dot, _ = name.name.partition(".")
    if not dot:
        return
    if compared:
        hint = f"write `{name.name}` alone, or `not {name.name}`"
        problem = _at(source, place, name.at, "only a field has a text to compare", hint)
        yield problem.of_rule("bad-guard")
    elif name.name == CALL_CONNECTED:
        return
    elif step_id not in places:
        earlier = [each for each, at in places.items() if at < index]
        hint = did_you_mean(step_id, [*earlier, "call"])
        message = f"there is no step `{step_id}`"
        yield _at(source, place, name.at, message, hint).of_rule("unknown-step")
    elif places[step_id] >= index:
        hint = "a guard knows the steps further up"
        message = f"`{step_id}` has not happened yet when this step is reached"
        yield _at(source, place, name.at, message, hint).of_rule("later-step")


def _at(source: YamlSource, place: Place, at: int, message: str, hint: str) -> Problem:
    """A problem at a position in a guard, where it stands on one line."""
    problem = source.problem(place, message, hint)
    written = problem.source_line[(problem.column or 1) - 1 :]
    if problem.column is None or written[:1] in {"|", ">"}:
        return problem
    quote = written[:1] in {"'", '"'}
    return replace(problem, column=min(problem.column + at + quote, len(problem.source_line) + 1))
