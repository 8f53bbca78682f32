"""Markdown as people read it in a plain mail: no asterisks, lists as lists, links in brackets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token


@dataclass
class _Level:
    """A list, item or quotation that is open: what its lines begin with."""

    first: str = ""
    rest: str = ""
    number: int | None = None  # of the next item, where items are counted
    begun: bool = False


@dataclass
class _Page:
    """Blocks written so far, and the levels that are open."""

    text: str = ""
    levels: list[_Level] = field(default_factory=list)
    lists: list[_Level] = field(default_factory=list)

    def add(self, block: str, *, tight: bool) -> None:
        """Write a block below the last one; items of a tight list have no empty line between."""
        starts_list = len(self.lists) == 1 and not self.lists[0].begun
        if self.text:
            self.text += "\n" if tight and not starts_list else "\n\n"
        for each in self.lists:
            each.begun = True
        lines = block.split("\n")
        self.text += "\n".join(
            [self._prefix() + lines[0], *(self._prefix() + x for x in lines[1:])]
        )

    def _prefix(self) -> str:
        prefix = ""
        for level in self.levels:
            prefix += level.rest if level.begun else level.first
            level.begun = True
        return prefix


def plain_text(tokens: Sequence[Token]) -> str:
    """The text part of a mail whose body was read as these tokens."""
    page = _Page()
    tight = False
    for token in tokens:
        if token.type == "inline":
            page.add(_inline(token.children or ()), tight=tight)
        elif token.type == "hr":
            page.add("---", tight=False)
        elif token.type == "paragraph_open":
            tight = token.hidden
        elif token.type == "heading_open":
            tight = False
        else:
            _level(page, token)
    return page.text


def _level(page: _Page, token: Token) -> None:
    if token.type in {"bullet_list_open", "ordered_list_open"}:
        ordered = token.type == "ordered_list_open"
        page.lists.append(_Level(number=int(token.attrs.get("start", 1)) if ordered else None))
    elif token.type in {"bullet_list_close", "ordered_list_close"}:
        page.lists.pop()
    elif token.type == "list_item_open":
        page.levels.append(_item(page.lists[-1]))
    elif token.type == "blockquote_open":
        page.levels.append(_Level("> ", "> "))
    elif token.type in {"list_item_close", "blockquote_close"}:
        page.levels.pop()


def _item(around: _Level) -> _Level:
    if around.number is None:
        return _Level("- ", "  ")
    first = f"{around.number}. "
    around.number += 1
    return _Level(first, " " * len(first))


def _inline(tokens: Iterable[Token]) -> str:
    """Text of a paragraph; a link is `its text (its address)`, or the address alone."""
    parts: list[str] = []
    links: list[tuple[str, int]] = []
    for token in tokens:
        if token.type == "softbreak":
            parts.append(" ")  # mail programs break lines where the window ends, not the source
        elif token.type == "hardbreak":
            parts.append("\n")
        elif token.type == "link_open":
            links.append((str(token.attrs["href"]), len(parts)))
        elif token.type == "link_close":
            href, start = links.pop()
            parts[start:] = [_link("".join(parts[start:]), href)]
        else:
            parts.append(token.content)
    return "".join(parts)


def _link(text: str, href: str) -> str:
    shown = href.removeprefix("mailto:")
    if not text or _same(text, shown) or _same(text, href):
        return shown
    return f"{text} ({shown})"


def _same(text: str, href: str) -> bool:
    """Whether both are the same words; a mark at the start of an address has its twin below."""
    begins = ord(href[:1] or " ")
    return text.strip() == (chr(begins - 0x8000) + href[1:] if begins >= 0x108000 else href)
