"""A template: parsed once, with every mistake at its line, and filled in for one person.

Jinja runs first, Markdown second. A missing or empty value that is printed without a fallback stops
the mail; it never leaves with a hole in it.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sequencer.domain.booking_link import OwnHosts
from sequencer.files.front_matter import Format, Parts, take_apart
from sequencer.files.language import choose_template
from sequencer.files.markdown import MarkdownError, read_markdown
from sequencer.files.markdown_check import markdown_problems
from sequencer.files.marked_text import mark
from sequencer.files.plain_body import has_links, read_plain
from sequencer.files.problem import Problem
from sequencer.files.template_error import MissingVariableError, TemplateError
from sequencer.files.template_folder import MAX_BYTES
from sequencer.files.template_part import Part, compile_part
from sequencer.files.template_sandbox import GLOBALS, MAX_OUTPUT
from sequencer.files.template_text import included_in
from sequencer.files.template_values import plain_values
from sequencer.files.template_variables import Variable
from sequencer.files.template_whole import Sources, shown_beside
from sequencer.mail.draft import Blocks

__all__ = [
    "Format",
    "MissingVariableError",
    "Rendered",
    "Template",
    "TemplateError",
    "Variable",
    "choose_template",
    "parse_template",
    "render",
    "template_variables",
]

NOTHING: Mapping[str, str] = MappingProxyType({})
_CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})
_PRIVATE = "Co"  # marks of values are made of such characters


@dataclass(frozen=True, slots=True)
class Template:
    """A template, ready to be filled in; `subject` is None where it only answers in a thread.

    Attributes:
        has_links: whether something in its body looks like a link.
    """

    name: str
    format: Format
    subject: Part | None = field(repr=False)
    body: Part = field(repr=False)
    has_links: bool = False

    @property
    def has_subject(self) -> bool:
        """Whether a mail of it can begin a thread."""
        return self.subject is not None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template filled in for one person.

    Attributes:
        subject: one line; empty where the template has none.
        text_blocks: the text part, which ends with a line break.
        html_blocks: what belongs between `<body>` and `</body>`; None where the template is plain
            text.
    """

    subject: str
    text_blocks: Blocks
    html_blocks: Blocks | None = None

    @property
    def text(self) -> str:
        """The text part as one."""
        return "".join(self.text_blocks)

    @property
    def html(self) -> str | None:
        """The HTML part as one."""
        return None if self.html_blocks is None else "".join(self.html_blocks)


def parse_template(
    name: str, source: str, others: Mapping[str, str] = NOTHING, language: str = ""
) -> Template:
    """The template of that source.

    Args:
        name: its file name; `.txt` makes it plain text, and messages call it so.
        source: front matter and body.
        others: the texts that it may include, by file name.
        language: that of its readers, which chooses among these.

    Raises:
        TemplateError: anything in it is wrong; every problem has its line in the file.
    """
    source = _read(name, source)
    files = included_in(source, others, language)
    included = {file: _read(shown_beside(name, file), others[file]) for file in files.values()}
    sources = Sources({**others, **included} if included else others, language, files.keys())
    return _compiled(name, take_apart(name, source), sources, included)


def _read(name: str, source: str) -> str:
    """The text of a file, each of its line breaks as one character."""
    if len(source) > MAX_BYTES or len(source.encode("utf-8", "replace")) > MAX_BYTES:
        raise _failed(name, f"the template is larger than {MAX_BYTES // 1024} kB")
    source = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    problems = list(_odd_characters(name, source))
    if problems:
        raise TemplateError(problems)
    return source


def _odd_characters(name: str, source: str) -> Iterator[Problem]:
    for number, line in enumerate(source.split("\n"), 1):
        for at, each in enumerate(line, 1):
            if not each.isprintable() and each != "\t" and _is_odd(each):
                message = f"the character U+{ord(each):04X} is not allowed"
                problem = Problem(name, number, at, message, "delete it", line)
                yield problem.of_rule("odd-character")
                break


