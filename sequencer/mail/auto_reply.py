"""Did a machine answer, why, when is its owner back, and who stands in for them?

A person who is taken for a machine is written to again, so doubt is decided for the person: words
alone never make a machine, only a header or the subject that mail systems write does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sequencer.mail.auto_header import GENERATED, auto_submitted, sure_header, weak_header
from sequencer.mail.evidence import Evidence, hit_evidence
from sequencer.mail.incoming import Incoming
from sequencer.mail.named_person import NamedPerson, named_people
from sequencer.mail.return_date import ReturnDate, return_date, within_reach
from sequencer.mail.rules import Group, Rules
from sequencer.mail.words import Words, words_in

_APPLE_END = "enddate="
_YEARS = range(1980, 9_000)  # a mail may bear any date; beyond these no day can be counted from it
# What stands in brackets at the beginning of a subject ends there, as before a colon.
_MARKS = {0xFF1A: ":", 0x3010: "[", 0x3011: ":", 0x5D: ":", 0x2019: "'"}


class AutoReplyType(StrEnum):
    """What an automatic reply tells."""

    OUT_OF_OFFICE = "out_of_office"
    ACKNOWLEDGEMENT = "acknowledgement"
    LEFT_COMPANY = "left_company"
    MOVED = "moved"


# The first that is said decides: who has left is also away, and who is away also got the mail.
_SAID = (
    (Group.LEFT_COMPANY, AutoReplyType.LEFT_COMPANY),
    (Group.MOVED, AutoReplyType.MOVED),
    (Group.ABSENCE, AutoReplyType.OUT_OF_OFFICE),
)


@dataclass(frozen=True, slots=True)
class AutoReply:
    """An automatic answer.

    Attributes:
        contact: whom it names to write to instead; for `moved` the new address.
        is_certain: whether a header or subject says so that nothing else has.
        is_told: whether its words say what it is; else only that a machine passed it on is known.
    """

    type: AutoReplyType
    evidence: tuple[Evidence, ...]
    returns: ReturnDate | None
    contact: NamedPerson | None
    is_certain: bool
    is_told: bool = True


def read_auto_reply(incoming: Incoming, written: str, rules: Rules) -> AutoReply | None:
    """The automatic answer that the mail is, or None; `written` is its new text."""
    sure = sure_header(incoming) or _titled(incoming, rules, Group.AUTO_SUBJECT)
    marks = (sure,) if sure else _weak(incoming, rules)
    if not marks:
        return None
    said = written or incoming.text
    returns = _returns(incoming, f"{incoming.subject}\n\n{said}", rules)
    places = {"text": words_in(said), "subject": words_in(incoming.subject)}
    kind, told = _type(incoming, places, rules, returns)
    return AutoReply(
        type=kind,
        evidence=(*marks, *told),
        returns=None if kind is AutoReplyType.LEFT_COMPANY else returns,
        contact=_contact(incoming, said, rules),
        is_certain=sure is not None,
        is_told=bool(told) or returns is not None,
    )


def _titled(incoming: Incoming, rules: Rules, group: Group) -> Evidence | None:
    """The subject, if it is one of those or begins with one and a colon."""
    head = _low(incoming.subject).partition(":")[0].strip(" .!-[")
    return Evidence("subject", incoming.subject, 0) if head in rules.texts(group) else None


def _weak(incoming: Incoming, rules: Rules) -> tuple[Evidence, ...]:
    """Two weak marks: a subject that people write too, and a sender that does not want answers."""
    marked = weak_header(incoming)
    titled = _titled(incoming, rules, Group.AUTO_SUBJECT_WEAK) or _begins(incoming, rules)
    return (titled, marked) if marked and titled else ()


def _begins(incoming: Incoming, rules: Rules) -> Evidence | None:
    """The subject, if it begins with a sure or weak one and goes on without a colon."""
    low = _low(incoming.subject)
    titles = (*rules.texts(Group.AUTO_SUBJECT), *rules.texts(Group.AUTO_SUBJECT_WEAK))
    begins = any(low.startswith(f"{title} ") for title in titles)
    return Evidence("subject", incoming.subject, 0) if begins else None


def _low(subject: str) -> str:
    return subject.casefold().translate(_MARKS)


def _type(
    incoming: Incoming, places: Mapping[str, Words], rules: Rules, returns: ReturnDate | None
) -> tuple[AutoReplyType, tuple[Evidence, ...]]:
    for group, kind in _SAID:
        if found := _said(places, group, rules):
            return kind, found
    if returns is not None:
        return AutoReplyType.OUT_OF_OFFICE, ()
    if found := _said(places, Group.ACKNOWLEDGEMENT, rules):
        return AutoReplyType.ACKNOWLEDGEMENT, found
    generated = auto_submitted(incoming) == GENERATED
    return AutoReplyType.ACKNOWLEDGEMENT if generated else AutoReplyType.OUT_OF_OFFICE, ()


def _said(places: Mapping[str, Words], group: Group, rules: Rules) -> tuple[Evidence, ...]:
    """The first phrase of a group in any of the places."""
    for where, words in places.items():
        hit = rules.finder(group).first(words)
        if hit is not None:
            return (hit_evidence(where, group, words, hit),)
    return ()


def _contact(incoming: Incoming, said: str, rules: Rules) -> NamedPerson | None:
    known = (incoming.sender, *incoming.recipients)
    people = named_people(said, rules, known)
    return people[0] if people else None


def _returns(incoming: Incoming, text: str, rules: Rules) -> ReturnDate | None:
    if incoming.date is None or incoming.date.year not in _YEARS:
        return None
    sent_on = incoming.date.date()
    return _apple(incoming, sent_on) or return_date(text, sent_on, rules)


def _apple(incoming: Incoming, sent_on: date) -> ReturnDate | None:
    """End of an iCloud absence, which a header gives in so many figures."""
    criteria = incoming.header("x-apple-criteria").lower()
    words = criteria.partition(_APPLE_END)[2][:10]
    try:
        last = date.fromisoformat(words)
    except ValueError:
        return None
    return within_reach(last, sent_on, f"{_APPLE_END}{words}", is_last=True)
