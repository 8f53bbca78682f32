"""The keys of `audience:`, `throttle:` and `stop_on:` in a cadence file."""

import re
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from sequencer.domain.audience import (
    Again,
    Audience,
    ColleagueAction,
    ColleagueRule,
    Exclusive,
    Ownership,
    Throttle,
)
from sequencer.files import text_forms
from sequencer.files.nearest import did_you_mean
from sequencer.files.section import HintedError, Section

MAX_DAYS = 365
MAX_PEOPLE = 100_000
_WORDS = ("finish", "ignore", "pause 14 days")
_PAUSE = re.compile(r"pause (\d{1,4}) days?", re.ASCII)


def colleague_rule(text: str) -> ColleagueRule:
    """The rule that was written as `finish`, `ignore` or `pause 14 days`.

    Raises:
        HintedError: it is none of these.
    """
    words = " ".join(text.split())
    match = _PAUSE.fullmatch(words)
    if match is not None and 1 <= int(match[1]) <= MAX_DAYS:
        return ColleagueRule(ColleagueAction.PAUSE, int(match[1]))
    if words in {ColleagueAction.FINISH, ColleagueAction.IGNORE}:
        return ColleagueRule(ColleagueAction(words))
    if match is not None:
        raise HintedError(f"a pause has from 1 to {MAX_DAYS} days", "for ever is `finish`")
    message = "`finish`, `ignore` or a pause such as `pause 14 days` is expected"
    raise HintedError(message, did_you_mean(words, _WORDS))


def _colleague_reply(text: str) -> str:
    rule = colleague_rule(text)
    if rule.action is not ColleagueAction.PAUSE:
        return str(rule.action)
    return f"pause {rule.days} {'day' if rule.days == 1 else 'days'}"


def _stage(text: str) -> str:
    stage = " ".join(text.split()).casefold()
    if not stage:
        raise ValueError("a stage is a word, such as `lead` or `customer`")
    return stage


Stage = Annotated[str, Field(max_length=80), AfterValidator(_stage)]
ColleagueReply = Annotated[str, AfterValidator(_colleague_reply), text_forms.COLLEAGUE_REPLY]


class AudienceKeys(Section):
    """Whom the cadence is for."""

    stages: tuple[Stage, ...] = Field(
        default=("lead",),
        max_length=20,
        description="Stages of the prospects that it is for; a prospect without one is a `lead`. "
        "An empty list is for everybody.",
    )
    again: Again = Field(
        default=Again.NEVER,
        description="Whether somebody who has been through it may enter once more: `never`; "
        "`if_inactive`, unless an answer or another stop of theirs had ended it; or `always`.",
    )
    exclusive: Exclusive = Field(
        default=Exclusive.ALL,
        description="Which other cadences a person may be in at the same time; it counts for both. "
        "`all`: none. `exclusive`: none that says `exclusive` or `all`. `none`: any that says "
        "`none` or `exclusive`.",
    )
    min_days_since_touch: int = Field(
        default=7,
        ge=0,
        le=MAX_DAYS,
        description="Days since anybody was last in touch with the person, before the first step.",
    )
    max_active_per_account: int | None = Field(
        default=None,
        ge=1,
        le=MAX_PEOPLE,
        description="People of one account that may be in cadences at once, whichever these are.",
    )
    ownership: Ownership = Field(
        default=Ownership.ANY,
        description="`own`: reps enrol only prospects that they own, who then hear from the "
        "owner's mailbox.",
    )
    beside_meeting: bool = Field(
        default=False,
        description="Whether somebody may enter who has a meeting that is yet to come: for a "
        "cadence that prepares it.",
    )


class ThrottleKeys(Section):
    """How fast people enter; whoever is enrolled beyond it waits in line."""

    max_active: int | None = Field(
        default=None, ge=1, le=MAX_PEOPLE, description="People who are in it at the same time."
    )
    new_per_day: int | None = Field(
        default=None, ge=1, le=MAX_PEOPLE, description="People who begin within any 24 hours."
    )


class StopKeys(Section):
    """What ends the cadence for a person. A reply and a meeting always do."""

    reply: Literal["finish"] = Field(default="finish", description="A reply ends the cadence.")
    colleague_reply: ColleagueReply = Field(
        default="finish",
        description="What the reply of somebody of the same account does: `finish`, `ignore`, or "
        "a pause such as `pause 14 days`.",
    )
    meeting: Literal["finish", "account"] = Field(
        default="finish",
        description="What a booked meeting ends: the cadence of the person (`finish`), or that of "
        "everybody of the same account (`account`).",
    )


def audience_of(keys: AudienceKeys) -> Audience:
    """The audience as the engine knows it."""
    return Audience(
        stages=frozenset(keys.stages),
        again=keys.again,
        exclusive=keys.exclusive,
        min_days_since_touch=keys.min_days_since_touch,
        max_active_per_account=keys.max_active_per_account,
        ownership=keys.ownership,
        beside_meeting=keys.beside_meeting,
    )


def stages_in_order(stages: Iterable[str]) -> list[str]:
    """The stages as the normal form has them."""
    return sorted(set(stages))


def throttle_of(keys: ThrottleKeys) -> Throttle:
    """The throttle as the engine knows it."""
    return Throttle(keys.max_active, keys.new_per_day)
