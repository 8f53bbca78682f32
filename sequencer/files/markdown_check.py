"""What a template's Markdown may not hold, found in its source, where there are lines to point at.

Filling in would refuse it as well, but only when a mail is due.
"""

import re
from collections.abc import Iterator

from sequencer.files.problem import Problem

_IMAGE = re.compile(r"(?<!\\)!\[")
_TARGET = re.compile(
    r"(?<!\\)\]\(\s*<?(?P<link>[^)\s>]*)"  # [words](target)
    r"|<(?P<auto>[A-Za-z][A-Za-z0-9+.-]+:[^\s<>]*)>"  # <target>
)
_TAG = re.compile(r"(?<!\\)(</?[A-Za-z][A-Za-z0-9-]*(\s[^<>{}]*)?/?>|<!--)")
_ALLOWED = re.compile(r"https?://|mailto:|\{[{%]", re.IGNORECASE)


def markdown_problems(name: str, body: str, first_line: int) -> Iterator[Problem]:
    """Images, HTML, and links that are neither http, https nor mailto.

    Args:
        name: the template.
        body: its Markdown, Jinja and all.
        first_line: line of the file at which the body begins.
    """
    for number, line in enumerate(body.split("\n"), first_line):
        for at, code, message, hint in _complaints(line):
            yield Problem(name, number, at + 1, message, hint, line, code=code)


def _complaints(line: str) -> Iterator[tuple[int, str, str, str]]:
    for match in _IMAGE.finditer(line):
        hint = "say it in words, or link to the image"
        yield match.start(), "image", "a mail holds no images", hint
    for match in _TAG.finditer(line):
        hint = "write `\\<` for the character itself"
        yield match.start(), "html", f"HTML (`{match[0][:40]}`) is not possible", hint
    for match in _TARGET.finditer(line):
        group = match.lastgroup or "link"
        if not _ALLOWED.match(match[group]):
            hint = "links begin with https://, http:// or mailto:"
            yield match.start(group), "bad-link", f"a link leads to `{match[group][:60]}`", hint
