"""The few forms of Markdown that the generated pages are made of."""

from collections.abc import Iterable, Sequence

NOTICE = "<!-- Written by docs/generate.py: change the code, then run `make docs`. -->"


def page(title: str, *paragraphs: str) -> str:
    """A page of Markdown: the notice, the title, the paragraphs."""
    return "\n\n".join([NOTICE, f"# {title}", *paragraphs]) + "\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [headings, ["---"] * len(headings), *(map(cell, row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cell(text: str) -> str:
    """The text for a table: a bar would end the cell, and `<` outside code begin a tag."""
    parts = text.replace("|", "\\|").split("`")
    return "`".join(part if at % 2 else part.replace("<", "&lt;") for at, part in enumerate(parts))
