"""Does a mail show a hole for somebody of whom little is known, such as `Hi ,`?"""

import re
from collections.abc import Iterator

from sequencer.files.inspected import InspectedTemplate
from sequencer.files.problem import Problem

_HOLE = re.compile(r"[^\s.,] [,.](?![\w.])|,,|,\.(?!\w)|\( ?\)|\S {2,}(?=[^\W_])|^,")
_JINJA = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|\{#[^{}]*#\}")
_WORD = re.compile(r"[^\W\d_]{2,}")


def hole_findings(template: InspectedTemplate) -> Iterator[Problem]:
    """The first hole in the subject or the text, for each of the two invented people."""
    for sample, whom in (
        (template.full, "somebody of whom everything is known"),
        (template.sparse, "somebody of whom next to nothing is known"),
    ):
        if sample.rendered is None:
            continue
        for line in (sample.rendered.subject, *sample.rendered.text.split("\n")):
            found = _HOLE.search(line)
            if found is not None:
                shown = line[max(0, found.start() - 15) : found.end() + 5].strip()
                message = f"for {whom} this reads `{shown}`"
                hint = "put the comma or the blank inside the `{% if %}` that asks for the value"
                yield template.problem("hole", _source_of(template, line), message, hint)
                return


def _source_of(template: InspectedTemplate, line: str) -> tuple[int, int]:
    """The line of the template that has most words of that one, and something to fill in."""
    words = set(_WORD.findall(line))

    def shared(number: int) -> tuple[int, bool]:
        text = template.lines[number - 1]
        bare = set(_WORD.findall(_JINJA.sub(" ", text)))
        return len(words & bare), "{" in text

    best = max(range(1, len(template.lines) + 1), key=shared)
    return best, template.lines[best - 1].find("{") + 1 or 1
