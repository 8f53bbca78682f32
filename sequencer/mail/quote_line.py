"""Where in the lines of a reply does the mail that it answers begin?

Every test looks at a few lines and at their first characters only, so that a walk over all lines
stays linear whatever they hold.
"""

import re
from collections.abc import Sequence

from sequencer.mail.quote_words import (
    FORWARDS,
    LABELS,
    OPENERS,
    SENT_FROM,
    SEPARATORS,
    WROTE,
    Role,
)

MAX_ATTRIBUTION = 600  # characters of `On ... wrote:`, with long names and addresses
MAX_ATTRIBUTION_LINES = 3
BLOCK_LINES = 10  # in which the labels of a header block stand
MAX_LABEL = 40

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d[./-]\d{1,2}[./-]\d\d|年")
_BRACKETED = re.compile(r"[<(\[] ?[^\s<>()\[\]]{1,300}@")
_WORD = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")


def attribution_lines(lines: Sequence[str], at: int) -> int:
    """How many lines, from `at` on, are one `On ... wrote:`; 0 where they are none."""
    if _is_attribution(lines[at]):
        return 1
    first = lines[at].strip()
    if not _opens(first) or first.endswith((".", "!", "?")):
        return 0
    joined = first
    for count, line in enumerate(lines[at + 1 : at + MAX_ATTRIBUTION_LINES], start=2):
        if not line.strip() or _is_attribution(line):
            return 0  # the second line says it all, so the first belongs to the reply
        joined = f"{joined} {line[:MAX_ATTRIBUTION].strip()}"
        if _is_attribution(joined):
            return count
    return 0


def begins_history(lines: Sequence[str], at: int) -> bool:
    """Whether everything from line `at` on is a quoted or forwarded mail."""
    line = lines[at].strip()
    text = line[:MAX_ATTRIBUTION].casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    if text.startswith(("--", "__", "==", "**")) and text.strip("-_=* ").startswith(SEPARATORS):
        return True
    return text.startswith(FORWARDS) or _is_header_block(lines, at)


def is_sent_from(line: str) -> bool:
    """Whether the line is what a telephone puts below a mail."""
    text = line.partition("<")[0].strip()
    return len(text) <= 80 and text.casefold().startswith(SENT_FROM)


def is_signature_mark(line: str) -> bool:
    """Whether the line is `-- `, or what became of it."""
    return line.strip() in {"--", "\N{EM DASH}"}


def _opens(line: str) -> bool:
    first = line[:MAX_LABEL].lstrip("\"'(<*_ ")
    if first[:1].isdigit():
        return True
    word = _WORD.match(first)
    return word is not None and word[0].casefold() in OPENERS and bool(_DIGIT.search(line))


def _is_attribution(line: str) -> bool:
    text = " ".join(line[: MAX_ATTRIBUTION + 1].split())
    if len(line) > MAX_ATTRIBUTION or not _DIGIT.search(text):
        return False
    ends = text.endswith((":", "\N{FULLWIDTH COLON}", ":*", ":_"))
    if ends and _YEAR.search(text) and _BRACKETED.search(text):
        return True
    low = text.casefold().strip("*_")
    wrote = low.endswith(WROTE) or (ends and any(word in low for word in WROTE))
    return wrote and _opens(low)


def _is_header_block(lines: Sequence[str], at: int) -> bool:
    if _role(lines[at]) is None:
        return False
    block = lines[at : at + BLOCK_LINES]
    roles = {_role(line) for line in block} - {None}
    whole = {Role.FROM, Role.SUBJECT} <= roles
    return whole or (len(roles) >= 3 and any("@" in line[:MAX_ATTRIBUTION] for line in block))


def _role(line: str) -> Role | None:
    label, colon, _ = line[:MAX_LABEL].replace("\N{FULLWIDTH COLON}", ":").partition(":")
    return LABELS.get(label.strip(" \t*_>\N{NO-BREAK SPACE}").casefold()) if colon else None
