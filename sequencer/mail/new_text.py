"""What did a person write in a reply, without the history below it and without the signature?

One walk over the lines. Where it is in doubt it leaves a line out rather than in: a sentence of our
own mail that leaks, the one on opting out above all, would be taken for the person's.
"""

from collections.abc import Sequence

from sequencer.mail.quote_line import (
    attribution_lines,
    begins_history,
    is_sent_from,
    is_signature_mark,
)
from sequencer.mail.rules import Rules
from sequencer.mail.signature import without_signature

WRAP_AT = 60  # characters; a quoted line as long as that may have been broken in two


def new_text(text: str, rules: Rules, writer: str = "") -> str:
    """The person's own lines, trimmed; the empty string where there are none.

    `writer` is the person's name, below which nothing but a signature follows.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    at = 0
    while at < len(lines):
        at = _read(lines, at, kept, rules)
    return _trimmed(without_signature(kept, rules, writer))


def _read(lines: Sequence[str], at: int, kept: list[str], rules: Rules) -> int:
    """Keep the line at `at` if it is the person's; number of the line to read on with.

    The first line that is kept says something, so `kept` tells whether anything was said.
    """
    line = lines[at]
    if not line.strip():
        kept += [""] if kept else []
        return at + 1
    if _is_quoted(line):
        return _after_quote(lines, at)
    if count := attribution_lines(lines, at, rules):
        return at + count if _quote_follows(lines, at + count) else len(lines)
    if begins_history(lines, at, rules):
        return len(lines)
    if is_signature_mark(line) or is_sent_from(line, rules):
        return len(lines) if kept else at + 1
    kept.append(line.rstrip())
    return at + 1


def _is_quoted(line: str) -> bool:
    return line[:4].lstrip().startswith(">")


def _after_quote(lines: Sequence[str], at: int) -> int:
    """Line behind the quoted one at `at`, and behind what a mail program broken off its end."""
    following = at + 1
    while following < len(lines) and _is_broken_off(lines[following - 1], lines[following]):
        following += 1
    return following


def _is_broken_off(before: str, line: str) -> bool:
    if _is_quoted(line) or not line.strip() or len(before) < WRAP_AT:
        return False
    return not before.rstrip().endswith((".", "?", "!", ":", ";"))


def _quote_follows(lines: Sequence[str], at: int) -> bool:
    """Whether the next line with anything on it is quoted, so that answers may stand in between."""
    for line in lines[at : at + 5]:
        if line.strip():
            return _is_quoted(line)
    return False


def _trimmed(lines: list[str]) -> str:
    """Lines joined, without rules of dashes or underscores at the end."""
    end = len(lines)
    while end and not lines[end - 1].strip(" \t-_=*\N{NO-BREAK SPACE}"):
        end -= 1
    return "\n".join(lines[:end]).strip()
