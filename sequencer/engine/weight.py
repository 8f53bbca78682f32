"""How much silence does a reading of a mail ask for? By this two readings of it are compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any

from sequencer.mail.auto_reply import AutoReplyType
from sequencer.mail.bounce_class import BounceClass
from sequencer.mail.opt_out import Scope
from sequencer.mail.verdict import Kind


class Weight(IntEnum):
    """From what changes nothing to what silences a whole company."""

    NOTHING = 0
    WAIT = 1  # until a date
    ASK = 2  # until a person has decided
    STOP = 3  # this cadence and the others of the person
    SILENCE = 4  # the person, for ever
    COMPANY = 5  # everybody there


@dataclass(frozen=True, slots=True)
class Reading:
    """What of a verdict decides what is done, as it is stored.

    Attributes:
        auto_reply: what a machine told; `resume_on` is the day from which on it may be tried.
        bounce_class: of the address that a report is about.
    """

    kind: str
    auto_reply: str | None = None
    resume_on: str | None = None
    scope: str | None = None
    bounce_class: str | None = None
    intent: str | None = None
    unreadable: bool = False


def reading_of(verdict: Mapping[str, Any]) -> Reading:
    """The reading in a stored verdict."""
    return Reading(
        kind=str(verdict.get("kind", "")),
        auto_reply=verdict.get("auto_reply"),
        resume_on=verdict.get("resume_on"),
        scope=verdict.get("scope"),
        bounce_class=verdict.get("class"),
        intent=verdict.get("intent"),
        unreadable=bool(verdict.get("unreadable")),
    )


def weight_of(reading: Reading, *, is_certain: bool) -> Weight:
    """What the mail asks for; `is_certain` if it holds something that only our own mail told."""
    own = _own_weight(reading, is_certain=is_certain)
    return max(own, Weight.ASK) if reading.unreadable else own


def _own_weight(reading: Reading, *, is_certain: bool) -> Weight:
    by_kind = {
        Kind.OPT_OUT: _of_scope(reading.scope),
        Kind.REPLY: Weight.STOP,
        Kind.COMPLAINT: Weight.SILENCE if is_certain else Weight.ASK,
        Kind.BOUNCE: _of_class(reading.bounce_class) if is_certain else Weight.NOTHING,
        Kind.AUTO_REPLY: _OF_MACHINE.get(reading.auto_reply or "", Weight.WAIT),
        Kind.CALENDAR: Weight.ASK,
        Kind.OTHER: _of_other(reading, is_certain=is_certain),
    }
    return by_kind[Kind(reading.kind)]


def returns_on(reading: Reading) -> date | None:
    """The day from which on the person may be written to, as far as it is told."""
    return date.fromisoformat(reading.resume_on) if reading.resume_on else None


def _of_scope(scope: str | None) -> Weight:
    return Weight.COMPANY if scope == Scope.COMPANY else Weight.SILENCE


def _of_class(found: str | None) -> Weight:
    if found in {BounceClass.HARD, BounceClass.HARD_DOMAIN}:
        return Weight.SILENCE
    return Weight.STOP if found == BounceClass.POLICY_RECIPIENT else Weight.NOTHING


def _of_other(reading: Reading, *, is_certain: bool) -> Weight:
    if is_certain:
        return _of_scope(reading.scope) if reading.scope else Weight.ASK
    return Weight.ASK if reading.scope else Weight.NOTHING


_OF_MACHINE = {
    str(AutoReplyType.ACKNOWLEDGEMENT): Weight.NOTHING,
    str(AutoReplyType.MOVED): Weight.ASK,
    str(AutoReplyType.LEFT_COMPANY): Weight.STOP,
}
