"""Does a person ask in a reply for no more mail?

Looks at the person's own words only, never at quoted text: our own mail says how to opt out. A
negation in front of a phrase turns it round. Where somebody asks for silence and for something else
besides, silence wins.
"""

import re
from dataclasses import dataclass

from sequencer.mail.folded_text import folded
from sequencer.mail.opt_out_phrases import STRONG
from sequencer.mail.opt_out_words import (
    CONDITIONS,
    NEGATIONS,
    PASSED,
    POLITE,
    SHORT,
    TELLING,
)

MAX_TEXT = 20_000  # characters; who asks for silence does not ask at length
SHORT_WORDS = 12
SUBJECT_WORD = "unsubscribe"  # of the mails that our List-Unsubscribe header asks for
MIN_TOKEN = 6
_APOSTROPHES = str.maketrans("\N{RIGHT SINGLE QUOTATION MARK}\N{ACUTE ACCENT}`", "'''")
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_CLAUSE = re.compile(r"[.,;:!?\n()]")
_TOKEN = re.compile(r"[A-Za-z0-9._~=+-]+")

# Folding takes the marks off Japanese syllables too, so the tables go through it as the text does.
_STRONG = {language: tuple(map(folded, phrases)) for language, phrases in STRONG.items()}
_SHORT = {language: frozenset(map(folded, forms)) for language, forms in SHORT.items()}


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that were found, normalised, and their language ('' for a subject)."""

    words: str
    language: str


def is_opt_out(text: str, subject: str) -> Evidence | None:
    """Evidence that the new text of a reply, or its subject, asks for no more mail."""
    if asked := asked_by_subject(subject):
        return asked
    said = _normalised(text or _own_subject(subject))
    return _strong(said) or _short(said)


def asked_by_subject(subject: str) -> Evidence | None:
    """`unsubscribe`, or `unsubscribe TOKEN`: what a mail program sends for its reader.

    Some leave the space between the two as it stood in the URI.
    """
    word, rest = subject.strip()[: len(SUBJECT_WORD)], subject.strip()[len(SUBJECT_WORD) :]
    token = rest.replace("%20", " ").lstrip(" :+")
    fits = len(token) >= MIN_TOKEN and token != rest and _TOKEN.fullmatch(token) is not None
    if word.lower() == SUBJECT_WORD and (fits or not rest):
        return Evidence(f"subject: {subject}", "")
    return None


def _own_subject(subject: str) -> str:
    """The subject, if it is no answer to ours."""
    return "" if ":" in subject else subject


def _normalised(text: str) -> str:
    return folded(text[:MAX_TEXT].translate(_APOSTROPHES))


def _strong(said: str) -> Evidence | None:
    lines = " ".join(said.split())
    for language, phrases in _STRONG.items():
        for phrase in phrases:
            at = _find(lines, phrase)
            if at >= 0:
                return Evidence(phrase, language)
    return None


def _find(said: str, phrase: str) -> int:
    """Where the phrase stands as whole words that nothing negates; -1 where it does not."""
    at = said.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        whole = _is_edge(said, at - 1, phrase[0]) and _is_edge(said, end, phrase[-1])
        if whole and not _is_negated(said, at):
            return at
        at = said.find(phrase, end)
    return -1


def _is_edge(said: str, at: int, letter: str) -> bool:
    """Whether a word ends between `letter` and the character at `at`."""
    if not 0 <= at < len(said):
        return True
    return not said[at].isalnum() or not letter.isascii()  # Japanese writes words together


def _is_negated(said: str, at: int) -> bool:
    """Whether what stands in front turns the phrase round, or makes it small print."""
    clause = _CLAUSE.split(said[max(at - 60, 0) : at])[-1]
    if any(condition in clause for condition in CONDITIONS):
        return True
    for word in reversed(_WORD.findall(clause)):
        if word in NEGATIONS:
            return True
        if word not in PASSED:
            return False
    return False


def _short(said: str) -> Evidence | None:
    """A reply that is next to nothing but a word such as `stop`."""
    lines = [line for line in said.split("\n") if line.strip()]
    words = _WORD.findall(said)
    for line in lines[:3]:
        bare = [word for word in _WORD.findall(line) if word not in POLITE]
        for language, forms in _SHORT.items():
            for form in {" ".join(bare), " ".join(_WORD.findall(line))} & forms:
                return Evidence(form, language)
        if bare and not _is_greeting(line):
            break
    if len(words) <= SHORT_WORDS:
        return _telling(said, words)
    return None


def _is_greeting(line: str) -> bool:
    return line.rstrip().endswith(",") and len(_WORD.findall(line)) <= 4


def _telling(said: str, words: list[str]) -> Evidence | None:
    for word in words:
        if word in TELLING and _find(" ".join(said.split()), word) >= 0:
            return Evidence(word, "")
    return None
