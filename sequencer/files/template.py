"""A template: parsed once, with every mistake at its line, and filled in for one person.

Jinja runs first, Markdown second. A missing or empty value that is printed without a fallback stops
the mail; it never leaves with a hole in it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import jinja2
from jinja2 import nodes

from sequencer.files.front_matter import Format, Parts, take_apart
from sequencer.files.language import choose_template
from sequencer.files.markdown import MarkdownError, mark, read_markdown
from sequencer.files.problem import Problem
from sequencer.files.template_error import MissingVariableError, TemplateError
from sequencer.files.template_folder import MAX_BYTES
from sequencer.files.template_language import Objection, fence, objections
from sequencer.files.template_sandbox import PRINTED, Printed, Sandbox
from sequencer.files.template_values import plain_values
from sequencer.files.template_variables import Variable, variables_of

__all__ = [
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

MAX_OUTPUT = 256 * 1024
MAX_SUBJECT = 250

_SANDBOX = Sandbox()
# Everything that filling in a template may raise; what is not listed would be a mistake of ours.
_FAILURES = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MarkdownError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Template:
    """A template, ready to be filled in."""

    name: str
    format: Format
    subject: jinja2.Template | None = field(repr=False)
    body: jinja2.Template = field(repr=False)
    variables: tuple[Variable, ...] = field(repr=False)

    @property
    def has_subject(self) -> bool:
        """Whether a mail of it can begin a thread."""
        return self.subject is not None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template filled in for one person.

    Attributes:
        subject: one line; empty where the template has none.
        html: what belongs between `<body>` and `</body>`; None where the template is plain text.
    """

    subject: str
    text: str
    html: str | None


def parse_template(name: str, source: str) -> Template:
    """The template of that source.

    Args:
        name: its file name; `.txt` makes it plain text, and messages call it so.
        source: front matter and body.

    Raises:
        TemplateError: anything in it is wrong; every problem has its line in the file.
    """
    if len(source) > MAX_BYTES:
        raise _error(name, None, f"the template is larger than {MAX_BYTES // 1024} kB")
    odd = next((each for each in source if not (each.isprintable() or each.isspace())), None)
    if odd is not None and ord(odd) < 0x20 or ord(odd or " ") >= 0xE000 and odd != "\ufeff":
        line = source[: source.index(str(odd))].count("\n") + 1
        raise _error(name, line, f"the character U+{ord(str(odd)):04X} is not allowed")
    return _compiled(name, source, take_apart(name, source))
