"""Does a person ask in a reply for no more mail, and for whom?

Looks at the person's own words only, never at quoted text: our own mail says how to opt out. A
negation in front of a phrase turns it round. Where somebody asks for silence and for something else
besides, silence wins.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from sequencer.mail.evidence import Evidence, hit_evidence
from sequencer.mail.phrase import Hit
from sequencer.mail.rules import Group, Rules, Vocabulary
from sequencer.mail.words import STOP, Words, words_in

SHORT_WORDS = 12
SHORT_LINES = 3
CLAUSE = 10  # words in front of a phrase that are looked at
SUBJECT_WORD = "unsubscribe"  # of the mails that our List-Unsubscribe header asks for
MIN_TOKEN = 6
GREETING_WORDS = 4
_TOKEN = re.compile(r"[A-Za-z0-9._~=+-]+")


class Scope(StrEnum):
    """Who wants no more mail."""

    PERSON = "person"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class OptOut:
    """A wish for silence, and the words that say so."""

    scope: Scope
    evidence: tuple[Evidence, ...]


def read_opt_out(text: str, subject: str, rules: Rules) -> OptOut | None:
    """The wish for silence in the new text of a reply, or in its subject."""
    asked = asked_by_subject(subject)
    if asked is not None:
        return OptOut(Scope.PERSON, (asked,))
    words, where = words_in(text), "text"
    if not any(token != STOP for token in words.tokens):
        words, where = words_in(_own_subject(subject)), "subject"
    found = _in_words(where, words, rules)
    if found is None:
        return None
    company = rules.finder(Group.OPT_OUT_COMPANY).first(words)
    if company is None:
        return OptOut(Scope.PERSON, (found,))
    return OptOut(
        Scope.COMPANY, (found, hit_evidence(where, Group.OPT_OUT_COMPANY, words, company))
    )


def asked_by_subject(subject: str) -> Evidence | None:
    """`unsubscribe`, or `unsubscribe TOKEN`: what a mail program sends for its reader.

    Some leave the space between the two as it stood in the URI.
    """
    word, rest = subject.strip()[: len(SUBJECT_WORD)], subject.strip()[len(SUBJECT_WORD) :]
    token = rest.replace("%20", " ").lstrip(" :+")
    fits = len(token) >= MIN_TOKEN and token != rest and _TOKEN.fullmatch(token) is not None
    if word.lower() == SUBJECT_WORD and (fits or not rest):
        return Evidence("subject", subject, 0)
    return None


def is_negated(words: Words, hit: Hit, rules: Rules) -> bool:
    """Whether what stands in front of a phrase, or in a gap of it, turns it round."""
    negations = rules.words(Vocabulary.NEGATION, hit.phrase.language)
    passed = rules.words(Vocabulary.PASSED, hit.phrase.language)
    inside = [token for token in words.tokens[hit.first : hit.last + 1] if token in negations]
    if inside and not any(step.has(token) for token in inside for step in hit.phrase.steps):
        return True
    for at in range(hit.first - 1, max(hit.first - CLAUSE, 0) - 1, -1):
        if "," in words.text[words.ends[at] : words.starts[at + 1]]:
            return False
        if words.tokens[at] in negations:
            return True
        if words.tokens[at] not in passed:
            return False
    return False


def _own_subject(subject: str) -> str:
    """The subject, if it is no answer to ours."""
    return "" if ":" in subject else subject


def _in_words(where: str, words: Words, rules: Rules) -> Evidence | None:
    if rules.finder(Group.MISTAKE).first(words):
        return None
    against = _against(words, rules)
    for hit in rules.finder(Group.OPT_OUT).find(words):
        if not _is_void(words, hit, rules, against):
            return hit_evidence(where, Group.OPT_OUT, words, hit)
    short = _all_that_is_said(words, rules)
    if short is not None:
        return hit_evidence(where, Group.OPT_OUT_SHORT, words, short)
    if sum(token != STOP for token in words.tokens) > SHORT_WORDS:
        return None
    for hit in rules.finder(Group.OPT_OUT_TELLING).find(words):
        if not _is_void(words, hit, rules, against):
            return hit_evidence(where, Group.OPT_OUT_TELLING, words, hit)
    return None


def _against(words: Words, rules: Rules) -> frozenset[int]:
    """Numbers of the words in phrases that only look like an opt-out."""
    found = rules.finder(Group.OPT_OUT_AGAINST).find(words)
    return frozenset(at for hit in found for at in range(hit.first, hit.last + 1))


def _is_void(words: Words, hit: Hit, rules: Rules, against: frozenset[int]) -> bool:
    """Whether the phrase is none, or is small print that tells others how to leave a list."""
    if not against.isdisjoint(range(hit.first, hit.last + 1)) or _is_apart(words, hit):
        return True
    if is_negated(words, hit, rules):
        return True
    if rules.finder(Group.GRATEFUL).first(words):
        return False
    start = hit.first
    while start > max(hit.first - CLAUSE, 0) and words.tokens[start - 1] != STOP:
        start -= 1
    return any(rules.finder(Group.CONDITION).find(words, start, hit.first + 1))


def _is_apart(words: Words, hit: Hit) -> bool:
    """Whether a comma parts the phrase within a gap, and not between two words of one list."""
    steps = hit.phrase.steps
    for at in range(hit.first, hit.last):
        if "," in words.text[words.ends[at] : words.starts[at + 1]]:
            left, right = words.tokens[at : at + 2]
            beside = zip((*steps, *steps), (*steps, *steps[1:]), strict=False)
            if not any(one.has(left) and other.has(right) for one, other in beside):
                return True
    return False


def _all_that_is_said(words: Words, rules: Rules) -> Hit | None:
    """A line near the top that is next to nothing but a word such as `stop`."""
    polite = rules.words(Vocabulary.POLITE) | {STOP}
    for number, (first, last) in enumerate(_lines(words)):
        own = [at for at in range(first, last + 1) if words.tokens[at] not in polite]
        for hit in rules.finder(Group.OPT_OUT_SHORT).find(words, first, last + 1):
            if all(hit.first <= at <= hit.last for at in own):
                return hit
        greeting = last - first <= GREETING_WORDS and words.text[words.ends[last] :][:1] == ","
        if number >= SHORT_LINES - 1 or (own and not greeting):
            return None
    return None


def _lines(words: Words) -> list[tuple[int, int]]:
    """First and last word of each line that has any."""
    lines: list[tuple[int, int]] = []
    for at, token in enumerate(words.tokens):
        if token == STOP and "\n" in words.text[words.starts[at] : words.ends[at]]:
            continue
        behind = words.ends[lines[-1][1]] if lines else 0
        if lines and "\n" not in words.text[behind : words.starts[at]]:
            lines[-1] = (lines[-1][0], at)
        else:
            lines.append((at, at))
    return lines
