"""Do the wordings of a step hold together: has each a file, is there one that somebody gets?"""

from collections.abc import Iterator, Mapping
from typing import Any

from sequencer.files.problem import Problem
from sequencer.files.yaml_source import YamlSource

MAILS = ("email", "manual_email")
Place = tuple[str | int, ...]


def variant_templates(index: int, step: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """Place and name of each template that a wording of a step has for itself."""
    variants = step.get("variants")
    for name, each in variants.items() if isinstance(variants, dict) else ():
        place: Place = ("steps", index, "variants", name)
        if isinstance(each, str):
            yield place, each
        elif isinstance(each, dict) and isinstance(file := each.get("email"), str):
            yield (*place, "email"), file


def variant_problems(source: YamlSource, index: int, step: Mapping[str, Any]) -> Iterator[Problem]:
    """Problems of the wordings of one step, and of the rule by which one of them wins."""
    if step.get("variants") is None:
        if step.get("winner") is not None:
            place, hint = ("steps", index, "winner"), "give the step `variants`, or delete the key"
            problem = source.problem(place, "there is nothing to win", hint, at_key=True)
            yield problem.of_rule("winner-alone")
        return
    variants = step["variants"]
    if not isinstance(variants, dict):
        return
    yield from _forgotten(source, index, step)
    yield from _without_file(source, index, step)
    if variants and all(_weight(each) == 0 for each in variants.values()):
        hint = "give one of them a `weight` of at least 1"
        problem = source.problem(("steps", index, "variants"), "nobody gets any of them", hint)
        yield problem.of_rule("no-variant-left")


def _forgotten(source: YamlSource, index: int, step: Mapping[str, Any]) -> Iterator[Problem]:
    """A file beside wordings that all have others: whoever wrote it thinks that it is sent."""
    named = {name for _, name in variant_templates(index, step)}
    if any(not _has_file(each) for each in step["variants"].values()):
        return
    for key in MAILS:
        if isinstance(name := step.get(key), str) and name not in named:
            message = f"no variant is `{name}`, so nobody gets it"
            hint = f"name it as a variant as well, such as `plain: {name}`, or say which one it is"
            problem = source.problem(("steps", index, key), message, hint)
            yield problem.of_rule("email-not-variant")


def _without_file(source: YamlSource, index: int, step: Mapping[str, Any]) -> Iterator[Problem]:
    if any(step.get(key) is not None for key in MAILS):
        return
    for name, each in step["variants"].items():
        if not _has_file(each):
            message = f"the variant `{name}` has no template"
            hint = "name its file, or give the step an `email` that it has"
            place = ("steps", index, "variants", name)
            yield source.problem(place, message, hint, at_key=True).of_rule("missing-key")


def _has_file(variant: object) -> bool:
    return not isinstance(variant, dict) or variant.get("email") is not None


def _weight(variant: object) -> object:
    return variant.get("weight", 1) if isinstance(variant, dict) else 1
