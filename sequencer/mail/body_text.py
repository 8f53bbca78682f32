"""Which of a mail's parts is its text, and what does that say?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sequencer.mail.charset import text_in_charset
from sequencer.mail.html_text import MAX_SOURCE, html_text

MAX_TEXT = 262_144  # characters
_CONTROLS = dict.fromkeys({*range(32), *range(127, 160)} - {9, 10}, " ")
TEXT_CUT = "text over 256 kB"
CHARSET_UNKNOWN = "text in an unknown charset"


@dataclass(frozen=True, slots=True)
class Part:
    """One undivided part of a mail, its transfer encoding taken off.

    `alternative` numbers the multipart/alternative it belongs to, and is 0 where there is none.
    """

    content_type: str
    params: Mapping[str, str]
    content: bytes
    attached: bool = False
    alternative: int = 0


@dataclass(frozen=True, slots=True)
class BodyText:
    """Text in lines that end in LF, and what was cut or guessed."""

    text: str
    problems: tuple[str, ...] = ()


def part_text(part: Part) -> BodyText:
    """Text of one part; HTML becomes text without the mail that it marks as quoted."""
    limit = MAX_SOURCE if part.content_type == "text/html" else MAX_TEXT
    content = part.content[: 4 * limit]  # no charset has more than four bytes for a character
    text, certain = text_in_charset(content, part.params.get("charset", ""))
    problems = () if certain else (CHARSET_UNKNOWN,)
    if len(text) > limit or len(content) < len(part.content):
        text, problems = text[:limit], (*problems, TEXT_CUT)
    if part.content_type == "text/html":
        text = html_text(text)
    return BodyText(_lines(text), problems)


def best_text(parts: Sequence[Part]) -> BodyText:
    """Texts that are shown, in order; of alternatives the plain one, if it says anything."""
    texts: list[str] = []
    problems: dict[str, None] = {}
    settled: set[int] = set()
    room = MAX_TEXT
    for part in _plain_first(parts):
        if part.attached or part.alternative in settled:
            continue
        body = part_text(part)
        problems |= dict.fromkeys(body.problems)
        if not body.text.strip():
            continue
        settled |= {part.alternative} - {0}
        if len(body.text) > room:
            problems[TEXT_CUT] = None
        texts.append(body.text[:room])
        room -= len(texts[-1])
        if not room:
            break
    return BodyText("\n".join(texts), tuple(problems))


def _plain_first(parts: Sequence[Part]) -> list[Part]:
    """Parts that hold text, in order, but each alternative's plain text in front of its HTML."""
    shown = [part for part in parts if part.content_type in {"text/plain", "text/html"}]
    order: dict[int, list[Part]] = {}
    for number, part in enumerate(shown):
        order.setdefault(part.alternative or -number - 1, []).append(part)
    return [
        part
        for group in order.values()
        for part in sorted(group, key=lambda one: one.content_type == "text/html")
    ]


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
