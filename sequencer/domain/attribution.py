"""Which mail is an answer put down to? To the last one in a variant that came before it.

Of one enrollment only mails in variants count; what other mails did in between cannot be told apart
by the variants, as everybody gets them.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sequencer.domain.variant_result import Tally


class Sign(StrEnum):
    """What can come of a mail."""

    REPLY = "reply"
    POSITIVE = "positive"
    MEETING = "meeting"
    OPT_OUT = "opt_out"
    BOUNCE = "bounce"


@dataclass(frozen=True, slots=True)
class WordedMail:
    """A mail in a variant that was sent.

    Attributes:
        text: names the text that it was made of; empty for a rep's own words.
    """

    enrollment_id: int
    step_id: str
    variant: str
    text: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that came of the mails of an enrollment."""

    enrollment_id: int
    sign: Sign
    at: datetime


Answered = tuple[WordedMail, frozenset[Sign]]


def attribute(mails: Sequence[WordedMail], seen: Iterable[Seen]) -> list[Answered]:
    """Each mail with what came of it; what came before the first mail belongs to none."""
    by_enrollment = defaultdict[int, list[int]](list)
    for number in sorted(range(len(mails)), key=lambda number: mails[number].sent_at):
        by_enrollment[mails[number].enrollment_id].append(number)
    found = defaultdict[int, set[Sign]](set)
    for each in seen:
        numbers = by_enrollment.get(each.enrollment_id, [])
        place = bisect_right(numbers, each.at, key=lambda number: mails[number].sent_at)
        if place:
            found[numbers[place - 1]].add(each.sign)
    return [(mail, frozenset(found[number])) for number, mail in enumerate(mails)]


def tally(name: str, answered: Iterable[frozenset[Sign]]) -> Tally:
    """How many of some mails had which answer."""
    counts: dict[Sign, int] = dict.fromkeys(Sign, 0)
    sent = 0
    for signs in answered:
        sent += 1
        # What came back was read by nobody; what was answered by a person did not come back.
        came_back = Sign.BOUNCE in signs and Sign.REPLY not in signs
        for sign in {Sign.BOUNCE} if came_back else signs - {Sign.BOUNCE}:
            counts[sign] += 1
    return Tally(
        name=name,
        sent=sent,
        bounced=counts[Sign.BOUNCE],
        replies=counts[Sign.REPLY],
        positive=counts[Sign.POSITIVE],
        meetings=counts[Sign.MEETING],
        opted_out=counts[Sign.OPT_OUT],
    )


def grouped(
    answered: Iterable[Answered],
) -> Mapping[tuple[str, str, str], list[frozenset[Sign]]]:
    """What came of the mails of each step, by variant and text."""
    groups = defaultdict[tuple[str, str, str], list[frozenset[Sign]]](list)
    for mail, signs in answered:
        groups[mail.step_id, mail.variant, mail.text].append(signs)
    return groups
