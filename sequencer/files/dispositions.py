"""Read `config/dispositions.yaml`: how calls and other tasks may end, and what follows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from sequencer.domain.delay import delay_from_text
from sequencer.domain.disposition import Action, Disposition, Dispositions, by_name
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.guard import DONE, SENT, SKIPPED
from sequencer.files import workspace
from sequencer.files.cadence_values import Name, Wait
from sequencer.files.model_error import problems_of
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.section import Section
from sequencer.files.yaml_source import YamlSource, load_yaml

DISPOSITIONS = workspace.SETTINGS.parent / "dispositions.yaml"
MAX_DISPOSITIONS = 50
MAX_NAME = 40
_TAKEN = frozenset({SENT, DONE, SKIPPED})  # words that a guard knows of every step


class DispositionKeys(Section):
    """One way in which a task may end."""

    name: Name = Field(
        max_length=MAX_NAME, description="What the rep chooses, and guards ask for: `call.busy`."
    )
    outcome: Name = Field(
        max_length=MAX_NAME,
        description="Whether somebody was reached, in a word. `connected` makes the guard "
        "`call.connected` true.",
    )
    action: Action = Field(
        default=Action.ADVANCE,
        description="`advance` goes on with the next step, `finish` ends the enrollment, `goto` "
        "goes on at `step`.",
    )
    step: Name | None = Field(
        default=None,
        description="With `goto`: id of a step further down; a cadence without it goes on with "
        "its next step.",
    )
    wait: Wait | None = Field(
        default=None, description="Replaces the delay of the step that follows."
    )
    finish: Literal["disposition", "replied", "meeting_booked", "opted_out"] | None = Field(
        default=None,
        description="With `finish`: the reason; `disposition` where nothing is said. `opted_out` "
        "also suppresses the address, `replied` and `meeting_booked` end all cadences.",
    )


class DispositionsKeys(Section):
    """config/dispositions.yaml."""

    dispositions: tuple[DispositionKeys, ...] = Field(
        max_length=MAX_DISPOSITIONS, description="In the order in which they are listed."
    )


def load_dispositions(root: Path) -> Dispositions:
    """The dispositions of a workspace; none where it has no such file.

    Raises:
        ConfigError: anything in the file is wrong.
    """
    path = root / DISPOSITIONS
    if not path.exists():
        return by_name(())
    return dispositions_from(load_yaml(path, DISPOSITIONS.as_posix()))


def dispositions_from(source: YamlSource) -> Dispositions:
    """The dispositions of a YAML file that has been read.

    Raises:
        ConfigError: see `load_dispositions`.
    """
    problems: list[Problem] = []
    try:
        keys = DispositionsKeys.model_validate(source.value)
    except ValidationError as error:
        raise ConfigError(problems_of(error, source, DispositionsKeys)) from None
    seen: dict[str, int] = {}
    for index, each in enumerate(keys.dispositions):
        first = seen.setdefault(each.name, index)
        if first != index:
            message = f"the name `{each.name}` is taken by entry {first + 1}"
            problems.append(source.problem(("dispositions", index, "name"), message))
        problems.extend(_together(source, index, each))
    if problems:
        raise ConfigError(each.of_rule("bad-disposition") for each in problems)
    return by_name(_disposition(each) for each in keys.dispositions)


def _together(source: YamlSource, index: int, keys: DispositionKeys) -> Iterator[Problem]:
    """What does not fit together in one entry."""
    place = ("dispositions", index)
    if keys.name in _TAKEN:
        hint = "guards ask for it of every step"
        yield source.problem((*place, "name"), f"`{keys.name}` means something already", hint)
    if keys.action is Action.GOTO and keys.step is None:
        yield source.problem(place, "`goto` needs the `step` to go on with", "add `step: <id>`")
    if keys.action is not Action.GOTO and keys.step is not None:
        hint = "write `action: goto`"
        yield source.problem((*place, "step"), "only `goto` has a `step`", hint, at_key=True)
    if keys.action is Action.FINISH and keys.wait is not None:
        message = "nothing follows a `finish`, so there is no `wait`"
        yield source.problem((*place, "wait"), message, "delete the key", at_key=True)
    if keys.action is not Action.FINISH and keys.finish is not None:
        hint = "write `action: finish`"
        message = "only an `action: finish` has a reason"
        yield source.problem((*place, "finish"), message, hint, at_key=True)


def _disposition(keys: DispositionKeys) -> Disposition:
    return Disposition(
        name=keys.name,
        outcome=keys.outcome,
        action=keys.action,
        step=keys.step,
        wait=delay_from_text(keys.wait) if keys.wait else None,
        finish_as=FinishReason(keys.finish or FinishReason.DISPOSITION),
    )
