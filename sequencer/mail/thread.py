"""How a follow-up joins the thread of an earlier mail: its subject and its References."""

import re
import unicodedata
from collections.abc import Iterable

from sequencer.mail.message_id import is_message_id

MAX_REFERENCES = 20
MAX_NESTING = 5  # of `[Fwd: [Fwd: ...]]`; how long this takes is not for the sender to decide
# What mail programs write for Re: and Fwd: in other languages, besides those of RFC 5256.
_REPLY = "re|aw|antw|antwort|rép|ré|r|rif|res|resp|sv|vs|vá|odp|отв|回复|答复|返信"
_FORWARD = "fw|fwd|wg|wtr|tr|i|rv|enc|vb|vl|pd|doorst|转发"
# Some programs send an accent as a character of its own (NFD).
_MARK = f"{_REPLY}|{_FORWARD}|{unicodedata.normalize('NFD', 'rép|ré|vá')}"
# Each pattern is tried at one place and never has two ways to match the same characters, so time
# grows with the length of a subject and not faster. Possessive quantifiers would say so in the
# pattern, but Python 3.11 gets nested ones wrong.
_WARNING = r"(?:\[(?:external|ext|suspected spam|spam)\]|\((?:external|ext)\)|\*+ ?spam ?\*+):?\s*"
_TAG = r"\[[^\[\]]*\]"
_MARKS = re.compile(rf"(?:{_MARK})(?:\s*(?:{_TAG}|\(\d*\)))?\s*[:\uff1a]\s*", re.IGNORECASE)
_TAGS = re.compile(rf"{_WARNING}|{_TAG}\s*", re.IGNORECASE)
# Gateways write these in front on the way in, so they come back with each answer.
_WARNINGS = re.compile(_WARNING, re.IGNORECASE)
_TRAILERS = re.compile(r"(?:\)dwf\(|\s)*", re.IGNORECASE)  # "(fwd)" at the end, read backwards


def reply_subject(subject: str) -> str:
    """Subject of an answer: one `Re: ` and the subject as it was, tags like `[Acme]` included.

    The rest must not change, since Gmail keeps mails together only if their subjects agree.
    """
    text = _without_trailers(subject.strip())
    return f"Re: {text[_after(_WARNINGS, text, _after_marks(text)) :]}".rstrip()


def base_subject(subject: str) -> str:
    """What is left of a subject for comparing it with another (RFC 5256 section 2.1).

    Marks of replies and forwards in other languages and the warnings of gateways are taken off as
    well. Compare case-folded. Takes time in proportion to the length, whatever the subject is.
    """
    text = " ".join(unicodedata.normalize("NFC", subject).split())
    for _ in range(MAX_NESTING):
        text = _without_trailers(text)
        text = text[_after(_TAGS, text, _after_marks(text)) :]
        if not (text[:5].lower() == "[fwd:" and text[-1:] == "]"):
            break
        text = text[5:-1].strip()
    return text


def _without_trailers(text: str) -> str:
    return _TRAILERS.sub("", text[::-1], count=1)[::-1]


def _after_marks(text: str) -> int:
    """Where the last of the marks in front ends; tags may stand between them."""
    at = end = 0
    while True:
        if mark := _MARKS.match(text, at):
            at = end = mark.end()
        elif tag := _TAGS.match(text, at):
            at = tag.end()
        else:
            return end


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where the pattern stops to match, if something is left behind it (RFC 5256, step 4)."""
    while (found := pattern.match(text, at)) and found.end() < len(text):
        at = found.end()
    return at


def references_after(
    parent_references: Iterable[str], parent_id: str, limit: int = MAX_REFERENCES
) -> tuple[str, ...]:
    """References of an answer: those of its parent, then the parent (RFC 5322 section 3.6.4).

    What is no Message-ID is left out, and so are repetitions. If more than `limit` (at least 2) are
    left, the first, which names the thread, and the last ones stay.
    """
    earlier = (each for each in parent_references if is_message_id(each) and each != parent_id)
    chain = (*dict.fromkeys(earlier), parent_id)
    if len(chain) <= limit:
        return chain
    return (chain[0], *chain[1 - limit :])
