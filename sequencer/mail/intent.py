"""What does a person who answers want? The words of the answer that say so, or nothing.

Only a proposal: the answer has stopped all mail already, whatever it wants. Where several things
are said, the one decides that asks for the least: who names somebody else or a later time does not
want to talk now.
"""

from collections.abc import Sequence
from enum import StrEnum

from sequencer.mail.evidence import Evidence, hit_evidence
from sequencer.mail.named_person import NamedPerson
from sequencer.mail.opt_out import is_negated
from sequencer.mail.rules import Group, Rules
from sequencer.mail.words import STOP, Words, words_in

_MARKS = ("?", "\uff1f")


class Intent(StrEnum):
    """What an answer comes to."""

    INTERESTED = "interested"
    NOT_INTERESTED = "not_interested"
    REFERRAL = "referral"
    WRONG_PERSON = "wrong_person"
    QUESTION = "question"
    MEETING_PROPOSAL = "meeting_proposal"
    LATER = "later"


_ORDER = (
    (Group.LATER, Intent.LATER),
    (Group.NOT_INTERESTED, Intent.NOT_INTERESTED),
    (Group.MEETING, Intent.MEETING_PROPOSAL),
    (Group.INTERESTED, Intent.INTERESTED),
    (Group.QUESTION, Intent.QUESTION),
)
_SHORT = ((Group.SAYS_NO, Intent.NOT_INTERESTED), (Group.SAYS_YES, Intent.INTERESTED))
_THUMBS = (
    ("\N{THUMBS UP SIGN}", Intent.INTERESTED),
    ("\N{THUMBS DOWN SIGN}", Intent.NOT_INTERESTED),
)
SHORT_WORDS = 3
_NEGATABLE = frozenset({Group.INTERESTED, Group.MEETING, Group.LATER, Group.QUESTION})


def read_intent(
    text: str, named: Sequence[NamedPerson], rules: Rules
) -> tuple[Intent, Evidence] | None:
    """What the new text of an answer wants, with the words; None where it says nothing known."""
    words = words_in(text)
    if shortly := _in_a_word(text, words, rules):
        return shortly
    wrong = _first(words, Group.WRONG_PERSON, rules)
    referral = _first(words, Group.REFERRAL, rules)
    if named and (referral or wrong or named[0].address):
        return Intent.REFERRAL, referral or wrong or Evidence("text", named[0].address)
    if wrong:
        return Intent.WRONG_PERSON, wrong
    for group, intent in _ORDER:
        found = _first(words, group, rules)
        if found is not None:
            return intent, found
    mark = next((at for at in map(text.find, _MARKS) if at >= 0), -1)
    return (Intent.QUESTION, Evidence("text", text[mark], mark)) if mark >= 0 else None


def _in_a_word(text: str, words: Words, rules: Rules) -> tuple[Intent, Evidence] | None:
    """What an answer of a word or a thumb says."""
    if sum(token != STOP for token in words.tokens) > SHORT_WORDS:
        return None
    for group, intent in _SHORT:
        hit = rules.finder(group).first(words)
        if hit is not None:
            return intent, hit_evidence("text", group, words, hit)
    for thumb, intent in _THUMBS:
        if thumb in text:
            return intent, Evidence("text", thumb, text.find(thumb))
    return None


def _first(words: Words, group: Group, rules: Rules) -> Evidence | None:
    for hit in rules.finder(group).find(words):
        if group not in _NEGATABLE or not is_negated(words, hit, rules):
            return hit_evidence("text", group, words, hit)
    return None
