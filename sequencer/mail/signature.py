"""Where do the lines of an answer end and those of a signature begin that nothing marks off?

A formula such as `Kind regards` and the name below it still belong to the answer, and so does the
name alone. What follows is left out, as is what lawyers have put below. In doubt a line stays.
"""

import re
from collections.abc import Sequence

from sequencer.mail.rules import Group, Rules, Vocabulary
from sequencer.mail.words import STOP, tokens_of, words_in

MAX_LINES = 60  # from the end, in which a signature begins
MAX_BELOW = 25  # lines of a signature
CLOSING_WORDS = 2  # that a formula has beside its own
MAX_LINE = 100  # characters
MAX_NAME = 40
NAME_WORDS = 6
_CONTACT = re.compile(r"[0-9@|/\\]|www")
_SENTENCE_ENDS = ("?", "!", "\uff1f", "\u3002", ":", ",")
_RULES = frozenset("-_=*~\u2500\u2501\u2550\u2014\u2013\uff0d\u2015#")


def without_signature(lines: Sequence[str], rules: Rules, writer: str) -> list[str]:
    """The lines before the signature."""
    end = _before_notice(lines, rules)
    first = max(end - MAX_LINES, 0)
    name = frozenset(tokens_of(writer))
    for at in range(first, end):
        if _is_rule(lines[at]) and _is_short(lines[at:end]) and any(map(str.strip, lines[:at])):
            return list(lines[:at])
        behind = _behind_closing(lines, at, end, rules) or _behind_name(lines, at, name)
        if behind and _is_short(lines[behind:end]):
            return list(lines[:behind])
    return list(lines[:end])


def _before_notice(lines: Sequence[str], rules: Rules) -> int:
    """Number of the line at which a legal notice begins; that of lines where there is none."""
    for at in range(max(len(lines) - MAX_LINES, 1), len(lines)):
        if not lines[at - 1].strip() and lines[at].strip():
            words = words_in(" ".join(lines[at : at + 3]), 300)
            if rules.finder(Group.LEGAL_NOTICE).first(words):
                return at
    return len(lines)


def _behind_closing(lines: Sequence[str], at: int, end: int, rules: Rules) -> int:
    """Number of the line behind a formula and the name below it, or 0.

    `Thanks` may also begin an answer, so a name or a telephone number has to follow.
    """
    words = words_in(lines[at], MAX_LINE)
    hit = rules.finder(Group.CLOSING).first(words)
    polite = rules.words(Vocabulary.POLITE)
    besides = [
        number
        for number, token in enumerate(words.tokens)
        if token != STOP and token not in polite and not (hit and hit.first <= number <= hit.last)
    ]
    if hit is None or hit.first > 0 or len(besides) > CLOSING_WORDS or len(lines[at]) > MAX_LINE:
        return 0
    below = at + 1
    while below < end and not lines[below].strip():
        below += 1
    if below == end:
        return 0
    if _may_be_name(lines[below]):
        return below + 1
    return at + 1 if _CONTACT.search(lines[below], 0, MAX_LINE) else 0


def _behind_name(lines: Sequence[str], at: int, name: frozenset[str]) -> int:
    """Number of the line behind one that is the writer's name, if an empty one follows; or 0."""
    tokens = frozenset(filter(_is_word, tokens_of(lines[at][:MAX_LINE])))
    ends = at + 1 < len(lines) and not lines[at + 1].strip()
    return at + 1 if at and ends and tokens and tokens <= name else 0


def _may_be_name(line: str) -> bool:
    text = line.strip()
    tokens = [token for token in tokens_of(text[:MAX_LINE]) if _is_word(token)]
    plain = not _CONTACT.search(text) and not text.endswith(_SENTENCE_ENDS)
    return plain and len(text) <= MAX_NAME and len(tokens) <= NAME_WORDS


def _is_word(token: str) -> bool:
    return token != STOP


def _is_rule(line: str) -> bool:
    text = line.strip()
    return len(text) >= 5 and _RULES.issuperset(text)


def _is_short(lines: Sequence[str]) -> bool:
    return sum(bool(line.strip()) for line in lines) <= MAX_BELOW
