"""Is every step one thing, with the keys that belong to it, and does its `goto` lead on?"""

from collections.abc import Iterator, Mapping
from typing import Any

from sequencer.domain.cadence import StepKind
from sequencer.files.nearest import did_you_mean, nearest
from sequencer.files.problem import Problem
from sequencer.files.variant_check import Place, variant_problems, variant_templates
from sequencer.files.yaml_source import YamlSource

KINDS = tuple(str(kind) for kind in StepKind)
_ONE_THING = "a step has one of `email`, `manual_email`, `call` and `task`"
_MAILS = ("email", "manual_email")
_BY_HAND = ("manual_email", "call", "task")
# A key, the kinds of steps that may have it, and what to say about one that may not.
_BELONGS = (
    ("type", ("task",), "only a `task` has a `type`", "`task: ...` is the kind for all the rest"),
    (
        "skip_after",
        _BY_HAND,
        "nobody has to do an `email`, so there is nothing to skip",
        "with `manual_email` a rep releases the mail",
    ),
    ("thread", _MAILS, "only a mail belongs to a thread", "delete the key"),
    ("attach", _MAILS, "only a mail takes files along", "delete the key"),
    ("variants", _MAILS, "only a mail has `variants`", "make it several steps with a `when` each"),
    ("winner", _MAILS, "only among the wordings of a mail is there a winner", "delete the key"),
)


def steps_in(source: YamlSource) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Index and keys of each step that is a mapping at all."""
    steps = source.value.get("steps") if isinstance(source.value, dict) else None
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        if isinstance(step, dict):
            yield index, step


def step_values(source: YamlSource, key: str) -> Iterator[tuple[int, str]]:
    """Index and value of that key for each step that has it as text."""
    for index, step in steps_in(source):
        if isinstance(value := step.get(key), str):
            yield index, value


def template_values(source: YamlSource) -> Iterator[tuple[Place, str]]:
    """Place and name of each template that a step has, those of its variants among them."""
    for index, step in steps_in(source):
        for key in KINDS:
            if isinstance(name := step.get(key), str):
                yield ("steps", index, key), name
        yield from variant_templates(index, step)


def step_problems(source: YamlSource) -> Iterator[Problem]:
    """Problems of steps by themselves, and of where they lead."""
    for index, step in steps_in(source):
        kinds = [key for key in step if key in KINDS and step[key] is not None]
        if not kinds and step.get("variants") is not None:
            kinds = [str(StepKind.EMAIL)]
        yield from _not_one_thing(source, index, step, kinds)
        if len(kinds) == 1:
            yield from _out_of_place(source, index, step, kinds[0])
        yield from variant_problems(source, index, step)
    yield from _gotos(source)


def _not_one_thing(
    source: YamlSource, index: int, step: Mapping[str, Any], kinds: list[str]
) -> Iterator[Problem]:
    if not kinds and not any(nearest(str(key), KINDS) for key in step):
        message = "the step does not say what it is"
        yield source.problem(("steps", index), message, _ONE_THING).of_rule("step-kind")
    for other in kinds[1:]:
        message = f"the step is a `{kinds[0]}` already"
        hint = f"{_ONE_THING}: make a second step of this one"
        problem = source.problem(("steps", index, other), message, hint, at_key=True)
        yield problem.of_rule("step-kind")


def _out_of_place(
    source: YamlSource, index: int, step: Mapping[str, Any], kind: str
) -> Iterator[Problem]:
    for key, kinds, message, hint in _BELONGS:
        if step.get(key) is not None and kind not in kinds:
            problem = source.problem(("steps", index, key), message, hint, at_key=True)
            yield problem.of_rule("misplaced-key")


def _gotos(source: YamlSource) -> Iterator[Problem]:
    """A jump leads down the list, so that nobody ever comes by a step again."""
    places = {step_id: index for index, step_id in reversed(list(step_values(source, "id")))}
    for index, goto in step_values(source, "goto"):
        place = ("steps", index, "goto")
        later = [step_id for step_id, at in places.items() if at > index]
        if goto not in places:
            message = f"there is no step `{goto}`"
            yield source.problem(place, message, did_you_mean(goto, later)).of_rule("unknown-step")
        elif places[goto] <= index:
            where = "this step itself" if places[goto] == index else "a step further up"
            hint = "a `goto` leads to a step further down: nobody gets a step twice"
            yield source.problem(place, f"`{goto}` is {where}", hint).of_rule("cycle")
