"""Where in the lines of a reply does the mail that it answers begin?

Every test looks at a few lines and at their first characters only, so that a walk over all lines
stays linear whatever they hold.
"""

import re
from collections.abc import Sequence

from sequencer.mail.folded_text import folded
from sequencer.mail.rules import Group, Label, Rules, Vocabulary

MAX_ATTRIBUTION = 600  # characters of `On ... wrote:`, with long names and addresses
MAX_ATTRIBUTION_LINES = 3
BLOCK_LINES = 10  # in which the labels of a header block stand
MAX_LABEL = 40

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d[./-]\d{1,2}[./-]\d\d|年")
_BRACKETED = re.compile(r"[<(\[] ?[^\s<>()\[\]]{1,300}@")
_WORD = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")


def attribution_lines(lines: Sequence[str], at: int, rules: Rules) -> int:
    """How many lines, from `at` on, are one `On ... wrote:`; 0 where they are none."""
    if _is_attribution(lines[at], rules):
        return 1
    first = lines[at].strip()
    if not _opens(first, rules) or first.endswith((".", "!", "?")):
        return 0
    joined = first
    for count, line in enumerate(lines[at + 1 : at + MAX_ATTRIBUTION_LINES], start=2):
        if not line.strip() or _is_attribution(line, rules):
            return 0  # the second line says it all, so the first belongs to the reply
        joined = f"{joined} {line[:MAX_ATTRIBUTION].strip()}"
        if _is_attribution(joined, rules):
            return count
    return 0


def begins_history(lines: Sequence[str], at: int, rules: Rules) -> bool:
    """Whether everything from line `at` on is a quoted or forwarded mail."""
    line = lines[at].strip()
    text = line[:MAX_ATTRIBUTION].casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    if text.startswith(("--", "__", "==", "**")) and text.strip("-_=* ").startswith(
        rules.texts(Group.QUOTE_SEPARATOR)
    ):
        return True
    forwards = rules.texts(Group.QUOTE_FORWARD)
    return text.startswith(forwards) or _is_header_block(lines, at, rules)


def is_sent_from(line: str, rules: Rules) -> bool:
    """Whether the line is what a telephone puts below a mail."""
    text = line.partition("<")[0].strip()
    return len(text) <= 80 and text.casefold().startswith(rules.texts(Group.SENT_FROM))


def is_signature_mark(line: str) -> bool:
    """Whether the line is `-- `, or what became of it."""
    return line.strip() in {"--", "\N{EM DASH}"}


def _opens(line: str, rules: Rules) -> bool:
    first = line[:MAX_LABEL].lstrip("\"'(<*_ ")
    if first[:1].isdigit():
        return True
    word = _WORD.match(first)
    if word is None or not _DIGIT.search(line):
        return False
    return folded(word[0]) in rules.words(Vocabulary.OPENER)


def _is_attribution(line: str, rules: Rules) -> bool:
    text = " ".join(line[: MAX_ATTRIBUTION + 1].split())
    if len(line) > MAX_ATTRIBUTION or not _DIGIT.search(text):
        return False
    ends = text.endswith((":", "\N{FULLWIDTH COLON}", ":*", ":_"))
    if ends and _YEAR.search(text) and _BRACKETED.search(text):
        return True
    low = text.casefold().strip("*_")
    words = rules.texts(Group.QUOTE_WROTE)
    wrote = low.endswith(words) or (ends and any(word in low for word in words))
    return wrote and _opens(low, rules)


def _is_header_block(lines: Sequence[str], at: int, rules: Rules) -> bool:
    if _label(lines[at], rules) is None:
        return False
    block = lines[at : at + BLOCK_LINES]
    labels = {_label(line, rules) for line in block} - {None}
    whole = {Label.FROM, Label.SUBJECT} <= labels
    return whole or (len(labels) >= 3 and any("@" in line[:MAX_ATTRIBUTION] for line in block))


def _label(line: str, rules: Rules) -> Label | None:
    label, colon, _ = line[:MAX_LABEL].replace("\N{FULLWIDTH COLON}", ":").partition(":")
    return rules.labels.get(label.strip(" \t*_>\N{NO-BREAK SPACE}").casefold()) if colon else None
