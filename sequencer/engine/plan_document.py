"""A plan as a JSON value, and whether one that was written down still holds."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sequencer.engine.plan_effect import Effect
from sequencer.engine.plan_view import CadencePlan, Options, Plan
from sequencer.engine.plan_words import sentences_of
from sequencer.files.plan_file import FORMAT, PlanFile, PlannedCadence, name_of

MOST_TOLD = 20  # people of whom it is told that they went on


def document_of(plan: Plan, by: str) -> dict[str, Any]:
    """The plan with every person in it; `plan` is its name."""
    content: dict[str, Any] = {
        "format": FORMAT,
        "at": plan.at.isoformat(),
        "by": by,
        "changes": plan.has_changes,
        "mails": plan.mails,
        "world": _digest(plan),
        "options": _options(plan.options),
        "errors": [asdict(each) for each in plan.renamed],
        "cadences": [_cadence(each) for each in plan.cadences],
    }
    return {"plan": name_of(content), **content}


def options_of(file: PlanFile) -> Options:
    """What was asked for when a plan was made."""
    asked = file.options
    decisions = {}
    for place, choice in asked.decide.items():
        slug, _, step = place.partition(":")
        decisions[slug, step] = choice
    return Options(frozenset(asked.migrate), frozenset(asked.with_added), decisions)


def differences(file: PlanFile, plan: Plan) -> list[str]:
    """What has changed since a plan was written down, in plain sentences; none where it holds."""
    then = {each.slug: each for each in file.cadences}
    now = {each.slug: each for each in plan.cadences}
    found = [
        *(f"{slug}: it was not among the files then" for slug in sorted(now.keys() - then.keys())),
        *(f"{slug}: it is not there any more" for slug in sorted(then.keys() - now.keys())),
    ]
    for slug in sorted(then.keys() & now.keys()):
        found += _differences(then[slug], now[slug])
    return found


def _differences(then: PlannedCadence, now: CadencePlan) -> Iterator[str]:
    if then.after != now.after_hash:
        yield f"{now.slug}: its files have changed since"
    if then.before != now.before_hash:
        yield f"{now.slug}: another version runs since"
    if then.change != now.change and then.after == now.after_hash:
        yield f"{now.slug}: it was {then.change} then, and is {now.change} now"
    before = {each.key: (each.version, each.state, each.step or "") for each in then.people}
    after = {each.key: each.as_found[1:] for each in now.effects}
    emails = {each.key: each.email for each in then.people}
    emails |= {each.key: each.email for each in now.effects}
    moved = [key for key in emails if before.get(key) != after.get(key)]
    for key in sorted(moved, key=lambda each: emails[each])[:MOST_TOLD]:
        yield f"{now.slug}: {emails[key]} {_went_on(before.get(key), after.get(key))}"
    if len(moved) > MOST_TOLD:
        yield f"{now.slug}: {len(moved) - MOST_TOLD} more people went on"


def _went_on(before: tuple[str, ...] | None, after: tuple[str, ...] | None) -> str:
    if before is None:
        return "came in since"
    if after is None:
        return "has ended, or has the new version already"
    return f"was {_standing(before)}, and is {_standing(after)}"


def _standing(stand: tuple[str, ...]) -> str:
    _, state, step = stand
    return f"{state} at {step}" if step else state


def _options(options: Options) -> dict[str, Any]:
    return {
        "migrate": sorted(options.moving),
        "with_added": sorted(options.with_added),
        "decide": {
            f"{slug}:{step}": str(choice)
            for (slug, step), choice in sorted(options.decisions.items())
        },
    }


def _digest(plan: Plan) -> str:
    """Where everybody stands whom the plan is about, in one word."""
    rows = sorted(each.as_found for cadence in plan.cadences for each in cadence.effects)
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _cadence(each: CadencePlan) -> dict[str, Any]:
    return {
        "slug": each.slug,
        "change": str(each.change),
        "before": each.before_hash,
        "after": each.after_hash,
        "steps": [
            {
                "step": step.step_id,
                "changes": [str(change) for change in step.changes],
                "before": {str(key): value for key, value in step.before.items() if value},
                "after": {str(key): value for key, value in step.after.items() if value},
            }
            for step in each.difference.steps
        ],
        "whole": [str(change) for change in each.difference.whole],
        "under_way": dict(each.people),
        "elsewhere": each.elsewhere,
        "most_people": each.most_people,
        "undecided": dict(each.undecided),
        "becomes": {str(word): number for word, number in sorted(each.words.items())},
        "mails": each.mails,
        "summary": sentences_of(each),
        "people": [_person(effect) for effect in each.effects],
    }


def _person(effect: Effect) -> dict[str, Any]:
    return {
        "key": effect.key,
        "email": effect.email,
        "version": effect.from_hash,
        "state": str(effect.state),
        "step": effect.step,
        "becomes": str(effect.word),
        "why": effect.why,
        "step_after": effect.step_after,
        "due_at": _instant(effect.due_at),
        "due_after_at": _instant(effect.due_after_at),
        "loses": list(effect.loses),
        "gains": list(effect.gains),
        "mails": effect.mails,
        "extra": effect.extra,
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
