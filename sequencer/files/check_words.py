"""Does a mail read as if a person wrote it: not too long, not loud, without a salesman's words?"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from sequencer.files.inspected import InspectedTemplate
from sequencer.files.problem import Problem
from sequencer.files.spam_phrases import phrases

MOST_WORDS = 200  # of a first mail
MOST_CHARACTERS = 60  # of a subject
LEAST_GUIDE = 5  # words

_JINJA = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|\{#[^{}]*#\}")
_ADDRESS = re.compile(r"https?://\S+")
_MARKS = re.compile(r"!{2,}|\?{2,}|(?:!\?|\?!){2,}")
_LOUD = re.compile(r"\b[^\W\d_a-z]{2,}(?:[ .!?:&-]{1,3}[^\W\d_a-z]{2,})+\b")
_EMOJI_FROM = 0x2190  # arrows, and all that follows
# Not those that join emoji or letters of Persian, which people do type.
_UNSEEN = re.compile("[\u00ad\u180e\u200b\u2060-\u2064\ufeff]")


def word_findings(template: InspectedTemplate) -> Iterator[Problem]:
    """What is wrong with the words of a mail."""
    patterns = [(_MARKS, "exclamations", "several marks in a row", "one is enough")]
    whole = "\n".join(template.lines).casefold()
    if any(phrase in whole for phrase in phrases()):
        hint = "say it in other words"
        patterns.append((_phrases(), "spam-words", "a phrase that filters know", hint))
    for (line, column), text, least in _pieces(template):
        for pattern, code, message, hint in patterns:
            for match in pattern.finditer(text):
                said = f"{message}: `{match[0][:40]}`"
                yield template.problem(code, (line, column + match.start()), said, hint)
        for match in _LOUD.finditer(text):
            if _is_loud(match[0], least):
                at = (line, column + match.start())
                said = f"words in capitals: `{match[0][:40]}`"
                yield template.problem("shouting", at, said, "write them in small letters")
    yield from _unseen(template)
    yield from _subject(template)
    yield from _too_long(template)


def guide_findings(template: InspectedTemplate) -> Iterator[Problem]:
    """A guide for a task that says next to nothing."""
    rendered = template.full.rendered
    if rendered is not None and len(rendered.text.split()) < LEAST_GUIDE:
        message = "the guide says next to nothing"
        hint = "say in a few lines what it is about and what to find out"
        yield template.problem("empty-guide", (template.body_at, 1), message, hint)


def _pieces(template: InspectedTemplate) -> Iterator[tuple[tuple[int, int], str, int]]:
    """Place and text of the subject and of each line, and how many loud words are too many."""
    if template.subject_at is not None:
        line, column = template.subject_at
        yield (line, column), _plain(template.lines[line - 1][column - 1 :]), 2
    for number, line_text in template.body():
        yield (number, 1), _plain(line_text), 3


def _plain(line: str) -> str:
    """The line with blanks in place of Jinja and addresses, so that columns stay."""
    if "{" in line:
        line = _JINJA.sub(lambda match: " " * len(match[0]), line)
    if "://" in line:
        line = _ADDRESS.sub(lambda match: " " * len(match[0]), line)
    return line


@cache
def _phrases() -> re.Pattern[str]:
    longest = sorted(phrases(), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE)


def _is_loud(text: str, least: int) -> bool:
    words = [word for word in re.findall(r"\w+", text) if word.isupper()]
    return len(words) >= least and any(len(word) > 3 for word in words)


def _subject(template: InspectedTemplate) -> Iterator[Problem]:
    rendered, at = template.full.rendered, template.subject_at
    if rendered is None or not rendered.subject:
        return
    if len(rendered.subject) > MOST_CHARACTERS:
        message = f"the subject has {len(rendered.subject)} characters for somebody at Bank Example"
        hint = f"telephones show about 40; keep it below {MOST_CHARACTERS}"
        yield template.problem("long-subject", at, message, hint)
    if any(map(is_emoji, template.lines[at[0] - 1] if at else "")):
        message = "there is an emoji in the subject"
        yield template.problem("emoji-subject", at, message, "leave it out")


def _unseen(template: InspectedTemplate) -> Iterator[Problem]:
    for number, line in enumerate(template.lines, 1):
        for found in _UNSEEN.finditer(line) if not line.isascii() else ():
            message = f"the character U+{ord(found[0]):04X} cannot be seen"
            hint = "delete it; it usually came with a copy from elsewhere"
            yield template.problem("unseen-character", (number, found.start() + 1), message, hint)


def is_emoji(character: str) -> bool:
    """Whether a character is a picture rather than a letter or a sign."""
    return ord(character) >= _EMOJI_FROM and unicodedata.category(character) in {"So", "Sk"}


def _too_long(template: InspectedTemplate) -> Iterator[Problem]:
    rendered = template.full.rendered
    if not template.is_first or rendered is None:
        return
    words = len(rendered.text.split())
    if words > MOST_WORDS:
        message = f"the first mail has {words} words"
        hint = "50 to 125 are read; say one thing, and ask one question"
        yield template.problem("long-mail", (template.body_at, 1), message, hint)
