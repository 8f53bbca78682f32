"""The lines between `---` at the top of a template: its subject and its format."""

import re
from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field, ValidationError

from sequencer.files.model_error import problems_of
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.section import Section
from sequencer.files.template_error import TemplateError
from sequencer.files.yaml_source import YamlSource, parse_yaml

FENCE = "---"
_FAKE_ANSWER = re.compile(r"\s*(re|fw|fwd|aw|wg)\s*:", re.IGNORECASE)


class Format(StrEnum):
    """How the body is written."""

    MARKDOWN = "markdown"
    PLAIN = "plain"


class FrontMatterKeys(Section):
    """Keys at the top of a template."""

    subject: str | None = Field(
        default=None,
        min_length=1,
        description="Subject of the mail. Needed where the mail begins a thread; an answer keeps "
        "the subject of its thread.",
    )
    format: Format | None = Field(
        default=None,
        description="`markdown` (text and HTML part) or `plain` (text only). The default is "
        "`markdown` for .md, `plain` for .txt.",
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """A template's file taken apart; lines count from 1, columns from 0.

    Attributes:
        subject_at: line and column at which the text of the subject begins.
        body_line: line at which the body begins.
    """

    subject: str | None
    subject_at: tuple[int, int]
    format: Format
    body: str
    body_line: int


def take_apart(name: str, source: str) -> Parts:
    """Front matter and body of a template.

    Raises:
        TemplateError: the front matter is not closed, is no YAML, or has unknown keys.
    """
    usual = Format.PLAIN if name.endswith(".txt") else Format.MARKDOWN
    lines = source.split("\n")
    if lines[0].rstrip() != FENCE:
        return Parts(None, (1, 0), usual, source, 1)
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if end is None:
        hint = "close it with another line `---` before the body"
        problem = Problem(name, 1, 1, "the front matter never ends", hint, lines[0])
        raise TemplateError([problem.of_rule("template-syntax")])
    yaml = _read(name, "\n".join(lines[1:end]))
    keys = _keys(yaml)
    subject_at = _subject_at(yaml)
    return Parts(
        subject=keys.subject,
        subject_at=subject_at,
        format=keys.format or usual,
        body="\n".join(lines[end + 1 :]),
        body_line=end + 2,
    )


def _read(name: str, text: str) -> YamlSource:
    try:
        return parse_yaml(text, name, first_line=2)
    except ConfigError as error:
        raise TemplateError(error.problems) from None


def _keys(yaml: YamlSource) -> FrontMatterKeys:
    try:
        keys = FrontMatterKeys.model_validate({} if yaml.value is None else yaml.value)
    except ValidationError as error:
        raise TemplateError(problems_of(error, yaml, FrontMatterKeys)) from None
    if keys.subject and _FAKE_ANSWER.match(keys.subject):
        message = "a subject does not begin with `Re:` or `Fwd:`"
        hint = "real answers get their `Re:` by themselves; pretending to be one is deceit"
        raise TemplateError([yaml.problem(("subject",), message, hint).of_rule("fake-answer")])
    return keys


def _subject_at(yaml: YamlSource) -> tuple[int, int]:
    """Line and column of the first character of the subject, inside its quotes."""
    line, column = yaml.values.get(("subject",), (0, 0))
    lines = yaml.text.split("\n")
    begin = lines[line][column : column + 1] if line < len(lines) else ""
    return line + yaml.first_line + (begin in {"|", ">"}), column + (begin in {'"', "'"})
