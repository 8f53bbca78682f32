"""Which findings did somebody allow, in a comment with a reason beside what they are about?

`# allow: CODE because REASON` in YAML, `{# allow: CODE because REASON #}` in a template. A comment
on a line of its own is about the next line that says something, any other about its own line.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sequencer.files.nearest import did_you_mean
from sequencer.files.problem import Problem
from sequencer.files.rule_book import RULES

_YAML = re.compile(r"(?:^|(?<=\s))#\s*allow:(?P<said>.*)")
_JINJA = re.compile(r"\{#-?\s*allow:(?P<said>[^#]*)#\}")
_CODE = re.compile(r"[a-z0-9-]+", re.ASCII)
FENCE = "---"
MAX_LINE = 1_000  # characters of a line that are looked through for quotes
_FORM = "write `allow: CODE because REASON`"


@dataclass(frozen=True, slots=True)
class Waived:
    """A finding that somebody allowed, and why."""

    problem: Problem
    reason: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """A comment that allows findings.

    Attributes:
        about: the line that it is about, and its own.
        codes: the rules that it names.
    """

    file: str
    line: int
    column: int
    source_line: str
    about: frozenset[int]
    codes: tuple[str, ...]
    reason: str

    def allows(self, problem: Problem, code: str) -> bool:
        """Whether a finding is one that it names."""
        return problem.file == self.file and problem.line in self.about and problem.code == code

    def mistake(self, code: str, message: str, hint: str) -> Problem:
        """A problem with the comment itself."""
        place = (self.file, self.line, self.column)
        return Problem(*place, message, hint, self.source_line, code=code)


def without_waived(
    problems: Iterable[Problem], texts: Mapping[str, str]
) -> tuple[list[Problem], list[Waived]]:
    """The findings that stay, those about waivers among them, and those that are allowed.

    Args:
        problems: all findings.
        texts: the files that were checked, by the names that findings have for them.
    """
    by_place: dict[tuple[str, int | None], list[Problem]] = {}
    found = list(problems)
    for each in found:
        by_place.setdefault((each.file, each.line), []).append(each)
    mistakes: list[Problem] = []
    allowed: dict[Problem, str] = {}
    for waiver in (each for file, text in texts.items() for each in waivers_in(file, text)):
        near = [each for line in waiver.about for each in by_place.get((waiver.file, line), ())]
        mistakes.extend(_applied(waiver, near, allowed))
    stay = [each for each in found if each not in allowed]
    return [*stay, *mistakes], [Waived(each, allowed[each]) for each in found if each in allowed]


def _applied(
    waiver: Waiver, near: Iterable[Problem], allowed: dict[Problem, str]
) -> Iterator[Problem]:
    """Note what a waiver allows; yields what is wrong with it."""
    if not waiver.codes:
        yield waiver.mistake("waiver", "the waiver names no rule", _FORM)
    elif not waiver.reason:
        yield waiver.mistake("waiver", "the waiver has no reason", _FORM)
    for code in waiver.codes if waiver.reason else ():
        rule = RULES.get(code)
        if rule is None:
            message = f"there is no rule `{code[:60]}`"
            yield waiver.mistake("waiver", message, did_you_mean(code, RULES))
        elif not rule.waivable:
            message = f"`{code}` cannot be waived: the cadence would not run"
            yield waiver.mistake("waiver", message, rule.fix)
        else:
            hits = [each for each in near if waiver.allows(each, code)]
            allowed.update(dict.fromkeys(hits, waiver.reason))
            if not hits:
                message = f"nothing here breaks `{code}`"
                yield waiver.mistake("unused-waiver", message, "delete the comment")


def waivers_in(file: str, text: str) -> Iterator[Waiver]:
    """Every waiver of a file."""
    if "allow:" not in text:
        return
    lines = text.split("\n")
    below = _said_below(lines)
    head = _head_of(lines) if not file.endswith((".yaml", ".yml")) else len(lines)
    for number, line in enumerate(lines, 1):
        if "allow:" in line:
            pattern = _YAML if number <= head else _JINJA
            alone = not pattern.sub("", line).strip()
            about = frozenset({number, below[number]} if alone else {number})
            for match in pattern.finditer(line):
                if not _is_quoted(line[: match.start()]):
                    codes, reason = _said(match["said"])
                    yield Waiver(file, number, match.start() + 1, line, about, codes, reason)


def _said_below(lines: list[str]) -> list[int]:
    """For each line by its number, the next one below it that is neither blank nor a comment."""
    found = [len(lines)] * (len(lines) + 1)
    for number in range(len(lines) - 1, 0, -1):
        found[number] = found[number + 1] if _is_comment(lines[number]) else number + 1
    return found


def _head_of(lines: list[str]) -> int:
    """How many lines of a template are its front matter, which is YAML."""
    if lines[0].rstrip() != FENCE:
        return 0
    ends = (number for number, line in enumerate(lines[1:], 2) if line.rstrip() == FENCE)
    return next(ends, 0)


def _is_quoted(before: str) -> bool:
    """Whether a quoted text is open, so that `#` begins no comment."""
    return before[-MAX_LINE:].count('"') % 2 == 1


def _is_comment(line: str) -> bool:
    bare = line.strip()
    return not bare or bare.startswith("#") or (bare.startswith("{#") and bare.endswith("#}"))


def _said(said: str) -> tuple[tuple[str, ...], str]:
    """The codes and the reason of a waiver."""
    codes, because, reason = said.strip().rstrip("-").partition(" because ")
    if not because:
        codes = codes.removesuffix(" because")
    named = tuple(each.strip() for each in codes.split(","))
    return tuple(each for each in named if _CODE.fullmatch(each)), reason.strip()
