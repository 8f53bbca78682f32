"""What is wrong with the rules of `on:` beyond their form: whom they name, where they lead."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sequencer.domain.audience import Again
from sequencer.domain.cadence import Cadence
from sequencer.domain.meeting_rule import OWNER, MeetingCase
from sequencer.files.nearest import did_you_mean
from sequencer.files.problem import Problem, Severity
from sequencer.files.yaml_source import YamlSource

Place = tuple[str | int, ...]


def own_rule_problems(source: YamlSource) -> Iterator[Problem]:
    """Rules that cannot be meant, whatever else there is in the workspace."""
    own = _slug_of(source)
    for place, slug in _written(source, "enroll"):
        if own and slug == own:
            hint = "`reopen: next_step` lets it go on; another cadence may begin instead"
            problem = source.problem(place, f"`{slug}` would enrol people in itself", hint)
            yield problem.of_rule("enrols-in-itself")
    for place, _ in _written(source, "reopen"):
        if MeetingCase.BOOKED in place:
            message = "nothing goes on because a meeting was booked: that is what ends it"
            hint = "`meeting.held` is when it has taken place"
            yield source.problem(place, message, hint).of_rule("reopens-booked")


def rule_problems(
    sources: Sequence[YamlSource], cadences: Sequence[Cadence], reps: Collection[str] | None
) -> Iterator[Problem]:
    """What is wrong between the rules and the rest of the workspace.

    Args:
        sources: every cadence file.
        cadences: those that could be loaded.
        reps: names that a prospect may be given to; None where the settings cannot be read.
    """
    slugs = {slug for source in sources if (slug := _slug_of(source))}
    loaded = {cadence.slug: cadence for cadence in cadences}
    for source in sources:
        yield from _unknown_cadences(source, slugs)
        yield from _closed_doors(source, loaded)
        if reps is not None:
            yield from _unknown_reps(source, reps)


def _unknown_cadences(source: YamlSource, slugs: set[str]) -> Iterator[Problem]:
    for place, slug in _written(source, "enroll"):
        if slug not in slugs:
            hint = did_you_mean(slug, slugs) or "write it first, in config/cadences"
            problem = source.problem(place, f"there is no cadence `{slug}`", hint)
            yield problem.of_rule("unknown-cadence")


def _unknown_reps(source: YamlSource, reps: Collection[str]) -> Iterator[Problem]:
    known = {rep.casefold() for rep in reps}
    for place, name in _written(source, "assign"):
        if name != OWNER and name.strip().casefold() not in known:
            hint = did_you_mean(name, reps) or "a rep stands in the settings, or has a mailbox"
            yield source.problem(place, f"there is no rep `{name}`", hint).of_rule("unknown-rep")


def _closed_doors(source: YamlSource, loaded: Mapping[str, Cadence]) -> Iterator[Problem]:
    """Warnings: a cadence that hardly anybody could enter, and one that never ends."""
    for place, slug in _written(source, "enroll"):
        target = loaded.get(slug)
        if target is None or slug == _slug_of(source):
            continue
        days = target.audience.min_days_since_touch
        if days:
            message = f"`{slug}` lets nobody in who had a mail within {days} days"
            hint = f"`audience: {{min_days_since_touch: 0}}` in `{slug}`: a task would be left"
            yield _warning(source.problem(place, message, hint).of_rule("closed-door"))
        if MeetingCase.BOOKED in place and not target.audience.beside_meeting:
            message = f"`{slug}` lets nobody in who has a meeting ahead, as everybody has here"
            hint = f"`audience: {{beside_meeting: true}}` in `{slug}`: a task would be left"
            yield _warning(source.problem(place, message, hint).of_rule("closed-door"))
        if _goes_round(_slug_of(source), loaded):
            message = f"`{slug}` leads back here, and both let people in again and again"
            hint = "`again: never` in one of them lets each person go round once"
            yield _warning(source.problem(place, message, hint).of_rule("goes-round"))


def _goes_round(slug: str, loaded: Mapping[str, Cadence]) -> bool:
    """Whether people may be enrolled from one cadence to the next and back without an end."""
    open_to_all = {
        each.slug: {rule.enroll for rule in each.on if rule.enroll}
        for each in loaded.values()
        if each.audience.again is not Again.NEVER
    }
    seen, ahead = set[str](), [slug]
    while ahead:
        now_at = ahead.pop()
        for following in open_to_all.get(now_at, ()):
            if following == slug:
                return True
            if following not in seen:
                seen.add(following)
                ahead.append(following)
    return False


def _warning(problem: Problem) -> Problem:
    return replace(problem, severity=Severity.WARNING)


def _slug_of(source: YamlSource) -> str:
    slug = source.value.get("cadence") if isinstance(source.value, dict) else None
    return slug if isinstance(slug, str) else ""


def _written(source: YamlSource, key: str) -> Iterator[tuple[Place, str]]:
    """Every value of a key in the rules that is text, with its place."""
    on: Any = source.value.get("on") if isinstance(source.value, dict) else None
    for case, written in on.items() if isinstance(on, dict) else ():
        for index, rule in enumerate(written if isinstance(written, list) else [written]):
            value = rule.get(key) if isinstance(rule, dict) else None
            if isinstance(value, str):
                inner: Place = (index,) if isinstance(written, list) else ()
                yield ("on", case, *inner, key), value