def _is_odd(character: str) -> bool:
    return _is_control(character) or unicodedata.category(character) == _PRIVATE


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in _CONTROL


def _compiled(name: str, parts: Parts, sources: Sources, included: Mapping[str, str]) -> Template:
    shown = {shown_beside(name, file): text for file, text in included.items()}
    body, problems = _part(name, parts.body, (parts.body_line, 0), sources)
    subject = None
    if parts.subject is not None:
        line = " ".join(parts.subject.split("\n"))
        subject, others = _part(name, line, parts.subject_at, sources)
        problems.extend(others)
    if parts.format is Format.MARKDOWN:
        problems.extend(markdown_problems(name, parts.body, parts.body_line))
        for file, text in shown.items():
            problems.extend(markdown_problems(file, text, 1))
    if problems or body is None:
        raise TemplateError(problems)
    linked = any(map(has_links, (parts.body, *included.values())))
    return Template(name, parts.format, subject, body, linked)


def _part(
    name: str, text: str, at: tuple[int, int], sources: Sources
) -> tuple[Part | None, list[Problem]]:
    """The part, or what is wrong with it."""
    try:
        return compile_part(name, text, *at, sources), []
    except TemplateError as error:
        return None, list(error.problems)


def template_variables(template: Template) -> tuple[Variable, ...]:
    """Every use of a value in the order of the file: the subject's first."""
    subject = template.subject.variables if template.subject else ()
    return (*subject, *template.body.variables)


def render(
    template: Template, variables: Mapping[str, object], token: str = "", own: OwnHosts = ()
) -> Rendered:
    """Subject and body for one person.

    Args:
        template: what is filled in.
        variables: with these values.
        token: what links to booking pages carry, so that a booking tells whose it is.
        own: hosts of our own that serve such pages.

    Raises:
        MissingVariableError: a value that is printed is missing or empty.
        TemplateError: something else in it cannot be filled in.
        TypeError: a variable is not a plain value.
    """
    values = {**GLOBALS, **plain_values(variables)}
    subject = _subject(template, values)
    if template.format is Format.PLAIN:
        text = _plain(template, values, token, own).strip("\n")
        rendered = Rendered(subject, ("", f"{text}\n"))
    else:
        rendered = Rendered(subject, *_from_markdown(template, values, token, own))
    if all(map(_is_blank, rendered.text_blocks)):
        raise _failed(template.name, "nothing is left of the body")
    return rendered


def _is_blank(text: str) -> bool:
    return not text or text.isspace()


def _plain(template: Template, values: dict[str, Any], token: str, own: OwnHosts) -> str:
    if not template.has_links:
        return template.body.run(values)
    pieces, printed = template.body.run_marked(values, mark)
    text = read_plain(pieces, own).filled(printed, token)
    if len(text) > MAX_OUTPUT:
        raise _failed(template.name, f"the mail is larger than {MAX_OUTPUT // 1024} kB")
    return text


def _from_markdown(
    template: Template, values: dict[str, Any], token: str, own: OwnHosts
) -> tuple[Blocks, Blocks]:
    pieces, printed = template.body.run_marked(values, mark)
    try:
        return read_markdown(pieces, own).filled(printed, token)
    except MarkdownError as error:
        raise _failed(template.name, str(error)) from None


def _subject(template: Template, values: dict[str, Any]) -> str:
    if template.subject is None:
        return ""
    subject = " ".join(template.subject.run(values).split())
    if not subject:
        raise _failed(template.name, "nothing is left of the subject")
    if not subject.isprintable() and any(map(_is_control, subject)):
        raise _failed(template.name, "there is a control character in the subject")
    return subject


def _failed(name: str, message: str) -> TemplateError:
    return TemplateError([Problem(name, None, None, message).of_rule("template-fails")])
