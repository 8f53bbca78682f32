"""How much silence does a reading of a mail ask for? By this two readings of it are compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import Any, Final

from sequencer.domain.address import domain_of
from sequencer.domain.free_mail import is_free_mail
from sequencer.mail.auto_reply import AutoReplyType
from sequencer.mail.bounce_class import BounceClass
from sequencer.mail.calendar_event import MeetingStatus
from sequencer.mail.opt_out import Scope
from sequencer.mail.verdict import Kind

_ARRIVED: Final = str(AutoReplyType.ACKNOWLEDGEMENT)


class Weight(IntEnum):
    """From what changes nothing to what silences a whole company."""

    NOTHING = 0
    WAIT = 1  # until a date
    ASK = 2  # until a person has decided
    STOP = 3  # this cadence and the others of the person
    SILENCE = 4  # the person, for ever
    PERHAPS_COMPANY = 5  # and the others there once a person says so
    COMPANY = 6  # everybody there


class Speaker(StrEnum):
    """Whether who wrote is of the company of the person whom we wrote to."""

    COLLEAGUE = "colleague"
    STRANGER = "stranger"
    NO_COMPANY = "no_company"  # the person has free mail, which is nobody's company


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of where a mail comes from.

    Attributes:
        is_certain: whether it holds something that only our own mail told.
    """

    is_certain: bool
    speaker: Speaker = Speaker.COLLEAGUE

    @property
    def speaks_for_company(self) -> bool:
        """Anybody may have been given the thread, and a From proves nothing."""
        return self.is_certain and self.speaker is Speaker.COLLEAGUE


def speaker_of(person: str, sender: str) -> Speaker:
    """Who wrote from the address `sender`, as the person with the address `person` sees it."""
    domain = domain_of(person)
    if not domain or is_free_mail(domain):
        return Speaker.NO_COMPANY
    return Speaker.COLLEAGUE if domain_of(sender) == domain else Speaker.STRANGER


@dataclass(frozen=True, slots=True)
class Reading:
    """What of a verdict decides what is done, as it is stored.

    Attributes:
        auto_reply: what a machine told; `resume_on` is the day from which on it may be tried.
        is_told: whether the words of an acknowledgement say that it is one.
        bounce_class: of the address that a report is about.
        meeting: what becomes of the meeting that a calendar mail is about.
    """

    kind: str
    auto_reply: str | None = None
    resume_on: str | None = None
    scope: str | None = None
    bounce_class: str | None = None
    intent: str | None = None
    unreadable: bool = False
    is_told: bool = True
    meeting: str | None = None


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
        meeting=verdict.get("meeting_status") if verdict.get("kind") == Kind.CALENDAR else None,
        is_told=verdict.get("told") is not False or verdict.get("auto_reply") != _ARRIVED,
    )


def weight_of(reading: Reading, origin: Origin) -> Weight:
    """What the mail asks for."""
    own = _own_weight(reading, origin)
    return max(own, Weight.ASK) if reading.unreadable else own


def _own_weight(reading: Reading, origin: Origin) -> Weight:
    is_certain = origin.is_certain
    by_kind = {
        Kind.OPT_OUT: _of_scope(reading.scope, origin),
        Kind.REPLY: Weight.STOP,
        Kind.COMPLAINT: Weight.SILENCE if is_certain else Weight.ASK,
        Kind.BOUNCE: _of_class(reading.bounce_class) if is_certain else Weight.NOTHING,
        Kind.AUTO_REPLY: _of_machine(reading),
        Kind.CALENDAR: _of_calendar(reading, origin),
        Kind.OTHER: _of_other(reading, origin),
    }
    return by_kind[Kind(reading.kind)]


def returns_on(reading: Reading) -> date | None:
    """The day from which on the person may be written to, as far as it is told."""
    return date.fromisoformat(reading.resume_on) if reading.resume_on else None


def _of_scope(scope: str | None, origin: Origin) -> Weight:
    if scope != Scope.COMPANY or origin.speaker is Speaker.NO_COMPANY:
        return Weight.SILENCE
    return Weight.COMPANY if origin.speaks_for_company else Weight.PERHAPS_COMPANY


def _of_class(found: str | None) -> Weight:
    if found in {BounceClass.HARD, BounceClass.HARD_DOMAIN}:
        return Weight.SILENCE
    return Weight.STOP if found == BounceClass.POLICY_RECIPIENT else Weight.NOTHING


def _of_calendar(reading: Reading, origin: Origin) -> Weight:
    """A meeting ends a cadence; what takes one away, or is not certain, waits for a person."""
    own = Weight.STOP if reading.meeting in _MEETS else Weight.ASK
    return max(own, _of_scope(reading.scope, origin)) if reading.scope else own


def _of_other(reading: Reading, origin: Origin) -> Weight:
    if origin.is_certain:
        return _of_scope(reading.scope, origin) if reading.scope else Weight.ASK
    return Weight.ASK if reading.scope else Weight.NOTHING


def _of_machine(reading: Reading) -> Weight:
    """A person is asked where it asks for silence, and where only that a machine passed it on."""
    own = _OF_MACHINE.get(reading.auto_reply or "", Weight.WAIT)
    is_asked = reading.scope is not None or not reading.is_told
    return max(own, Weight.ASK) if is_asked else own


_MEETS = frozenset({MeetingStatus.INVITED, MeetingStatus.BOOKED})
_OF_MACHINE = {
    _ARRIVED: Weight.NOTHING,
    str(AutoReplyType.MOVED): Weight.ASK,
    str(AutoReplyType.LEFT_COMPANY): Weight.STOP,
}
